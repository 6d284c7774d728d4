"""Why did the index move, or why is it lower than elsewhere? Each factor's part, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.compare import change
from scoring.counts import FACTORS, INDEX, Moments, Tally
from scoring.index import moments_figure


@dataclass(frozen=True)
class Part:
    """The points of a difference of the index that one factor brings, with their 95% interval."""

    factor: str
    points: float
    low: float
    high: float
    clear: bool


@dataclass(frozen=True)
class Parts:
    """Where a difference of `points` comes from: `factors`, the largest part first, and the rest, which is `mixture`.

    `mixture` is what the index moved because the factors were answered in other proportions.
    """

    points: float
    factors: tuple[Part, ...]
    mixture: float


def parts(now: Tally, before: Tally, minimum: int, letters: Sequence[str] = FACTORS) -> Parts | None:
    """The difference of two indices, now minus before, of different people; None where either is withheld.

    The index is a mean of the factors' shares, weighted by their answers. A factor's part is the change of its share
    at the mean of its two weights, the mixture the change of weights at the mean shares (Kitagawa, JASA 50, 1955):
    the parts and the mixture add up to the difference exactly.
    """
    either = [moments_figure(one.moments.get(INDEX), minimum) for one in (now, before)]
    if either[0].score is None or either[1].score is None:
        return None
    points = either[0].score - either[1].score
    found = [one for letter in letters if (one := _part(letter, now, before, minimum)) is not None]
    shown = sorted(found, key=lambda one: -abs(one.points))
    return Parts(points, tuple(shown), points - sum(one.points for one in found))


def _part(letter: str, now: Tally, before: Tally, minimum: int) -> Part | None:
    """None where the factor is withheld on either side; what it brought then stands with the mixture."""
    pair = [one.moments.get(letter, Moments()) for one in (now, before)]
    moved = change(moments_figure(pair[0], minimum), moments_figure(pair[1], minimum))
    if moved is None:
        return None
    weight = sum(one.m / whole.moments[INDEX].m for one, whole in zip(pair, (now, before), strict=True)) / 2
    return Part(letter, weight * moved.points, weight * moved.low, weight * moved.high, moved.clear)
