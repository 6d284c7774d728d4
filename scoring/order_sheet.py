"""A sheet of orders: each row becomes one order, or the faults of its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scoring import titled_rows
from scoring.day_words import read_day
from scoring.dossier_words import Words
from scoring.orders import MOST_SOURCE, MOST_SUPPORTING, MOST_WORDS, Given
from scoring.titled_rows import MOST_SHOWN, Fault
from survey.text import clean, fold, mask

Reason = Literal[
    "missing_column",
    "column_twice",
    "too_many_cells",
    "missing",
    "too_long",
    "unknown_unit",
    "several_units",
    "lead_supports",
    "gives_itself",
    "too_many_units",
    "bad_date",
    "in_future",
    "before_given",
    "unknown_criterion",
]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("nhiem vu", "noi dung", "noi dung nhiem vu", "order", "task"),
    "lead": ("chu tri", "don vi chu tri", "co quan chu tri", "don vi thuc hien", "lead unit"),
    "supporting": ("phoi hop", "don vi phoi hop", "co quan phoi hop", "supporting units"),
    "given_by": ("don vi giao", "co quan giao", "nguoi giao", "noi giao", "given by"),
    "given_on": ("ngay giao", "ngay", "date"),
    "deadline": ("han", "thoi han", "han hoan thanh", "thoi han hoan thanh", "due"),
    "source": ("nguon", "van ban", "can cu", "document"),
    "criterion": ("tieu chi", "yeu to", "factor", "aim", "nham cai thien", "meant to improve"),
}
"""Our names of the columns, and what else (folded) is read as one of them."""

REQUIRED = ("text", "lead", "given_on")
NO_DEADLINE = frozenset({"ngay", "thuc hien ngay", "thuong xuyen", "at once", "always"})
"""Words in the deadline's cell that name no day."""

MOST_READ = 1_500
"""Of a cell: what is longer is wrong anyway."""


@dataclass(frozen=True)
class Known:
    """What rows are read by. `aims`: folded words to a factor's letter or a criterion's code; `root`: who gave an order
    of which the sheet does not say it."""

    words: Words
    aims: Mapping[str, str]
    root: str
    today: date


def columns_of(header: Sequence[str]) -> Mapping[int, str] | list[Fault]:
    """Which of our columns stands where; columns that are not ours are left alone. Faults: missing or twice."""
    return titled_rows.columns_of(header, COLUMNS, REQUIRED)


def read_order(line: int, cells: Mapping[str, str], known: Known) -> Given | list[Fault]:
    """One row, by our names of its columns."""
    return _Row(line, cells, known).read()


class _Row:
    """A row while it is read: every fault of it is found, not only the first."""

    def __init__(self, line: int, cells: Mapping[str, str], known: Known) -> None:
        self._line = line
        self._cells = {name: unicodedata.normalize("NFC", text[:MOST_READ]).strip() for name, text in cells.items()}
        self._known = known
        self._faults: list[Fault] = []

    def read(self) -> Given | list[Fault]:
        for name in REQUIRED:
            if not fold(self._cell(name)):
                self._wrong(name, "missing")
        words, source = self._text("text", MOST_WORDS), self._text("source", MOST_SOURCE)
        given_on = self._day("given_on")
        if given_on is not None and given_on > self._known.today:
            self._wrong("given_on", "in_future")
        lead = self._unit("lead", self._cell("lead"), given_on)
        given_by = self._unit("given_by", self._cell("given_by"), given_on) or self._known.root
        if lead is not None and lead == given_by:
            self._wrong("given_by", "gives_itself", self._cell("given_by") or self._cell("lead"))
        supporting = self._supporting(given_on)
        if lead is not None and lead in supporting:
            self._wrong("supporting", "lead_supports")
        deadline = None if fold(self._cell("deadline")) in NO_DEADLINE else self._day("deadline")
        if deadline is not None and given_on is not None and deadline < given_on:
            self._wrong("deadline", "before_given")
        aim = self._aim()
        if self._faults or lead is None or given_on is None:
            return self._faults
        return Given(words, lead, given_by, given_on, deadline, supporting, source, aim, self._line)

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "")

    def _wrong(self, name: str, reason: Reason, shown: str | None = None) -> None:
        text = self._cell(name) if shown is None else shown
        self._faults.append(Fault(self._line, name, reason, mask(clean(text))[:MOST_SHOWN]))

    def _text(self, name: str, most: int) -> str:
        """As it is kept: one line, without anybody's number or address."""
        text = mask(clean(self._cell(name)))
        if len(text) > most:
            self._wrong(name, "too_long")
        return text

    def _day(self, name: str) -> date | None:
        text = self._cell(name)
        day = read_day(text) if text else None
        if text and day is None:
            self._wrong(name, "bad_date")
        return day

    def _unit(self, name: str, text: str, on: date | None) -> str | None:
        """As it was on the day the order was given: without a day nothing can be said of it."""
        if not text or on is None:
            return None
        found = self._known.words.unit(text, on)
        if isinstance(found, str):
            self._wrong(name, found, text)
            return None
        return found.id

    def _supporting(self, on: date | None) -> tuple[str, ...]:
        cell = self._cell("supporting")
        units = dict.fromkeys(self._unit("supporting", name, on) for name in self._names(cell, on))
        found = tuple(unit for unit in units if unit is not None)
        if len(found) > MOST_SUPPORTING:
            self._wrong("supporting", "too_many_units")
        return found

    def _names(self, cell: str, on: date | None) -> list[str]:
        """By semicolons or lines; by commas where the cell is no office's whole name: some have commas in theirs."""
        whole = on is not None and not isinstance(self._known.words.unit(cell, on), str)
        parts = [cell] if whole else re.split(r"[;\n]" if re.search(r"[;\n]", cell) else ",", cell)
        return [part.strip() for part in parts if part.strip()]

    def _aim(self) -> str:
        words = fold(self._cell("criterion"))
        if words and words not in self._known.aims:
            self._wrong("criterion", "unknown_criterion")
        return self._known.aims.get(words, "")
