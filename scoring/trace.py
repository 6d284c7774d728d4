"""What one detector found in a window, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.sitting import Sitting

MINUTE = 60_000
"""In ms."""


@dataclass(frozen=True)
class Trace:
    """`places`: the sittings it points at; `facts`: numbers for the sentence that says so."""

    places: frozenset[int] = frozenset()
    facts: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """A code and the numbers of the sentence that is made of it."""

    code: str
    facts: Mapping[str, int | float]


def devices(window: Sequence[Sitting], places: Iterable[int]) -> int:
    """How many devices answered at these places; each without a key counts as one."""
    keys = [window[place].device for place in places]
    return len(set(keys) - {""}) + keys.count("")
