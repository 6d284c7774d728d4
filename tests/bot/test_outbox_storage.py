"""While storage takes no writes: what became of a send is kept, and written before anything else is sent."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import SendError, SendKind, StorageUnavailable
from bot.storage.database import open_writer
from bot.storage.queries import SQL
from tests.bot.test_outbox import Post, Scripted

ENDINGS: dict[SendKind | None, tuple[str, int, str | None]] = {
    None: ("sent", 1, "1"),
    "throttled": ("queued", 1, None),
    "unreachable": ("queued", 1, None),
    "misconfigured": ("queued", 1, None),
    "uncertain": ("unknown", 1, None),
    "gone": ("failed", 1, None),
    "rejected": ("failed", 1, None),
}
"""What a post must be in the end, by how its send failed, if it did."""


@pytest.fixture(params=list(ENDINGS), ids=str)
def kind(request: pytest.FixtureRequest) -> SendKind | None:
    found: SendKind | None = request.param
    return found


@pytest.fixture
def made(tmp_path: Path, kind: SendKind | None) -> Post:
    """Its one send ends as `kind` says."""
    return Post(tmp_path / "x.db", Scripted([SendError(kind, "no", retry_after=600)] if kind else []))


@pytest.fixture
def elsewhere(made: Post) -> Iterator[sqlite3.Connection]:
    """A connection that locks the database as soon as something is sent."""
    with closing(sqlite3.connect(made.path, isolation_level=None, timeout=0)) as connection:
        made.channel.meanwhile = lambda: _lock(connection)
        yield connection


def _lock(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        connection.execute("BEGIN IMMEDIATE")


async def test_what_became_of_a_send_is_written_when_storage_takes_it_again(
    made: Post, elsewhere: sqlite3.Connection, kind: SendKind | None
) -> None:
    async with made.outbox() as (outbox, connection):
        for _ in range(3):
            with pytest.raises(StorageUnavailable):
                await outbox.drain(connection)
            assert made.state() == ("sending", 1, None)
        elsewhere.execute("ROLLBACK")
        await outbox.drain(connection)
        assert made.state() == ENDINGS[kind]
        assert len(made.channel.sent) == 1
        assert outbox.ended.total() == 1
    (reachable,) = elsewhere.execute("SELECT reachable FROM person").fetchone()
    assert reachable == (kind != "gone")


async def test_it_is_written_when_the_program_ends(
    made: Post, elsewhere: sqlite3.Connection, kind: SendKind | None
) -> None:
    lock, sent = made.channel.meanwhile, asyncio.Event()

    def lock_and_tell() -> None:
        lock()
        sent.set()

    made.channel.meanwhile = lock_and_tell
    async with made.outbox() as (outbox, _), outbox.sending():
        await asyncio.wait_for(sent.wait(), 10)
        await asyncio.sleep(0.3)  # for the write to be refused
        elsewhere.execute("ROLLBACK")  # and not a step of the loop before the end
    assert made.state() == ENDINGS[kind]
    assert len(made.channel.sent) == 1


async def test_nothing_else_is_sent_before_it_is_written(
    made: Post, elsewhere: sqlite3.Connection, kind: SendKind | None
) -> None:
    made.know("b", "zalo", "88")
    made.queue("2", "b")
    zalo = Scripted(name="zalo")
    made.others = [zalo]
    states: list[str] = []
    zalo.meanwhile = lambda: states.append(made.state()[0])
    async with made.outbox() as (outbox, connection):
        with pytest.raises(StorageUnavailable):
            await outbox.drain(connection)
        elsewhere.execute("ROLLBACK")
        await outbox.drain(connection)
    assert states == [ENDINGS[kind][0]]


async def test_a_process_that_dies_meanwhile_leaves_it_unknown(made: Post, elsewhere: sqlite3.Connection) -> None:
    async with made.outbox() as (outbox, connection):
        with pytest.raises(StorageUnavailable):
            await outbox.drain(connection)
    elsewhere.execute("ROLLBACK")
    with closing(open_writer(made.path)) as starting:
        SQL.orphaned_posts(starting, at=1)
    async with made.outbox() as (outbox, connection):
        await outbox.drain(connection)
    assert made.state() == ("unknown", 1, None)
    assert len(made.channel.sent) == 1


async def test_an_outcome_that_storage_refuses_for_another_reason_stops_nobody(tmp_path: Path) -> None:
    made = Post(tmp_path / "x.db", Scripted())
    made.queue("2", "a")
    with closing(open_writer(made.path)) as connection:
        connection.execute(
            """CREATE TRIGGER odd BEFORE UPDATE ON outbox WHEN new.state = 'sent' AND new.id = '1'
               BEGIN SELECT raise(ABORT, 'odd'); END"""
        )
    async with made.outbox() as (outbox, connection):
        with pytest.raises(sqlite3.IntegrityError):
            await outbox.drain(connection)
        await outbox.drain(connection)
    assert made.state("1")[0] == "sending"
    assert made.state("2")[0] == "sent"
