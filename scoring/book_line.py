"""A row of a workbook, read cell by cell under our titles; what cannot be read is a fault of its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from scoring.names import Choices, Match, exact
from scoring.unit import Unit
from scoring.units import Tree
from survey.text import fold

Reason = Literal[
    "missing_sheet",
    "sheet_twice",
    "missing_column",
    "unknown_column",
    "no_title",
    "column_twice",
    "no_rows",
    "too_many_rows",
    "beside_the_table",
    "one_row_only",
    "missing",
    "no_value",
    "too_long",
    "bad_number",
    "too_large",
    "bad_day",
    "bad_year",
    "unknown_unit",
    "unknown_set",
    "bad_code",
    "unknown_criterion",
    "no_parent",
    "twice",
    "more_than_maximum",
    "parts_differ",
    "bad_mark",
    "rows_missing",
    "other_name",
    "other_province",
]
MOST_TEXT = 300
MOST_SHOWN = 60
MOST_POINTS = Decimal(1_000_000)
MOST_PEOPLE = 10_000_000
NO_VALUE = "#"
"""What stands for a formula that was never computed: no number, no text, so that its cell is named."""
_NO_VALUES = frozenset(
    {NO_VALUE, "#REF!", "#N/A", "#NAME?", "#DIV/0!", "#VALUE!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
"""What a broken formula comes to."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?(?:\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}|\d{1,3}(?:,\d{3}){1,2})", re.ASCII)
_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MARKS = {"x": True, "co": True, "yes": True, "1": True, "": False, "khong": False, "no": False, "0": False}


@dataclass(frozen=True)
class Fault:
    """What is wrong in which cell: the sheet as it is called, its row, the letter of the column ("" for the whole row)
    with the title that stands over it, a reason code, and what stands there."""

    sheet: str
    row: int
    column: str
    reason: Reason
    title: str = ""
    value: str = ""


@dataclass
class Faults:
    """What was found so far in one workbook: all of it, not only the first. `warnings` stop nothing."""

    found: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One row under its titles, read cell by cell; what cannot be read is noted and comes back as None or ""."""

    sheet: str
    row: int
    cells: Mapping[str, str]
    places: Mapping[str, tuple[str, str]]
    """By our column: (letter, title)."""
    faults: Faults
    sound: bool = True
    """Whether all titles of the sheet could be read: else what seems missing in a row may stand under one of them."""

    def wrong(self, name: str, reason: Reason, *, warn: bool = False, shown: str = "") -> None:
        letter, title = self.places.get(name, ("", ""))
        shown = (shown or self.cells.get(name, ""))[:MOST_SHOWN]
        kept = self.faults.warnings if warn else self.faults.found
        kept.append(Fault(self.sheet, self.row, letter, reason, title, shown))

    def has(self, name: str) -> bool:
        return bool(self.cells.get(name))

    def text(self, name: str, *, needed: bool = False, most: int = MOST_TEXT) -> str:
        text = self.cells.get(name, "")
        if text in _NO_VALUES:
            self.wrong(name, "no_value")
            return ""
        if needed and not text:
            self.wrong(name, "missing")
        if len(text) > most:
            self.wrong(name, "too_long")
        return text

    def points(self, name: str, *, needed: bool = False, signed: bool = False, percent: bool = False) -> Decimal | None:
        """A number as people write it: 11,35 or 11.35, at most six digits behind the comma; 81% only as percentage."""
        text = self.text(name, needed=needed).replace("−", "-")
        if percent:
            text = text.removesuffix("%").strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or (text.startswith("-") and not signed):
            self.wrong(name, "bad_number")
            return None
        value = Decimal(text.replace(",", "."))
        if abs(value) > MOST_POINTS:
            self.wrong(name, "too_large")
            return None
        return value

    def whole(self, name: str, *, needed: bool = False, signed: bool = False) -> int | None:
        """People or places: 1823, also written 1.823 or 1,823."""
        text = self.text(name, needed=needed).replace("−", "-")
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or (text.startswith("-") and not signed):
            self.wrong(name, "bad_number")
            return None
        value = int(re.sub(r"[.,]", "", text))
        if abs(value) > MOST_PEOPLE:
            self.wrong(name, "too_large")
            return None
        return value

    def day(self, name: str, *, needed: bool = False) -> date | None:
        text = self.text(name, needed=needed)
        for pattern in _DAY_FORMATS if text else ():
            try:
                found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
            if 2000 <= found.year <= 2100:
                return found
        if text:
            self.wrong(name, "bad_day")
        return None

    def mark(self, name: str) -> bool:
        """An x, or nothing."""
        text = fold(self.cells.get(name, ""))
        if text not in _MARKS:
            self.wrong(name, "bad_mark")
        return _MARKS.get(text, False)

    def same_unit(self, name: str, unit: Unit, tree: Tree, on: date) -> None:
        """A name beside a code is another unit's: a slip that would be believed. Free words say nothing."""
        text = self.cells.get(name, "")
        match exact(tree, text, on) if text else None:
            case Match(unit=named, others=others) if unit.id not in {named.id, *(one.id for one in others)}:
                self.wrong(name, "other_name")
            case Choices(units=units) if unit.id not in {one.id for one in units}:
                self.wrong(name, "other_name")

    def unit(self, name: str, tree: Tree, on: date) -> Unit | None:
        """By its code as it was that day: names are many, codes are one."""
        text = self.text(name, needed=True)
        if not text:
            return None
        unit = tree.by_code(text, on)
        if unit is None:
            self.wrong(name, "unknown_unit")
        return unit
