"""Which period do typed words mean, and where in "đông hưng tháng 7" does the period begin?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from scoring.span import FIRST_YEAR, Kind, Period, month, of_kind, previous, quarter, week, year
from survey.text import fold

MAX_WORDS = 5
"""No period takes more words than "quý 3 năm 2017" and one to spare."""

_YEAR = r"(?:\s*(?:/|-|\.|,)?\s*(?:nam\s*)?(?P<year>\d{4}))?"
_NAMES = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_WEEK = re.compile(rf"(?:tuan|week|w)\s*(?:thu\s+)?(?P<number>\d{{1,2}}){_YEAR}")
_YEAR_WEEK = re.compile(r"(?P<year>\d{4})\s*-?\s*w(?P<number>\d{1,2})")
_MONTH = re.compile(rf"(?:thang|month|t)\.?\s*(?P<number>\d{{1,2}}){_YEAR}")
_MONTH_NAME = re.compile(rf"(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))}){_YEAR}")
_NUMERIC_MONTH = re.compile(r"(?P<number>\d{1,2})\s*/\s*(?P<year>\d{4})")
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})\s*[-/]\s*(?P<number>\d{1,2})")
_QUARTER = re.compile(rf"(?:quy|quarter|q)\s*(?P<number>\d{{1,2}}|i{{1,3}}|iv){_YEAR}")
_YEAR_QUARTER = re.compile(r"(?P<year>\d{4})\s*-?\s*q(?P<number>\d{1,2})")
_YEAR_ALONE = re.compile(r"(?:(?:nam|year)\s*)?(?P<year>\d{4})")
_RELATIVE = re.compile(
    r"(?P<vi>tuan|thang|quy|nam)\s+(?P<when>nay|hien tai|truoc|trc|qua|vua qua|vua roi|roi|ngoai)"
    r"|(?P<on>this|last|previous|current)\s+(?P<en>week|month|quarter|year)"
)
_ROLLING = re.compile(r"(?P<days>\d{1,3})\s*ngay\s*(?:qua|gan day|vua qua|gan nhat)|last\s*(?P<past>\d{1,3})\s*days")
_UNITS: dict[str, Kind] = {
    "tuan": "week", "thang": "month", "quy": "quarter", "nam": "year",
    "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip
_NOW = ("nay", "hien tai", "this", "current")
_JOINTS = ("trong", "in", "for", "of", "-", ",", ":", "–")
"""Words and marks that may stand between a unit and its period and belong to neither."""

Make = Callable[[int, int], Period | None]


def parse(text: str, today: date) -> Period | None:
    """The period these words mean, or None when they mean none or one that does not exist.

    Without a year the latest that has begun is meant. A rolling window ("7 ngày qua") means the last closed
    period of about that length (`rolling` tells).
    """
    return _read(_words(text), today)[1]


def rolling(text: str) -> bool:
    """Whether the words ask for a rolling window, which is answered with the last closed period."""
    return _ROLLING.search(_words(text)) is not None


def split(text: str, today: date, known: Callable[[str], bool] | None = None) -> tuple[str, Period | None, bool]:
    """(the unit's words as typed, the period at either end, whether a period was asked that does not exist).

    `known` says whether words are a unit's name: a cut that leaves a known name wins over a longer period,
    so that "hoa nam 2017" is Hoa Nam in 2017.
    """
    words = text.split()
    whole = " ".join(words)
    if known is not None and known(whole):
        return whole, None, False
    fallback: tuple[str, Period | None, bool] | None = None
    for unit, asked in _cuts(words):
        is_period, period = _read(_words(asked), today)
        if period is not None and known is not None and known(unit):
            return unit, period, False
        if is_period and fallback is None:
            fallback = unit, period, period is None
    return fallback or (whole, None, False)


def _words(text: str) -> str:
    return fold(text).strip(" .,;:!?")


def _cuts(words: list[str]) -> Iterator[tuple[str, str]]:
    """(the unit, the period) for each way to cut a period off the end or the front, longest period first."""
    for size in range(min(MAX_WORDS, len(words)), 0, -1):
        yield _joined(words[:-size]), " ".join(words[-size:])
        if size < len(words):
            yield _joined(words[size:]), " ".join(words[:size])


def _joined(words: list[str]) -> str:
    while words and fold(words[-1]) in _JOINTS:
        words = words[:-1]
    while words and words[0] in _JOINTS:
        words = words[1:]
    return " ".join(words).rstrip(",:")


def _read(words: str, today: date) -> tuple[bool, Period | None]:
    """(whether the words have the shape of a period, the period or None when no such one exists)."""
    relative = _RELATIVE.fullmatch(words)
    if relative is not None:
        return True, _relative(relative, today)
    window = _ROLLING.fullmatch(words)
    if window is not None:
        return True, _window(int(window["days"] or window["past"]), today)
    for shape, make in _SHAPES:
        found = shape.fullmatch(words)
        if found is not None:
            return True, _dated(found.groupdict(), make, today)
    alone = _YEAR_ALONE.fullmatch(words)
    return alone is not None, year(int(alone["year"])) if alone is not None else None


def _dated(parts: dict[str, str | None], make: Make, today: date) -> Period | None:
    text = parts.get("number") or ""
    number = _NAMES[parts["name"] or ""] if "name" in parts else _ROMAN.get(text) or int(text)
    if parts["year"]:
        return make(int(parts["year"]), number)
    # Week 53 may be years back; a month or quarter is this year's or last year's.
    years = range(today.year + 1, FIRST_YEAR - 1, -1)
    begun = (period for in_year in years if (period := make(in_year, number)) and period.first <= today)
    return next(begun, None)


def _relative(found: re.Match[str], today: date) -> Period | None:
    kind = _UNITS[found["vi"] or found["en"]]
    current = of_kind(kind, today)
    if current is None or (found["when"] or found["on"]) in _NOW:
        return current
    return previous(current)


def _window(days: int, today: date) -> Period | None:
    kind: Kind = "week" if days <= 14 else "month" if days <= 45 else "quarter" if days <= 120 else "year"
    current = of_kind(kind, today)
    return None if current is None else previous(current)


_SHAPES: tuple[tuple[re.Pattern[str], Make], ...] = (
    (_WEEK, week), (_YEAR_WEEK, week),
    (_MONTH, month), (_NUMERIC_MONTH, month), (_YEAR_MONTH, month), (_MONTH_NAME, month),
    (_QUARTER, quarter), (_YEAR_QUARTER, quarter),
)  # fmt: skip
