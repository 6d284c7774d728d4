"""Per person: a burst of actions, refilled one a second. Survey presses at a human pace are never throttled."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

BURST = 60.0
REFILL = 1.0
PRESS_BURST = 60.0
PRESS_REFILL = 3.0
MOST_PEOPLE = 20_000
"""How many people are remembered; the one seen longest ago is forgotten first."""
FULL_SECONDS = max(BURST / REFILL, PRESS_BURST / PRESS_REFILL)
"""After so long every bucket is full again and says nothing more: it is forgotten."""


@dataclass
class Buckets:
    """Token buckets by person and kind of action; `now` is any clock in seconds that only moves forward."""

    _levels: OrderedDict[tuple[str, str, bool], tuple[float, float, bool]] = field(default_factory=OrderedDict)

    def allow(self, channel: str, address: str, *, press: bool, now: float) -> Literal["yes", "warn", "no"]:
        """Whether one more action may be handled; "warn" for the first one too many, so that she is told once."""
        burst, refill = (PRESS_BURST, PRESS_REFILL) if press else (BURST, REFILL)
        key = (channel, address, press)
        level, seen, warned = self._levels.pop(key, (burst, now, False))
        level = min(burst, level + (now - seen) * refill)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now, not allowed)
        while len(self._levels) > MOST_PEOPLE or self._oldest() < now - FULL_SECONDS:
            self._levels.popitem(last=False)
        if allowed:
            return "yes"
        return "no" if warned else "warn"

    def _oldest(self) -> float:
        return next(iter(self._levels.values()))[1]
