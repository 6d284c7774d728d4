"""What time alone brings about: reminders, sessions that close as partial, periods that end, links that expire."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from handlers import counting
from handlers.context import Context, Message
from handlers.daytime import by_day
from handlers.invited import address_digest
from handlers.screens import survey_data
from handlers.start import office_name, rows
from handlers.stores import Person, Talk
from handlers.wording import within
from scoring.period import containing
from scoring.release import close
from survey.model import Place

DAY_MS = 86_400_000
REMIND_AFTER_DAYS = 1
PARTIAL_AFTER_DAYS = 7
SILENT = frozenset({"web", "kiosk", "sample"})
"""Channels on which we cannot speak first."""
AT_ONCE = 200
"""How many sessions one tick looks after; the next tick takes the rest."""

PATTERNS = ("????-W??", "????-??", "????-Q?", "????")
"""Period ids by kind, in the order of `containing`: GLOB, where ? is one character."""


def close_periods(context: Context) -> int:
    """Close the cells of periods that are over; a closed cell never changes."""
    closed = 0
    for pattern, period in zip(PATTERNS, containing(context.today), strict=True):
        for cell in context.stores.cells.open_before(pattern, period.id):
            context.stores.cells.put(close(cell), context.now_ms)
            closed += 1
    return closed


def close_silent(context: Context) -> int:
    """After seven silent days a session ends: as partial where something was answered, else without a trace."""
    silent = context.stores.talks.silent(context.now_ms - PARTIAL_AFTER_DAYS * DAY_MS, AT_ONCE)
    for talk in silent:
        _close(context, talk)
    return len(silent)


def _close(context: Context, talk: Talk) -> None:
    stores = context.stores
    response = stores.responses.get(talk.response_id) if talk.response_id else None
    place: Place = "finished" if response and response.disposition == "complete" else "refused"
    # A session that stands at no question has nothing open and nothing ticked.
    over = replace(talk.session, place=place, current=None, picked=(), returning=False)
    stores.talks.save(talk, replace(talk, session=over, open=False), context.now_ms)
    if response is None or response.disposition != "open":
        return
    answered = bool(talk.session.answers)
    stores.responses.set_disposition(
        response.id,
        "partial" if answered else "refused",
        counted=answered,
        receipt=None,
        local_day=context.today if answered else None,
        at=context.now_ms,
    )
    # Nothing ties it to a person any more but the session, and that goes.
    stores.responses.forget_times(response.id, context.new_id())
    closed = stores.responses.get(response.id)
    if answered and closed is not None:
        counting.count(context, closed)


def remind(context: Context, write: Callable[[Person, Message], None]) -> int:
    """One reminder, by day, for a survey that has been silent for a day; `write` puts it into the outbox."""
    now = context.now.astimezone(context.zone)
    if by_day(now) != now:
        return 0
    due = context.stores.talks.unreminded(
        context.now_ms - REMIND_AFTER_DAYS * DAY_MS, context.now_ms - PARTIAL_AFTER_DAYS * DAY_MS, AT_ONCE
    )
    for talk in due:
        context.stores.talks.mark_reminded(talk.session.id, context.now_ms)
        person = context.stores.people.by_id(talk.person_id)
        if person is None or person.channel in SILENT:
            continue
        if not context.stores.invitations.refused(address_digest(context, person.channel, person.address)):
            write(person, _reminder(context.in_language(person.language), talk))
    return len(due)


def _reminder(context: Context, talk: Talk) -> Message:
    key = "reminder.consent" if talk.session.place == "consent" else "reminder"
    text = context.texts(key, unit=within(context.texts, office_name(context, talk)))
    return Message(
        text, rows((context.texts("button.resume"), survey_data(talk.session.id, "@resume"))), awaits="press"
    )
