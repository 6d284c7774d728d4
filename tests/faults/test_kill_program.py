"""Real SIGKILLs of the real program while simulated citizens answer over the Telegram webhook.

By the stand-in's own log no acknowledged update is missing and none had two effects; every acknowledged answer stands
in the database once; a recount in plain SQL equals every count. `SIPAS_TEST_KILLS=200` makes the long run.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.verify import differences
from tests.faults.program import Program
from tests.standins.checker import check_updates, is_whole, read_rows
from tests.standins.citizens import Button, Choose, Citizen, Outcome, complete_survey, crowd
from tests.standins.telegram import Patience, TelegramStandin

KILLS = int(os.environ.get("SIPAS_TEST_KILLS", "20"))
CITIZENS = 50
LIFE_SECONDS = (0.05, 0.7)
"""How long the program serves between two kills."""


async def torture(program: Program, standin: TelegramStandin, code: str, kills: int) -> list[Outcome]:
    """Citizens answer one survey after another while the program is killed and started again."""
    rng = random.Random(5)
    over = asyncio.Event()
    first_id = 5_000_000

    async def live(citizen: Citizen) -> Outcome:
        return await complete_survey(
            citizen,
            answering(),
            code=code,
            double_taps=0.1,
            seconds=600,
        )

    async def people() -> list[Outcome]:
        outcomes: list[Outcome] = []
        round_ = 0
        while not over.is_set():
            outcomes += await crowd(
                standin, CITIZENS, live, seed=round_, first_id=first_id + 1000 * round_, patience=2.0
            )
            round_ += 1
        return outcomes

    living = asyncio.create_task(people())
    for _ in range(kills):
        await asyncio.to_thread(program.start)
        await asyncio.sleep(rng.uniform(*LIFE_SECONDS))
        await asyncio.to_thread(program.kill)
    over.set()
    await asyncio.to_thread(program.start)
    outcomes = await living
    await standin.wait_idle(30)
    return outcomes


def answering() -> Choose:
    """Begin, a random choice on each screen (skip where there is none), send. People do not tap 60 times on end."""
    over = False

    def choose(here: Sequence[Button], rng: random.Random) -> Button | None:
        nonlocal over
        by_word = {button.data.split(":")[2]: button for button in here if button.data.startswith("s:")}
        if over or not by_word:
            return None
        if "@send" in by_word:
            over = True
        wanted = by_word.get("@begin") or by_word.get("@send")
        if any(button.label.startswith("☑") for button in here):
            wanted = next(button for button in here if button.data.endswith(":@done"))
        choices = [button for button in here if button.data.count(":") == 3 and ":@" not in button.data]
        return wanted or (rng.choice(choices) if choices else by_word.get("@skip"))

    return choose


@pytest.mark.parametrize("mode", ["webhook"])
async def test_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path, mode: str) -> None:
    patience = Patience(timeout=5, first_pause=0.01, longest_pause=0.05)
    async with TelegramStandin(patience=patience) as standin:
        program = Program(tmp_path, standin.url, standin.token, mode)
        code = await asyncio.to_thread(program.entry, "Xã Vũ Hội")
        try:
            outcomes = await torture(program, standin, code, KILLS)
        finally:
            await asyncio.to_thread(program.kill)
        records = list(standin.journal.records)
    judge(program.database, records, outcomes)


def judge(database: Path, records: list[dict[str, object]], outcomes: list[Outcome]) -> None:
    assert is_whole(database)
    rows = read_rows(database, "SELECT channel, update_id FROM inbox WHERE state = 'done'")
    verdict = check_updates(records, rows)
    assert verdict.sound, str(verdict)
    assert verdict.acknowledged > CITIZENS * 5
    assert not read_rows(database, "SELECT update_id FROM inbox WHERE state = 'failed'")
    connection = sqlite3.connect(database)
    _answers_stand_once(connection, outcomes)
    assert list(differences(connection, "sample")) == []
    connection.close()


def _answers_stand_once(connection: sqlite3.Connection, outcomes: list[Outcome]) -> None:
    """The last acknowledged press on each question is the answer that is stored, in exactly one response."""
    answers = Counter[tuple[str, str, str]]()
    for session, question, value in connection.execute(
        """SELECT s.id, a.question, a.value FROM session s
           JOIN answer a ON a.province_id = s.province_id AND a.response_id = s.response_id WHERE a.value IS NOT NULL"""
    ):
        answers[session, question, value] += 1
    complete = sum(outcome.complete for outcome in outcomes)
    (stored,) = connection.execute("SELECT count(*) FROM response WHERE disposition = 'complete'").fetchone()
    assert stored >= complete > 0
    for outcome in outcomes:
        last: dict[tuple[str, str], str] = {}
        for press in outcome.presses:
            word = press.data.split(":")
            if press.acknowledged and len(word) == 4 and not word[2].startswith("@") and not word[3].startswith("@"):
                last[word[1], word[2]] = word[3]
        for (session, question), value in last.items():
            found = [key for key in answers if key[:2] == (session, question)]
            if question == "why":  # boxes are ticked and unticked; the rest is one choice each
                continue
            assert len(found) == 1, (session, question, found)
            assert answers[found[0]] == 1
            assert found[0][2] == value
