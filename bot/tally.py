"""How often and how much, in plain numbers that cost a turn next to nothing; `metrics` reads them when it is asked."""

from __future__ import annotations

from bisect import bisect_left


class Spread:
    """How values are spread over bounds, as a histogram: `counts[i]` lie at or below `bounds[i]`, the last above all.

    Add to one from one thread only.
    """

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value
