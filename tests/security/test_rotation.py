"""Every secret can be changed: posters and open surveys stay valid, what the old one proved is worth nothing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.control import ask
from bot.writing import socket_path
from tests.faults.lives import Server
from tests.faults.program import Program
from tests.standins.telegram import Patience, TelegramStandin

OLD = {"SIPAS_SECRET_KEY": "the-old-key-of-this-office-0123456789", "SIPAS_TELEGRAM_SECRET": "the-old-webhook-secret"}
NEW = {"SIPAS_SECRET_KEY": "the-new-key-of-this-office-9876543210", "SIPAS_TELEGRAM_SECRET": "the-new-webhook-secret"}
TOKENS = ("8812345678:AAE-old-token-for-tests-only-000000", "8812345678:AAE-new-token-for-tests-only-000000")
SCORE = "<strong>Tỉnh Thái Bình</strong>"
"""How an official's answer begins."""


@dataclass
class Before:
    """What was true under the old secrets."""

    poster: str = ""
    talk: str = ""
    nonce: str = ""
    desk: str = ""
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass
class After:
    """What the same things gave under the new ones."""

    program: Program
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    hooks: dict[str, int] = field(default_factory=dict)
    answered: bool = False
    verified: str = ""


def nonce(page: httpx.Response) -> str:
    found = re.findall(r'name="nonce" value="([^"]+)"', page.text)
    assert found, page.text
    return str(found[0])


async def live_before(program: Program, standin: TelegramStandin) -> Before:
    """A poster, a citizen in the middle of her survey, an official with a cookie, a person on Telegram."""
    link = await asyncio.to_thread(ask, socket_path(program.database), "link", {"unit": "Xã Vũ Hội"})
    invited = await asyncio.to_thread(ask, socket_path(program.database), "invite", {"unit": "34", "role": "admin"})
    assert link
    assert invited
    had = Before(poster=f"/s/{link['code']}")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{program.port}", follow_redirects=True) as client:
        page = await client.get(had.poster)
        page = await client.post(had.poster, data={"nonce": nonce(page), "l": "vi"})
        begin = re.findall(r'value="(s:[^"]+:@begin)"', page.text)[0]
        page = await client.post(page.url.path, data={"nonce": nonce(page), "press": begin})
        had.talk, had.nonce = page.url.path, nonce(page)
        page = await client.get("/")
        page = await client.post("/", data={"nonce": nonce(page), "text": f"/vao {invited['code']}"})
        page = await client.post(page.url.path, data={"nonce": nonce(page), "text": "/score 34"})
        assert SCORE in page.text
        had.desk, had.cookies = page.url.path, dict(client.cookies)
    assert await standin.wait_acknowledged(standin.say(501, f"/start {link['code']}"))
    return had


async def live_after(program: Program, standin: TelegramStandin, had: Before) -> After:
    got = After(program)
    cookies = httpx.Cookies(had.cookies)
    base = f"http://127.0.0.1:{program.port}"
    async with httpx.AsyncClient(base_url=base, follow_redirects=True) as client:
        got.pages["poster"] = await client.get(had.poster)
        got.pages["scanned"] = await client.post(had.poster, data={"nonce": nonce(got.pages["poster"]), "l": "vi"})
        got.pages["old form"] = await client.post(had.talk, data={"nonce": had.nonce, "press": "c:ai"})
        got.pages["talk"] = await client.get(had.talk)
        press = re.findall(r'value="(s:[^"]+:[a-z]+:\w+)"', got.pages["talk"].text)[0]
        got.pages["goes on"] = await client.post(had.talk, data={"nonce": nonce(got.pages["talk"]), "press": press})
        for secret in (OLD, NEW):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret["SIPAS_TELEGRAM_SECRET"]}
            answer = await client.post("/telegram/webhook", content=b"{}", headers=headers)
            got.hooks[secret["SIPAS_TELEGRAM_SECRET"]] = answer.status_code
    async with httpx.AsyncClient(base_url=base, follow_redirects=True, cookies=cookies) as official:
        page = await official.get(had.desk)
        got.pages["old cookie"] = await official.post(had.desk, data={"nonce": nonce(page), "text": "/score 34"})
    update = standin.say(501, "/tieptuc")
    got.answered = await standin.wait_acknowledged(update)
    return got


async def lived(folder: Path, server: Server) -> tuple[Before, After]:
    patience = Patience(timeout=8, first_pause=0.05, longest_pause=0.2)
    async with TelegramStandin(TOKENS[0], patience=patience) as standin:
        program = Program(folder, standin.url, TOKENS[0], extra=OLD, server=server)
        await asyncio.to_thread(program.start)
        had = await live_before(program, standin)
        assert await asyncio.to_thread(program.stop) == 0
    async with TelegramStandin(TOKENS[1], patience=patience) as standin:
        program = Program(folder, standin.url, TOKENS[1], extra=NEW, server=server)
        await asyncio.to_thread(program.start)
        got = await live_after(program, standin, had)
        assert await asyncio.to_thread(program.stop) == 0
    got.verified = program.sipas("verify").stdout
    return had, got


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory, server: Server) -> After:
    return asyncio.run(lived(tmp_path_factory.mktemp("rotation"), server))[1]


def test_posters_and_open_surveys_stay_valid(after: After) -> None:
    """What is printed and what a citizen has begun rests on no key."""
    assert after.pages["poster"].status_code == 200
    assert "xã Vũ Hội" in after.pages["poster"].text
    assert "@begin" in after.pages["scanned"].text
    assert after.pages["talk"].status_code == 200
    assert "✓ Câu 1" in after.pages["goes on"].text


def test_what_the_old_key_proved_is_worth_nothing(after: After) -> None:
    """B17: an old form is calmly refused, with the way back to the question; an old cookie makes no official."""
    assert after.pages["old form"].status_code == 403
    assert "/c/" in after.pages["old form"].text
    assert after.pages["old cookie"].status_code == 200
    assert SCORE not in after.pages["old cookie"].text


def test_the_webhook_believes_the_new_secret_only(after: After) -> None:
    """B1."""
    assert after.hooks == {OLD["SIPAS_TELEGRAM_SECRET"]: 403, NEW["SIPAS_TELEGRAM_SECRET"]: 200}


def test_people_on_telegram_stay_known_under_a_new_token(after: After) -> None:
    """B7: a person is her number there, not what the bot's token was."""
    assert after.answered


def test_the_audit_goes_on_under_the_new_key(after: After) -> None:
    """B18: the change is a line of it, and the new seal stands for what was before."""
    assert "Audit of sample: " in after.verified
    assert ", keys 2, head " in after.verified
