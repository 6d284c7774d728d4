"""A day as people write it: 2026-11-20, or day first as Vietnam does."""

from __future__ import annotations

import re
from datetime import date, datetime

_DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


def read_day(text: str) -> date | None:
    """ISO, or day first; only years of this age."""
    text = text.strip()
    found: date | None = None
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None
    for pattern in _DATE_FORMATS if found is None else ():
        try:
            found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
            break
        except ValueError:
            continue
    return found if found and 2000 <= found.year <= 2100 else None
