"""B22. One visit, two doors, a kill between them: the real program over HTTP, from Zalo to the web and to Telegram."""

from __future__ import annotations

import asyncio
import html
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.bot.test_zalo_oa_program import QUICK
from tests.bot.zalo_oa_rig import Rig, running
from tests.faults.lives import Server
from tests.faults.program import Program
from tests.security.canaries import forward
from tests.standins.checker import read_rows
from tests.standins.citizens import Citizen
from tests.standins.telegram import TelegramStandin
from tests.standins.zalo_bot import ZaloBotStandin
from tests.standins.zalo_oa import ZaloOaStandin

LAN = "5510185758261927916"
TED = "6ede9afa66b88fe6d6a9"
LATE, ELSEWHERE = "Trễ hẹn", "đã trả lời ở máy khác"
DOSSIER = "H53.77-261127-0815"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/s/(?P<code>[0-9A-Z]{23})")
HERS = ("answer", "session", "response", "response_link", "consent", "counts", "moments", "waiting", "visit", "review")
"""Tables that only somebody who holds the code may change."""


@pytest.fixture
async def rig(tmp_path: Path, server: Server) -> AsyncIterator[Rig]:
    async with ZaloOaStandin(QUICK) as standin, running(tmp_path, standin, server) as made:
        yield made


async def fed(program: Program) -> str:
    """The code of her slip, as the office's software gets it for a dossier of this moment."""
    key = (await asyncio.to_thread(program.sipas, "dossiers", "sender", "add", "motcua")).stdout.split()[0]
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%Y-%m-%d %H:%M")
    row = {"code": DOSSIER, "event": "Đã trả kết quả", "unit": "Xã Vũ Hội", "procedure": "khai sinh", "at": now}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{program.port}") as client:
        headers = {"Authorization": f"Bearer {key}"}
        answer = await client.post("/api/dossiers", json={"dossiers": [row]}, headers=headers)
    taken = answer.json()
    assert (taken["new"], taken["faults"]) == (1, []), taken
    return str(taken["codes"][0]["code"])


def held(program: Program) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(read_rows(program.database, f"SELECT * FROM {table}", ()), key=repr) for table in HERS}


@dataclass
class Browser:
    """Somebody who opens the link of a slip and goes on to the receipt; every page she saw."""

    client: httpx.AsyncClient
    pages: list[str] = field(default_factory=list)

    async def opens(self, code: str) -> None:
        page = await self.client.get(f"/s/{code}")
        await self._post(page, press=None, l="vi")

    async def finishes(self) -> None:
        for _ in range(40):
            ahead = (":@begin", ":@resume", ":@send") + (":@done",) * ('aria-pressed="true"' in self.pages[-1])
            # What she presses here is never what she pressed on Zalo.
            shown = sorted(self.buttons(), key=lambda one: one[1] != "Rất hài lòng")
            here = [data for data, _ in shown if data.startswith("s:")]
            done = next((data for data in here if data.endswith(ahead)), "")
            if data := done or next((data for data in here if ":@" not in data), ""):
                await self.press(data)
            else:
                await self.types("Cán bộ chỉ dẫn rõ")
            if done.endswith(":@send"):
                return
        raise AssertionError(self.pages[-1])

    async def press(self, data: str) -> None:
        await self._post(self._page, press=data)

    async def types(self, text: str) -> None:
        await self._post(self._page, text=text)

    def buttons(self) -> list[tuple[str, str]]:
        """(data, label) of each."""
        found = re.findall(r'<button name="press" value="([^"]*)"[^>]*>\s*(.*?)\s*</button>', self.pages[-1], re.DOTALL)
        return [(html.unescape(data), html.unescape(label)) for data, label in found]

    async def _post(self, page: httpx.Response, **fields: str | None) -> None:
        nonce = re.search(r'name="nonce" value="([^"]+)"', page.text)
        assert nonce, page.text
        data = {name: value for name, value in fields.items() if value is not None}
        self._page = await self.client.post(page.url, data={"nonce": nonce[1], **data})
        assert self._page.status_code == 200, self._page.text
        self.pages.append(html.unescape(self._page.text))


async def counted_once(program: Program) -> None:
    """One response, of a dossier, complete and counted; and `sipas verify` finds the same."""
    rows = read_rows(program.database, "SELECT provenance, disposition, counted FROM response", ())
    assert rows == [("verified", "complete", 1)]
    sums = (
        "SELECT sum(n) FROM counts WHERE scope = 'own' AND length(period) = 7 "
        "AND criterion = (SELECT criterion FROM answer WHERE question = 'overall')"
    )
    assert read_rows(program.database, sums, ()) == [(1,)]
    assert read_rows(program.database, "SELECT count(*) FROM review", ()) == [(0,)]
    await asyncio.to_thread(program.sipas, "verify")


@pytest.mark.parametrize("by", ["the button", "the slip"])
async def test_begun_on_zalo_killed_and_finished_on_the_web_it_is_one_answer(rig: Rig, by: str) -> None:
    program, code = rig.program, await fed(rig.program)
    await rig.says(LAN, f"#{code.lower()}" if by == "the slip" else code)
    if by == "the button":
        door = LINK.search(await rig.says(LAN, number_of(rig.standin.texts(LAN)[-1], "Làm trên máy khác")))
        assert door
        assert door["code"] == code
        await rig.presses(LAN, "Trả lời tiếp")
    for title in ("1. Bắt đầu", "1. Rất không hài lòng", f"3. {LATE}"):
        said = await rig.presses(LAN, title)
    assert LATE in said
    await rig.kill()
    await rig.restart()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{program.port}", follow_redirects=True) as client:
        web = Browser(client)
        await web.opens(code)
        before = held(program)
        for title in (f"3. {LATE}", "5. Rất hài lòng", "Có", "1. Bắt đầu"):
            assert "máy khác" in await rig.presses(LAN, title)
        assert held(program) == before
        await web.finishes()
        await web.press(next(data for data, _ in web.buttons() if data.endswith(":@review")))
        await web.types("/dulieu")
        after = held(program)
        for title in (f"3. {LATE}", "5. Rất hài lòng", "Có", "1. Bắt đầu"):
            await rig.presses(LAN, title)
        assert held(program) == after
    assert any(ELSEWHERE in page for page in web.pages)
    told = [page for page in web.pages if LATE in page or "→ Rất không hài lòng" in page]
    assert not told, told[0]
    await counted_once(program)
    answers = dict(rig.rows("SELECT question, value FROM answer"))
    assert answers["overall"] == "1"


def number_of(shown: str, label: str) -> str:
    """What to type for a label, as the screen says it: "4" or "#1"."""
    found = re.search(rf"(?m)^(?:(\d+)\.|(#\d+)) {re.escape(label)}$", shown)
    assert found, shown
    return found[1] or found[2]


async def test_begun_at_zalos_bot_killed_and_finished_on_telegram_it_is_one_answer(
    tmp_path: Path, server: Server
) -> None:
    async with TelegramStandin() as telegram, ZaloBotStandin() as zalo:
        extra = {
            "SIPAS_ZALO_BOT_TOKEN": zalo.token,
            "SIPAS_ZALO_BOT_API": zalo.url,
            "SIPAS_ZALO_BOT_SECRET": "stand-in-secret-0123456789",
        }
        extra["SIPAS_TIMEZONE"] = "Asia/Ho_Chi_Minh"
        program = Program(tmp_path, telegram.url, telegram.token, extra=extra, server=server)
        await asyncio.to_thread(program.start)
        try:
            code = await fed(program)
            shown = ""
            for turn, label in enumerate(("", "Bắt đầu", "Rất không hài lòng", LATE), 1):
                zalo.say(TED, number_of(shown, label) if label else code)
                shown = (await zalo.wait_seen(TED, turn))[-1]
            await asyncio.to_thread(program.kill)
            await asyncio.to_thread(program.start)
            lan = Citizen(telegram, 501, random.Random(1), patience=8.0)
            await lan.type(f"/start {code}")
            before = held(program)
            zalo.say(TED, "1")
            assert "máy khác" in (await zalo.wait_seen(TED, 5))[-1]
            assert held(program) == before
            for _ in range(40):
                button = forward(lan.buttons())
                await (lan.press(button) if button else lan.type("Cán bộ chỉ dẫn rõ"))
                if button and button.data.endswith(":@send"):
                    break
            await counted_once(program)
        finally:
            await asyncio.to_thread(program.kill)
