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
_ROUNDING = 1e-6
"""Of an action: the clock's floats must not cost anybody the last one."""


@dataclass
class Buckets:
    """Token buckets by person and kind of action; `now` is any clock in seconds that only moves forward.

    A bucket is kept as the moment at which it will be full again, and not beyond it: a full bucket says nothing.
    """

    _full: OrderedDict[tuple[str, str, bool], tuple[float, bool]] = field(default_factory=OrderedDict)

    def allow(self, channel: str, address: str, *, press: bool, now: float) -> Literal["yes", "warn", "no"]:
        """Whether one more action may be handled; "warn" for the first one too many since the bucket was full."""
        burst, refill = (PRESS_BURST, PRESS_REFILL) if press else (BURST, REFILL)
        key = (channel, address, press)
        full_at, warned = self._full.pop(key, (now, False))
        if full_at <= now:
            full_at, warned = now, False
        allowed = (full_at - now) * refill <= burst - 1 + _ROUNDING
        self._full[key] = (full_at + 1 / refill, warned) if allowed else (full_at, True)
        while len(self._full) > MOST_PEOPLE or self._oldest() <= now:
            self._full.popitem(last=False)
        if allowed:
            return "yes"
        return "no" if warned else "warn"

    def _oldest(self) -> float:
        return next(iter(self._full.values()))[0]
