"""What the offices of a province usually look like in a window: against this one office is held.

Each office has one voice, whatever its size, so that a large one (or a cheating one) hardly moves what is usual.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import log
from statistics import median

from scoring.sitting import Sitting
from scoring.typed import spaced

LEAST_UNITS = 5
"""From fewer offices nothing usual is taken: what needs it stays silent."""
LATE = 0.15
"""The last part of all sittings of the province that counts as just before closing."""
COMMON_TO = 3
HOUR = 3_600_000
WEEK = 168 * HOUR
FLAT = 0.2
"""The part of the seasonal base that is the same at every hour: nobody is suspected for being awake at night."""

Kind = tuple[str, bool]
"""Channel, and whether a comment was typed: that takes its time."""


@dataclass(frozen=True)
class Baseline:
    """The usual of one window from `opens` to `closes` (Unix ms).

    `pace`: natural log of the median seconds an item takes, by kind. `slower`: how far (log) over it the upper
    quartile of an office lies. `season`: share of sittings by hour of the week
    from Monday 00:00, sums to 1. `late_from`: after it the last LATE of sittings end. `common`: comments that people
    of COMMON_TO offices or more wrote, folded.
    """

    opens: int
    closes: int
    pace: Mapping[Kind, float]
    slower: float
    season: tuple[float, ...]
    late_from: int
    common: frozenset[str]

    @cached_property
    def _mass(self) -> list[float]:
        return [0.0, *accumulate(self.season)]

    def expected(self, one: Sitting, back: float) -> float:
        """The share of a window's sittings that end in the `back` ms up to the end of `one`."""
        end = (one.weekday * 24 * 60 + one.minute) * 60_000 + one.ended % 60_000
        weeks = (self.closes - self.opens) / WEEK
        return (self._until(end) - self._until(end - back)) / weeks

    def _until(self, at: float) -> float:
        """Seasonal mass from Monday 00:00 to `at` (ms), of a week that repeats."""
        week, rest = divmod(at, WEEK)
        hour, part = divmod(rest, HOUR)
        return week + self._mass[int(hour)] + self.season[int(hour)] * part / HOUR


def kind_of(one: Sitting) -> Kind:
    return one.channel, bool(one.words)


def log_pace(one: Sitting) -> float:
    """Natural log of the seconds an item took, of half a second at least."""
    return log(max((one.ended - one.began) / 1000 / max(len(one.levels), 1), 0.5))


def baseline(units: Iterable[Sequence[Sitting]], opens: int, closes: int) -> Baseline:
    """The usual of the offices of a province: for each of `units` its sittings of the window."""
    windows = [unit for unit in units if unit]
    ends = sorted((one.ended, 1 / len(unit)) for unit in windows for one in unit)
    pace = _pace(windows)
    return Baseline(
        opens,
        closes,
        pace,
        median([slower_half(unit, pace) for unit in windows] or [0.0]),
        _season(windows),
        _late_from(ends, closes),
        _common(windows),
    )


def _pace(windows: Sequence[Sequence[Sitting]]) -> dict[Kind, float]:
    medians: dict[Kind, list[float]] = defaultdict(list)
    for unit in windows:
        paces: dict[Kind, list[float]] = defaultdict(list)
        for one in unit:
            paces[kind_of(one)].append(log_pace(one))
        for kind, found in paces.items():
            medians[kind].append(median(found))
    return {kind: median(found) for kind, found in medians.items() if len(found) >= LEAST_UNITS}


def slower_half(window: Sequence[Sitting], pace: Mapping[Kind, float]) -> float:
    """How far over the usual `pace` (log) the upper quartile of a window lies: officials who fill in for some citizens
    are quick, so that they hardly move it, but quick people do."""
    over = sorted(log_pace(one) - pace[kind_of(one)] for one in window if kind_of(one) in pace)
    return over[3 * len(over) // 4] if over else 0.0


def _season(windows: Sequence[Sequence[Sitting]]) -> tuple[float, ...]:
    shares = [FLAT / 168] * 168
    for unit in windows:
        for one in unit:
            shares[one.weekday * 24 + one.minute // 60] += (1 - FLAT) / len(unit) / len(windows)
    whole = sum(shares)
    return tuple(share / whole for share in shares)


def _late_from(ends: Sequence[tuple[int, float]], closes: int) -> int:
    reached = list(accumulate(weight for _, weight in ends))
    if not reached:
        return closes
    return ends[min(bisect_right(reached, (1 - LATE) * reached[-1]), len(ends) - 1)][0]


def _common(windows: Sequence[Sequence[Sitting]]) -> frozenset[str]:
    said = Counter(words for unit in windows for words in {spaced(one.words) for one in unit if one.words})
    return frozenset(words for words, offices in said.items() if offices >= COMMON_TO)
