"""What an official does and gets: her code, a score with its picture and its file, and the weekly summary."""

from __future__ import annotations

import asyncio
import re
import struct
from datetime import datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from tests.faults.program import Program
from tests.peers.person import Json, Person, buttons
from tests.peers.proxy import Ledger
from tests.peers.survey import figure

PROVINCE = "Tỉnh Thái Bình"
ROLE = "manager"
PNG = b"\x89PNG\r\n\x1a\n"
ZIP = b"PK\x03\x04"
SMALLEST_WIDTH = 400
PUSH_SECONDS = 30.0
FIGURE = re.compile(r"^Điểm: (\d+,\d) \((\d+)–(\d+)\)", re.MULTILINE)
HALF_A_DECIMAL = 0.0551
"""Of a figure with one decimal, and half of the second that JSON had rounded away before."""


async def enrol(program: Program, official: Person, ledger: Ledger) -> str:
    done = await asyncio.to_thread(program.sipas, "official", "invite", "--unit", PROVINCE, "--role", ROLE)
    code = done.stdout.split()[0]
    bubble = await official.say(f"/vao {code}")
    assert PROVINCE.lower() in bubble["text"].lower(), bubble["text"]
    listed = (await asyncio.to_thread(program.sipas, "official", "list")).stdout
    assert listed.count(ROLE) == 1, listed
    again = await official.say(f"/vao {code}")
    assert PROVINCE.lower() not in again["text"].lower(), "the code worked twice"
    for _ in range(50):
        mine = [one for one in ledger.menus if one.get("scope", {}).get("chat_id") == official.number]
        if mine:
            break
        await asyncio.sleep(0.1)
    assert mine, "no menu was set for her chat"
    assert "rank" in [command["command"] for command in mine[0]["commands"]], mine[0]
    return f"{ROLE} of {PROVINCE}; her chat got its menu; the code works once"


async def score(program: Program, official: Person, unit: str) -> str:
    """The figure in the chat is the one that the command line gives as JSON."""
    bubble = await official.say("/score Đông Hưng")
    expected = await figure(program, unit)
    assert not expected["suppressed"], f"the sample has too few for a figure: {expected}"
    text = bubble["text"]
    said = FIGURE.search(text)
    assert said, text
    assert unit in text, text
    assert f"{expected['n']} người" in text, text
    shown, low, high = said.groups()
    # JSON has two decimals, the chat one; an interval is rounded outwards, so that it never promises too much.
    assert abs(float(shown.replace(",", ".")) - expected["score"]) <= HALF_A_DECIMAL, (text, expected)
    assert [int(low), int(high)] == [floor(expected["interval"][0]), ceil(expected["interval"][1])], (text, expected)
    bold = [_cut(text, entity) for entity in bubble["raw"].get("entities", [])]
    assert shown in bold, f"the bold passages are {bold}"
    return f"{unit}: {shown} ({low}–{high}), {expected['n']} people, as sipas score --json says; the figure stands bold"


def _cut(text: str, entity: Json) -> str:
    """The passage of an entity, whose offset and length count UTF-16 units."""
    raw = text.encode("utf-16-le")
    return raw[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


async def _newest_with(official: Person, words: str) -> tuple[Json, str]:
    """The newest bubble with a button whose data begins with `words`, and that data."""
    for bubble in reversed(await official.shown()):
        for button in buttons(bubble):
            if button["callback_data"].startswith(words):
                return bubble, button["callback_data"]
    raise AssertionError(f"no button {words!r}")


async def picture_of_score(official: Person) -> str:
    bubble, data = await _newest_with(official, "c:score @chart ")
    return await _png(official, (await _after_press(official, bubble, data))[-1])


async def _after_press(official: Person, bubble: Json, data: str) -> list[Json]:
    before = len(await official.shown())
    await official.press(bubble, data)
    return (await official.shown())[before:]


async def _png(official: Person, call: Json) -> str:
    """A sendPhoto whose bytes, read back from telemelya, are a whole PNG."""
    assert call["method"] == "sendPhoto", call
    content = await official.telemelya.picture(official.session, call["file_id"])
    assert content.startswith(PNG), content[:40]
    assert b"IEND" in content[-12:], "the picture is cut off"
    width, height = struct.unpack(">II", content[16:24])
    assert width >= SMALLEST_WIDTH, (width, height)
    return f"sendPhoto: PNG of {len(content)} bytes, {width}x{height}"


async def excel(official: Person, ledger: Ledger) -> str:
    """telemelya knows no sendDocument: the proxy holds what the bot uploaded."""
    bubble, data = await _newest_with(official, "c:export")
    await official.press(bubble, data)
    assert len(ledger.files) == 1, ledger.files
    sent = ledger.files[0]
    assert sent.chat == official.number, sent.chat
    assert sent.name.endswith(".xlsx"), sent.name
    assert sent.content.startswith(ZIP), sent.content[:40]
    return f"sendDocument: {sent.name}, {len(sent.content)} bytes (kept by the proxy)"


def last_week(program_zone: str = "Asia/Ho_Chi_Minh") -> str:
    """The last closed ISO week where the program lives."""
    year, week, _ = (datetime.now(ZoneInfo(program_zone)) - timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02d}"


async def summary(program: Program, official: Person) -> str:
    """The summary once, with its picture; a second push of the same week sends nothing.

    On a Monday the program's own tick may have queued it before: then the push finds nothing left to do.
    """
    week = last_week()
    name = f"Tuần {int(week[-2:])}/{week[:4]} · {PROVINCE}"
    await asyncio.to_thread(program.sipas, "push", "--week", week)
    end = asyncio.get_running_loop().time() + PUSH_SECONDS
    while not (found := await _summaries(official, name)) or found[-1][1] is None:
        assert asyncio.get_running_loop().time() < end, f"no summary {name!r} with a picture: {found}"
        await asyncio.sleep(0.2)
    again = (await asyncio.to_thread(program.sipas, "push", "--week", week)).stdout
    assert "Queued 0 " in again, again
    await asyncio.sleep(2)
    found = await _summaries(official, name)
    assert len(found) == 1, f"{len(found)} summaries"
    text, picture = found[0]
    assert " người)" in text["text"], text["text"]
    assert picture is not None
    return f"{name}: once; {await _png(official, picture)}"


async def _summaries(official: Person, name: str) -> list[tuple[Json, Json | None]]:
    """(text, picture after it) of every summary of that week."""
    calls = await official.shown()
    following = [*calls[1:], None]
    return [
        (call, after if after and after["method"] == "sendPhoto" else None)
        for call, after in zip(calls, following, strict=True)
        if call["method"] == "sendMessage" and name in (call["text"] or "")
    ]
