"""The tick goes on whatever one of them meets; the ledger's key decides who gets a summary, and forgets no week."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from bot import schedule
from bot.readers import Readers
from bot.schedule import SYSTEM, queue_letters, ticking, write_letters
from bot.storage.database import open_writer
from bot.writer import Writer
from handlers.context import Context
from tests.world import World, world


def a_week_missed(made: World) -> Context:
    """The context of an official whose two last weeks are due at once."""
    made.official("lan", "Huyện Đông Hưng")
    made.connection.execute("UPDATE subscription SET since_day = '2026-11-09'")
    return made.core.context(made.connection, SYSTEM)


def reported(made: World) -> list[str]:
    return [row[0] for row in made.rows("SELECT period FROM report ORDER BY period")]


def test_a_letter_settles_its_week_and_those_it_names(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        context = a_week_missed(made)
        assert queue_letters(context, write_letters(context)) == 1
        assert reported(made) == ["2026-W45", "2026-W46"]
        assert queue_letters(context, write_letters(context)) == 0


def test_where_somebody_was_quicker_the_weeks_a_letter_names_are_left_for_the_next(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        context = a_week_missed(made)
        letters = write_letters(context)
        made.perform("push", week="2026-W46")
        assert queue_letters(context, letters) == 0
        assert reported(made) == ["2026-W46"]
        made.wait(days=7)
        assert made.tick()["summaries"] == 1
        assert reported(made) == ["2026-W45", "2026-W46", "2026-W47"]


async def test_ticks_go_on_after_one_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "TICK_SECONDS", 0.01)
    looked: list[datetime] = []
    enough = threading.Event()

    def clock() -> datetime:
        looked.append(made.now)
        if len(looked) == 3:  # the second tick's first look
            raise ValueError("a bug")
        if len(looked) == 10:
            enough.set()
        return made.now

    with world(tmp_path) as made:
        path = tmp_path / "world.db"
        made.core.clock = clock
        writer, readers = Writer(open_writer(path)), Readers(path)
        writer.start()
        async with ticking(made.core, writer, readers) as since_success:
            assert await asyncio.to_thread(enough.wait, 10)
            assert since_success() < 10
        await asyncio.sleep(0.05)  # a part that a reader's thread has begun comes to its end
        ended = len(looked)
        await asyncio.sleep(0.05)
        assert len(looked) == ended
        readers.close()
        writer.stop()


async def test_ticks_go_on_when_the_wall_clock_is_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(schedule, "LATE_SECONDS", 0.02)
    back = timedelta()

    class Wall(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - back

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Wall)
    monkeypatch.setattr(schedule, "datetime", Wall)
    looked = 0

    def clock() -> datetime:
        nonlocal looked
        looked += 1
        return made.now

    async def more(count: int) -> None:
        wanted = looked + count
        async with asyncio.timeout(10):
            while looked < wanted:  # noqa: ASYNC110 - counted in two threads
                await asyncio.sleep(0.005)

    with world(tmp_path) as made:
        made.core.clock = clock
        writer, readers = Writer(open_writer(tmp_path / "world.db")), Readers(tmp_path / "world.db")
        writer.start()
        async with ticking(made.core, writer, readers):
            await more(6)
            back = timedelta(hours=1)
            await more(12)
        readers.close()
        writer.stop()
