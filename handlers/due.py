"""Who is due which summaries: worked out from what was sent, so a missed tick loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.approval import Summaries, awaited, goes_at, manages, once_each
from handlers.context import Context
from handlers.stores import Edition, Official, Person
from handlers.upkeep import SILENT
from scoring.period import Kind, Period, by_id, of_kind, previous
from scoring.units import Unit
from scoring.working_days import first_working_day

PUSH_AT = time(7, 30)
LATE_AFTER = timedelta(hours=2)
CATCH_UP = 4
"""After a longer silence only the last four periods are named."""
KIND_OF: Mapping[Edition, Kind] = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}
EDITION_OF: Mapping[Kind, Edition] = {kind: edition for edition, kind in KIND_OF.items()}


@dataclass(frozen=True)
class Due:
    """One recipient's summary of one unit: the periods it settles, oldest first, and whether it comes late.

    `asks`: she is a manager, and its other readers wait for her.
    """

    person: Person
    unit: Unit
    periods: tuple[Period, ...]
    late: bool
    edition: Edition = "weekly"
    asks: bool = False


def due(context: Context, week: str | None = None) -> Iterator[Due]:
    """Every summary whose hour is past and that was not yet written: of the last closed period of its edition.

    With `week` only the weekly ones, of that week.
    """
    taken = once_each(context.stores.officials.subscribed(context.today))
    asked = awaited(context, taken) if week is None else frozenset()
    for official, edition, since in taken:
        newest = by_id(week) if week else newest_due(context, KIND_OF[edition])
        person = context.stores.people.by_id(official.person_id)
        unit = context.stores.units.tree().get(official.unit_id)
        if newest is None or newest.kind != KIND_OF[edition]:
            continue
        if person is None or unit is None or person.channel in SILENT:
            continue
        periods = (newest,) if week else _unsent(context, newest, since, edition, official.unit_id, official.person_id)
        hour = hour_of(context, newest)
        goes = goes_at(context, official, edition, newest.id, hour, asked)
        if periods and goes is not None and context.now >= goes:
            late = not week and context.now > goes + LATE_AFTER and since < hour.date()
            yield Due(person, unit, periods, late, edition, _asks(context, official, edition, newest, asked))


def _asks(context: Context, official: Official, edition: Edition, newest: Period, asked: Summaries) -> bool:
    """Whether this manager's readers wait for her word."""
    if not manages(official) or (edition, official.unit_id) not in asked:
        return False
    return context.stores.posts.decision(edition, newest.id, official.unit_id) is None


def newest_due(context: Context, kind: Kind = "week") -> Period | None:
    """The newest period whose hour is past: of a Monday, of the first of a month, or of the day after a holiday."""
    running = of_kind(kind, context.today)
    newest = previous(running) if running else None
    if newest and context.now < hour_of(context, newest):
        newest = previous(newest)
    return newest


def hour_of(context: Context, period: Period) -> datetime:
    """When a period's summary goes out: the first working day after it, 07:30 local time."""
    return datetime.combine(
        first_working_day(period.last + timedelta(days=1), context.quiet_days), PUSH_AT, context.zone
    )


def _unsent(
    context: Context, newest: Period, since: date, edition: Edition, unit_id: str, person_id: str
) -> tuple[Period, ...]:
    """The periods since she subscribed that she was not sent, oldest first; empty unless the newest is among them."""
    sent = set(context.stores.posts.reported(edition, unit_id, person_id))
    if newest.id in sent:
        return ()
    periods: list[Period] = []
    period: Period | None = newest
    while period is not None and len(periods) < CATCH_UP and hour_of(context, period).date() >= since:
        if period.id not in sent:
            periods.append(period)
        period = previous(period)
    return tuple(reversed(periods))
