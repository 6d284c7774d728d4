"""The real program over HTTP between people and a Zalo Official Account, which is the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.zalo_oa_rig import Rig, running
from tests.standins.zalo_oa import Patience, ZaloOaStandin

LAN, HOA = "5510185758261927916", "5510185758261927917"
ANSWERS = "SELECT question, value FROM answer ORDER BY question"
WORDS = "Cán bộ hướng dẫn tận tình, xin cảm ơn."
QUICK = Patience(timeout=2.0, pauses=(0.1, 0.2, 0.4, 0.8, 1.6))


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin(QUICK) as made:
        yield made


@pytest.fixture
async def rig(standin: ZaloOaStandin, tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path, standin) as made:
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
