"""A program that hangs ends: the kernel kills it when the event loop has not set the alarm again for a minute.

A crash is recovered from by the next start, a hang by nobody. It was seen where memory ran out inside a library that is
not Python: it waited for itself, with Python's lock in its hands. So nothing of Python's may be needed to end it.
A program that somebody stops for so long (Ctrl-Z) and lets go on ends, too. Not while starting: bringing a large
database up may take longer, and would be begun again for ever.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HANG_SECONDS = 60.0


@asynccontextmanager
async def alarm(seconds: float = HANG_SECONDS) -> AsyncIterator[None]:
    """Until the context ends, a loop that stands still for so long is ended by SIGALRM."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    task = asyncio.create_task(_set_again(seconds))
    try:
        yield
    finally:
        task.cancel()
        signal.setitimer(signal.ITIMER_REAL, 0)


async def _set_again(seconds: float) -> None:
    while True:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            await asyncio.sleep(seconds / 10)
        except MemoryError:  # no room for a timer: soon again
            await asyncio.sleep(0)
