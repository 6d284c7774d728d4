"""B23. The real program before the OA stand-in: a dossier with a number becomes one response, whatever is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.bot.rating_rig import FIELDS, PHONE, SPELLINGS, TEMPLATE
from tests.bot.zalo_oa_rig import NOWHERE, Rig, settings_of
from tests.faults.lives import Server
from tests.faults.program import Program, afternoon
from tests.standins.zalo_oa import Fault, Patience, ZaloOaStandin

RESPONSES = "SELECT channel, provenance, disposition, counted FROM response"
ONE = [("zalo-zbs", "verified", "complete", 1)]
STATES = "SELECT state, phone FROM rating_request"
COUNTED = "SELECT sum(n) FROM counts WHERE scope = 'own' AND length(period) = 7"


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin(Patience(timeout=2.0, pauses=(0.1, 0.3, 0.6))) as made:
        made.ratings.templates = {TEMPLATE: FIELDS}
        yield made


@asynccontextmanager
async def program(folder: Path, standin: ZaloOaStandin, server: Server, *phones: str) -> AsyncIterator[Rig]:
    """Dossiers of this morning are in, and not a tick was made yet."""
    zone = afternoon()
    extra = {"SIPAS_ZALO_ZBS_API": standin.url, "SIPAS_ZALO_ZBS_TEMPLATE": TEMPLATE, "SIPAS_TIMEZONE": zone}
    home = folder / "home"
    home.mkdir()
    made = Program(home, NOWHERE, "", extra=settings_of(standin) | extra, server=server)
    standin.courier.url = f"http://127.0.0.1:{made.port}/zalo/oa/webhook"
    at = (datetime.now(ZoneInfo(zone)) - timedelta(hours=3.5)).strftime("%Y-%m-%d %H:%M")
    lines = [f"H53-{number},returned,Xã Vũ Hội,{at},phone,{phone}" for number, phone in enumerate(phones)]
    feed = folder / "feed.csv"
    feed.write_text("\n".join(("code,event,unit,at,channel,address", *lines)), encoding="utf-8")
    await asyncio.to_thread(made.sipas, "dossiers", "import", str(feed))
    try:
        yield Rig(standin, made)
    finally:
        if made.child is not None and made.child.poll() is None:
            await asyncio.to_thread(made.stop)


async def until(rig: Rig, sql: str, wanted: list[tuple[Any, ...]]) -> None:
    for _ in range(200):
        if rig.rows(sql) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{rig.rows(sql)}\n{rig.program.log()[-3000:]}")


async def sent(rig: Rig, number: int = 1) -> list[str]:
    """Zalo's ids of so many templates, when their sending is written down."""
    assert await rig.standin.wait_until(lambda: len(rig.standin.ratings.sent) >= number), rig.program.log()[-3000:]
    await until(rig, STATES, [("sent", None)] * number)
    return list(rig.standin.ratings.sent)


def rated(standin: ZaloOaStandin, msg_id: str, stars: int, note: str = "", ago: float = 0.0) -> tuple[bytes, str]:
    event = standin.ratings.rate(msg_id, stars, note, ["Nhanh"], at=int((standin.now() - ago) * 1000))
    return standin.event(event, ago=ago)


def looked_through(rig: Rig) -> None:
    """Every file of the program's folder, the database, its log and the program's log among them."""
    files = [file for file in rig.program.folder.rglob("*") if file.is_file()]
    assert {"sipas.db", "program.log"} <= {file.name for file in files}
    for file in files:
        raw = file.read_bytes()
        assert not [one for one in (*SPELLINGS, b"Nhanh") if one in raw], file


async def test_fed_sent_rated_repeated_forged_and_pulled_is_one_response(
    standin: ZaloOaStandin, tmp_path: Path, server: Server
) -> None:
    async with program(tmp_path, standin, server, PHONE) as rig:
        await rig.restart()
        (msg_id,) = await sent(rig)
        looked_through(rig)
        body = standin.ratings.sent[msg_id]
        assert (body["phone"], body["template_data"]["co_quan"]) == ("84912345678", "xã Vũ Hội")
        raw, header = rated(standin, msg_id, 4, "Cán bộ tận tình, gọi 0912 345 678")
        assert await standin.courier.call(raw, "mac=" + "0" * 64) == 403
        assert await standin.courier.call(raw.replace(b'"rate":4', b'"rate":1'), header) == 403
        assert rig.rows(RESPONSES) == []
        for _ in range(3):
            assert await standin.courier.call(raw, header) == 200
        assert rig.rows(RESPONSES) == ONE
        await rig.kill()
        await rig.restart()
        assert await standin.courier.call(raw, header) == 200
        assert rig.rows(RESPONSES) == ONE
        assert rig.rows("SELECT value, words FROM answer ORDER BY question") == [
            (None, "Cán bộ tận tình, gọi •••"),
            ("4", None),
        ]
        assert rig.rows(COUNTED) == [(1,)]
        assert rig.rows("SELECT count(*) FROM person") == [(0,)]
        assert len(standin.ratings.sent) == 1
        looked_through(rig)
        await asyncio.to_thread(rig.program.sipas, "verify")  # exit 0: nothing differs


async def test_what_no_event_told_of_is_pulled_and_its_late_event_counts_nothing(
    standin: ZaloOaStandin, tmp_path: Path, server: Server
) -> None:
    async with program(tmp_path, standin, server, PHONE, "0987 654 321") as rig:
        await rig.restart()
        first, second = await sent(rig, 2)
        await asyncio.to_thread(rig.program.stop)
        events = [rated(standin, msg_id, stars) for msg_id, stars in ((second, 2), (first, 5))]
        await rig.restart()
        await until(rig, RESPONSES, ONE * 2)
        for raw, header in reversed(events):
            assert await standin.courier.call(raw, header) == 200
        old, header = rated(standin, first, 1, ago=3 * 3_600)
        assert await standin.courier.call(old, header) == 200
        assert rig.rows(RESPONSES) == ONE * 2
        assert sorted(rig.rows("SELECT value FROM answer")) == [("2",), ("5",)]


@pytest.mark.parametrize("dies", [False, True])
async def test_a_send_whose_outcome_is_unknown_is_never_repeated_and_may_still_be_rated(
    standin: ZaloOaStandin, tmp_path: Path, server: Server, dies: bool
) -> None:
    async with program(tmp_path, standin, server, PHONE) as rig:
        fault = Fault("slow", seconds=30.0, path="template") if dies else Fault("drop_after", path="template")
        standin.faults.add(fault)
        await rig.restart()
        assert await standin.wait_until(lambda: len(standin.ratings.sent) == 1), rig.program.log()[-3000:]
        if dies:
            await rig.kill()
            await rig.restart()
        await until(rig, STATES, [("unknown", None)])
        await rig.kill()
        await rig.restart()
        await asyncio.sleep(1.5)  # the sender has looked
        assert sum(call.path.endswith("/message/template") for call in standin.calls) == 1
        raw, header = rated(standin, next(iter(standin.ratings.sent)), 5)
        assert await standin.courier.call(raw, header) == 200
        assert rig.rows(RESPONSES) == ONE
        looked_through(rig)


async def test_events_of_others_and_nonsense_change_nothing(
    standin: ZaloOaStandin, tmp_path: Path, server: Server
) -> None:
    async with program(tmp_path, standin, server, PHONE) as rig:
        await rig.restart()
        (msg_id,) = await sent(rig)
        event = standin.ratings.rate(msg_id, 5, "", [], at=0)
        for changed in ({"msg_id": "else", "tracking_id": "else"}, {"rate": 9}, {"rate": None}, {"msg_id": None}):
            odd = {**event, "message": {**event["message"], "tracking_id": "else", **changed}}
            assert await standin.courier.call(*standin.event(odd)) == 200
        assert rig.rows(RESPONSES) == []


async def test_without_a_template_no_number_is_kept_and_that_is_said(tmp_path: Path) -> None:
    made = Program(tmp_path, NOWHERE, "")
    feed = tmp_path.parent / "feed-of-numbers.csv"
    feed.write_text(f"code,event,unit,at,channel,address\n1,returned,Xã Vũ Hội,2026-11-16,phone,{PHONE}\n", "utf-8")
    said = (await asyncio.to_thread(made.sipas, "dossiers", "import", str(feed))).stdout
    assert "1 telephone numbers were left out" in said
    for file in (tmp_path / "data").iterdir():
        assert not [one for one in SPELLINGS if one in file.read_bytes()]
