"""From counts to percentages: the one place where a percentage is made, given its interval, and withheld."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import Literal

from scoring.counts import FACTORS, INDEX, OVERALL, Moments, Tally

POOLED = "sipas-2017/pooled/1"
"""Answers 4 and 5 over all valid answers of the scored items, pooled."""
MEAN_OF_CRITERIA = "sipas-2017/mean-of-criteria/1"
"""The mean of the criteria's shares, whatever the numbers of answers behind each; factors likewise."""
MEAN_OF_FACTORS = "sipas-2017/mean-of-factors/1"
"""The mean of the factors' pooled shares."""
OVERALL_ITEM = "overall-item/1"
"""The share of satisfied with the one overall question: in the survey of 2015 it was 8 to 16 points higher."""
METHODS = (POOLED, MEAN_OF_CRITERIA, MEAN_OF_FACTORS, OVERALL_ITEM)
"""How an index is made from counts: the name and version are stored and printed with every figure."""
METHOD = POOLED
"""Where nothing else is said."""
CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
MIN_RESPONDENTS = 10

SMALL = 30
"""Under so many respondents nobody is told that all of them agreed."""
TOP, BOTTOM = 95.0, 5.0
"""What is said instead of everything above and below it: "≥ 95", "≤ 5"."""

Reason = Literal["too_few"]
Bound = Literal["", "≥", "≤"]
ABOVE: Bound = "≥"
BELOW: Bound = "≤"


@dataclass(frozen=True)
class Figure:
    """A percentage 0 to 100 (not rounded) with its 95% interval; all three None, with a reason, when withheld.

    `n` respondents stand behind it with `base` valid answers, worth `effective` independent ones. With a `bound` the
    percentage is at least or at most `score`: what a small group agrees on is not told of each of them.
    """

    score: float | None
    low: float | None
    high: float | None
    n: int
    base: int
    effective: float = 0.0
    reason: Reason | None = None
    bound: Bound = ""
    exact: float | None = None
    """Without the bound: for means of figures only, never said."""


@dataclass(frozen=True)
class Figures:
    """All figures of one tally: the index, by factor letter, and by criterion code."""

    overall: Figure
    factors: Mapping[str, Figure]
    n: int
    provenance: Mapping[str, int]
    method: str
    tally: Tally
    codes: Mapping[str, Sequence[str]]
    minimum: int

    @cached_property
    def criteria(self) -> Mapping[str, Figure]:
        """By code, made when they are asked for: a row of weeks needs the index alone."""
        return {
            code: criterion_figure(self.tally, code, self.minimum) for codes in self.codes.values() for code in codes
        }

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many criteria of each factor are shown."""
        return {
            letter: sum(self.criteria[code].score is not None for code in self.codes[letter]) for letter in self.factors
        }


def figures(
    tally: Tally, factors: Mapping[str, Sequence[str]], minimum: int = MIN_RESPONDENTS, method: str = METHOD
) -> Figures:
    """Every figure of a tally by one of METHODS; ValueError for another.

    `factors`: criteria codes by factor letter, under "overall" the overall question, and under "rotated" the criteria
    that are asked of some people only: they have figures, and enter neither factor nor index.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}")
    by_factor = {
        letter: mean_figure(_criteria(tally, codes, minimum), tally.moments.get(letter, Moments()).n, minimum)
        if method == MEAN_OF_CRITERIA
        else moments_figure(tally.moments.get(letter), minimum)
        for letter, codes in factors.items()
        if letter in FACTORS
    }
    overall = _overall(tally, factors, by_factor, minimum, method)
    return Figures(overall, by_factor, tally.n, dict(tally.provenance), method, tally, factors, minimum)


def _criteria(tally: Tally, codes: Iterable[str], minimum: int) -> list[Figure]:
    return [criterion_figure(tally, code, minimum) for code in codes]


def _overall(
    tally: Tally,
    factors: Mapping[str, Sequence[str]],
    by_factor: Mapping[str, Figure],
    minimum: int,
    method: str,
) -> Figure:
    n = tally.moments.get(INDEX, Moments()).n
    match method:
        case "sipas-2017/mean-of-criteria/1":
            scored = [code for letter, codes in factors.items() if letter in FACTORS for code in codes]
            return mean_figure(_criteria(tally, scored, minimum), n, minimum)
        case "sipas-2017/mean-of-factors/1":
            return mean_figure(list(by_factor.values()), n, minimum)
        case "overall-item/1":
            asked = factors.get(OVERALL, ())
            return criterion_figure(tally, asked[0], minimum) if asked else moments_figure(None, minimum)
        case _:
            return moments_figure(tally.moments.get(INDEX), minimum)


def mean_figure(parts: Sequence[Figure], n: int, minimum: int) -> Figure:
    """The plain mean of the shares that are shown, of `n` people in all; withheld parts leave it.

    The same people stand behind all parts, so how far these go together is not known from counts. The mean of the
    intervals is right where they go together wholly, and too wide otherwise: never too narrow.
    """
    shown = [part for part in parts if part.score is not None]
    base = sum(part.base for part in shown)
    if not shown or n < max(minimum, 1):
        return Figure(None, None, None, n, base, reason="too_few")
    exact, low, high = (_mean(getattr(part, name) for part in shown) for name in ("exact", "low", "high"))
    worth = min(part.effective for part in shown)
    return bounded(Figure(exact, min(low, exact), max(high, exact), n, base, worth, exact=exact))


def _mean(numbers: Iterable[float]) -> float:
    listed = list(numbers)
    return sum(listed) / len(listed)


def moments_figure(moments: Moments | None, minimum: int) -> Figure:
    """The pooled share of satisfied answers of a factor or the index; its interval knows whose answers go together."""
    moments = moments or Moments()
    return _figure(moments.s, moments.m, moments.n, effective_n(moments), minimum)


def criterion_figure(tally: Tally, criterion: str, minimum: int) -> Figure:
    """The share of satisfied among the valid answers of one criterion; one answer is one person."""
    satisfied, valid = tally.valid(criterion)
    return share(satisfied, valid, minimum)


def share(part: int, whole: int, minimum: int) -> Figure:
    """The percentage of `whole` people who are `part`, under the same rule of silence as every figure."""
    return _figure(part, whole, whole, float(whole), minimum)


def tells_of_many(part: int, whole: int, minimum: int) -> bool:
    """Whether a fact may be counted: of those it is true of and of those it is not, there are enough.

    A fact is often known of a person (she had a dossier, her result was late): one in a count of one is she, so she is
    among the people of the figures beside it.
    """
    return min(part, whole - part) >= max(minimum, 1)


def _figure(s: int, m: int, n: int, effective: float, minimum: int) -> Figure:
    if n < max(minimum, 1):
        return Figure(None, None, None, n, m, reason="too_few")
    low, high = wilson(s / m, effective)
    return bounded(Figure(100 * s / m, 100 * low, 100 * high, n, m, effective, exact=100 * s / m))


def bounded(figure: Figure) -> Figure:
    """The figure as it may be said: at the ends of the scale a small group's interval is that of the bound, too."""
    exact, n = figure.exact, figure.n
    if exact is None or n >= SMALL or BOTTOM <= exact <= TOP:
        return figure
    said, bound = (TOP, ABOVE) if exact > TOP else (BOTTOM, BELOW)
    low, high = wilson(said / 100, n)
    ends = (100 * low, 100.0) if bound == ABOVE else (0.0, 100 * high)
    return replace(figure, score=said, low=ends[0], high=ends[1], effective=float(n), bound=bound)


def wilson(p: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval for a share p of n > 0 independent answers (Wilson, JASA 22, 1927), within 0 to 1."""
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))


def outward(low: float, high: float, decimals: int) -> tuple[float, float]:
    """The interval as printed: rounded away from its middle, so that printing never loses coverage.

    At n = 1,200 an interval is about a point wide: rounded to whole points to the nearest, it would miss the truth.
    """
    unit = 10**decimals
    return floor(low * unit + _EXACT) / unit, ceil(high * unit - _EXACT) / unit


_EXACT = 1e-9
"""What binary fractions may add to a number that is exact on paper."""


def effective_n(moments: Moments) -> float:
    """How many independent answers the M answers are worth: M/deff, 0 without answers.

    deff is the linearised variance of the ratio S/M between respondents (Cochran 1977, 6.4; Kish 1965),
    n/(n-1) * sum((s - p m)^2) / M^2, over p(1-p)/M. Plainly estimated it is too small where dissatisfied people are
    rare, and covers 76% at n = 30; so, as Agresti and Coull do for one share, two respondents of average length
    are added for this estimate alone, one satisfied throughout and one not at all. Simulated coverage is then at
    least 93%, and all or none satisfied needs no case of its own. deff is at least 1, and at most what it is when
    everybody answers all items alike: each person is then one observation.
    """
    if moments.m == 0:
        return 0.0
    length = moments.m / moments.n
    total = moments.m + 2 * length
    p = (moments.s + length) / total
    squares = moments.ss - 2 * p * moments.sm + p * p * moments.mm + length * length * ((1 - p) ** 2 + p * p)
    people = moments.n + 2
    variance = people / (people - 1) * squares / (total * total)
    deff = variance / (p * (1 - p) / total)
    return moments.m / min(max(deff, 1.0), moments.mm / moments.m)
