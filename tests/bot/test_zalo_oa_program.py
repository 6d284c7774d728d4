"""The real program over HTTP between people and a Zalo Official Account, which is the stand-in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.zalo_oa_rig import UNIT, Rig, running
from tests.faults.lives import Server
from tests.standins.zalo_oa import Patience, ZaloOaStandin

LAN, HOA = "5510185758261927916", "5510185758261927917"
ANSWERS = "SELECT question, value, words FROM answer WHERE response_id = ?"
WORDS = "Cán bộ hướng dẫn tận tình, xin cảm ơn."
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")
QUICK = Patience(timeout=2.0, pauses=(0.1, 0.3, 0.6, 1.2, 2.4, 4.8, 9.6))


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin(QUICK) as made:
        yield made


@pytest.fixture
async def rig(standin: ZaloOaStandin, tmp_path: Path, server: Server) -> AsyncIterator[Rig]:
    async with running(tmp_path, standin, server) as made:
        yield made
        assert not standin.courier.disabled


@pytest.fixture
async def busy(standin: ZaloOaStandin, tmp_path: Path, server: Server, answered: bytes) -> AsyncIterator[Rig]:
    """A program with three weeks of answers."""
    async with running(tmp_path, standin, server, answered) as made:
        yield made
        assert not standin.courier.disabled


async def begins(rig: Rig, user: str) -> None:
    assert "xã Vũ Hội" in await rig.says(user, f"#{await rig.entry()}")


def forward(rig: Rig, user: str) -> str:
    """The title that leads on: begin, the best level, send; "" where only words are left."""
    titles = rig.titles(user)
    for wanted in ("Bắt đầu", "Rất hài lòng", "Đúng hẹn", "1 lần", "Gửi"):
        if found := next((title for title in titles if title.endswith(wanted)), ""):
            return found
    return ""


def everything(rig: Rig) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    tables = rig.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: sorted(rig.rows(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}


async def test_a_whole_survey_by_buttons(rig: Rig) -> None:
    await begins(rig, LAN)
    for _ in range(30):
        title = forward(rig, LAN)
        said = await (rig.presses(LAN, title) if title else rig.says(LAN, WORDS))
        if "Mã của ông/bà" in said:
            break
    assert rig.rows("SELECT channel, disposition, provenance FROM response") == [("zalo-oa", "complete", "walk_in")]
    assert WORDS in [row[0] for row in rig.rows("SELECT words FROM answer")]
    assert all(call.answer and call.answer["error"] == 0 for call in rig.standin.calls if "message" in call.path)


async def test_a_whole_survey_by_digits_and_by_words(rig: Rig) -> None:
    """Nobody presses anything: the places of the buttons, and what stands on them, are typed."""
    for user, by_words in ((LAN, False), (HOA, True)):
        await begins(rig, user)
        for _ in range(30):
            title = forward(rig, user)
            if not title:
                said = await rig.says(user, WORDS)
            elif by_words:
                said = await rig.says(user, title.rpartition(". ")[2].upper())
            else:
                printed, dot, _ = title.partition(". ")
                said = await rig.says(user, printed if dot else str(rig.titles(user).index(title) + 1))
            if "Mã của ông/bà" in said:
                break
    assert rig.rows("SELECT disposition FROM response") == [("complete",)] * 2
    for (response,) in rig.rows("SELECT id FROM response"):
        answers = {row[0]: row[1:] for row in rig.rows(ANSWERS, response)}
        assert ("5", None) in answers.values()
        assert (None, WORDS) in answers.values()
        # Criteria are drawn for each person; what everybody is asked is there, with the best level.
        assert {value for value, _ in answers.values() if value in {"1", "2", "3", "4"}} <= {"1"}
        assert len(answers) >= 9


async def test_link_says_what_people_write(rig: Rig) -> None:
    printed = (await asyncio.to_thread(rig.program.sipas, "link", UNIT)).stdout
    code = re.search(r"#([0-9A-Z]{10})\b", printed)
    assert code, printed
    assert "xã Vũ Hội" in await rig.says(LAN, f"# {code[1][:5].lower()} {code[1][5:]}")


async def test_further_buttons_are_pressed_by_their_numbers(rig: Rig) -> None:
    await begins(rig, LAN)
    assert "6. English" in rig.standin.texts(LAN)[-1]
    assert "the service of a Vietnamese company" in await rig.says(LAN, "6")
    assert "6. Tiếng Việt" in rig.standin.texts(LAN)[-1]


async def test_following_leaving_stickers_and_the_open_chat(rig: Rig) -> None:
    standin = rig.standin
    assert "Sở Nội vụ" in await rig.does(standin.follow(LAN))
    assert "Sở Nội vụ" in await rig.does(standin.click(LAN))
    await rig.does(standin.send(LAN, "sticker"), 2)
    left = standin.unfollow(LAN)
    assert await standin.wait_until(lambda: left.taken)
    reachable = "SELECT reachable FROM person WHERE address = ?"
    assert rig.rows(reachable, LAN) == [(0,)]
    await rig.says(LAN, "xin chào")
    assert await standin.wait_until(lambda: rig.rows(reachable, LAN) == [(1,)])


async def test_an_official_enrols_and_reads_with_numbers(busy: Rig) -> None:
    rig, sipas = busy, busy.program.sipas
    printed = (
        await asyncio.to_thread(sipas, "official", "invite", "--unit", "Huyện Vũ Thư", "--role", "manager")
    ).stdout
    code = CODE.search(printed)
    assert code, printed
    assert "Vũ Thư" in await rig.says(LAN, f"/vao {code[0]}")
    said = await rig.says(LAN, "/score Vũ Thư")
    assert "Huyện Vũ Thư" in said
    further = [line for line in said.splitlines() if re.match(r"\d+\. ", line)]
    assert further
    assert further[0].startswith("6. ")
    number, _, label = further[0].partition(". ")
    assert await rig.says(LAN, number) != said, label
    # A picture: a sentence stands for it.
    await rig.says(LAN, "/score Vũ Thư")
    assert "/trang" in await rig.presses(LAN, "1. Biểu đồ")
    assert rig.rows("SELECT count(*) FROM audit WHERE action = 'score' AND outcome = 'read'")[0][0] >= 2


async def test_events_that_mean_nothing_to_us_change_nothing(rig: Rig) -> None:
    before = everything(rig)
    for event in (
        {"event_name": "user_seen_message", "sender": {"id": LAN}, "message": {"msg_ids": ["m1"]}},
        {"event_name": "user_submit_info", "sender": {"id": LAN}, "info": {"name": "Lan", "phone": 84901234567}},
        {"event_name": "user_feedback", "message": {"rate": 5, "msg_id": "m1"}},
        {"event_name": "oa_send_text", "sender": {"id": "1646"}, "message": {"text": "x", "msg_id": "m2"}},
    ):
        assert await rig.standin.courier.call(*rig.standin.event(event)) == 200
    assert everything(rig) == before
    assert "84901234567" not in rig.program.log()
