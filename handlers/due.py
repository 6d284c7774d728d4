"""Who is due which weeks of the Monday summary: worked out from what was sent, so a missed tick loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.context import Context
from handlers.stores import Person
from handlers.upkeep import SILENT
from scoring.period import Period, by_id, of_kind, previous
from scoring.units import Unit
from scoring.working_days import first_working_day

PUSH_AT = time(7, 30)
LATE_AFTER = timedelta(hours=2)
CATCH_UP_WEEKS = 4
"""After a longer silence only the last four weeks are named."""


@dataclass(frozen=True)
class Due:
    """One recipient's summary of one unit: the weeks it settles, oldest first, and whether it comes late."""

    person: Person
    unit: Unit
    weeks: tuple[Period, ...]
    late: bool


def due(context: Context, week: str | None = None) -> Iterator[Due]:
    """Everyone whose summary of the last closed week (or of `week`) has its hour behind it and was not yet written."""
    newest = by_id(week) if week else newest_due(context)
    if newest is None:
        return
    seen: set[tuple[str, str]] = set()
    for official, since in context.stores.officials.subscribed(context.today):
        key = (official.person_id, official.unit_id)
        person = context.stores.people.by_id(official.person_id)
        unit = context.stores.units.tree().get(official.unit_id)
        if key in seen or person is None or unit is None or person.channel in SILENT:
            continue
        seen.add(key)
        weeks = (newest,) if week else _unsent(context, newest, since, *key)
        if weeks:
            late = (
                not week
                and context.now > _hour_of(context, newest) + LATE_AFTER
                and since < _hour_of(context, newest).date()
            )
            yield Due(person, unit, weeks, late)


def newest_due(context: Context) -> Period | None:
    """The newest week whose hour is past: of a Monday, or of the day after a holiday."""
    running = of_kind("week", context.today)
    newest = previous(running) if running else None
    if newest and context.now < _hour_of(context, newest):
        newest = previous(newest)
    return newest


def _hour_of(context: Context, week: Period) -> datetime:
    """When a week's summary goes out: the first working day after it, 07:30 local time."""
    return datetime.combine(first_working_day(week.last + timedelta(days=1)), PUSH_AT, context.zone)


def _unsent(context: Context, newest: Period, since: date, person_id: str, unit_id: str) -> tuple[Period, ...]:
    """The weeks since she subscribed that she was not sent, oldest first; empty unless the newest is among them."""
    sent = set(context.stores.posts.reported(unit_id, person_id))
    if newest.id in sent:
        return ()
    weeks: list[Period] = []
    week: Period | None = newest
    while week is not None and len(weeks) < CATCH_UP_WEEKS and _hour_of(context, week).date() >= since:
        if week.id not in sent:
            weeks.append(week)
        week = previous(week)
    return tuple(reversed(weeks))
