"""The real program while its database is locked, its disk is full, or cannot sync: refused in time, and back by itself.

Citizens go on answering over the webhook. Nothing that was acknowledged is lost, everything is taken in the end, and
/healthz and the web chat say what is wrong. The mutant acknowledges although the commit failed; it meets a full disk
and one that cannot sync.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.verify import differences
from tests.faults.figures import Figure, record, size
from tests.faults.watched import Watched, people_answer
from tests.standins.checker import check_updates, is_whole, read_rows
from tests.standins.telegram import Patience, TelegramStandin

ROUNDS = size(1, 8)
LOCKED_SECONDS = size(7, 30)
"""Longer than the writer waits for a lock, so that people are refused."""
BROKEN_SECONDS = 1.5
BACK_SECONDS = 2.0
MUTANT = """
import bot.writer as w
w.Writer._abandon = lambda self, entries, error: self.connection.in_transaction and self.connection.rollback()
"""
"""A batch that could not be stored is acknowledged."""

Fault = Callable[[Watched], AbstractContextManager[None]]


@contextmanager
def locked(program: Watched) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(program.database, isolation_level=None, timeout=5)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def broken(how: str, program: Watched) -> Iterator[None]:
    program.switch.write_text(how, encoding="ascii")
    yield
    program.switch.unlink()


Faulty = tuple[str, Fault, float]
"""Its name, and for how many seconds."""
FAULTS: tuple[Faulty, ...] = (
    ("locked", locked, LOCKED_SECONDS),
    ("full", partial(broken, "full W"), BROKEN_SECONDS),
    ("unsynced", partial(broken, "eio S"), BROKEN_SECONDS),
)


@dataclass
class Seen:
    """`back`: seconds from the end of a fault to the next acknowledgement, the longest of all."""

    refused: dict[str, int] = field(default_factory=dict)
    back: float = 0.0
    acknowledged: int = 0
    pages: set[tuple[int, bool]] = field(default_factory=set)
    health: set[tuple[int, str]] = field(default_factory=set)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


async def endure(program: Watched, standin: TelegramStandin, faults: Sequence[Faulty]) -> Seen:
    """Citizens answer through these faults; the database is judged by the stand-in's log at the end."""
    seen = Seen()
    await asyncio.to_thread(program.start)
    code = await asyncio.to_thread(program.entry, "Xã Vũ Hội")
    over = False
    living = asyncio.create_task(people_answer(standin, code, lambda: over, 600))
    try:
        await asyncio.sleep(1)
        for name, fault, seconds in faults:
            await _suffer(program, standin, seen, name, fault(program), seconds)
        over = True
        await living
        if not await standin.wait_idle(20):
            seen.wrong.append("not everything was taken in the end")
    finally:
        living.cancel()
        program.kill()
    seen.acknowledged = len(standin.journal.acknowledged)
    rows = read_rows(program.database, "SELECT channel, update_id FROM inbox WHERE state = 'done'")
    verdict = check_updates(standin.journal.records, rows)
    seen.lost = len(verdict.lost)
    seen.wrong += [] if verdict.sound else [str(verdict)]
    seen.wrong += [] if is_whole(program.database) else ["the database is damaged"]
    with closing(sqlite3.connect(program.database)) as connection:
        seen.wrong += differences(connection, "sample")
    return seen


async def _suffer(
    program: Watched,
    standin: TelegramStandin,
    seen: Seen,
    name: str,
    fault: AbstractContextManager[None],
    seconds: float,
) -> None:
    began = len(standin.journal.records)
    with fault:
        asked = asyncio.gather(asyncio.to_thread(post_page, program), asyncio.to_thread(ask_health, program))
        await asyncio.sleep(seconds)
    ended = time.monotonic()
    taken = len(standin.journal.acknowledged)
    await standin.wait_until(lambda: len(standin.journal.acknowledged) > taken, 30)
    seen.back = max(seen.back, time.monotonic() - ended)
    refused = [one for one in standin.journal.records[began:] if one["kind"] == "failure"]
    seen.refused[name] = seen.refused.get(name, 0) + len(refused)
    page, health = await asked
    seen.pages.add(page)
    seen.health.add(health)
    await asyncio.sleep(1)


def post_page(program: Watched) -> tuple[int, bool]:
    """Somebody begins in the web chat: the status, and whether the page asks her, kindly, to try again."""
    home = f"http://127.0.0.1:{program.port}/"
    with urllib.request.urlopen(home, timeout=60) as answer:
        nonce = re.search(r'name="nonce" value="([^"]+)"', answer.read().decode())
    assert nonce
    form = urllib.parse.urlencode({"nonce": nonce[1], "l": "vi", "text": "Xã Vũ Hội"}).encode()
    try:
        with urllib.request.urlopen(home, form, timeout=60) as answer:
            return answer.status, False
    except urllib.error.HTTPError as error:
        return error.code, "chưa lưu" in error.read().decode()


def ask_health(program: Watched) -> tuple[int, str]:
    time.sleep(0.5)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{program.port}/healthz", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_a_database_that_cannot_be_written_costs_no_answer(tmp_path: Path, library: Path) -> None:
    results = []
    for name, before in (("real", ""), ("mutant", MUTANT)):
        (tmp_path / name).mkdir()
        patience = Patience(timeout=60, first_pause=0.05, longest_pause=0.2)
        async with TelegramStandin(patience=patience) as standin:
            program = Watched(tmp_path / name, standin.url, standin.token, library=library, before=before)
            results.append(await endure(program, standin, FAULTS * ROUNDS if not before else FAULTS[-2:]))
            log = program.log()
        if not before:
            assert "the database takes no writes" in log
            assert "the database takes writes again" in log
    real, mutant = results
    record(
        Figure(
            "a locked database, a full disk, syncs that fail, under load",
            real.acknowledged,
            len(real.wrong),
            f"{ROUNDS * len(FAULTS)} faults; refused: {real.refused}; answered again {real.back:.1f} s after at most",
            f"a batch acknowledged although it was not stored: {mutant.lost:,} of {mutant.acknowledged:,} lost",
        )
    )
    assert real.wrong == []
    assert all(real.refused.get(name) for name, *_ in FAULTS), real.refused
    assert real.back < BACK_SECONDS
    assert real.health == {(503, "storage")}
    assert real.pages == {(503, True)}
    assert mutant.wrong
