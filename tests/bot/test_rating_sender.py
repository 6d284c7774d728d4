"""B23. Sending to numbers: each refusal ends in its own state, nothing uncertain is repeated, and no number stays."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import SendError, StorageUnavailable
from bot.schedule import SYSTEM
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.storage.queries import SQL
from tests.bot.rating_rig import FIELDS, SPELLINGS, TEMPLATE, Desk, desk
from tests.standins.zalo_oa import Fault

REQUESTS = "SELECT state, phone FROM rating_request ORDER BY created_at, id"
INVITATIONS = "SELECT state, address FROM invitation ORDER BY rowid"
SENT = [("sent", None)]


@pytest.fixture
async def made(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as one:
        yield one


async def test_sent_once_with_what_the_template_asks_for(made: Desk) -> None:
    await made.feed()
    assert await made.wait(hours=1) == 0
    assert await made.wait(hours=2) == 1
    assert await made.wait(hours=1) == 0
    ((msg_id, body),) = made.standin.ratings.sent.items()
    assert (body["phone"], body["template_id"], set(body["template_data"])) == ("84912345678", TEMPLATE, FIELDS)
    assert await made.rows("SELECT id, msg_id FROM rating_request") == [(body["tracking_id"], msg_id)]
    assert "H53" not in str(body)
    assert await made.rows(REQUESTS) == SENT
    assert made.sender.ended == {("zalo-zbs", "sent"): 1}


@pytest.mark.parametrize("fault", ["drop_after", "server_error", "slow"])
async def test_an_unknown_outcome_is_never_repeated(made: Desk, fault: str) -> None:
    await made.feed()
    made.standin.faults.add(Fault(fault, seconds=1.0, path="template"))  # type: ignore[arg-type]
    assert await made.wait(hours=3) == 1
    made.restart()
    assert await made.wait(hours=1) == 0
    assert made.tries() == 1
    assert await made.rows(REQUESTS) == [("unknown", None)]
    assert await made.rows(INVITATIONS) == [("asked", None)]


async def test_a_send_that_a_stop_cut_off_is_unknown(made: Desk) -> None:
    await made.feed()
    made.sender.stopping.set()
    await made.wait(hours=3)
    key = {"province_id": made.core.province.id, "now": 0}
    (request_id,) = (await made.rows("SELECT id FROM rating_request"))[0]
    key["request_id"] = request_id
    assert await made.writer.do(lambda connection: SQL.claim_rating_request(connection, **key)) is not None
    assert await made.writer.do(lambda connection: SQL.claim_rating_request(connection, **key)) is None
    assert (await made.rows(REQUESTS))[0][0] == "sending"
    await made.writer.do(lambda connection: SQL.orphaned_rating_requests(connection, at=1))
    made.restart()
    assert await made.wait(hours=1) == 0
    assert await made.rows(REQUESTS) == [("unknown", None)]
    assert made.tries() == 0


async def test_an_outcome_that_could_not_be_written_is_written_before_anything_else(
    made: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made.feed("1")
    await made.feed("2", "0987 654 321")
    store, failures = made.sender._store, [StorageUnavailable("full")] * 2

    def failing(outcome: Any, connection: sqlite3.Connection) -> None:
        if failures:
            raise failures.pop()
        store(outcome, connection)

    monkeypatch.setattr(made.sender, "_store", failing)
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            await made.wait(hours=3 if len(failures) == 2 else 0)
    assert made.tries() == 1
    assert await made.wait() == 1
    assert await made.rows(REQUESTS) == SENT * 2
    assert made.tries() == 2


async def test_a_number_without_zalo_is_asked_by_its_code_only(made: Desk) -> None:
    made.standin.ratings.unknown = {"84912345678"}
    await made.feed()
    await made.wait(hours=3)
    assert await made.rows(REQUESTS) == [("failed", None)]
    assert await made.rows(INVITATIONS) == [("open", None)]
    assert await made.rows("SELECT * FROM refusal") == []
    assert await made.wait(hours=1) == 0


@pytest.mark.parametrize("code", [-139, -140, -141])
async def test_who_refuses_is_never_asked_again(made: Desk, code: int) -> None:
    made.standin.faults.add(Fault("code", code=code, path="template"))
    await made.feed()
    await made.wait(hours=3)
    assert await made.rows(REQUESTS) == [("failed", None)]
    await made.wait(days=40)
    made.now = made.now.replace(hour=2)
    await made.feed("H53-2", "+84 912 345 678")
    assert await made.wait(hours=3) == 0
    assert await made.rows(INVITATIONS) == [("stopped", None), ("stopped", None)]
    assert made.tries() == 1


@pytest.mark.parametrize("code", [-144, -147, -133, -131, -32])
async def test_what_passes_is_tried_again_later_and_holds_all_back(made: Desk, code: int) -> None:
    made.standin.faults.add(Fault("code", code=code, path="template"))
    await made.feed("1")
    await made.feed("2", "0987 654 321")
    assert await made.wait(hours=3) == 1
    assert [state for state, phone in await made.rows(REQUESTS) if phone] == ["queued", "queued"]
    assert await made.wait() == 0
    assert await made.wait(hours=1.1) == 2
    assert await made.rows(REQUESTS) == SENT * 2
    assert made.tries() == 3


async def test_nobody_is_asked_at_night_nor_when_her_hours_are_over(made: Desk) -> None:
    made.standin.faults.add(Fault("code", times=99, code=-144, path="template"))
    await made.feed()
    await made.wait(hours=3)
    tries = made.tries()
    made.standin.faults.clear()
    assert await made.wait(hours=8.5) == 0  # half past eight in the evening
    assert await made.wait(hours=12) == 0  # the next morning: twenty hours are over
    assert made.tries() == tries
    assert await made.rows(REQUESTS) == [("failed", None)]
    assert await made.rows(INVITATIONS) == [("late", None)]


async def test_who_came_by_herself_meanwhile_is_not_asked(made: Desk) -> None:
    await made.feed()
    made.sender.stopping.set()
    await made.wait(hours=3)

    def answered(connection: sqlite3.Connection) -> None:
        context = made.core.context(connection, SYSTEM)
        (visit_id,) = connection.execute("SELECT visit_id FROM invitation").fetchone()
        context.stores.invitations.mark_answered(visit_id)

    await made.writer.do(answered)
    made.restart()
    await made.wait(minutes=1)
    assert made.tries() == 0
    assert await made.rows(REQUESTS) == [("failed", None)]


async def test_another_secret_key_opens_no_number(made: Desk) -> None:
    await made.feed()
    made.core.key = lambda: b"another secret key of 32 letters"
    await made.wait(hours=3)
    assert made.tries() == 0
    assert await made.rows(REQUESTS) == [("failed", None)]


@pytest.mark.parametrize("fault", ["", "drop_after", "code"])
async def test_no_number_stands_in_a_file_or_in_the_log(made: Desk, tmp_path: Path, fault: str) -> None:
    def clean() -> None:
        for file in tmp_path.iterdir():
            raw = file.read_bytes()
            assert not [one for one in SPELLINGS if one in raw], file

    with capture_logs() as logs:
        await made.feed()
        clean()
        if fault:
            made.standin.faults.add(Fault(fault, code=-201, path="template"))  # type: ignore[arg-type]
        await made.wait(hours=3)
        assert made.tries() == 1
        clean()
        await made.wait(days=1)
        clean()
    assert not [one for one in SPELLINGS if one in repr(logs).encode()]


# --- pulling ---


async def test_what_no_event_told_of_is_pulled_once_an_hour(made: Desk) -> None:
    assert await made.pull.pull() == 0
    assert made.standin.calls == []  # nobody was asked yet
    for number in range(3):
        await made.feed(str(number), f"09123456{number:02}")
    await made.wait(hours=3)
    for at, msg_id in enumerate(made.standin.ratings.sent):
        made.standin.ratings.rate(msg_id, 5 - at, "", [], at=int(made.now.timestamp() * 1000))
    assert await made.pull.pull() == 3
    answers = "SELECT value, count(*) FROM answer GROUP BY value"
    assert await made.rows(answers) == [("3", 1), ("4", 1), ("5", 1)]
    assert await made.rows("SELECT template_id FROM rating_pull") == [(TEMPLATE,)]


async def test_pages_are_read_to_the_end_and_a_broken_one_is_asked_for_again(made: Desk) -> None:
    made.pull.page = 2
    for number in range(4):
        await made.feed(str(number), f"09123456{number:02}")
    await made.wait(hours=3)
    first, *others = made.standin.ratings.sent
    made.standin.faults.add(Fault("server_error", path="rating/get"))
    with pytest.raises(SendError):
        await made.pull.pull()
    assert await made.rows("SELECT * FROM rating_pull") == []
    made.standin.ratings.rate(first, 5, "", [], at=int(made.now.timestamp() * 1000))
    assert await made.pull.pull() == 1
    for msg_id in others:
        made.standin.ratings.rate(msg_id, 2, "", [], at=int(made.now.timestamp() * 1000))
    assert await made.pull.pull() == 0  # within the hour
    await made.wait(hours=1)
    assert await made.pull.pull() == 3
    calls = len(made.standin.calls)
    await made.wait(hours=1)
    assert await made.pull.pull() == 0
    assert len(made.standin.calls) == calls  # everybody has answered


def test_the_schema_refuses_a_number_that_stays(tmp_path: Path) -> None:
    """Settled rows hold no number, whatever the code does."""
    migrate(tmp_path / "x.db")
    connection = open_writer(tmp_path / "x.db")
    connection.execute("PRAGMA foreign_keys = OFF")
    row = (
        "INSERT INTO rating_request (province_id, id, ref, phone, state, not_before, not_after, forget_at, created_at) "
    )
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute(row + "VALUES ('p', '1', 'r', 'sealed', 'sent', 0, 0, 0, 0)")
    connection.close()
