"""The first day on which an office works: no weekend, and none of the quiet days."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

SATURDAY = 5
LONGEST_REST = 30
"""Days; no holiday is longer. A calendar that says otherwise is not believed."""


def first_working_day(day: date, quiet: AbstractSet[date]) -> date:
    """That day or the first one after it on which offices work."""
    for later in range(LONGEST_REST):
        candidate = day + timedelta(days=later)
        if candidate.weekday() < SATURDAY and candidate not in quiet:
            return candidate
    return day
