"""Control limits: between which shares a week's figure lies by chance alone, while nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

from scoring.alerts import LEAST_PAST, NOBODY, REMEMBERED
from scoring.counts import Moments
from scoring.index import effective_n

TAIL = 0.00135
"""Of the chart of three sigma, on either side (Shewhart 1931)."""
EXACT_UNDER = 200
"""With fewer answers the binomial itself gives the limits: the normal curve is wrong near 0 and 1."""
LEAST_ANSWERS = 10


@dataclass(frozen=True)
class Limits:
    """Percentages between which a week of so many people lies, and whether this one does."""

    low: float
    high: float
    inside: bool


def limits(weeks: Sequence[Moments]) -> Limits | None:
    """The limits of the last week by the weeks before it; None where either are too few to tell.

    `weeks`: index moments, oldest first. Answers of one person go together, so a week counts as the independent answers
    it is worth.
    """
    now, before = weeks[-1], sum(weeks[-REMEMBERED - 1 : -1], NOBODY)
    worth = round(effective_n(now))
    if before.n < LEAST_PAST or worth < LEAST_ANSWERS:
        return None
    low, high = shares(before.s / before.m, worth)
    return Limits(100 * low, 100 * high, low <= now.s / now.m <= high)


def shares(p: float, n: int) -> tuple[float, float]:
    """The smallest and largest share of n answers that is not rarer than TAIL on its side, where each is satisfied
    with probability p: exact by the binomial under EXACT_UNDER, else three standard errors about p."""
    if n >= EXACT_UNDER:
        far = 3 * sqrt(p * (1 - p) / n)
        return max(0.0, p - far), min(1.0, p + far)
    return quantile(p, n, TAIL) / n, 1 - quantile(1 - p, n, TAIL) / n


def quantile(p: float, n: int, share: float) -> int:
    """The least count of n at which the binomial distribution function reaches `share`."""
    if p <= 0 or p >= 1:
        return round(n * p)
    reached = 0.0
    for count in range(n + 1):
        ways = lgamma(n + 1) - lgamma(count + 1) - lgamma(n - count + 1)
        reached += exp(ways + count * log(p) + (n - count) * log1p(-p))
        if reached >= share:
            return count
    return n
