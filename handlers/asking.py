"""Asking about a visit by a message: by day, two to twenty hours after it, and nobody too often."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from handlers import rating, start
from handlers.context import Context, Incoming, Message
from handlers.daytime import by_day
from handlers.stores import Person
from handlers.visit_store import Invitation, InvitationState
from scoring.dossier_sheet import PHONE

REST_DAYS = 14
"""Who was asked about one visit is left in peace about others, of whatever office, for so long."""
AT_ONCE = 200
"""How many people one tick asks; the next tick takes the rest."""
DAY_MS = 86_400_000


def ask(context: Context, write: Callable[[Person, Message], None]) -> int:
    """Write to those who are due; how many. What may not be asked any more is settled without a message."""
    now = context.now.astimezone(context.zone)
    if by_day(now) != now:
        return 0
    asked = 0
    for invitation in context.stores.invitations.due(context.now_ms, AT_ONCE):
        state = _state(context, invitation)
        context.stores.invitations.settle(invitation.ref, state, context.now_ms)
        if state == "asked" and invitation.channel == PHONE:
            rating.queue(context, invitation)
            asked += 1
        elif state == "asked":
            person, message = _question(context, invitation)
            write(person, message)
            asked += 1
    return asked


def _state(context: Context, invitation: Invitation) -> InvitationState:
    """What becomes of an invitation that is due; "open" where she came by herself already."""
    stores, digest = context.stores, invitation.address_digest or ""
    assert invitation.ask_until is not None
    if context.now_ms > invitation.ask_until:
        return "late"
    if stores.invitations.refused(digest):
        return "stopped"
    if stores.invitations.asked_since(digest, context.now_ms - REST_DAYS * DAY_MS):
        return "tired"
    if invitation.channel == PHONE and not rating.is_possible(context):
        return "open"
    if invitation.answered or any(talk.open for talk in stores.talks.about(invitation.visit_id)):
        return "open"
    return "asked"


def _question(context: Context, invitation: Invitation) -> tuple[Person, Message]:
    """The person behind the address, and the first screen of a survey about the visit."""
    assert invitation.channel is not None
    assert invitation.address is not None
    people = context.stores.people
    person = people.get(invitation.channel, invitation.address)
    if person is None:
        # SYSTEM speaks the installation's language: what is known of her is an address.
        person = Person(context.new_id(), invitation.channel, invitation.address, context.texts.language)
        people.add(person, context.now_ms)
    incoming = Incoming(person.channel, "", person.address, "start")
    hers = replace(context.in_language(person.language), person=person, incoming=incoming)
    message = start.open_session(hers, context.stores.talks.visit(invitation.visit_id))
    return person, replace(message, replaces=False)
