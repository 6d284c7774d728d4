"""Taps while the Bot API answers slowly: what rides in the webhook's response must not wait for it.

Beside the taps other people begin a survey; their first bubble is a call, so they do wait.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.bots import NotConnectedError, Place
from benchmarks.lean_api import NEVER
from benchmarks.load import FIRST_USER, Load
from benchmarks.offered import Offer, offering
from benchmarks.ours import OURS
from benchmarks.serving import free_port, serving
from benchmarks.tables import share, table
from benchmarks.ways import StuckError

DELAYS = (0.0, 0.05, 2.0, NEVER)
OFFER = Offer(rate=200, citizens=400, spread=0)
BEGINNERS_A_SECOND = 8
"""As many as end a form when 200 taps a second are offered."""
SECONDS = 20.0
MOST_SECONDS = 120.0
BEGINNERS = FIRST_USER + 50_000_000
HEAD = ("the Bot API answers", "taps", "ack p50, ms", "p99", "slowest", "first bubbles asked for", "p50, ms", "in time")
Say = Callable[[str], object]


@dataclass(frozen=True)
class Waits:
    """Sorted seconds of taps until their acknowledgement, and of people who began, whose bubbles came in time."""

    taps: tuple[float, ...]
    begun: int
    shown: tuple[float, ...]


def measure(folder: Path, say: Say) -> str:
    """Markdown of every delay, or why there are no figures."""
    rows = []
    for delay in DELAYS:
        try:
            with tempfile.TemporaryDirectory(dir=folder, prefix="bench slow ") as inside:
                place = Place(Path(inside), free_port(), "")
                code = OURS.prepare(place)
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    waits = runner.run(_measure(place, code, delay))
        except (NotConnectedError, StuckError, TimeoutError) as error:
            say(f"slow API {_words(delay)}: {error!r}")
            why = (str(error) or repr(error)).splitlines()[0]
            rows.append([_words(delay), f"**not measured**: {why}", *[""] * (len(HEAD) - 2)])
        else:
            say(f"the API answers {_words(delay)}: p99 of taps {share(waits.taps, 0.99) * 1e3:.1f} ms")
            rows.append(_row(delay, waits))
    return (
        f"## Taps while the Bot API is slow\n\n{table(HEAD, rows)}\n\n"
        f"{OFFER.rate:.0f} taps a second for {SECONDS:.0f} s, offered evenly; a wait is counted from when the tap was "
        f"due. Beside them {BEGINNERS_A_SECOND} people a second begin a survey and wait for the Bot API themselves, "
        "each holding one of the webhook's connections meanwhile."
    )


def _words(delay: float) -> str:
    if delay == NEVER:
        return "not at all"
    return f"after {delay * 1e3:.0f} ms" if delay else "at once"


def _row(delay: float, waits: Waits) -> list[str]:
    shown = f"{share(waits.shown, 0.5) * 1e3:.0f}" if waits.shown else "–"
    return [
        _words(delay),
        f"{len(waits.taps):,}",
        *(f"{share(waits.taps, part) * 1e3:.1f}" for part in (0.5, 0.99, 1)),
        *(f"{waits.begun}", shown, f"{len(waits.shown)}"),
    ]


async def _measure(place: Place, code: str, delay: float) -> Waits:
    async with serving(OURS, place, code) as served, asyncio.timeout(MOST_SECONDS):
        load = served.load
        async with offering(load, OFFER):
            await asyncio.sleep(1)
            load.api.slow_by = delay
            began = time.perf_counter()
            async with _beginning(load) as (begun, shown):
                await asyncio.sleep(SECONDS)
                count, in_time = len(begun), tuple(sorted(shown))
        taps = sorted(wait for due, wait in load.taps_due if due >= began)
        return Waits(tuple(taps), count, in_time)


@contextlib.asynccontextmanager
async def _beginning(load: Load) -> AsyncIterator[tuple[list[asyncio.Task[None]], list[float]]]:
    """People who begin, evenly, beside what is done in the context: all of them, and the waits of those served."""
    begun: list[asyncio.Task[None]] = []
    shown: list[float] = []

    async def one(user: int) -> None:
        shown.append(await load.say(user, f"/start {load.code}"))

    async def all_of_them() -> None:
        while True:
            begun.append(asyncio.create_task(one(BEGINNERS + len(begun))))
            await asyncio.sleep(1 / BEGINNERS_A_SECOND)

    source = asyncio.create_task(all_of_them())
    try:
        yield begun, shown
    finally:
        for task in (source, *begun):
            task.cancel()
        await asyncio.gather(source, *begun, return_exceptions=True)
