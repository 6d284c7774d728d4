"""SIGKILL of the real program at random instants, starting included, while people answer over Telegram.

By the stand-in's own log no acknowledged update is missing and none had two effects; every acknowledged answer stands
in the database once; a recount in plain SQL equals every count; no summary went out twice. Most lives are forked from a
parent that has imported the program (fork_server.py says what that leaves out); some are of a fresh interpreter.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.faults.figures import Figure, record, size
from tests.faults.lives import Server
from tests.faults.people import answer_a_survey, judge, stored_unseen
from tests.faults.posts import POSTS, SETTLED, arrived, know, posts_in, posts_wrong, read_posts
from tests.faults.prepared import Prepared
from tests.faults.program import Program
from tests.standins.citizens import Outcome, crowd
from tests.standins.telegram import Patience, TelegramStandin

HARNESS = "kill -9 of the program"
KILLS = size(20, 3000)
FRESH_KILLS = size(2, 20)
KILLS_A_ROUND = size(10, 250)
"""On one database; rounds take turns between webhook and polling."""
MUTANT_KILLS = 30
CITIZENS = size(20, 50)
START_SECONDS = 0.25
SERVING_SECONDS = 0.15
"""A kill comes at a random instant of so long: one in four from the beginning of a life on, else once it serves."""
END_SECONDS = 120.0
PATIENCE_SECONDS = 10.0
"""Before somebody taps the same button again."""
PATIENCE = Patience(timeout=5, first_pause=0.01, longest_pause=0.05)


@dataclass
class Torture:
    """One round: a program, its people, and what was seen at its deaths."""

    program: Program
    standin: TelegramStandin
    code: str
    rng: random.Random
    kills: int
    recovered: frozenset[str] = frozenset()
    under_way: frozenset[str] = frozenset()
    acknowledged: int = 0

    async def run(self) -> tuple[str, ...]:
        """What is wrong in the end, and nothing when all is well."""
        over = asyncio.Event()
        living = asyncio.create_task(self._people(over))
        try:
            for _ in range(self.kills):
                await self._life()
            over.set()
            await asyncio.to_thread(self.program.start)
            outcomes = await asyncio.wait_for(living, END_SECONDS)
            await self.standin.wait_until(self._at_rest, END_SECONDS)
        finally:
            living.cancel()
            await asyncio.to_thread(self.program.kill)
        return self._wrong(outcomes)

    async def _people(self, over: asyncio.Event) -> list[Outcome]:
        """One crowd after another."""
        outcomes: list[Outcome] = []
        while not over.is_set():
            outcomes += await crowd(
                self.standin,
                CITIZENS,
                lambda citizen: answer_a_survey(citizen, self.code),
                seed=len(outcomes),
                first_id=5_000_000 + len(outcomes),
                patience=PATIENCE_SECONDS,
            )
        return outcomes

    async def _life(self) -> None:
        self.program.begin()
        if self.rng.random() < 0.25:
            await asyncio.sleep(self.rng.uniform(0, START_SECONDS))
        else:
            await asyncio.to_thread(self.program.wait_healthy)
            await asyncio.sleep(self.rng.uniform(0, SERVING_SECONDS))
        await asyncio.to_thread(self.program.kill)
        self.recovered |= stored_unseen(self.program.database, self.standin)
        self.under_way |= posts_in(self.program.database, "sending")

    def _at_rest(self) -> bool:
        return not len(self.standin.delivery.queue) and len(posts_in(self.program.database, *SETTLED)) >= POSTS

    def _wrong(self, outcomes: list[Outcome]) -> tuple[str, ...]:
        judgement = judge(self.program.database, self.standin, outcomes)
        self.acknowledged = judgement.verdict.acknowledged
        assert self.acknowledged > len(outcomes) * 5
        wrong = posts_wrong(read_posts(self.program.database), self.under_way, arrived(self.standin))
        return judgement.wrong + wrong


async def torture(
    folder: Path, prepared: Prepared, mode: str, kills: int, *, server: Server | None = None, mutant: str = ""
) -> tuple[Torture, tuple[str, ...]]:
    prepared.lay(folder)
    async with TelegramStandin(patience=PATIENCE) as standin:
        know(standin)
        program = Program(folder, standin.url, standin.token, mode, server=server, mutant=mutant)
        one = Torture(program, standin, prepared.code, random.Random(folder.name), kills)
        return one, await one.run()


async def test_kills_under_load_lose_nothing_and_double_nothing(
    tmp_path: Path, prepared: Prepared, server: Server
) -> None:
    wrong: list[str] = []
    acknowledged = recovered = 0
    for number in range(KILLS // KILLS_A_ROUND):
        mode = ("webhook", "polling")[number % 2]
        one, found = await torture(tmp_path / f"{number}-{mode}", prepared, mode, KILLS_A_ROUND, server=server)
        wrong += [f"{mode}: {line}" for line in found]
        if not found:
            shutil.rmtree(one.program.folder)
        acknowledged += one.acknowledged
        recovered += len(one.recovered)
    detail = f"webhook and polling by turns; {acknowledged:,} updates acknowledged, {recovered:,} recovered"
    record(Figure(HARNESS, KILLS, len(wrong), detail))
    assert wrong == []


async def test_kills_of_a_fresh_interpreter_lose_nothing(tmp_path: Path, prepared: Prepared) -> None:
    one, wrong = await torture(tmp_path / "fresh", prepared, "webhook", FRESH_KILLS)
    detail = f"webhook; {one.acknowledged:,} updates acknowledged, {len(one.recovered):,} recovered"
    record(Figure(f"{HARNESS}, each a fresh interpreter", FRESH_KILLS, len(wrong), detail))
    assert wrong == ()


@pytest.mark.parametrize(("mutant", "word"), [("tell_first", " lost: "), ("no_key", " duplicated: ")], ids=str)
async def test_each_mutant_is_caught(
    tmp_path: Path, prepared: Prepared, server: Server, mutant: str, word: str
) -> None:
    if mutant == "no_key":
        prepared = without_a_key(prepared, tmp_path)
    for number in range(3):
        folder = tmp_path / f"{mutant}-{number}"
        _, wrong = await torture(folder, prepared, "webhook", MUTANT_KILLS // 3, server=server, mutant=mutant)
        if any(word in line for line in wrong):
            record(Figure(HARNESS, (number + 1) * MUTANT_KILLS // 3, len(wrong), mutant=f"{mutant}: caught"))
            return
    pytest.fail(f"{MUTANT_KILLS} kills did not catch {mutant}")


def without_a_key(prepared: Prepared, folder: Path) -> Prepared:
    """The same database, where an update may stand in the inbox any number of times."""
    path = folder / "no_key.db"
    path.write_bytes(prepared.database)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """CREATE TABLE plain AS SELECT * FROM inbox; DROP TABLE inbox; ALTER TABLE plain RENAME TO inbox;
               PRAGMA wal_checkpoint(TRUNCATE);"""
        )
    return replace(prepared, database=path.read_bytes())
