"""How long ending may take: one deadline for everything that is closed, so that nothing adds up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

STOP_SECONDS = 6.0
"""Well below the ten seconds after which operators and their tools lose patience."""


@dataclass
class Ending:
    """The first who asks what is left starts the clock."""

    seconds: float = STOP_SECONDS
    clock: Callable[[], float] = time.monotonic
    _end: float | None = None

    def left(self) -> float:
        """Seconds that may still be waited for others."""
        now = self.clock()
        if self._end is None:
            self._end = now + self.seconds
        return max(0.0, self._end - now)
