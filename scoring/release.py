"""What may be read: answers leave in whole blocks of at least STEP people, and never alone.

A chain is one desk with one questionnaire and one provenance, or with one criterion that is asked in rotation; it holds
the responses not yet released. Once STEP of them and the two HELD back are waiting, STEP leave at once, whole, into the
four periods of that day, of the desk itself and of everything above it. Leftovers roll into the next window. Every
figure ever shown is thus a union of the same blocks, so no subtraction, between periods, between successive readings,
between a unit and the units below it, isolates fewer than STEP people. That holds for each figure by itself: whom a
question did not apply to is not among the people behind its figure (see `thin`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, NamedTuple

from scoring.counts import INDEX, SCALE, Item, Tally, add
from scoring.counts import digest as tally_digest
from scoring.index import METHOD
from scoring.units import Tree
from survey.model import DONT_KNOW

STEP = 10
"""Least respondents of a block; 1 in the sample, whose citizens are simulated."""

HELD = 2
"""Of those waiting two, drawn by lot, stay for the next block. Who knows that twelve people came and reads that all of
ten were dissatisfied would else know it of each; so it may be anybody who was not, for as long as the desk is open.
Two, and not one: somebody who answered otherwise herself would know that she is the one who stayed."""

PATIENCE = 3
"""A block waits until it is this many times STEP for a scored criterion that fewer than STEP of its people answered;
then it leaves without those answers, and they are in no released figure."""

STARS = "@stars"
"""The part of those who were asked the overall question only. Among the others they would leave too few with an answer
to each criterion, and a block would wait for nothing (see `thin`); so they wait for each other."""

Scope = Literal["own", "all"]


@dataclass(frozen=True)
class Cell:
    """Released counts of a unit and period after `step_no` blocks of people: its `own` desk, or `all` under it too."""

    unit: str
    scope: Scope
    period: str
    survey: str
    step_no: int = 0
    tally: Tally = field(default_factory=Tally)
    method: str = METHOD
    closed: bool = False
    provenance: str = ""
    """Of one provenance only; "" of all together."""


class Chain(NamedTuple):
    """Where a response waits: `part` is a criterion asked in rotation, STARS or "" everything else that was answered.

    That waits with responses of its own `provenance`, so that each kind has figures of its own, which are unions of
    blocks like all others; a rotated criterion has so few answers that they wait together ("").
    """

    unit_id: str
    survey_id: str
    part: str = ""
    provenance: str = ""

    @classmethod
    def of(cls, unit_id: str, survey_id: str, part: str, provenance: str) -> Chain:
        """The chain of a part at a desk, for a response of this provenance."""
        chain = cls(unit_id, survey_id, part, provenance)
        return chain if chain.counts_people else chain._replace(provenance="")

    @property
    def counts_people(self) -> bool:
        """Whether its blocks count people: the other chains' people are counted by these."""
        return self.part in {"", STARS}

    def holds(self, item: Item) -> bool:
        """Whether an answer leaves with this chain."""
        return item.criterion == self.part if item.rotated else self.counts_people


def held(step: int = STEP) -> int:
    """How many of those waiting a block leaves behind: none where a block is one simulated person."""
    return HELD if step > 1 else 0


def due(waiting: int, step: int = STEP) -> bool:
    """Whether all but the held of so many waiting responses may leave now."""
    return waiting >= max(step, 1) + held(step)


def thin(people: Sequence[Sequence[Item]], step: int = STEP) -> frozenset[str]:
    """The criteria that a block of these people must not release: a figure would move by fewer than `step` of them.

    A figure moves by the people with a valid answer: of a criterion, of its factor, of the index. Leaving out one
    criterion may make its factor thin, so this is repeated until it changes nothing.
    """
    left_out: set[str] = set()
    while True:
        having: dict[str, set[int]] = {}
        behind: dict[str, set[str]] = {}
        for number, items in enumerate(people):
            for item in items:
                if item.criterion in left_out or not _is_valid(item):
                    continue
                for figure in _moved(item):
                    having.setdefault(figure, set()).add(number)
                    behind.setdefault(figure, set()).add(item.criterion)
        found = {one for figure, some in having.items() if len(some) < step for one in behind[figure]}
        if not found:
            return frozenset(left_out)
        left_out |= found


def _is_valid(item: Item) -> bool:
    return item.value in SCALE if item.factor else item.value != DONT_KNOW


def _moved(item: Item) -> tuple[str, ...]:
    """The figures that an answer enters; a factor's letter is no criterion's code."""
    own = f"criterion {item.criterion}"
    return (own, f"factor {item.factor}", INDEX) if item.enters_index else (own,)


def reach(tree: Tree, unit_id: str, on: date) -> tuple[tuple[str, Scope], ...]:
    """The (unit, scope) pairs that a block of this desk is added to, as the tree stands on that day."""
    above: list[tuple[str, Scope]] = [(unit.id, "all") for unit in tree.ancestors(unit_id, on)]
    return ((unit_id, "own"), (unit_id, "all"), *above)


def absorb(cell: Cell, block: Tally, people: int, step: int = STEP) -> Cell:
    """The cell after one more block of so many people; ValueError for a closed cell or too few of them.

    A block of a rotated criterion adds answers and no respondents: these are counted by the chain of all the rest.
    """
    if cell.closed:
        raise ValueError(f"cell {cell.unit} {cell.period} is closed")
    if people < max(step, 1):
        raise ValueError(f"a block of {people} would expose its respondents")
    return replace(cell, step_no=cell.step_no + (block.n > 0), tally=add(cell.tally, block))


def close(cell: Cell) -> Cell:
    """The cell for good: its period is over. Nothing is added on closing."""
    return replace(cell, closed=True)


def digest(cell: Cell) -> str:
    """sha256, hex, over everything the cell says."""
    said = [cell.unit, cell.scope, cell.period, cell.survey, cell.step_no, cell.method, cell.closed]
    apart = [cell.provenance] if cell.provenance else []
    text = json.dumps([*said, tally_digest(cell.tally), *apart], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
