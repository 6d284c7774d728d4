"""Weeks, months, quarters and years: their ids, their first and last days, their neighbours."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

Kind = Literal["week", "month", "quarter", "year"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years of which periods are made; all others do not exist here."""

_ID = re.compile(r"(?P<year>\d{4})(?:-(?:W(?P<week>\d{2})|Q(?P<quarter>[1-4])|(?P<month>\d{2})))?")


@dataclass(frozen=True)
class Period:
    """A stretch of whole local days, `first` and `last` included; ids 2026-W46, 2026-11, 2026-Q4, 2026."""

    id: str
    kind: Kind
    first: date
    last: date


def week(year: int, number: int) -> Period | None:
    """The ISO week of an ISO year, or None where that year has no such week."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= weeks_in(year)):
        return None
    first = date.fromisocalendar(year, number, 1)
    return Period(f"{year}-W{number:02d}", "week", first, first + timedelta(days=6))


def month(year: int, number: int) -> Period | None:
    """A calendar month, or None where there is none."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 12):
        return None
    return Period(
        f"{year}-{number:02d}", "month", date(year, number, 1), date(year, number, monthrange(year, number)[1])
    )


def quarter(year: int, number: int) -> Period | None:
    """A calendar quarter, or None where there is none."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= number <= 4):
        return None
    last_month = 3 * number
    last = date(year, last_month, monthrange(year, last_month)[1])
    return Period(f"{year}-Q{number}", "quarter", date(year, last_month - 2, 1), last)


def year(number: int) -> Period | None:
    """A calendar year, or None outside the years kept here."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    return Period(f"{number}", "year", date(number, 1, 1), date(number, 12, 31))


def weeks_in(iso_year: int) -> int:
    """52 or 53: 28 December always lies in the last ISO week."""
    return date(iso_year, 12, 28).isocalendar().week


def of_kind(kind: Kind, day: date) -> Period | None:
    """The period of this kind that holds the day."""
    iso = day.isocalendar()
    match kind:
        case "week":
            return week(iso.year, iso.week)
        case "month":
            return month(day.year, day.month)
        case "quarter":
            return quarter(day.year, (day.month + 2) // 3)
        case _:
            return year(day.year)


def containing(day: date) -> tuple[Period, Period, Period, Period]:
    """Week, month, quarter and year of a day; ValueError outside the years kept here."""
    found = [of_kind(kind, day) for kind in KINDS]
    match found:
        case [Period() as in_week, Period() as in_month, Period() as in_quarter, Period() as in_year]:
            return in_week, in_month, in_quarter, in_year
    raise ValueError(f"{day} lies outside {FIRST_YEAR} to {LAST_YEAR}")


def by_id(period_id: str) -> Period | None:
    """The period of an id, or None where the id is not one or no such period exists."""
    found = _ID.fullmatch(period_id)
    if found is None or not period_id.isascii():
        return None
    in_year = int(found["year"])
    if found["week"]:
        return week(in_year, int(found["week"]))
    if found["quarter"]:
        return quarter(in_year, int(found["quarter"]))
    return month(in_year, int(found["month"])) if found["month"] else year(in_year)


def previous(period: Period) -> Period | None:
    """The period of the same kind just before; None before the first year kept here."""
    return of_kind(period.kind, period.first - timedelta(days=1))


def following(period: Period) -> Period | None:
    """The period of the same kind just after; None after the last year kept here."""
    return of_kind(period.kind, period.last + timedelta(days=1))


def span(last: Period, count: int) -> tuple[Period, ...]:
    """The `count` periods of its kind up to and with this one, oldest first; fewer at the first year kept here."""
    found = [last]
    while len(found) < count and (before := previous(found[-1])) is not None:
        found.append(before)
    return tuple(reversed(found))


def closed(period: Period, today: date) -> bool:
    """Whether its last day is over."""
    return period.last < today
