"""config/quiet_days.csv: the days on which no summary is sent: public holidays, and what the office adds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.errors import Unusable
from bot.rows import rows


def load_quiet_days(path: Path) -> frozenset[date]:
    """Raises Unusable with the first fault and its line."""
    return frozenset(_day(where, row["day"]) for where, row in rows(path, ("day", "name")))


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable(where, f"{text!r} is not a day", "write it like 2027-02-06") from error
