"""One round of one bot: citizens at once, each a whole form; the same driver for every bot and both ways.

An update counts when it was acknowledged (2xx, or a later offset) and its effect stands in the database file
afterwards.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bots import BotProgram, Place
from benchmarks.load import FIRST_USER
from benchmarks.serving import Serving, free_port, quiet, serving
from benchmarks.ways import StuckError

CITIZENS = 200
WARM_UP_CITIZENS = 10
WARM_UP_USERS = FIRST_USER + 10_000_000
ROUND_SECONDS = 300.0


@dataclass(frozen=True)
class Round:
    """One run of one bot; seconds, MiB and counts."""

    bot: str
    updates: int
    durable: int
    answered: int
    cpu: float
    wall: float
    driver_cpu: float
    start: float
    peak_mib: float
    acks: tuple[float, ...]
    screens: tuple[float, ...]

    @property
    def cpu_per_update(self) -> float:
        """CPU seconds of the bot per acknowledged durable update."""
        return self.cpu / self.durable

    @property
    def throughput(self) -> float:
        """Acknowledged durable updates a second."""
        return self.durable / self.wall


async def run_round(program: BotProgram, folder: Path, citizens: int, seed: int) -> Round:
    """Start the bot in an empty folder, warm it up, measure one crowd, stop it. StuckError, NotConnectedError."""
    place = Place(folder, free_port(), "")
    code = await asyncio.to_thread(program.prepare, place)
    async with serving(program, place, code) as served:
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                await served.load.crowd(WARM_UP_USERS, WARM_UP_CITIZENS, seed)
                await quiet(served.load.api)
                measured = await _measure(served, folder, citizens, seed)
        except TimeoutError:
            raise StuckError(f"{program.name}: not finished after {ROUND_SECONDS:.0f} s") from None
        return Round(bot=program.name, start=served.start, peak_mib=served.running.peak_mib(), **measured)


async def _measure(served: Serving, folder: Path, citizens: int, seed: int) -> dict[str, Any]:
    load, running = served.load, served.running
    load.forget()
    durable, answered = load.program.durable(folder), load.api.calls["answerCallbackQuery"]
    cpu, driver, wall = running.cpu_seconds(), time.process_time(), time.perf_counter()
    await load.crowd(FIRST_USER, citizens, seed)
    wall = time.perf_counter() - wall
    driver = time.process_time() - driver
    await quiet(load.api)
    return {
        "updates": len(load.acks),
        "durable": load.program.durable(folder) - durable,
        "answered": load.api.calls["answerCallbackQuery"] - answered,
        "cpu": running.cpu_seconds() - cpu,
        "wall": wall,
        "driver_cpu": driver,
        "acks": tuple(load.acks),
        "screens": tuple(load.screens),
    }
