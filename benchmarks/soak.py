"""A day's taps as fast as they go: does the program grow?

24 hours at 2 taps a second are 172,800 taps, 7,200 forms of 24 taps, each by another person. What happens by the clock
(a night, a week) is not in it.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.bots import TAPS, NotConnectedError, Place
from benchmarks.load import FIRST_USER, Load
from benchmarks.ours import OURS
from benchmarks.serving import free_port, quiet, serving
from benchmarks.tables import table
from benchmarks.ways import StuckError

DAY = 24 * 60 * 60 * 2
AT_ONCE = 200
LOOK_SECONDS = 0.25
MOST_SECONDS = 1_800.0
GOAL = 0.05
PARTS = (0.1, 0.25, 0.5, 0.75, 1.0)
WIDTH = 0.05
"""A size is the median over this part of the run, so that one allocation does not decide."""
Say = Callable[[str], object]


@dataclass(frozen=True)
class Soaked:
    """Samples (taps so far, MiB), the taps in all, those that are durable, the wall seconds and the database's MiB."""

    samples: Sequence[tuple[int, float]]
    taps: int
    durable: int
    wall: float
    database: float

    def size(self, part: float) -> float:
        """MiB around this part of the run: just after it, or just before the end."""
        begin, end = self.taps * min(part, 1 - WIDTH), self.taps * min(part + WIDTH, 1)
        return statistics.median(mib for at, mib in self.samples if begin <= at <= end)

    @property
    def growth(self) -> float:
        """From after the first tenth to the end; 0.05 is a twentieth."""
        return self.size(1) / self.size(PARTS[0]) - 1


def measure(taps: int, folder: Path, say: Say) -> str:
    """Markdown, or why there are no figures."""
    title = f"## Soak: {taps:,} taps, as many as {taps / 7200:.0f} hours at 2 a second"
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="bench soak ") as inside:
            place = Place(Path(inside), free_port(), "")
            code = OURS.prepare(place)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                soaked = runner.run(_soak(place, code, taps))
    except (NotConnectedError, StuckError, TimeoutError) as error:
        say(f"soak: {error!r}")
        return f"{title}\n\n**Not measured**: {(str(error) or repr(error)).splitlines()[0]}"
    say(f"soak: {soaked.growth:+.1%}")
    return f"{title}\n\n{section(soaked)}"


async def _soak(place: Place, code: str, taps: int) -> Soaked:
    people = iter(range(taps // TAPS))
    async with serving(OURS, place, code) as served, asyncio.timeout(MOST_SECONDS):
        samples: list[tuple[int, float]] = []
        load, began = served.load, time.perf_counter()

        async def look() -> None:
            while True:
                samples.append((_taps(load), served.running.resident_mib()))
                await asyncio.sleep(LOOK_SECONDS)

        looking = asyncio.create_task(look())
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(_one_after_another(load, people))
        wall = time.perf_counter() - began
        await quiet(load.api)
        samples.append((_taps(load), served.running.resident_mib()))
        looking.cancel()
        durable = OURS.durable(place.folder) * TAPS // (TAPS + 1)
        size = sum(one.stat().st_size for one in place.folder.glob("sipas.db*")) / 2**20
        return Soaked(samples, _taps(load), durable, wall, size)


def _taps(load: Load) -> int:
    return len(load.acks) * TAPS // (TAPS + 1)


async def _one_after_another(load: Load, people: Iterator[int]) -> None:
    for number in people:
        await load.citizen(FIRST_USER + number, random.Random(number))
        # Nobody looks at her screen again.
        del load.api.screens[FIRST_USER + number]


def section(soaked: Soaked) -> str:
    """The table and its sentence."""
    head = ("resident, MiB", *(f"at {part:.0%} of the taps" for part in PARTS), "growth from 10% to the end")
    row = ["the bot and its children", *(f"{soaked.size(part):.1f}" for part in PARTS), f"{soaked.growth:+.1%}"]
    reached = "reached" if soaked.growth <= GOAL else "**not reached**"
    return (
        f"{table(head, [row])}\n\n{soaked.taps:,} taps by {soaked.taps // TAPS:,} people in {soaked.wall:.0f} s, "
        f"{AT_ONCE} at once; {soaked.taps - soaked.durable} lost; the database is {soaked.database:.0f} MiB "
        f"afterwards. The goal is a growth of at most {GOAL:.0%}: {reached}."
    )
