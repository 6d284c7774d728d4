"""The hours at which people may be written to who did not ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta

DAY_BEGINS, DAY_ENDS = 8, 20
"""Local hours between which somebody is written to who did not ask for it."""


def by_day(moment: datetime) -> datetime:
    """The first instant from then on at which people may be written to; local time."""
    if moment.hour < DAY_BEGINS:
        return moment.replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    if moment.hour >= DAY_ENDS:
        return (moment + timedelta(days=1)).replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    return moment
