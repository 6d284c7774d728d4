"""`sipas connect zalo` and what `sipas doctor` says of the bot, as an operator meets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.channels.zalo_bot_look import ZaloBotLook
from bot.doctor.patient import Patient
from tests.bot.ward import Ward, healthy
from tests.faults.lives import Server
from tests.faults.program import Program
from tests.standins.zalo_bot import TOKEN, Fault, ZaloBotStandin
from tests.standins.zalo_bot.delivery import Webhook

SECRET = "zalo-secret-0123456789"
Operator = Callable[..., Program]


@pytest.fixture
async def standin() -> AsyncIterator[ZaloBotStandin]:
    async with ZaloBotStandin() as running:
        yield running


@pytest.fixture
def operator(tmp_path: Path, standin: ZaloBotStandin, server: Server) -> Operator:
    """A program with more settings, not running."""
    ours = {"SIPAS_PUBLIC_URL": "", "SIPAS_ZALO_BOT_API": standin.url}
    return lambda **more: Program(tmp_path, "", "", extra=ours | more, server=server)


async def test_a_token_is_checked_and_kept_for_its_owner_only(
    tmp_path: Path, standin: ZaloBotStandin, operator: Operator
) -> None:
    env = tmp_path / ".env"
    env.write_text("SIPAS_LANGUAGE=vi\nSIPAS_ZALO_BOT_TOKEN=old\n", encoding="utf-8")
    standin.delivery.webhook = Webhook("https://other.vn/x", "s" * 8)
    connect = ("connect", "zalo", "--bot-token", f" {TOKEN}\n")
    done = await asyncio.to_thread(operator().sipas, *connect)
    assert "belongs to bot.thu" in done.stdout
    assert "https://other.vn/x; it is taken away" in done.stdout
    assert "50 people" in done.stdout
    assert env.read_text(encoding="utf-8") == f"SIPAS_LANGUAGE=vi\nSIPAS_ZALO_BOT_TOKEN={TOKEN}\n"
    assert env.stat().st_mode & 0o777 == 0o600
    assert {one.method for one in standin._api.asked} == {"getMe", "getWebhookInfo"}, "nothing is changed"
    assert TOKEN not in done.stdout + done.stderr


async def test_the_webhook_is_named_with_what_it_lacks(operator: Operator) -> None:
    more = {"SIPAS_PUBLIC_URL": "http://danhgia.example", "SIPAS_ZALO_BOT_SECRET": SECRET}
    one = operator(**more)
    done = await asyncio.to_thread(one.sipas, "connect", "zalo", "--bot-token", TOKEN)
    assert "by webhook at http://danhgia.example/zalo/bot/webhook" in done.stdout
    assert "only https" in done.stdout
    assert SECRET not in done.stdout + done.stderr


async def test_a_token_that_zalo_refuses_is_not_kept(
    tmp_path: Path, standin: ZaloBotStandin, operator: Operator
) -> None:
    one = operator()
    done = await asyncio.to_thread(one.sipas, "connect", "zalo", "--bot-token", "1:wrong", expect=2)
    assert done.stderr.count("\n") == 1
    assert "SIPAS_ZALO_BOT_TOKEN: is refused by Zalo" in done.stderr
    assert not (tmp_path / ".env").exists()
    standin.faults.add(Fault("internal"))
    done = await asyncio.to_thread(one.sipas, "connect", "zalo", "--bot-token", TOKEN, expect=2)
    assert "check the network and SIPAS_ZALO_BOT_API" in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SIPAS_ZALO_BOT_TOKEN", "with/slash"), ("SIPAS_ZALO_BOT_SECRET", "short")],
)
async def test_a_setting_that_cannot_be_ends_with_2_and_names_itself(
    operator: Operator, setting: str, value: str
) -> None:
    more = {"SIPAS_ZALO_BOT_TOKEN": TOKEN, setting: value}
    done = await asyncio.to_thread(operator(**more).sipas, "run", expect=2)
    assert setting in done.stderr
    assert value not in done.stderr


async def test_a_poster_names_the_code_to_type(operator: Operator) -> None:
    one = operator(SIPAS_ZALO_BOT_TOKEN=TOKEN)
    printed = (await asyncio.to_thread(one.sipas, "link", "Xã Vũ Hội")).stdout.splitlines()
    code = next(line.rpartition("/")[2] for line in printed if line.startswith("Web "))
    assert f"Zalo bot  type to it: {code}" in printed


# What the doctor says.

OURS = "https://sipas.example/zalo/bot/webhook"


@pytest.fixture
def ward(tmp_path: Path) -> object:
    with healthy(tmp_path) as made:
        yield made


def connected(ward: Ward, seen: ZaloBotLook | None, **settings: object) -> Patient:
    return replace(ward.set(zalo_bot_token=SecretStr(TOKEN), **settings), zalo_bot=seen)


@pytest.mark.parametrize(
    ("seen", "secret", "marks", "words"),
    [
        (None, "", [], ""),
        (ZaloBotLook("bot.thu"), "", ["✓", "✓"], "events by polling; no webhook is set"),
        (ZaloBotLook("bot.thu", url=OURS), SECRET, ["✓", "✓"], f"events by webhook at {OURS}"),
        (ZaloBotLook("bot.thu", url=OURS), "", ["✓", "✗"], "so that polling gets nothing"),
        (ZaloBotLook("bot.thu", url="https://x.vn"), SECRET, ["✓", "✗"], f"https://x.vn, not {OURS}"),
        (ZaloBotLook(fault="misconfigured"), "", ["✗"], "refuses SIPAS_ZALO_BOT_TOKEN"),
        (ZaloBotLook(fault="unreachable", detail="timeout"), "", ["✗"], "cannot be reached (timeout)"),
        (ZaloBotLook(fault="rejected", detail="SIPAS_ZALO_BOT_SECRET: must be"), "", ["✗"], "must be"),
    ],
)
def test_what_the_doctor_tells_apart(
    ward: Ward, seen: ZaloBotLook | None, secret: str, marks: list[str], words: str
) -> None:
    found = ward.says("Zalo bot", connected(ward, seen, zalo_bot_secret=SecretStr(secret)))
    assert [one.mark for one in found] == marks
    assert words in "\n".join(one.line for one in found)


def test_before_the_program_runs_a_strange_webhook_is_only_worth_knowing(ward: Ward) -> None:
    patient = replace(connected(ward, ZaloBotLook("bot.thu", url=OURS)), running=None)
    assert [one.mark for one in ward.says("Zalo bot", patient)] == ["✓", "!"]


def test_the_clock_is_compared_with_zalos(ward: Ward) -> None:
    patient = replace(connected(ward, ZaloBotLook("bot.thu", ahead=70.0)), telegram=None)
    assert any(one.mark == "✗" and "ahead of Zalo's" in one.says for one in ward.says("clock", patient))


async def test_the_doctor_asks_zalo_and_prints_no_secret(operator: Operator) -> None:
    more = {"SIPAS_ZALO_BOT_TOKEN": TOKEN, "SIPAS_ZALO_BOT_SECRET": SECRET, "SIPAS_PUBLIC_URL": "https://sipas.example"}
    one = operator(**more)
    told = await asyncio.to_thread(lambda: one.sipas("doctor").stdout)
    assert "✓ Zalo bot: takes the token of bot.thu" in told
    assert "! Zalo bot: the webhook is not set, not https://sipas.example/zalo/bot/webhook" in told
    assert TOKEN not in told
    assert SECRET not in told
