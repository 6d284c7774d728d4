"""How long a tap waits for its acknowledgement when 500 a second are offered and the bot has one core."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.bots import NotConnectedError, Place
from benchmarks.cores import apart
from benchmarks.offered import Offer, offering
from benchmarks.ours import OURS
from benchmarks.serving import free_port, serving
from benchmarks.tables import share, table
from benchmarks.ways import StuckError

OFFER = Offer(rate=500, citizens=500)
WARM_UP_SECONDS = 5.0
SECONDS = 30.0
MOST_SECONDS = 150.0
GOAL_SECONDS = 0.050
PARTS = (0.5, 0.95, 0.99, 0.999, 1)
HEAD = ("taps", "a second", "p50, ms", "p95", "p99", "p99.9", "slowest", "bot's core in use")
Say = Callable[[str], object]


@dataclass(frozen=True)
class Waits:
    """Sorted seconds from due to acknowledged, how long taps were offered, and the bot's CPU seconds meanwhile."""

    taps: Sequence[float]
    wall: float
    cpu: float


def measure(folder: Path, say: Say) -> str:
    """Markdown, or why there are no figures."""
    title = f"## Latency: {OFFER.rate:.0f} taps a second, the bot on one core"
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="bench latency ") as inside, apart() as core:
            place = Place(Path(inside), free_port(), "")
            code = OURS.prepare(place)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                waits = runner.run(_measure(place, code, core))
    except (NotConnectedError, StuckError, TimeoutError) as error:
        say(f"latency: {error!r}")
        return f"{title}\n\n**Not measured**: {(str(error) or repr(error)).splitlines()[0]}"
    say(f"latency: p99 {share(waits.taps, 0.99) * 1e3:.1f} ms")
    return f"{title}\n\n{section(waits)}"


async def _measure(place: Place, code: str, core: int) -> Waits:
    async with serving(OURS, place, code, core) as served, asyncio.timeout(MOST_SECONDS):
        async with offering(served.load, OFFER):
            await asyncio.sleep(WARM_UP_SECONDS)
            began, cpu = time.perf_counter(), served.running.cpu_seconds()
            await asyncio.sleep(SECONDS)
            wall, cpu = time.perf_counter() - began, served.running.cpu_seconds() - cpu
        taps = sorted(wait for due, wait in served.load.taps_due if due >= began)
        return Waits(taps, wall, cpu)


def section(waits: Waits) -> str:
    """The table and its sentence."""
    ordered = waits.taps
    row = [
        *(f"{len(ordered):,}", f"{len(ordered) / waits.wall:.0f}"),
        *(f"{share(ordered, part) * 1e3:.1f}" for part in PARTS),
        f"{waits.cpu / waits.wall:.0%}",
    ]
    reached = "reached" if share(ordered, 0.99) <= GOAL_SECONDS else "**not reached**"
    return (
        f"{table(HEAD, [row])}\n\n"
        "Offered evenly, whether or not the bot keeps up: a wait is counted from when the tap was due, so the load's "
        f"own delays are in it. People begin forms beside the taps, {OFFER.rate / 24:.0f} a second. "
        f"The goal is p99 of {GOAL_SECONDS * 1e3:.0f} ms: {reached}."
    )
