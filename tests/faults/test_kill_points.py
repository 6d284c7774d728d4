"""SIGKILL at every failpoint of the writer, the turn, the outbox and the tick, and what is true after the next start.

The program is the real one, forked from a parent that has imported it (fork_server.py), with citizens who answer over
the webhook, two officials whose summary is due, a reminder that is due, and a citizen whose every update raises.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.failpoints import POINTS
from tests.faults.figures import Figure, record, size
from tests.faults.lives import Server
from tests.faults.points import Case, Found, kill_at
from tests.faults.prepared import Prepared

HARNESS = "kill at every failpoint"
SEEDS = size(1, 20)
AT_ONCE = 6
MUTANT_SEEDS = 8


async def run_all(cases: list[Case], folder: Path, prepared: Prepared, server: Server, mutant: str = "") -> list[Found]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, case: Case) -> Found:
        async with slots:
            found = await kill_at(case, folder / str(number), prepared, server, mutant)
            if not found.wrong:
                shutil.rmtree(folder / str(number))  # hundreds of databases fill a disk
            return found

    return await asyncio.gather(*(one(number, case) for number, case in enumerate(cases)))


async def test_killed_at_every_point_nothing_is_lost_or_doubled(
    tmp_path: Path, prepared: Prepared, server: Server
) -> None:
    cases = [Case.of(point, seed) for seed in range(SEEDS) for point in POINTS]
    found = await run_all(cases, tmp_path, prepared, server)
    wrong = [one for one in found if one.wrong]
    detail = (
        f"{len(POINTS)} points, {sum(one.acknowledged for one in found):,} updates acknowledged, "
        f"{sum(one.recovered for one in found):,} recovered, {sum(one.unknown for one in found):,} posts unknown"
    )
    record(Figure(HARNESS, len(cases), len(wrong), detail))
    assert wrong == []
    assert {one.case.point for one in found if one.reached} == set(POINTS)


@pytest.mark.parametrize(
    ("mutant", "point", "word"),
    [("tell_first", "writer.jobs-ran", " lost: "), ("repeat_orphans", "outbox.sent", "arrived 2 times")],
    ids=lambda value: value.strip(),
)
async def test_each_mutant_is_caught(
    tmp_path: Path, prepared: Prepared, server: Server, mutant: str, point: str, word: str
) -> None:
    for first in range(0, MUTANT_SEEDS, 2):
        cases = [Case.of(point, seed) for seed in (first, first + 1)]
        found = await run_all(cases, tmp_path / str(first), prepared, server, mutant)
        wrong = [one for one in found if any(word in line for line in one.wrong)]
        if wrong:
            record(Figure(HARNESS, first + len(found), len(wrong), mutant=f"{mutant}: caught"))
            return
    pytest.fail(f"{MUTANT_SEEDS} kills did not catch {mutant}")
