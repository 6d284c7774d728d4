"""`/score` as an official waits for it: from her message at our webhook until our answer is at the Bot API.

The database holds a year of answers (benchmarks/filled.py); citizens go on tapping beside the questions.
"""

import asyncio
import contextlib
import random
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.bots import NotConnectedError, Place
from benchmarks.load import FIRST_USER, Load
from benchmarks.ours import OURS, copy_config, fill
from benchmarks.serving import free_port, serving
from benchmarks.tables import share, table
from benchmarks.ways import StuckError

SIZES = (10_000, 1_000_000)
ROUNDS = 40
"""How often every level is asked for every kind of period; the units of a level take turns."""
ASK_PAUSE_SECONDS = 0.13
"""So that asking takes more than a minute, and a tick of the scheduler falls into it."""
TAPPERS = 20
TAP_PAUSE_SECONDS = 0.25
LOAD_SECONDS = 180.0
TARGET_SECONDS = 0.050
KINDS = ("week", "month", "quarter", "year")
LEVELS = ("province", "district", "commune")
Waits = dict[tuple[str, str], list[float]]
"""Seconds by (level of the unit, kind of period)."""
Plan = Mapping[str, Any]
Say = Callable[[str], object]


@dataclass(frozen=True)
class Measured:
    """One database: its responses, its size in MiB, the waits, the first question's wait, what citizens waited."""

    responses: int
    size: float
    waits: Waits
    first: float
    taps: tuple[float, ...]
    tapping: float

    @property
    def ordered(self) -> list[float]:
        """All waits but the first, shortest first."""
        return sorted(wait for waits in self.waits.values() for wait in waits)


def measure(folder: Path, say: Say, sizes: Sequence[int] = SIZES) -> str:
    """Markdown for all sizes, or why there are no figures."""
    found: list[Measured] = []
    reason = ""
    for size in sizes:
        try:
            with tempfile.TemporaryDirectory(dir=folder, prefix="bench score ") as place:
                found.append(_one(Path(place), size, say))
        except (NotConnectedError, StuckError, TimeoutError, subprocess.TimeoutExpired) as error:
            say(f"/score at {size:,}: {error!r}")
            reason = f"\n{size:,} responses: **not measured**: {(str(error) or repr(error)).splitlines()[0]}"
            break
    return _section(found) + reason


def _one(folder: Path, responses: int, say: Say) -> Measured:
    place = Place(folder, free_port(), "")
    copy_config(place)
    plan = fill(place, responses)
    say(f"{responses:,} responses are in place")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_load(place, plan, responses))
    ordered = measured.ordered
    say(f"/score at {responses:,}: p50 {share(ordered, 0.5) * 1e3:.1f} ms, p95 {share(ordered, 0.95) * 1e3:.1f} ms")
    return measured


async def _load(place: Place, plan: Plan, responses: int) -> Measured:
    async with serving(OURS, place, plan["code"]) as served:
        load = served.load
        began = time.perf_counter()
        async with asyncio.timeout(LOAD_SECONDS), tapping(load) as taps:
            await asyncio.sleep(1)
            first = await _ask(load, plan["officials"][0], plan["questions"][0])
            waits = await _asking(load, plan)
        spent = time.perf_counter() - began
        size = (place.folder / "sipas.db").stat().st_size / 2**20
        return Measured(responses, size, waits, first, tuple(sorted(taps)), spent)


@contextlib.asynccontextmanager
async def tapping(load: Load) -> AsyncIterator[list[float]]:
    """A light load of citizens beside what is done in the context; their waits in seconds."""
    waits: list[float] = []
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for number in range(TAPPERS):
            group.create_task(_taps(load, number, enough, waits))
        yield waits
        # Asked, not cancelled: before Python 3.12 wait_for forgets a cancellation that meets its result.
        enough.set()


async def _taps(load: Load, number: int, enough: asyncio.Event, waits: list[float]) -> None:
    """One citizen after the other, each a whole form, until it is enough."""
    rng = random.Random(number)
    user = FIRST_USER + number * 1_000
    while not enough.is_set():
        user += 1
        await load.say(user, f"/start {load.code}")
        sent = False
        while not (sent or enough.is_set()) and (buttons := load.api.screen(user).data()):
            await asyncio.sleep(TAP_PAUSE_SECONDS * rng.uniform(0.5, 1.5))
            press = _onward(buttons, rng)
            sent = "@send" in press
            waits.append(await load.press(user, press))


def _onward(buttons: Sequence[str], rng: random.Random) -> str:
    """Any answer, or the end of ticking boxes; else the first of the buttons that lead on."""
    choices = [data for data in buttons if data.startswith("s:") and data.count(":") == 3]
    answers = [data for data in choices if ":@" not in data or data.endswith(":@done")]
    if answers:
        return rng.choice(answers)
    leading = (data for word in ("@begin", "@skip", "@send") for data in buttons if word in data)
    return next(leading, buttons[0])


async def _asking(load: Load, plan: Plan) -> Waits:
    by_cell: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for question in plan["questions"]:
        by_cell.setdefault((question["level"], question["kind"]), []).append(question)
    rng = random.Random(1)
    waits: Waits = {cell: [] for cell in by_cell}
    asked = 0
    for number in range(ROUNDS):
        for cell in rng.sample(list(by_cell), len(by_cell)):
            question = by_cell[cell][number % len(by_cell[cell])]
            official = plan["officials"][asked % len(plan["officials"])]
            waits[cell].append(await _ask(load, official, question))
            asked += 1
            await asyncio.sleep(ASK_PAUSE_SECONDS)
    return waits


async def _ask(load: Load, official: int, question: Mapping[str, str]) -> float:
    """Seconds until the figure was there; StuckError when something else came."""
    wait = await load.say(official, question["text"])
    screen = load.api.screen(official)
    if question["button"] not in screen.data():
        raise StuckError(f"{question['text']} was answered: {screen.text[:80]!r}")
    return wait


def _section(found: Sequence[Measured]) -> str:
    lines = ["## `/score` beside citizens who tap", ""]
    head = ("responses, unit", *(f"{kind}: p50 / p95 / max, ms" for kind in KINDS))
    rows = [
        [f"{one.responses:,}, {level}", *(_cell(one.waits[level, kind]) for kind in KINDS)]
        for one in found
        for level in LEVELS
    ]
    lines += [table(head, rows), ""]
    lines += [_sentence(one) for one in found]
    return "\n".join(lines)


def _cell(waits: Sequence[float]) -> str:
    ordered = sorted(waits)
    return " / ".join(f"{share(ordered, part) * 1e3:.1f}" for part in (0.5, 0.95, 1))


def _sentence(one: Measured) -> str:
    taps, rate = one.taps, len(one.taps) / one.tapping
    late = sum(wait >= TARGET_SECONDS for wait in one.ordered)
    return (
        f"{one.responses:,} responses ({one.size:.0f} MiB): {len(one.ordered)} questions, p99 "
        f"{share(one.ordered, 0.99) * 1e3:.1f} ms, {late} at {TARGET_SECONDS * 1e3:.0f} ms or more; "
        f"the very first after the start took {one.first * 1e3:.1f} ms. Beside them {rate:.0f} taps "
        f"a second: p50 {share(taps, 0.5) * 1e3:.1f} ms, p99 {share(taps, 0.99) * 1e3:.1f} ms, "
        f"the slowest {taps[-1] * 1e3:.0f} ms.  "
    )
