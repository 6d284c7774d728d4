"""B24: Five hundred broken workbooks of each kind: the broken cell is named and no other; harmless changes are none.

The mutator knows what it broke. Before that it changes what does not matter: the order of columns and rows, blank ones,
how titles, sheets, numbers and days are written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from scoring import par_sheet, staffing_sheet
from scoring.book_line import Fault
from scoring.book_sheet import Form, Grid
from scoring.par_year import ParYear
from scoring.staffing import Staffing
from scoring.units import Tree
from tests.faults.figures import Figure, record, size
from tests.handlers.books import par_sheets, staffing_sheets
from tests.scoring.book_mutants import HARMLESS, Book, broken, harmless

BOOKS = size(60, 500)


@dataclass(frozen=True)
class Kind:
    forms: Sequence[Form]
    sheets: Callable[[], Mapping[str, Grid]]
    read: Callable[[Mapping[str, Grid], Tree], tuple[Any, Sequence[Fault], Sequence[Fault]]]


def _par(sheets: Mapping[str, Grid], tree: Tree) -> tuple[Any, Sequence[Fault], Sequence[Fault]]:
    found = par_sheet.read_par(sheets, tree)
    return found.year and _unordered(found.year), found.faults, found.warnings


def _staffing(sheets: Mapping[str, Grid], tree: Tree) -> tuple[Any, Sequence[Fault], Sequence[Fault]]:
    found = staffing_sheet.read_staffing(sheets, tree)
    return found.staffing and _unordered(found.staffing), found.faults, found.warnings


def _unordered(body: ParYear | Staffing) -> dict[str, Any]:
    """The order of rows is free."""
    fields = {name: getattr(body, name) for name in body.__dataclass_fields__}
    return {name: frozenset(value) if isinstance(value, tuple) else value for name, value in fields.items()}


KINDS = {
    "par": Kind(par_sheet.FORMS, par_sheets, _par),
    "staffing": Kind(staffing_sheet.FORMS, staffing_sheets, _staffing),
}


def copied(kind: Kind) -> Book:
    return {title: [list(row) for row in grid] for title, grid in kind.sheets().items()}


def judge(name: str, seed: int, tree: Tree) -> str:
    """What is wrong with one broken workbook; "" where exactly its broken cell is named."""
    kind, rng = KINDS[name], Random(f"{name} {seed}")
    book = copied(kind)
    before = harmless(rng, kind.forms, book)
    spot = broken(rng, name, kind.forms, book)
    body, faults, _ = kind.read(book, tree)
    named = [(fault.sheet, fault.row, fault.column) for fault in faults]
    if body is None and named == [(spot.sheet, spot.row, spot.column)]:
        return ""
    return f"seed {seed}: {spot} after {before}, but {faults[:3]} ({len(faults)})"


@pytest.mark.parametrize("name", KINDS)
def test_the_broken_cell_is_named_and_no_other(name: str, thai_binh: Tree) -> None:
    wrong = [fault for seed in range(BOOKS) if (fault := judge(name, seed, thai_binh))]
    assert wrong == []
    record(Figure(f"workbooks, {name}", BOOKS, len(wrong), "one broken cell each, named alone; nothing taken in"))


@pytest.mark.parametrize("name", KINDS)
def test_what_does_not_matter_changes_nothing(name: str, thai_binh: Tree) -> None:
    kind = KINDS[name]
    wanted, none, warned = kind.read(kind.sheets(), thai_binh)
    assert none == ()
    seen: Counter[str] = Counter()
    for seed in range(size(40, 300)):
        rng, book = Random(f"harmless {name} {seed}"), copied(kind)
        done = harmless(rng, kind.forms, book)
        seen.update(done)
        body, faults, warnings = kind.read(book, thai_binh)
        assert faults == (), f"seed {seed} after {done}"
        assert len(warnings) == len(warned)
        assert body == wanted, f"seed {seed} after {done}"
    assert set(seen) == set(HARMLESS)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("change", HARMLESS)
def test_each_harmless_change_alone(name: str, change: str, thai_binh: Tree) -> None:
    kind, book = KINDS[name], copied(KINDS[name])
    HARMLESS[change](Random(change), kind.forms, book)
    assert kind.read(book, thai_binh) == kind.read(kind.sheets(), thai_binh)


def test_a_mutator_that_breaks_nothing_is_noticed(thai_binh: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness's own mutant: a reader that takes every number."""
    monkeypatch.setattr("scoring.book_sheet.Line.whole", lambda *_, **__: 5)
    assert len([seed for seed in range(30) if judge("staffing", seed, thai_binh)]) > 5
