"""What may be read: answers leave in whole blocks of at least STEP people, and never alone.

A chain is one desk with one questionnaire; it holds the responses not yet released. Once STEP are waiting they leave
at once, whole, into the four periods of that day, of the desk itself and of everything above it. Leftovers roll into
the next window. Every figure ever shown is thus a union of the same blocks, so no subtraction, between periods,
between successive readings, between a unit and the units below it, isolates fewer than STEP people.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from scoring.counts import Tally, add
from scoring.counts import digest as tally_digest
from scoring.index import METHOD
from scoring.units import Tree

STEP = 10
"""Least respondents of a block; 1 in the sample, whose citizens are simulated."""

Scope = Literal["own", "all"]


@dataclass(frozen=True)
class Cell:
    """Released counts of a unit and period after `step_no` blocks: its `own` desk, or `all` that lies under it too."""

    unit: str
    scope: Scope
    period: str
    survey: str
    step_no: int = 0
    tally: Tally = field(default_factory=Tally)
    method: str = METHOD
    closed: bool = False


def due(pending: Tally, step: int = STEP) -> bool:
    """Whether the waiting responses of a chain leave now, all of them."""
    return pending.n >= max(step, 1)


def reach(tree: Tree, unit_id: str, on: date) -> tuple[tuple[str, Scope], ...]:
    """The (unit, scope) pairs that a block of this desk is added to, as the tree stands on that day."""
    above: list[tuple[str, Scope]] = [(unit.id, "all") for unit in tree.ancestors(unit_id, on)]
    return ((unit_id, "own"), (unit_id, "all"), *above)


def absorb(cell: Cell, block: Tally, step: int = STEP) -> Cell:
    """The cell after one more block; ValueError for a closed cell or a block that is too small to leave."""
    if cell.closed:
        raise ValueError(f"cell {cell.unit} {cell.period} is closed")
    if not due(block, step):
        raise ValueError(f"a block of {block.n} would expose its respondents")
    return replace(cell, step_no=cell.step_no + 1, tally=add(cell.tally, block))


def close(cell: Cell) -> Cell:
    """The cell for good: its period is over. Nothing is added on closing."""
    return replace(cell, closed=True)


def digest(cell: Cell) -> str:
    """sha256, hex, over everything the cell says."""
    said = [cell.unit, cell.scope, cell.period, cell.survey, cell.step_no, cell.method, cell.closed]
    text = json.dumps([*said, tally_digest(cell.tally)], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
