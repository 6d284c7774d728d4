"""While the Bot API answers nothing, taps whose screen rides in the webhook's response are acknowledged."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels import telegram_intake
from tests.bot.telegram_rig import QUICK, Shell, rig
from tests.standins.telegram import Fault, TelegramStandin

TAPPING = range(2001, 2021)
TYPING = range(3001, 3151)
"""More than Telegram has connections to us."""

FOREVER_SECONDS = 600.0


@pytest.fixture
async def standin() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(patience=QUICK) as running:
        yield running


def by_http(standin: TelegramStandin) -> list[object]:
    """The calls that the Bot API has answered, without those that rode in a webhook's response."""
    return [call for call in standin.journal.of("call") if call["via"] == "http"]


async def acknowledged_in_silence(standin: TelegramStandin, seconds: float) -> int:
    """How many of the citizens' two taps are acknowledged before the Bot API has answered anything.

    Beside them others wait for answers that only a call can bring.
    """
    async with rig("webhook", Shell(), standin) as r:
        bubbles = {user: await r.start(user) for user in TAPPING}
        standin.faults.add(Fault("slow", times=None, seconds=FOREVER_SECONDS))
        answered = len(by_http(standin))
        waiting = [standin.say(user, "a") for user in TYPING]
        taps = [standin.press(user, bubbles[user], data) for user in TAPPING for data in ("q:1", "q:2")]
        await standin.wait_until(lambda: all(map(standin.acknowledged, taps)), seconds)
        done = sum(map(standin.acknowledged, taps))
        assert len(by_http(standin)) == answered, "the Bot API should have been silent"
        standin.faults.clear()
        await r.done(*taps, *waiting)
        return done


async def test_taps_do_not_wait_for_a_silent_bot_api(standin: TelegramStandin) -> None:
    assert await acknowledged_in_silence(standin, 10) == 2 * len(TAPPING)


async def test_a_build_that_edits_by_a_call_or_lets_everybody_wait_would_be_caught(
    standin: TelegramStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_intake, "MOST_HELD", 1_000)
    assert await acknowledged_in_silence(standin, 0.5) < 2 * len(TAPPING)
    monkeypatch.setattr(telegram_intake, "riding", lambda heard, messages: None)
    assert await acknowledged_in_silence(standin, 0.5) == 0
