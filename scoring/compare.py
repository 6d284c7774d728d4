"""One figure beside another: a change with its interval, and ranks that say how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from scoring.index import CONFIDENCE, Figure, wilson
from scoring.unit import Unit

RANKED_FROM = 60
"""Respondents from which on a unit is given a place among others."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Change:
    """Points now minus before, with the 95% interval of the difference; `clear` when that does not hold zero.

    `at_least`: one of the two is only bounded, so that the difference is that large or larger.
    """

    points: float
    low: float
    high: float
    clear: bool
    at_least: bool = False


@dataclass(frozen=True)
class Ranked:
    """A unit's rank set: with 95% confidence its true place lies from `best` to `worst` (1 = highest score)."""

    unit: Unit
    figure: Figure
    best: int
    worst: int

    @property
    def tied(self) -> bool:
        return self.best != self.worst


def difference(p: float, of_p: Interval, q: float, of_q: Interval) -> Interval:
    """The interval of p - q from the two intervals (MOVER; Newcombe 1998 method 10 where they are Wilson's)."""
    low = p - q - sqrt((p - of_p[0]) ** 2 + (of_q[1] - q) ** 2)
    high = p - q + sqrt((of_p[1] - p) ** 2 + (q - of_q[0]) ** 2)
    return low, high


def change(now: Figure, before: Figure) -> Change | None:
    """What changed between two periods of different people; None where either figure is withheld."""
    if now.score is None or before.score is None:
        return None
    low, high = difference(now.score, _printed(now), before.score, _printed(before))
    bounded = bool(now.bound or before.bound)
    return Change(now.score - before.score, low, high, clear=low > 0 or high < 0, at_least=bounded)


def _printed(figure: Figure) -> Interval:
    assert figure.low is not None, "only a figure with a score is compared"
    assert figure.high is not None, "only a figure with a score is compared"
    return figure.low, figure.high


def ranks(units: Sequence[tuple[Unit, Figure]]) -> list[Ranked]:
    """Rank sets of all units with a figure, highest score first.

    best = 1 + units surely above, worst = m - units surely below, each pair by the interval of its difference at
    95% shared by the m-1 comparisons (Bonferroni; Mogstad, Romano, Shaikh and Wilhelm 2024).
    """
    shown = [(unit, figure) for unit, figure in units if figure.score is not None]
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(len(shown) - 1, 1)))
    shares = [(figure.score or 0.0) / 100 for _, figure in shown]
    intervals = [wilson(p, figure.effective, z) for p, (_, figure) in zip(shares, shown, strict=True)]
    ranked = []
    for i, (unit, figure) in enumerate(shown):
        pairs = [difference(shares[i], intervals[i], shares[j], intervals[j]) for j in range(len(shown)) if j != i]
        above = sum(high < 0 for _, high in pairs)
        below = sum(low > 0 for low, _ in pairs)
        ranked.append(Ranked(unit, figure, 1 + above, len(shown) - below))
    return sorted(ranked, key=lambda place: (-(place.figure.score or 0.0), place.best, place.unit.name))


def too_few(units: Sequence[tuple[Unit, Figure]]) -> list[Unit]:
    """The units whose figure is withheld, in the given order: listed apart from the ranks."""
    return [unit for unit, figure in units if figure.score is None]
