"""The outbox: every outcome of a send ends in its own state, and nothing uncertain is repeated."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest

from bot.channels.base import Limits, Receipt, Receive, Routes
from bot.codec import dump_messages
from bot.ending import Ending
from bot.errors import SendError, SendKind
from bot.outbox import GIVE_UP_MS, Outbox, Rule
from bot.readers import Readers
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers.context import Message, to_ms

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@dataclass
class Scripted:
    """A channel that fails as told, then accepts. `meanwhile` is called while it sends."""

    fails: list[SendError] = field(default_factory=list)
    name: str = "telegram"
    limits: Limits = field(default_factory=lambda: Limits(4096, 1024, 100))
    sent: list[tuple[str, Message]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def open(self, receive: Receive, routes: Routes) -> AsyncIterator[None]:
        yield

    async def send(self, address: str, message: Message) -> Receipt:
        self.sent.append((address, message))
        self.meanwhile()
        if self.fails:
            raise self.fails.pop(0)
        return Receipt(str(len(self.sent)))


@dataclass
class Post:
    """One queued post, outboxes over `channel` and `others`, and a clock."""

    path: Path
    channel: Scripted
    now: datetime = NOW
    others: Sequence[Scripted] = ()
    rules: dict[str, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        migrate(self.path)
        with closing(open_writer(self.path)) as connection:
            connection.execute("INSERT INTO province VALUES ('p', 'P', 0, 0, 0)")
        self.know("a", "telegram", "77")
        self.queue("1", "a")

    def know(self, person: str, channel: str, address: str) -> None:
        with closing(open_writer(self.path)) as connection:
            row = ("p", person, channel, address, "vi", 1, 0, None, 0)
            connection.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def queue(self, post_id: str, person: str) -> None:
        with closing(open_writer(self.path)) as connection:
            SQL.queue_post(
                connection,
                province_id="p",
                post_id=post_id,
                person_id=person,
                kind="weekly",
                message=dump_messages([Message("xin chào")]),
                not_before=0,
                at=to_ms(NOW),
            )

    @asynccontextmanager
    async def outbox(self) -> AsyncIterator[tuple[Outbox, aiosqlite.Connection]]:
        """One life of an outbox, and the connection it reads by."""
        writer, readers = Writer(open_writer(self.path)), Readers(self.path)
        writer.connection.execute("PRAGMA busy_timeout=0")
        writer.start()
        channels = {channel.name: channel for channel in (self.channel, *self.others)}
        async with aiosqlite.connect(self.path) as connection:
            yield Outbox(writer, readers, channels, lambda: self.now, rules=self.rules), connection
        await asyncio.to_thread(writer.stop)
        readers.close()

    def drain(self, times: int = 1) -> None:
        async def go() -> None:
            async with self.outbox() as (outbox, connection):
                for _ in range(times):
                    await outbox.drain(connection)

        asyncio.run(go())

    def state(self, post_id: str = "1") -> tuple[str, int, str | None]:
        with closing(sqlite3.connect(self.path)) as connection:
            query = "SELECT state, attempts, receipt FROM outbox WHERE id = ?"
            row = connection.execute(query, (post_id,)).fetchone()
        return row[0], row[1], row[2]


def post(tmp_path: Path, *fails: SendError) -> Post:
    return Post(tmp_path / "x.db", Scripted(list(fails)))


def test_a_post_is_sent_once(tmp_path: Path) -> None:
    made = post(tmp_path)
    made.drain(3)
    assert made.channel.sent == [("77", Message("xin chào"))]
    assert made.state() == ("sent", 1, "1")


@pytest.mark.parametrize(
    ("kind", "state"), [("uncertain", "unknown"), ("gone", "failed"), ("rejected", "failed")], ids=str
)
def test_what_cannot_be_repeated_is_not(tmp_path: Path, kind: SendKind, state: str) -> None:
    made = post(tmp_path, SendError(kind, "no"))
    made.drain()
    made.now += timedelta(days=1)
    made.drain(2)
    assert made.state() == (state, 1, None)
    assert len(made.channel.sent) == 1


@pytest.mark.parametrize(("kind", "state"), [("rejected", "failed"), ("unreachable", "queued")])
def test_a_channels_rule_is_asked_before_and_by_kind_of_post(tmp_path: Path, kind: SendKind, state: str) -> None:
    made, asked = post(tmp_path), list[tuple[str, str]]()

    async def rule(address: str, what: str) -> None:
        asked.append((address, what))
        if len(asked) == 1:
            raise SendError(kind, "not now", retry_after=7_200)

    made.rules = {"telegram": rule}
    made.drain(2)
    assert (made.state()[0], made.channel.sent) == (state, [])
    made.now += timedelta(hours=2)
    made.drain()
    assert (made.state()[0], len(made.channel.sent)) == (("failed", 0) if kind == "rejected" else ("sent", 1))
    assert set(asked) == {("77", "weekly")}


def test_gone_marks_the_person_unreachable(tmp_path: Path) -> None:
    made = post(tmp_path, SendError("gone", "blocked"))
    made.drain()
    connection = sqlite3.connect(made.path)
    assert connection.execute("SELECT reachable FROM person").fetchone() == (0,)
    connection.close()


def test_throttled_waits_as_long_as_it_was_told(tmp_path: Path) -> None:
    made = post(tmp_path, SendError("throttled", "slow", retry_after=90))
    made.drain()
    made.now += timedelta(seconds=89)
    made.drain()
    assert len(made.channel.sent) == 1
    made.now += timedelta(seconds=2)
    made.drain()
    assert made.state() == ("sent", 2, "2")


def test_unreachable_is_tried_for_three_days_and_then_given_up(tmp_path: Path) -> None:
    made = post(tmp_path, *(SendError("unreachable", "down") for _ in range(500)))
    tries = 0
    while made.state()[0] == "queued" and tries < 200:
        made.now += timedelta(hours=1)
        made.drain()
        tries += 1
    assert made.state()[0] == "failed"
    lasted = (made.now - NOW).total_seconds() * 1000
    assert GIVE_UP_MS * 0.9 <= lasted <= GIVE_UP_MS * 1.2


def test_after_days_of_standstill_one_failure_is_not_the_end(tmp_path: Path) -> None:
    made = post(tmp_path, SendError("throttled", "slow", retry_after=30), SendError("unreachable", "down"))
    made.now += timedelta(days=21)
    for _ in range(4):
        made.drain()
        made.now += timedelta(minutes=5)
    assert made.state() == ("sent", 3, "3")


def test_what_a_clock_that_was_ahead_put_off_is_due_when_it_is_right_again(tmp_path: Path) -> None:
    made = post(tmp_path, SendError("unreachable", "down"))
    made.now += timedelta(days=400)
    made.drain()
    assert made.state()[0] == "queued"
    made.now = NOW + timedelta(minutes=1)
    made.drain()
    assert made.state() == ("sent", 2, "2")


def test_a_send_under_way_when_the_program_died_is_unknown_not_repeated(tmp_path: Path) -> None:
    made = post(tmp_path)
    connection = open_writer(made.path)
    assert SQL.claim_post(connection, province_id="p", post_id="1") is not None
    SQL.orphaned_posts(connection, at=1)
    connection.close()
    made.drain()
    assert made.state()[0] == "unknown"
    assert made.channel.sent == []


def test_a_channel_that_is_not_configured_is_said(tmp_path: Path) -> None:
    made = post(tmp_path)
    connection = sqlite3.connect(made.path)
    connection.execute("UPDATE person SET channel = 'zalo_oa'")
    connection.commit()
    connection.close()
    made.drain()
    assert made.state()[0] == "failed"


def test_ending_cuts_off_a_send_that_hangs_and_it_is_unknown_at_the_next_start(tmp_path: Path) -> None:
    class Hanging(Scripted):
        async def send(self, address: str, message: Message) -> Receipt:
            self.sent.append((address, message))
            await asyncio.sleep(600)
            raise AssertionError

    made = Post(tmp_path / "o.db", Hanging())

    async def go() -> None:
        writer, readers = Writer(open_writer(made.path)), Readers(made.path)
        writer.start()
        outbox = Outbox(writer, readers, {"telegram": made.channel}, lambda: made.now, Ending(0.1))
        async with outbox.sending():
            while not made.channel.sent:  # noqa: ASYNC110 - the outbox tells nobody
                await asyncio.sleep(0.01)
        readers.close()
        writer.stop()

    asyncio.run(asyncio.wait_for(go(), 30))
    assert made.state()[0] == "sending"
    connection = open_writer(made.path)
    SQL.orphaned_posts(connection, at=1)
    connection.close()
    assert made.state()[0] == "unknown"
