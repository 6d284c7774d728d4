"""The attacker: she reads what the bot says, knows who came, when and what each was asked, and solves for the answers.

A desk and a criterion are one program of whole numbers. People who came between the same two blocks are one class, as
nothing tells them apart, but for the one who is asked about. Unknown: how many of each class left with each block
satisfied, and dissatisfied; and the same of the one. Known: who came, how many left when, and the counts of every cell
ever read, and what her accomplices said. The lot makes it many blocks that a person may have left with; without it
there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
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


def class_sizes(chain: Chain, without: AbstractSet[str] = frozenset()) -> list[int]:
    """How many came before each block, after the one before; and after the last."""
    ends = [came for came, _, _ in chain.blocks] + [len(chain.came)]
    starts = [0, *ends[:-1]]
    return [
        sum(guest.id not in without for guest in chain.came[first:last])
        for first, last in zip(starts, ends, strict=True)
    ]


def accomplices(chain: Chain) -> list[int]:
    """The class of each of the attacker's own people."""
    ends = [came for came, _, _ in chain.blocks]
    places = (place for place, guest in enumerate(chain.came) if guest.accomplice and guest.id not in chain.gone)
    return [sum(end <= place for end in ends) for place in places]


def range_of(chain: Chain, reads: Iterable[Read], suspect: int, *, held: int) -> tuple[int, int]:
    """The least and the most that somebody of a class may have said, 0 or 1, by all that was read; alike: known."""
    program = _Program(chain, list(reads), suspect, held)
    return program.solve(1), program.solve(-1)


class _Program:
    """Columns: for each class, each accomplice, and last the suspect, (block, satisfied or not), staying for good."""

    def __init__(self, chain: Chain, reads: Sequence[Read], suspect: int, held: int) -> None:
        # Who erased her answers is known to herself alone; the attacker of a build without the lot is even told that.
        sizes = class_sizes(chain, frozenset() if held else chain.gone)
        sizes[suspect] -= 1
        friends = accomplices(chain)
        for number in friends:
            sizes[number] -= 1
        self.groups = [*enumerate(sizes), *((number, 1) for number in friends), (suspect, 1)]
        told = range(len(sizes), len(sizes) + len(friends))
        self.columns: list[tuple[int, int, int]] = []
        """(group, block or -1 for staying, satisfied)"""
        last = len(chain.blocks)
        for place, (number, _) in enumerate(self.groups):
            ways = list(range(number, min(number + (REACH if held else 1), last)))
            # Without the lot only those who came after the last block are still there.
            stays = [-1] if held or number == last else []
            # An accomplice said that she was satisfied, and the attacker knows it.
            said_so = (1,) if place in told else (0, 1)
            self.columns += [(place, block, said) for block in [*ways, *stays] for said in said_so]
        rows, low, high = [], [], []
        for place, (_, size) in enumerate(self.groups):
            rows.append([float(group == place) for group, _, _ in self.columns])
            low.append(size)
            high.append(size)
        for block, (_, left, _) in enumerate(chain.blocks):
            rows.append([float(way == block) for _, way, _ in self.columns])
            low.append(left)
            high.append(left)
        for read in reads:
            inside = {
                block
                for block, (_, _, at) in enumerate(chain.blocks)
                if at <= read.at and read.period.first <= at.astimezone(ZONE).date() <= read.period.last
            }
            assert sum(chain.blocks[block][1] for block in inside) == read.people, "she knows which blocks a cell holds"
            rows.append([float(way in inside and said == 1) for _, way, said in self.columns])
            low.append(read.satisfied)
            high.append(read.satisfied)
        self.known = LinearConstraint(np.array(rows), low, high)

    def solve(self, sign: int) -> int:
        aim = np.array([sign * float(group == len(self.groups) - 1 and said == 1) for group, _, said in self.columns])
        found = milp(aim, constraints=self.known, integrality=np.ones(len(aim)), bounds=Bounds(0, np.inf))
        assert found.success, found.message
        value: float = sign * found.fun
        return round(value)
