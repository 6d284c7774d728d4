"""From the start of the process until it serves, and the most memory it ever held."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks.bots import NotConnectedError, Place
from benchmarks.lean_api import File, LeanApi
from benchmarks.load import FIRST_USER, Load
from benchmarks.ours import OURS, copy_config, fill, put_form
from benchmarks.process import Program
from benchmarks.serving import free_port, quiet, serving
from benchmarks.tables import table
from benchmarks.ways import StuckError

STARTS = 5
START_SECONDS = 30.0
LOOK_SECONDS = 0.005
TARGET_START_SECONDS = 3.0
RESPONSES = 10_000
MEMORY_SECONDS = 240.0
DRAWING_SECONDS = 60.0
WATCH_SECONDS = 0.1
BEFORE_DRAWING_SECONDS = 1.0
"""So that the picture and the file are drawn while the citizens tap."""
TARGET_MIB = 250
MAIN, DRAWING, OTHER = "the bot", "the drawing process", "Python's resource tracker beside it"
Say = Callable[[str], object]


@dataclass
class Peaks:
    """The newest peak of every process by its id, and the greatest sum of those that lived at the same time; MiB."""

    newest: dict[int, tuple[str, float]] = field(default_factory=dict)
    together: float = 0.0

    def look(self, running: Program) -> None:
        """Look once."""
        (main, (command, peak)), *rest = running.peaks().items()
        # A child that still bears our command has not begun its own program: what it shows is ours, seen again.
        children = {pid: (said, held) for pid, (said, held) in rest if said != command}
        self.newest[main] = (MAIN, peak)
        for pid, (said, held) in children.items():
            self.newest[pid] = (DRAWING if "spawn_main" in said else OTHER, held)
        self.together = max(self.together, peak + sum(held for _, held in children.values()))

    def parts(self) -> dict[str, float]:
        """The greatest peak by kind of process."""
        greatest: dict[str, float] = {}
        for name, peak in self.newest.values():
            greatest[name] = max(greatest.get(name, 0.0), peak)
        return greatest


@dataclass(frozen=True)
class Drawn:
    """What an official got, its bytes, and the seconds she waited."""

    what: str
    size: int
    seconds: float


def measure(citizens: int, folder: Path, say: Say) -> str:
    """Markdown of both, or why there are no figures."""
    sections = []
    for name, part in (("Start", _starts), ("Memory", lambda inside, to: _memory(citizens, inside, to))):
        try:
            sections.append(part(folder, say))
        except (NotConnectedError, StuckError, TimeoutError) as error:
            say(f"{name}: {error!r}")
            sections.append(f"## {name}\n\n**Not measured**: {(str(error) or repr(error)).splitlines()[0]}")
    return "\n\n".join(sections)


def _starts(folder: Path, say: Say) -> str:
    first: list[float] = []
    second: list[float] = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory(dir=folder, prefix="bench start ") as inside:
            place = Place(Path(inside), free_port(), "")
            copy_config(place)
            for found in (first, second):
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    found.append(runner.run(_start(place)))
    say(f"start: {statistics.median(first):.2f} s, again {statistics.median(second):.2f} s")
    rows = [
        [name, f"{statistics.median(found):.2f}", f"{min(found):.2f} to {max(found):.2f}"]
        for name, found in (("empty folder", first), ("database there", second))
    ]
    head = ("start until /healthz answers 200", "median, s", "spread, s")
    return f"## Start\n\n{table(head, rows)}\n\n{STARTS} starts each; the target is {TARGET_START_SECONDS:.0f} s."


async def _start(unserved: Place) -> float:
    """Seconds from the start of the process until it is healthy, with Telegram's webhook set."""
    api = LeanApi()
    await api.start()
    place = Place(unserved.folder, unserved.port, f"http://127.0.0.1:{api.port}")
    began = time.perf_counter()
    running = Program(OURS.command(place), OURS.environment(place), place.folder / "bot.log", place.folder)
    try:
        while not await _healthy(place.port):
            if not running.alive or time.perf_counter() - began > START_SECONDS:
                raise StuckError(f"the bot did not start serving\n{running.tail()}")
            await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - began
    finally:
        running.stop()
        await api.stop()


async def _healthy(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


def _memory(citizens: int, folder: Path, say: Say) -> str:
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench memory ") as inside:
        place = Place(Path(inside), free_port(), "")
        put_form(place)
        plan = fill(place, RESPONSES)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            peaks, drawn = runner.run(_loaded(place, plan["code"], plan["officials"][0], citizens))
    say(f"memory: {peaks.together:.0f} MiB together")
    rows = [[name, f"{peak:.0f}"] for name, peak in peaks.parts().items()]
    rows.append(["**most at the same time**", f"**{peaks.together:.0f}**"])
    files = " and ".join(f"{one.what} ({one.size / 1024:.0f} KiB after {one.seconds:.1f} s)" for one in drawn)
    return (
        f"## Memory\n\n{table(('process', 'peak resident size (VmHWM), MiB'), rows)}\n\n"
        f"{citizens} citizens at once over {RESPONSES:,} older responses, and meanwhile an official who got {files}. "
        f"Pages that processes share are counted in each. The target for all together is {TARGET_MIB} MiB. "
        "The drawing process ends after a minute without work; the heavy libraries are loaded only there."
    )


async def _loaded(place: Place, code: str, official: int, citizens: int) -> tuple[Peaks, list[Drawn]]:
    peaks = Peaks()
    async with serving(OURS, place, code) as served, asyncio.timeout(MEMORY_SECONDS):
        load, running = served.load, served.running
        watching = asyncio.create_task(_watch(peaks, running))
        async with asyncio.TaskGroup() as group:
            group.create_task(load.crowd(FIRST_USER, citizens, 0))
            drawing = group.create_task(_draw(load, official))
        await quiet(load.api)
        watching.cancel()
        peaks.look(running)
        return peaks, drawing.result()


async def _watch(peaks: Peaks, running: Program) -> None:
    while True:
        peaks.look(running)
        await asyncio.sleep(WATCH_SECONDS)


async def _draw(load: Load, official: int) -> list[Drawn]:
    """An official asks for her figure, its picture, and the Excel file of all offices."""
    await asyncio.sleep(BEFORE_DRAWING_SECONDS)
    await load.say(official, "/score")
    chart = [data for data in load.api.screen(official).data() if "@chart" in data]
    if not chart:
        raise StuckError(f"/score was answered without a picture: {load.api.screen(official).text[:80]!r}")
    return [
        await _file(load, official, "the picture", load.press(official, chart[0])),
        await _file(load, official, "the Excel file of all offices", load.say(official, "/export")),
    ]


async def _file(load: Load, official: int, what: str, asking: Awaitable[float]) -> Drawn:
    began = time.perf_counter()
    before = len(_files(load, official))
    await asking
    while len(files := _files(load, official)) == before:
        if time.perf_counter() - began > DRAWING_SECONDS:
            raise StuckError(f"{what} did not come")
        await asyncio.sleep(WATCH_SECONDS)
    return Drawn(what, files[-1].size, files[-1].at - began)


def _files(load: Load, official: int) -> Sequence[File]:
    return [one for one in load.api.files if one.chat_id == official]
