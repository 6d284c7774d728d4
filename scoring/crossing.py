"""Procedures cut across blocks: may figures by procedure be read beside everything else that is released?

Somebody reads the count of every block of a quarter and of every group of procedures in it, and adds and subtracts them
with any factors. A person of block b and group g then counts a[b] - c[g] times. Say fewer than `least` people count at
all, and not all labels are equal where people are. For a threshold t between two of the c, take the union U of the
blocks with a >= t and the union Q of the groups with c >= t: whoever is in one of them only has a[b] != c[g], and
counts. The union of blocks that is nearest to Q takes the larger share of every block, and differs from Q by

    differences(Q) = sum over the blocks of min(people of b in Q, people of b not in Q).

So where that is at least `least` for every union Q of groups that is neither nobody nor everybody, whatever is
computed rests on nobody, on whole blocks or on at least `least` people (`Crossing.holds`). Who was put aside by lot is
a group like the others.

Several units, each with groups of its own, and the province that adds them up with finer ones: a person of unit u
counts a[b] - c[u, her unit's group] - d[her province's group] times. Where that is alike within each of her unit's
groups, the condition holds for the unit by itself. Else d differs between two groups that some unit puts together, and
in every unit that puts these two together some union separates them: added up over those units, the fewest people by
which such a union differs (`Crossing.cuts`) must be at least `least`. Units without figures of their own are one with
one group.

Each figure is looked at by itself, with the people who have a valid answer to it. Factors and index are sums of
criteria, so they are released with all of these or not at all (`closed`): whatever is computed from all figures
together is then, for the answers to each criterion, such a sum of labels too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scoring.by_procedure import Groups, Part
from scoring.counts import FACTORS, INDEX, Tally

Numbers = NDArray[np.int64]
EVERYBODY = ""
"""The figure that counts people, with or without an answer."""
BLOCKS_AT_ONCE = 256
FAR = 2**40
"""More people than there are."""


def people(tally: Tally, figure: str) -> int:
    """How many have a valid answer to a criterion, to one of a factor (its letter) or of the index."""
    if figure == EVERYBODY:
        return tally.n
    if figure == INDEX or figure in FACTORS:
        moments = tally.moments.get(figure)
        return moments.n if moments else 0
    return tally.valid(figure)[1]


def closed(passed: AbstractSet[str], criteria: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The figures that may stay: a factor with all of its criteria only, the index with all factors.

    Else what was held back would be the difference of what was not. `criteria`: codes by factor letter.
    """
    letters = [letter for letter in criteria if letter in FACTORS]
    gone = {letter for letter in letters if not {letter, *criteria[letter]} <= passed}
    return frozenset(passed) - gone - ({INDEX} if gone else set())


@cache
def unions(columns: int) -> Numbers:
    """(unions, columns) of 0 and 1: every union without the last column; those with it are complements of these."""
    return (np.arange(2 ** (columns - 1))[:, None] >> np.arange(columns)) & 1


def differences(table: Numbers) -> Numbers:
    """For each of `unions`, by how many people at least it differs from every union of blocks.

    `table`: people by (block, group).
    """
    chosen = unions(table.shape[1]).T.astype(np.float32)
    found = np.zeros(chosen.shape[1], np.int64)
    for at in range(0, len(table), BLOCKS_AT_ONCE):
        rows = table[at : at + BLOCKS_AT_ONCE].astype(np.float32)
        inside = rows @ chosen  # of whole numbers far below 2**24: exact
        found += np.minimum(inside, rows.sum(1)[:, None] - inside).sum(0).astype(np.int64)
    return found


@cache
def _separated(columns: int) -> NDArray[np.bool_]:
    chosen = unions(columns)
    separated: NDArray[np.bool_] = chosen[:, :, None] != chosen[:, None, :]
    return separated


class Crossing:
    """The blocks of a unit by procedure: how many people of each have an answer to each figure."""

    def __init__(self, parts: Sequence[Part], codes: Sequence[str], figures: Sequence[str]) -> None:
        self.codes, self.figures = tuple(codes), tuple(figures)
        blocks = {block: place for place, block in enumerate(sorted({part.block for part in parts}))}
        place_of = {code: place for place, code in enumerate(codes)}
        shape = (len(figures), len(blocks), len(codes))
        self.shown, self.aside = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for part in parts:
            counts = [people(part.tally, figure) for figure in figures]
            (self.aside if part.aside else self.shown)[:, blocks[part.block], place_of[part.code]] += counts
        self._held: dict[tuple[str, Groups, int, int], bool] = {}
        self._cuts: dict[tuple[str, Groups], Numbers] = {}

    def sizes(self, figure: str = EVERYBODY) -> Mapping[str, int]:
        """People of each procedure that its figure would show."""
        return dict(zip(self.codes, self.shown[self.figures.index(figure)].sum(0).tolist(), strict=True))

    def table(self, figure: str, groups: Groups) -> Numbers:
        """People by (block, group), in the last column those put aside."""
        place = self.figures.index(figure)
        put_aside = self.aside[place].sum(1, keepdims=True)
        return np.concatenate([self.shown[place] @ self._belonging(groups), put_aside], axis=1)

    def holds(self, figure: str, groups: Groups, least: int, held: int) -> bool:
        """Whether the groups' figures isolate no fewer than `least`, and at least `held` of each group are aside."""
        key = (figure, groups, least, held)
        if key not in self._held:
            self._held[key] = self._holds(*key)
        return self._held[key]

    def _holds(self, figure: str, groups: Groups, least: int, held: int) -> bool:
        table = self.table(figure, groups)
        sizes = table.sum(0)
        aside = (self.aside[self.figures.index(figure)] @ self._belonging(groups)).sum(0)
        if (aside[sizes[:-1] > 0] < held).any():
            return False
        some = table[:, sizes > 0]
        return some.shape[1] < 2 or bool((differences(some)[1:] >= least).all())

    def cuts(self, figure: str, groups: Groups) -> Numbers:
        """For each two groups, the fewest people by which a union with one of them and not the other differs."""
        if (figure, groups) not in self._cuts:
            table = self.table(figure, groups)
            separated = np.where(_separated(table.shape[1]), differences(table)[:, None, None], FAR)
            self._cuts[figure, groups] = separated.min(0)
        return self._cuts[figure, groups]

    def _belonging(self, groups: Groups) -> Numbers:
        return np.array([[int(code in group) for group in groups] for code in self.codes], np.int64)
