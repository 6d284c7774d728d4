"""The days on which offices in Viet Nam work: not at weekends, not at Tết or on other public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

SATURDAY = 5
LONGEST_REST = 30
"""Days; no holiday is longer. A calendar that says otherwise is not believed."""


def first_working_day(day: date) -> date:
    """That day or the first one after it on which offices work."""
    for later in range(LONGEST_REST):
        candidate = day + timedelta(days=later)
        if candidate.weekday() < SATURDAY and candidate not in _holidays(candidate.year):
            return candidate
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("VN", years=year))
