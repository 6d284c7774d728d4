"""When somebody who did not just write may be written to, and what the outbox makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels.zalo_oa_seen import LastActions
from bot.channels.zalo_oa_window import check
from bot.errors import SendError
from bot.storage.queries import SQL
from handlers.context import Incoming, to_ms
from tests.bot.test_metrics import running
from tests.world import world

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=ZONE)


def ruling(kind: str, silent: timedelta | None, now: datetime = NOON) -> str:
    """free, billed, or the error."""
    try:
        return "billed" if check(kind, None if silent is None else now - silent, now, ZONE) else "free"
    except SendError as error:
        return f"{error.kind} {error.retry_after:.0f}".removesuffix(" 0")


@pytest.mark.parametrize(
    ("silent", "reminder", "weekly"),
    [
        (timedelta(0), "free", "free"),
        (timedelta(hours=48), "free", "free"),
        (timedelta(hours=48, seconds=1), "rejected", "billed"),
        (timedelta(days=7), "rejected", "billed"),
        (timedelta(days=7, seconds=1), "rejected", "rejected"),
        (None, "rejected", "rejected"),
    ],
)
def test_the_window(silent: timedelta | None, reminder: str, weekly: str) -> None:
    assert (ruling("reminder", silent), ruling("weekly", silent)) == (reminder, weekly)


@pytest.mark.parametrize(
    ("at", "reminder"),
    [
        ("06:59", "unreachable 60"),
        ("07:00", "free"),
        ("20:59", "free"),
        ("21:00", "unreachable 36000"),
        ("23:30", "unreachable 27000"),
        ("00:00", "unreachable 25200"),
    ],
)
def test_no_citizen_is_written_to_at_night_by_the_provinces_clock(at: str, reminder: str) -> None:
    local = datetime.fromisoformat(f"2026-11-16 {at}").replace(tzinfo=ZONE)
    assert ruling("reminder", timedelta(hours=1), local.astimezone(UTC)) == reminder
    assert ruling("weekly", timedelta(hours=1), local.astimezone(UTC)) == "free"


async def test_the_last_action_is_kept_cheaply_and_forgotten(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.take(Incoming("zalo-oa", "1", "77", "start"))
        async with running(made) as (app, _):
            actions = LastActions(app.writer, app.readers, "sample", ZONE, lambda: made.now)
            at = to_ms(made.now)
            assert await actions.of("77") is None
            await actions.note("77", at - 5_000)
            await actions.note("77", at)  # a tap later: near enough, not written
            assert await actions.of("77") == at - 5_000
            made.now += timedelta(minutes=20)
            await actions.note("77", to_ms(made.now) + 60_000)  # Zalo's clock is ahead
            assert await actions.of("77") == to_ms(made.now)
            await actions.note("77", at)  # a retry of long ago changes nothing
            assert await actions.of("77") == to_ms(made.now)
            await actions.note("88", at)  # nobody known
            assert await actions.of("88") is None
            made.connection.execute("UPDATE person SET reachable = 0")
            await actions.note("77", to_ms(made.now))
            assert made.rows("SELECT reachable FROM person") == [(1,)]
        made.wait(days=8, minutes=1)
        made.tick()
        assert made.rows("SELECT * FROM last_action") == []


def test_an_erasure_takes_it_along(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.take(Incoming("zalo-oa", "1", "77", "start"))
        SQL.put_last_action(made.connection, province_id="sample", channel="zalo-oa", address="77", at=1, earlier=0)
        assert made.rows("SELECT at FROM last_action") == [(1,)]
        made.take(Incoming("zalo-oa", "2", "77", "press", "c:xoa dong-y"))
        assert made.rows("SELECT * FROM last_action") == []
