"""Answers that come in the order of the day's list of dossiers: whoever fills in for citizens goes down the list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import lgamma, log

from scoring.gaming_runs import runs
from scoring.sitting import Sitting
from scoring.trace import Trace

IN_ORDER = 1.5
"""Decimal places of the chance (once in 30 times) from which a run is in order. Honest people asked down the list often
answer almost in its order, but rarely within minutes of each other."""
LEAST = 4


def list_order(window: Sequence[Sitting]) -> Trace:
    """Runs whose dossiers come in the order of the day's list, so far as chance would rarely have it.

    The longest rising subsequence of a run rather than Kendall's tau of a day: a few honest answers in between leave it
    as it is, and people who answer the bot's invitations hours apart are not looked at.
    """
    places: set[int] = set()
    longest = 0
    for run in runs(window):
        tied = [place for place in run if window[place].ordinal is not None]
        rising = longest_rising([window[place].ordinal or 0 for place in tied])
        if len(rising) >= LEAST and -chance_of_rising(len(tied), len(rising)) > IN_ORDER:
            places.update(tied[at] for at in rising)
            longest = max(longest, len(rising))
    return Trace(frozenset(places), {"longest": longest})


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """Places of one longest strictly rising subsequence (Schensted 1961, by patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(ends[pile - 1] if pile else -1)
        tops[pile:] = [number, *tops[pile + 1 :]]
        ends[pile:] = [at, *ends[pile + 1 :]]
    found: list[int] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def chance_of_rising(n: int, k: int) -> float:
    """Decimal logarithm of a bound of the probability that n numbers in random order have k rising ones: of the
    expected number of such subsequences, C(n, k)/k!."""
    return min(0.0, (lgamma(n + 1) - 2 * lgamma(k + 1) - lgamma(n - k + 1)) / log(10))
