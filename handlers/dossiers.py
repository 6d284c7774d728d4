"""The feed of dossiers: each event becomes a visit that may be asked about, once, however often it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from handlers import rating, visit_code
from handlers.context import Context, to_ms
from handlers.daytime import by_day
from handlers.invited import address_digest
from handlers.visit_store import Feed, Invitation, InvitationState, Visit
from scoring.dossier_sheet import PHONE, DossierEvent, read_event
from scoring.dossier_words import Words
from scoring.titled_rows import Fault
from survey.text import fold

ASK_AFTER = timedelta(hours=2)
ASK_UNTIL = timedelta(hours=20)
"""Asked when the visit is over and still fresh: later, people remember their mood and not the counter."""
DIGEST_LETTERS = 32


@dataclass
class Taken:
    """What became of rows: lines by outcome, and the code of each visit by line. `late`: too late to be written to;
    `no_phones`: numbers that were not kept, because nothing can be sent to them."""

    new: int = 0
    known: int = 0
    late: int = 0
    no_phones: int = 0
    differing: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    codes: list[tuple[int, str]] = field(default_factory=list)


def take(context: Context, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Taken:
    """Good rows go in, faulty ones are listed; a row that was told before changes nothing."""
    words, taken = Words(context.stores.units.tree(), procedure_words(context), context.zone), Taken()
    for line, cells in rows:
        event = read_event(line, cells, words, context.today)
        if isinstance(event, DossierEvent):
            _take_one(context, event, taken)
        else:
            taken.faults += event
    return taken


def procedure_words(context: Context) -> Mapping[str, str]:
    """What a feed may call each group of procedures, folded, to its code."""
    return {fold(word): one.code for one in context.procedures for word in (one.code, *one.label.values(), *one.names)}


def _take_one(context: Context, event: DossierEvent, taken: Taken) -> None:
    invitations = context.stores.invitations
    digest = context.keyed("dossier", event.code, DIGEST_LETTERS)
    visit = Visit(
        context.new_id(),
        event.unit,
        event.decided_by,
        event.procedure,
        event.moment.date(),
        "verified",
        event.event,
        dossier_digest=digest,
    )
    known = invitations.known(digest, event.event)
    if known is None:
        ordinal = invitations.last_ordinal(visit.unit_id, visit.local_day) + 1
        invitations.add_visit(visit, Feed(event.due, event.done, ordinal), context.now_ms)
        invitation = _invitation(context, event, visit)
        invitations.add(invitation)
        taken.new += 1
        taken.late += invitation.state == "late"
        taken.no_phones += event.channel == PHONE and not rating.is_possible(context)
    else:
        taken.known += 1
        if not _same(known, visit, event):
            taken.differing.append(event.line)
        stored = invitations.of_visit(known[0].id)
        assert stored is not None, "a visit of the feed has its invitation"
        invitation = stored
    taken.codes.append((event.line, visit_code.write(context, invitation)))


def _same(known: tuple[Visit, Feed], visit: Visit, event: DossierEvent) -> bool:
    """Whether a feed says again what it said before."""
    before, feed = known
    was = (before.unit_id, before.deciding_unit_id, before.procedure_group, before.local_day, feed.due, feed.done)
    now = (visit.unit_id, visit.deciding_unit_id, visit.procedure_group, visit.local_day, event.due, event.done)
    return was == now


def _invitation(context: Context, event: DossierEvent, visit: Visit) -> Invitation:
    ref = context.new_code(visit_code.REF_LETTERS)
    expires = visit_code.good_until(visit.local_day)
    if not event.address or (event.channel == PHONE and not rating.is_possible(context)):
        return Invitation(ref, visit.id, expires, "open")
    moment = event.moment.replace(tzinfo=context.zone)
    after, until = by_day(moment + ASK_AFTER), moment + ASK_UNTIL
    digest = address_digest(context, event.channel, event.address)
    if after > until or context.now > until:
        return Invitation(ref, visit.id, expires, "late")
    address = event.address
    if event.channel == PHONE and context.seal_phone is not None:
        address = context.seal_phone(address, ref)
    state: InvitationState = "waiting"
    return Invitation(ref, visit.id, expires, state, event.channel, address, digest, to_ms(after), to_ms(until))
