"""The real program between both stand-ins: Telegram refuses a summary, and Zalo takes it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import operations, schedule
from bot.program import running
from tests.bot.telegram_rig import QUICK
from tests.bot.zalo_bot_rig import settings_for
from tests.security.offices import CODE
from tests.standins.telegram import TelegramStandin
from tests.standins.zalo_bot import ZaloBotStandin

LAN, LAN_ON_ZALO = 1001, "77aa01"


def seen(standin: TelegramStandin) -> list[str]:
    """The texts of the bot in her chat on Telegram."""
    known = LAN in standin.world.chats
    return [str(message.get("text", "")) for message in standin.chat(LAN).from_bot()] if known else []


async def answer(standin: TelegramStandin, text: str) -> str:
    """She types on Telegram; the message that she sees then."""
    before = len(seen(standin))
    standin.say(LAN, text)
    assert await standin.wait_until(lambda: len(seen(standin)) > before)
    return seen(standin)[before]


async def test_what_telegram_refuses_comes_by_zalo_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "TICK_SECONDS", 0.5)
    async with TelegramStandin(patience=QUICK) as telegram, ZaloBotStandin() as zalo:
        more = {"telegram_token": SecretStr(telegram.token), "telegram_api": telegram.url, "telegram_mode": "polling"}
        async with running(settings_for(tmp_path, zalo, "polling", **more)) as (app, *_):

            async def perform(operation: str, **arguments: Any) -> dict[str, Any]:
                do: Callable[..., dict[str, Any]] = operations.OPERATIONS[operation]
                return await asyncio.to_thread(do, app.core, app.writer.run, arguments)

            async def rows(sql: str) -> list[tuple[Any, ...]]:
                found: list[tuple[Any, ...]] = await app.readers.do(lambda c: c.execute(sql).fetchall())
                return found

            await perform("demo", weeks=4, responses=300, seed=1)
            await answer(telegram, f"/vao {(await perform('invite', unit='34', role='viewer'))['code']}")
            code = CODE.search(await answer(telegram, "/taikhoan2"))
            assert code
            zalo.say(LAN_ON_ZALO, f"/vao {code[0]}")
            assert "Đã nối" in (await zalo.wait_seen(LAN_ON_ZALO, 1))[0]
            assert await telegram.wait_until(lambda: "vừa được nối" in seen(telegram)[-1])

            telegram.block(LAN)
            week = (datetime.now(UTC) - timedelta(days=14)).isocalendar()
            await perform("push", week=f"{week.year}-W{week.week:02}")
            said = (await zalo.wait_seen(LAN_ON_ZALO, 2))[1]
            assert said.startswith("Không gửi được đến tài khoản Telegram của ông/bà")
            assert re.search(rf"Tuần {week.week}/{week.year} · Tỉnh Thái Bình", said)

            await asyncio.sleep(1.5)  # some ticks more
            assert len([text for text in zalo.seen(LAN_ON_ZALO) if "Không gửi được" in text]) == 1
            states = (
                "SELECT state, coalesce(reason, ''), instead_of IS NULL FROM outbox WHERE kind = 'weekly' ORDER BY 3"
            )
            (second, first) = await rows(states)
            assert (second[0], first[0]) == ("sent", "failed")
            assert "blocked" in first[1]
            zalo.say(LAN_ON_ZALO, "/score")
            assert "Điểm: " in (await zalo.wait_seen(LAN_ON_ZALO, len(zalo.seen(LAN_ON_ZALO)) + 1))[-1]
