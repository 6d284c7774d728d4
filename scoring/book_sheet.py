"""A workbook of official figures: its sheets become rows of our columns, or the faults of their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.book_line import MOST_SHOWN, Fault, Faults, Line, Reason
from survey.text import clean, fold

Grid = Sequence[Sequence[str]]
"""A sheet as people see it: rows of cells, the first row the titles. `survey.text.clean` was not yet applied."""

FIRST_ROW = 2
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Column:
    """One of our columns. `titles`: what is read as it; the first in each language is what templates show."""

    name: str
    vi: str
    en: str
    also: tuple[str, ...] = ()
    optional: bool = False
    """The whole column may be left out."""

    @property
    def titles(self) -> frozenset[str]:
        return frozenset(fold(title.replace("_", " ")) for title in (self.name, self.vi, self.en, *self.also))


@dataclass(frozen=True)
class Form:
    """A sheet that a workbook has to hold. `most`: how many rows it may have; `empty`: whether none is all right."""

    vi: str
    en: str
    columns: tuple[Column, ...]
    most: int = MOST_ROWS
    empty: bool = False

    @property
    def titles(self) -> frozenset[str]:
        return frozenset({fold(self.vi), fold(self.en)})


def lines_of(sheets: Mapping[str, Grid], form: Form, faults: Faults) -> list[Line]:
    """The filled rows of one sheet of a workbook. Blank rows and columns, order and letters' case do not matter."""
    called = [title for title in sheets if fold(title) in form.titles]
    if len(called) != 1:
        reason: Reason = "sheet_twice" if called else "missing_sheet"
        faults.found.append(Fault(called[1] if called else form.vi, 1, "", reason))
        return []
    title, grid = called[0], [[_tidy(cell) for cell in row] for row in sheets[called[0]]]
    head = next((at for at, row in enumerate(grid) if any(row)), None)
    if head is None:
        if not form.empty:
            faults.found.append(Fault(title, 1, "", "no_rows"))
        return []
    before = len(faults.found)
    places, untitled = _places(title, head, grid, form, faults)
    sound = len(faults.found) == before
    if places is None:
        return []
    found: list[Line] = []
    titles = {name: (letter_of(at), grid[head][at]) for name, at in places.items()}
    for number, row in enumerate(grid[head + 1 :], head + FIRST_ROW):
        _beside(title, number, row, [*grid[head], *[""] * len(row)], untitled, faults)
        cells = {name: row[at] for name, at in places.items() if at < len(row)}
        if any(cells.values()):
            found.append(Line(title, number, cells, titles, faults, sound))
    if not found and not form.empty:
        faults.found.append(Fault(title, head + FIRST_ROW, "", "no_rows"))
    if len(found) > form.most:
        reason = "one_row_only" if form.most == 1 else "too_many_rows"
        faults.found.append(Fault(title, found[form.most].row, "", reason))
    return found[: form.most]


def letter_of(place: int) -> str:
    """0 to A, 25 to Z, 26 to AA: a column as a spreadsheet calls it."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _tidy(cell: str) -> str:
    return " ".join(clean(cell).split())


def _places(
    sheet: str, head: int, grid: Grid, form: Form, faults: Faults
) -> tuple[dict[str, int] | None, frozenset[int]]:
    """(where our columns stand, None where a needed one is missing; columns that lack a title). An unknown title is a
    fault: under it stand figures that would be lost without a word."""
    found: dict[str, int] = {}
    untitled = _untitled(grid, head)
    wrong: list[tuple[int, Reason]] = [(at, "no_title") for at in sorted(untitled)]
    for at, title in enumerate(grid[head]):
        name = next((one.name for one in form.columns if fold(title) in one.titles), None) if title else None
        if name in found:
            wrong.append((at, "column_twice"))
        elif name is not None:
            found[name] = at
        elif title:
            wrong.append((at, "unknown_column"))
    for at, reason in sorted(wrong):
        title = grid[head][at] if at < len(grid[head]) else ""
        faults.found.append(Fault(sheet, head + 1, letter_of(at), reason, title, title[:MOST_SHOWN]))
    missing = [one for one in form.columns if one.name not in found and not one.optional]
    for column in missing if not wrong else ():  # a misspelt title is one fault, not two
        faults.found.append(Fault(sheet, head + 1, "", "missing_column", column.vi, column.vi))
    return None if missing else found, untitled


def _untitled(grid: Grid, head: int) -> frozenset[int]:
    """Columns of values without a title: among the others, or with more than one value; else it is a stray one."""
    titles, width = grid[head], max(map(len, grid))
    last = max((at for at, title in enumerate(titles) if title), default=0)
    blank = [at for at in range(width) if at >= len(titles) or not titles[at]]
    filled = {at: sum(at < len(row) and bool(row[at]) for row in grid[head + 1 :]) for at in blank}
    return frozenset(at for at, count in filled.items() if count > 1 or (count and at < last))


def _beside(
    sheet: str, number: int, row: Sequence[str], titles: Sequence[str], untitled: frozenset[int], faults: Faults
) -> None:
    """A value under no title."""
    for at, cell in enumerate(row):
        if cell and not titles[at] and at not in untitled:
            faults.found.append(Fault(sheet, number, letter_of(at), "beside_the_table", value=cell[:MOST_SHOWN]))
