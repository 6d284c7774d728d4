"""What was measured about `/score`, as markdown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.tables import share, table

GOAL_SECONDS = 0.050
GOAL_RISE = 0.20
KINDS = ("week", "month", "quarter", "year")
LEVELS = ("province", "district", "commune")
Waits = dict[tuple[str, str], list[float]]
"""Seconds by (level of the unit, kind of period)."""


@dataclass(frozen=True)
class Measured:
    """One database: its responses, its size in MiB, the waits, the first question's wait, and what taps waited, sorted,
    while officials asked (`beside`) and while nobody did (`alone`)."""

    responses: int
    size: float
    waits: Waits
    first: float
    beside: Sequence[float]
    alone: Sequence[float]

    @property
    def ordered(self) -> list[float]:
        """All waits but the first, shortest first."""
        return sorted(wait for waits in self.waits.values() for wait in waits)


def section(found: Sequence[Measured], rate: float) -> str:
    """The tables; `rate` taps a second were offered."""
    title = f"## `/score` beside {rate:.0f} taps a second"
    if not found:
        return f"{title}\n"
    head = ("responses, unit", *(f"{kind}: p50 / p95 / max, ms" for kind in KINDS))
    rows = [
        [f"{one.responses:,}, {level}", *(_cell(one.waits[level, kind]) for kind in KINDS)]
        for one in found
        for level in LEVELS
    ]
    beside = (
        *("responses", "MiB", "questions", "p99, ms", "50 ms or more", "the very first, ms"),
        *("taps' p50 without, ms", "with", "taps' p99 without, ms", "with", "rise"),
    )
    lines = [title, "", table(head, rows), ""]
    lines += [table(beside, [_whole(one) for one in found]), ""]
    lines.append(
        "Taps are offered evenly, and their waits counted from when they were due; officials ask some seven times a "
        "second in four spells, each followed by one as long without. "
        f"Goals: p99 of `/score` under {GOAL_SECONDS * 1e3:.0f} ms: {_each(found, _quick)}; "
        f"the taps' p99 rises by at most {GOAL_RISE:.0%}: {_each(found, _undisturbed)}."
    )
    return "\n".join(lines)


def _quick(one: Measured) -> bool:
    return share(one.ordered, 0.99) < GOAL_SECONDS


def _undisturbed(one: Measured) -> bool:
    return rise(one) <= GOAL_RISE


def _each(found: Sequence[Measured], reached: Callable[[Measured], bool]) -> str:
    return ", ".join(f"{'reached' if reached(one) else '**not reached**'} at {one.responses:,}" for one in found)


def rise(one: Measured) -> float:
    """By how much the taps' p99 is higher while officials ask; 0.2 is a fifth."""
    return share(one.beside, 0.99) / share(one.alone, 0.99) - 1


def _cell(waits: Sequence[float]) -> str:
    ordered = sorted(waits)
    return " / ".join(f"{share(ordered, part) * 1e3:.1f}" for part in (0.5, 0.95, 1))


def _whole(one: Measured) -> list[str]:
    ordered = one.ordered
    late = sum(wait >= GOAL_SECONDS for wait in ordered)
    taps = [f"{share(waits, part) * 1e3:.1f}" for part in (0.5, 0.99) for waits in (one.alone, one.beside)]
    return [
        *(f"{one.responses:,}", f"{one.size:.0f}", f"{len(ordered)}", f"{share(ordered, 0.99) * 1e3:.1f}"),
        *(f"{late}", f"{one.first * 1e3:.1f}", *taps, f"{rise(one):+.0%}"),
    ]
