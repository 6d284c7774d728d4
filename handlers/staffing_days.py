"""Which day, month or year do an official's words name: "30/6/2018", "tháng 6/2018", "năm 2018"?"""

from __future__ import annotations

import re
from datetime import date

from scoring.typed import without
from survey.text import fold

_YEAR = r"(?P<year>20\d\d)"
_MONTH = r"(?P<month>\d{1,2})"
_SHAPES = tuple(
    re.compile(rf"(?<!\S){shape}(?!\S)", re.ASCII)
    for shape in (
        rf"(?:(?:ngay|day|on) )?(?P<day>\d{{1,2}})[/.-]{_MONTH}[/.-]{_YEAR}",
        rf"(?:(?:ngay|day|on) )?(?P<day>\d{{1,2}}) thang {_MONTH},? (?:nam )?{_YEAR}",
        rf"(?:(?:ngay|day|on) )?{_YEAR}-{_MONTH}-(?P<day>\d{{1,2}})",
        rf"(?:(?:thang|month) )?{_MONTH}[/.-]{_YEAR}",
        rf"(?:thang|month) {_MONTH},? (?:nam )?{_YEAR}",
        rf"{_YEAR}-{_MONTH}",
        rf"(?:(?:nam|year) )?{_YEAR}",
    )
)


def cut(text: str) -> tuple[str, str]:
    """(how the key of such a day begins, "" where none is named; the words without it)."""
    folded = fold(text)
    for shape in _SHAPES:
        found = shape.search(folded)
        if found:
            parts = found.groupdict()
            numbers = [parts[name] for name in ("month", "day") if parts.get(name)]
            return "-".join([parts["year"], *(f"{int(one):02d}" for one in numbers)]), without(text, found[0])
    return "", text


def exists(key: str) -> bool:
    """Whether there is such a day, month or year: no 31 February, no month 13."""
    year, month, day = (*map(int, key.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
