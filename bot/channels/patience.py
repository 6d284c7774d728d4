"""Trying again: what certainly did not arrive, and what cannot be reached yet."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from bot.errors import SendError

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0
FIRST_BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF_SECONDS = 30.0


def backoff(tries: int, first: float = FIRST_BACKOFF_SECONDS, longest: float = LONGEST_BACKOFF_SECONDS) -> float:
    """Seconds to wait after `tries` failures: doubled each time, bounded, and spread so that no two march in step."""
    return min(first * 2.0 ** min(tries, 16), longest) * random.uniform(0.5, 1.0)


async def patiently(deadline: float, call: Callable[[], Awaitable[object]]) -> None:
    """Call until it goes out, while another try is safe and before `deadline` (loop time)."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            await call()
        except SendError as error:
            wait = error.retry_after or pause
            in_time = asyncio.get_running_loop().time() + wait < deadline
            if error.kind not in {"throttled", "unreachable"} or not in_time:
                raise
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        else:
            return
