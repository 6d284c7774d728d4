"""Answering about one event of a dossier: by its code, once, and from any door.

Who comes with the code while the survey is open goes on where it stands, wherever she began; what was answered before
is not shown, for a code may be read by others. A second answer from another account counts as little as the first,
until somebody has looked at both.
"""

from __future__ import annotations

from msgspec.structs import replace

from handlers import start, visit_code
from handlers.context import Context, Message
from handlers.screens import consent, survey_data
from handlers.stores import Talk
from handlers.visit_store import Invitation

ADDRESS_LETTERS = 26


def begin(context: Context, invitation: Invitation) -> list[Message]:
    """`/start CODE` of a visit."""
    stores, me = context.stores, context.person.id
    visit = stores.talks.visit(invitation.visit_id)
    talks = stores.talks.about(visit.id)
    mine = [talk for talk in talks if talk.person_id == me]
    if sent := next((talk for talk in mine if talk.session.sent), None):
        data = survey_data(sent.session.id, "@review")
        return [Message(context.texts("code.sent"), start.rows((context.texts("button.review"), data)))]
    if invitation.expires < context.today:
        return [Message(context.texts("code.over"), start.again_button(context))]
    if open_one := next((talk for talk in (*mine, *talks) if _can_move(talk)), None):
        return _go_on(context, open_one)
    if invitation.answered and not stores.responses.sent_about(visit.id):  # and erased since
        return [Message(context.texts("code.over"), start.again_button(context))]
    return [start.open_session(context, visit)]


def _go_on(context: Context, talk: Talk) -> list[Message]:
    """The open session, from the question where it stands; it moves to who holds the code."""
    mine = talk.person_id == context.person.id
    if not mine:
        talk = _moved(context, talk)
    if talk.session.place == "consent":  # nothing was asked yet: whoever scans twice sees the same screen
        survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
        return [consent(context, survey, talk.session, start.about(context, talk))]
    text = context.texts("start.already" if mine else "code.moved")
    return [Message(text, start.resume_button(context, talk))]


def _moved(context: Context, talk: Talk) -> Talk:
    """The session handed over to her, with what was answered before as `carried`."""
    carried = replace(talk.session, carried=frozenset(talk.session.answers), picked=())
    context.stores.talks.hand_over(talk.session.id, context.person.id)
    if context.incoming.channel == "kiosk" and talk.response_id:
        context.stores.responses.set_assisted(talk.response_id)
    here = replace(talk, person_id=context.person.id, session=carried)
    context.stores.talks.save(here, here, context.now_ms)
    return here


def door(context: Context, talk: Talk) -> Message:
    """The code with which she goes on elsewhere. It is not stored with the reply: whoever reads that could use it."""
    invitation = context.stores.invitations.of_visit(talk.visit_id)
    if invitation is None:
        return start.foreign_button(context)
    code = visit_code.write(context, invitation)
    shown = context.texts("visit.door", door=_place(context, code))
    buttons = start.resume_button(context, talk)
    return Message(shown, buttons, kept=context.texts("visit.door_once"))


def _place(context: Context, code: str) -> str:
    return f"{context.web_link}/s/{code}" if context.web_link else visit_code.grouped(code)


def take_back(context: Context, talk: Talk) -> Talk | None:
    """Her survey again, for whoever was asked about that visit by a message at this very address; None for others."""
    invitation = context.stores.invitations.of_visit(talk.visit_id)
    digest = address_digest(context, context.person.channel, context.person.address)
    if invitation is None or invitation.address_digest != digest:
        return None
    return _moved(context, talk)


def may_move(context: Context, talk: Talk) -> bool:
    """Whether a survey is open that its code takes to any door."""
    return _can_move(talk) and bool(context.stores.talks.visit(talk.visit_id).key)


def _can_move(talk: Talk) -> bool:
    """What was sent is hers, also while she corrects it: who else holds the code answers apart."""
    return talk.open and not talk.session.sent


def refuse(context: Context) -> None:
    """She is never again asked by a message of ours; whether she comes by herself is hers to say."""
    digest = address_digest(context, context.person.channel, context.person.address)
    context.stores.invitations.refuse(digest, context.now_ms)


def address_digest(context: Context, channel: str, address: str) -> str:
    """How an address is found again that is not kept."""
    return context.keyed("address", f"{channel}:{address}", ADDRESS_LETTERS)
