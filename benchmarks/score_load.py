"""`/score` as an official waits for it: from her message at our webhook until our answer is at the Bot API.

The database holds a year of answers (benchmarks/filled.py). Citizens tap all the while, evenly; officials ask in turns,
so that the taps' waits with and without `/score` beside them come from the same minutes.
"""

import asyncio
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.bots import NotConnectedError, Place
from benchmarks.load import Load
from benchmarks.offered import Offer, offering
from benchmarks.ours import OURS, copy_config, fill
from benchmarks.score_table import Measured, Waits, section
from benchmarks.serving import free_port, serving
from benchmarks.tables import share
from benchmarks.ways import StuckError

SIZES = (10_000, 1_000_000)
ROUNDS = 24
"""How often every level is asked for every kind of period; the units of a level take turns."""
TURNS = 4
"""Spells of asking, each followed by one as long without."""
ASK_PAUSE_SECONDS = 0.13
"""So that all takes more than a minute, and a tick of the scheduler falls into it."""
OFFER = Offer(rate=200, citizens=200, spread=11)
"""People stand at different places of their survey when the load begins."""
WARM_UP_SECONDS = 3.0
LOAD_SECONDS = 240.0
Plan = Mapping[str, Any]
Question = Mapping[str, str]
Say = Callable[[str], object]


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
    return section(found, OFFER.rate) + reason


def _one(folder: Path, responses: int, say: Say) -> Measured:
    place = Place(folder, free_port(), "")
    copy_config(place)
    began = time.perf_counter()
    plan = fill(place, responses)
    say(f"{responses:,} responses are in place after {time.perf_counter() - began:.0f} s")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_load(place, plan, responses))
    ordered = measured.ordered
    say(f"/score at {responses:,}: p50 {share(ordered, 0.5) * 1e3:.1f} ms, p99 {share(ordered, 0.99) * 1e3:.1f} ms")
    return measured


async def _load(place: Place, plan: Plan, responses: int) -> Measured:
    async with serving(OURS, place, plan["code"]) as served:
        load = served.load
        async with asyncio.timeout(LOAD_SECONDS), offering(load, OFFER):
            await asyncio.sleep(WARM_UP_SECONDS)
            first = await _ask(load, plan["officials"][0], plan["questions"][0])
            waits, spells = await _in_turns(load, plan)
        beside, alone = (
            sorted(wait for due, wait in load.taps_due if any(begin <= due < end for begin, end in some))
            for some in (spells[::2], spells[1::2])
        )
        size = (place.folder / "sipas.db").stat().st_size / 2**20
        return Measured(responses, size, waits, first, beside, alone)


async def _in_turns(load: Load, plan: Plan) -> tuple[Waits, list[tuple[float, float]]]:
    """The waits, and the spells (begin, end) with and without asking in turn."""
    waits: Waits = {(one["level"], one["kind"]): [] for one in plan["questions"]}
    asked = list(enumerate(_order(plan["questions"])))
    each = len(asked) // TURNS
    spells = []
    for turn in range(TURNS):
        begin = time.perf_counter()
        for number, question in asked[turn * each : (turn + 1) * each]:
            official = plan["officials"][number % len(plan["officials"])]
            waits[question["level"], question["kind"]].append(await _ask(load, official, question))
            await asyncio.sleep(ASK_PAUSE_SECONDS)
        middle = time.perf_counter()
        await asyncio.sleep(middle - begin)
        spells += [(begin, middle), (middle, time.perf_counter())]
    return waits, spells


def _order(questions: Sequence[Question]) -> Iterator[Question]:
    by_cell: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        by_cell.setdefault((question["level"], question["kind"]), []).append(question)
    rng = random.Random(1)
    for number in range(ROUNDS):
        for cell in rng.sample(list(by_cell), len(by_cell)):
            yield by_cell[cell][number % len(by_cell[cell])]


async def _ask(load: Load, official: int, question: Question) -> float:
    """Seconds until the figure was there; StuckError when something else came."""
    wait = await load.say(official, question["text"])
    screen = load.api.screen(official)
    if question["button"] not in screen.data():
        raise StuckError(f"{question['text']} was answered: {screen.text[:80]!r}")
    return wait
