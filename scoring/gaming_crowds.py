"""Bursts: more sittings within minutes than the hour of the week usually brings. Those before the end count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, lgamma, log

from scoring.gaming_base import LATE, Baseline
from scoring.sitting import Sitting
from scoring.trace import MINUTE, Trace

WIDTHS = (10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE)
"""How long a burst may last (ms)."""
LEAST = 5
RARE = 1e-4
"""A burst's probability, times the number of places where it might have begun."""

SO_MANY = 2.0
"""How many times its usual share the end of a window holds before its bursts count."""


def poisson_tail(count: int, mean: float) -> float:
    """The probability of `count` or more where `mean` (above 0) are expected: summed up from `count` on."""
    if count <= 0:
        return 1.0
    term = exp(-mean + count * log(mean) - lgamma(count + 1))
    total, k = term, count
    while term > total * 1e-15 or k < mean:
        k += 1
        term *= mean / k
        total += term
    return min(total, 1.0)


def bursts(window: Sequence[Sitting], base: Baseline) -> Iterator[tuple[int, int]]:
    """(first, last) place of each stretch of a window, in order of time, that is a burst of one of WIDTHS."""
    for width in WIDTHS:
        first = 0
        for last, one in enumerate(window):
            while one.ended - window[first].ended > width:
                first += 1
            count = last - first + 1
            if count >= LEAST:
                mean = max(len(window) * base.expected(one, width), 1e-9)
                if poisson_tail(count, mean) * len(window) < RARE:
                    yield first, last


def closing(window: Sequence[Sitting], base: Baseline) -> Trace:
    """Sittings in bursts of the last days, where these hold twice what they usually hold or more."""
    late = [place for place, one in enumerate(window) if one.ended >= base.late_from]
    if len(late) < SO_MANY * LATE * len(window):
        return Trace()
    crowded = {place for first, last in bursts(window, base) for place in range(first, last + 1)}
    return Trace(frozenset(late) & crowded, {"late": len(late), "usual": round(LATE * len(window))})
