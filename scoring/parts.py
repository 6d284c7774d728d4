"""Why did the index move, or why is it lower than elsewhere? Each factor's part, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.compare import change
from scoring.index import MEAN_OF_CRITERIA, MEAN_OF_FACTORS, OVERALL_ITEM, Figures


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
    whole: bool
    """Whether every factor is shown on both sides, unbounded; else the mixture also holds what they brought."""


def parts(now: Figures, before: Figures) -> Parts | None:
    """The difference of two indices by one method, now minus before, of different people.

    None where either is withheld, or where the method asks one question only. An index is a weighted mean of the
    factors' shares. A factor's part is the change of its share at the mean of its two weights, the mixture the change
    of weights at the mean shares (Kitagawa, JASA 50, 1955): the parts and the mixture add up to the difference.
    """
    if now.method != before.method:
        raise ValueError(f"{now.method} beside {before.method}")
    if now.overall.score is None or before.overall.score is None or now.method == OVERALL_ITEM:
        return None
    points = now.overall.score - before.overall.score
    found = [one for letter in now.factors if (one := _part(letter, now, before)) is not None]
    shown = sorted(found, key=lambda one: -abs(one.points))
    pairs = [(now.overall, before.overall), *((now.factors[letter], before.factors[letter]) for letter in now.factors)]
    whole = all((a.score is None) == (b.score is None) and not a.bound and not b.bound for a, b in pairs)
    return Parts(points, tuple(shown), points - sum(one.points for one in found), whole)


def _part(letter: str, now: Figures, before: Figures) -> Part | None:
    """None where the factor is withheld on either side; what it brought then stands with the mixture."""
    moved = change(now.factors[letter], before.factors[letter])
    if moved is None:
        return None
    weight = (_weight(letter, now) + _weight(letter, before)) / 2
    return Part(letter, weight * moved.points, weight * moved.low, weight * moved.high, moved.clear)


def _weight(letter: str, found: Figures) -> float:
    """A factor's share in the index, 0 to 1."""
    if found.method == MEAN_OF_FACTORS:
        return 1 / sum(figure.score is not None for figure in found.factors.values())
    if found.method == MEAN_OF_CRITERIA:
        return found.sizes[letter] / sum(found.sizes.values())
    return found.factors[letter].base / found.overall.base
