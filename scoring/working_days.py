"""Days on which offices work: no weekend, and none of the quiet days. Which days are quiet, the caller says."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

SATURDAY = 5
LONGEST_REST = 30
"""Days; no holiday is longer. A calendar that says otherwise is not believed."""


def works(day: date, quiet: AbstractSet[date]) -> bool:
    """Whether offices work on that day."""
    return day.weekday() < SATURDAY and day not in quiet


def first_working_day(day: date, quiet: AbstractSet[date]) -> date:
    """That day or the first one after it on which offices work."""
    for later in range(LONGEST_REST):
        candidate = day + timedelta(days=later)
        if works(candidate, quiet):
            return candidate
    return day


def working_days(after: date, until: date, quiet: AbstractSet[date]) -> int:
    """How many working days lie after the one day and up to and with the other; 0 where that is not later."""
    span = (until - after).days
    return sum(works(after + timedelta(days=later), quiet) for later in range(1, span + 1))
