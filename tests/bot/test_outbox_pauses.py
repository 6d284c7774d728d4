"""A channel that says "too many" is left alone as long as it asked; other channels go on."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.errors import SendError
from bot.outbox import AT_ONCE, FEWEST_TRIES
from bot.storage.database import open_writer
from tests.bot.test_outbox import NOW, Post, Scripted

SIX = [str(number) for number in range(1, 7)]


def throttled(seconds: float) -> SendError:
    return SendError("throttled", "Too Many Requests", retry_after=seconds)


def waiting(tmp_path: Path, fails: list[SendError], number: int = 6) -> Post:
    """Posts 1 to `number` on one channel."""
    made = Post(tmp_path / "x.db", Scripted(fails))
    for post_id in range(2, number + 1):
        made.queue(str(post_id), "a")
    return made


async def test_after_a_429_nothing_goes_out_before_its_time_is_over(tmp_path: Path) -> None:
    made = waiting(tmp_path, [throttled(30), throttled(40)])
    async with made.outbox() as (outbox, connection):
        assert await outbox.drain(connection) == 1
        made.now = NOW + timedelta(seconds=29)
        assert await outbox.drain(connection) == 0
        assert len(made.channel.sent) == 1
        assert [made.state(post_id)[:2] for post_id in SIX] == [("queued", 1), *[("queued", 0)] * 5]
        made.now = NOW + timedelta(seconds=30)
        assert await outbox.drain(connection) == 1
        made.now += timedelta(seconds=39)
        assert await outbox.drain(connection) == 0
        assert len(made.channel.sent) == 2
        made.now += timedelta(seconds=1)
        assert await outbox.drain(connection) == 6
    assert [made.state(post_id)[0] for post_id in SIX] == ["sent"] * 6


async def test_other_channels_go_on_however_much_waits_for_the_paused_one(tmp_path: Path) -> None:
    made = waiting(tmp_path, [throttled(30)], AT_ONCE + 5)
    zalo = Scripted(name="zalo")
    made.others = [zalo]
    made.know("b", "zalo", "88")
    made.queue("z", "b")
    async with made.outbox() as (outbox, connection):
        assert [await outbox.drain(connection) for _ in range(3)] == [1, 1, 0]
    assert made.state("z")[0] == "sent"
    assert len(made.channel.sent) == 1


async def test_one_that_is_given_up_at_a_429_pauses_the_rest(tmp_path: Path) -> None:
    made = waiting(tmp_path, [throttled(30)])
    made.now += timedelta(days=4)
    with closing(open_writer(made.path)) as connection:
        connection.execute("UPDATE outbox SET attempts = ? WHERE id = '1'", (FEWEST_TRIES - 1,))
    async with made.outbox() as (outbox, connection):
        assert [await outbox.drain(connection) for _ in range(2)] == [1, 0]
    assert [made.state(post_id)[0] for post_id in SIX] == ["failed", *["queued"] * 5]


async def test_a_clock_that_is_set_back_ends_the_pause(tmp_path: Path) -> None:
    made = waiting(tmp_path, [throttled(30)])
    async with made.outbox() as (outbox, connection):
        await outbox.drain(connection)
        made.now = NOW - timedelta(hours=1)
        assert await outbox.drain(connection) == 5
