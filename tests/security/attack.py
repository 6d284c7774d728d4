"""The attacker: she reads what the bot says, knows who came, when and what each was asked, and solves for the answers.

A desk and a criterion are one program of whole numbers. People who came between the same two blocks are one class, as
nothing tells them apart, but for the one who is asked about. Unknown: how many of each class left with each block
satisfied, and dissatisfied; and the same of the one. Known: who came, how many left when, and the counts of every cell
ever read, and what her accomplices said. The lot makes it many blocks that a person may have left with; without it
there is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from scoring.span import Period
from tests.security.year import ZONE, Chain

FIGURE = re.compile(r"([^:(\n]+): ([≥≤] )?(\d+(?:,\d)?) \((\d+)–(\d+); ([\d.]+) người\)")
"""A line of any message: what, its score, its interval, how many people."""
REACH = 6
"""Blocks that a person may be held back from, at most, in the program; and then for good."""


@dataclass(frozen=True)
class Read:
    """One reading of a desk's cell: of `people`, so many said they were satisfied; when it was read."""

    period: Period
    people: int
    satisfied: int
    at: datetime


def blocks_of(chain: Chain, period: Period, until: datetime | None = None) -> set[int]:
    """The blocks that the cell of a period holds, at an instant."""
    return {
        block
        for block, (_, _, at) in enumerate(chain.blocks)
        if (until is None or at <= until) and period.first <= at.astimezone(ZONE).date() <= period.last
    }


def figures_in(text: str) -> list[tuple[str, float, bool, int]]:
    """(name, score, whether it is only a bound, people) of every figure in a message."""
    return [
        (name.strip(" -·<").split(". ")[-1], float(score.replace(",", ".")), bool(bound), int(people.replace(".", "")))
        for name, bound, score, _, _, people in FIGURE.findall(text)
    ]


def satisfied_of(score: float, people: int) -> int:
    """The one count that a printed percentage leaves; with under 500 people there is one."""
    fits = [s for s in range(people + 1) if abs(100 * s / people - score) < 0.05 + 1e-9]
    assert len(fits) == 1, (score, people, fits)
    return fits[0]


@dataclass(frozen=True)
class Told:
    """A figure by procedure of a quarter: of so many `people` who came for one of `codes`, so many were satisfied."""

    period: Period
    codes: frozenset[str]
    people: int
    satisfied: int


Kind = tuple[int, str]
"""Whom nothing tells apart: who came before the same block, and for the same procedure where that is known."""


def kind_of(chain: Chain, place: int, *, by_procedure: bool) -> Kind:
    """Of whoever came as the one of this place."""
    number = sum(came <= place for came, _, _ in chain.blocks)
    return number, chain.came[place].procedure if by_procedure else ""


def range_of(
    chain: Chain, reads: Iterable[Read], suspect: Kind, *, held: int, told: Sequence[Told] = (), aside: bool = True
) -> tuple[int, int]:
    """The least and the most that somebody of a kind may have said, 0 or 1, by all that was read; alike: known.

    `told`: what was read by procedure, and then what each came for is known too; `aside`: that some are left out of it.
    """
    program = _Program(chain, list(reads), suspect, held, told, aside)
    return program.solve(1), program.solve(-1)


class _Program:
    """Columns: for each kind, each accomplice, and last the suspect, the block or staying for good, satisfied or not,
    and whether she is in the figure of her procedure."""

    def __init__(
        self, chain: Chain, reads: Sequence[Read], suspect: Kind, held: int, told: Sequence[Told], aside: bool
    ) -> None:
        # Who erased her answers is known to herself alone; the attacker of a build without the lot is even told that.
        gone = frozenset() if held else chain.gone
        kinds = [kind_of(chain, place, by_procedure=bool(told)) for place in range(len(chain.came))]
        friends = [guest.accomplice and guest.id not in chain.gone for guest in chain.came]
        known = [kind for kind, friend in zip(kinds, friends, strict=True) if friend]
        others = [
            kind for kind, friend, guest in zip(kinds, friends, chain.came, strict=True)
            if not friend and guest.id not in gone
        ]  # fmt: skip
        sizes = Counter(others)
        sizes[suspect] -= 1
        self.groups = [*sizes.items(), *((kind, 1) for kind in known), (suspect, 1)]
        accomplices = range(len(sizes), len(sizes) + len(known))
        self.columns: list[tuple[int, int, int, int]] = []
        """(group, block or -1 for staying, satisfied, whether she is in her procedure's figure)"""
        last = len(chain.blocks)
        for place, ((number, _), _) in enumerate(self.groups):
            ways = list(range(number, min(number + (REACH if held else 1), last)))
            # Without the lot only those who came after the last block are still there.
            stays = [-1] if held or number == last else []
            # An accomplice said that she was satisfied, and the attacker knows it.
            said_so = (1,) if place in accomplices else (0, 1)
            shown = (0, 1) if told and aside else (1,)
            self.columns += [(place, block, said, role) for block in ways for said in said_so for role in shown]
            self.columns += [(place, block, said, 0) for block in stays for said in said_so]
        self.rows: list[list[float]] = []
        self.numbers: list[int] = []
        for place, (_, size) in enumerate(self.groups):
            self._know([group == place for group, _, _, _ in self.columns], size)
        for block, (_, left, _) in enumerate(chain.blocks):
            self._know([way == block for _, way, _, _ in self.columns], left)
        for read in reads:
            inside = blocks_of(chain, read.period, read.at)
            assert sum(chain.blocks[block][1] for block in inside) == read.people, "she knows which blocks a cell holds"
            self._know([way in inside and said == 1 for _, way, said, _ in self.columns], read.satisfied)
        for one in told:
            inside = blocks_of(chain, one.period)
            there = [
                role == 1 and way in inside and self.groups[group][0][1] in one.codes
                for group, way, _, role in self.columns
            ]
            self._know(there, one.people)
            self._know(
                [is_in and said == 1 for is_in, (_, _, said, _) in zip(there, self.columns, strict=True)], one.satisfied
            )
        self.known = LinearConstraint(np.array(self.rows), self.numbers, self.numbers)

    def _know(self, counted: Sequence[bool], number: int) -> None:
        self.rows.append([float(one) for one in counted])
        self.numbers.append(number)

    def solve(self, sign: int) -> int:
        aim = np.array(
            [sign * float(group == len(self.groups) - 1 and said == 1) for group, _, said, _ in self.columns]
        )
        found = milp(aim, constraints=self.known, integrality=np.ones(len(aim)), bounds=Bounds(0, np.inf))
        assert found.success, found.message
        value: float = sign * found.fun
        return round(value)
