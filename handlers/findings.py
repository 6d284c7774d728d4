"""Who answers: a look at each desk's answers once a week is over, and what is told of it.

It is taken while times and accounts are still known (seven days), and keeps neither. A finding asks for a review; it
changes no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context, to_ms
from handlers.finding_store import Found
from scoring.gaming import review
from scoring.gaming_base import baseline
from scoring.period import Period, containing, previous


@dataclass(frozen=True)
class Look:
    """What one look at a week gave: to be stored by whoever may write."""

    week: str
    found: tuple[Found, ...] = ()
    suspects: tuple[str, ...] = ()


def due_week(context: Context) -> Period | None:
    """The week that has just ended, where nobody has looked at it yet. Older ones have lost their times."""
    week = previous(containing(context.today)[0])
    return week if week and not context.stores.findings.looked_at(week.id) else None


def look(context: Context, week: Period) -> Look:
    """Only reads: a province's week takes seconds, and citizens must not wait for it."""
    surveys = {
        (survey.id, survey.version): survey
        for survey in (context.stores.surveys.newest(context.province.index_survey),)
    }
    desks = context.stores.findings.sat(week.first, week.last, context.zone, surveys)
    windows = {unit_id: [one.sitting for one in sat] for unit_id, sat in desks.items()}
    opens = to_ms(datetime.combine(week.first, datetime.min.time(), context.zone))
    closes = to_ms(datetime.combine(week.last + timedelta(days=1), datetime.min.time(), context.zone))
    base = baseline(windows.values(), opens, closes)
    found, suspects = [], []
    for unit_id, window in windows.items():
        one = review(window, base)
        found.append(Found(unit_id, week.id, len(window), len(one.suspected), one.flagged, one.reasons))
        suspects += [desks[unit_id][place].response_id for place in sorted(one.suspected)]
    return Look(week.id, tuple(found), tuple(suspects))


def keep(context: Context, looked: Look) -> int:
    """Store a look, once; how many desks were flagged."""
    if context.stores.findings.looked_at(looked.week):
        return 0
    context.stores.findings.put(looked.found, looked.suspects, looked.week, context.now_ms)
    return sum(one.flagged for one in looked.found)
