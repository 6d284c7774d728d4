"""B13, B14: no secret, no telephone number and no word of a citizen is found where it does not belong."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.control import ask
from bot.settings import Settings
from bot.writing import socket_path
from tests.faults.figures import Figure, record
from tests.faults.program import Program, free_port
from tests.security.canaries import (
    BACKUP,
    COMMENT,
    KEY,
    PHONE_AS_KEPT,
    SECRETS,
    TOKEN,
    TYPED,
    WEBHOOK,
    WHERE_COMMENTS_BELONG,
    ZALO_OA,
    ZALO_TOKEN,
    ZALO_WEBHOOK,
    Finds,
    by_telegram,
    by_web,
    by_zalo,
    columns,
)
from tests.standins import zalo_bot
from tests.standins.telegram import Fault, Patience, TelegramStandin
from tests.standins.zalo_bot import ZaloBotStandin

SETTINGS = {
    "SIPAS_TELEGRAM_SECRET": WEBHOOK,
    "SIPAS_SECRET_KEY": KEY,
    "SIPAS_BACKUP_KEY": BACKUP,
    "SIPAS_ZALO_BOT_TOKEN": ZALO_TOKEN,
    "SIPAS_ZALO_BOT_SECRET": ZALO_WEBHOOK,
    **ZALO_OA,
}
BESIDE = {
    "SIPAS_ZALO_OA_APP_ID": "505012345678",
    "SIPAS_ZALO_OA_API": "http://127.0.0.1:9",
    "SIPAS_ZALO_OAUTH_API": "http://127.0.0.1:9",
}
"""What the secrets need beside them."""
TROUBLE = (
    Fault("server_error", times=2),
    Fault("server_error", times=1, code=401),
    Fault("throttled", times=2, retry_after=1),
    Fault("drop_before", times=2),
    Fault("drop_after", times=1),
    Fault("refused", times=2, reason="Bad Request: can't parse entities"),
    Fault("blocked", times=1),
)


_SEND = frozenset({"sendMessage"})
ZALO_TROUBLE = (
    zalo_bot.Fault("unauthorized", _SEND),
    zalo_bot.Fault("throttled", _SEND),
    zalo_bot.Fault("refused", _SEND),
    zalo_bot.Fault("server_error", _SEND),
    zalo_bot.Fault("proxy_page", _SEND),
    zalo_bot.Fault("drop_after", _SEND),
)


@dataclass
class Left:
    """What one life of the program left behind."""

    finds: Finds
    program: Program


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    finds = Finds()
    program = asyncio.run(lived(tmp_path_factory.mktemp("canaries"), finds))
    for file in program.folder.rglob("*"):
        if file.is_file():
            finds.add(f"file {file.relative_to(program.folder)}", file.read_bytes())
    return Left(finds, program)


async def lived(folder: Path, finds: Finds) -> Program:
    """The real program among citizens, strangers and every trouble the Bot API can make, then killed."""
    patience = Patience(timeout=8, first_pause=0.05, longest_pause=0.2)
    async with TelegramStandin(TOKEN, patience=patience) as standin, ZaloBotStandin(ZALO_TOKEN) as zalo:
        program = Program(folder, standin.url, TOKEN, extra=SETTINGS | BESIDE | {"SIPAS_ZALO_BOT_API": zalo.url})
        await asyncio.to_thread(program.start)
        try:
            await live(program, standin, zalo, finds)
            await asyncio.to_thread(operate, program, finds)
        finally:
            await asyncio.to_thread(program.kill)
        await asyncio.to_thread(refused_and_unreachable, program, finds)
    return program


async def live(program: Program, standin: TelegramStandin, zalo: ZaloBotStandin, finds: Finds) -> None:
    link = await asyncio.to_thread(ask, socket_path(program.database), "link", {"unit": "Xã Vũ Hội"})
    assert link
    base = f"http://127.0.0.1:{program.port}"
    async with httpx.AsyncClient(base_url=base, follow_redirects=True) as client:
        await by_telegram(standin, 501, link["code"])
        await by_web(client, link["code"], finds)
        for fault in TROUBLE:
            standin.faults.add(fault)
        await by_telegram(standin, 502, link["code"], patience=0.5)
        standin.faults.clear()
        await by_zalo(zalo, "6ede9afa66b88fe6d6a9", link["code"])
        for trouble in ZALO_TROUBLE:
            zalo.faults.add(trouble)
            zalo.say("6ede9afa66b88fe6d6a9", TYPED)
            assert await zalo.wait_until(lambda: all(one.status == 200 for one in zalo.delivery.calls))
        await hostile(client, finds)
        numbers = await client.get("/metrics")
        assert numbers.status_code == 200
        finds.add("metrics", numbers.content + repr(numbers.headers).encode())


async def hostile(client: httpx.AsyncClient, finds: Finds) -> None:
    """Strangers at every address."""
    right = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK}
    forged = b"\x1b[31m\n2026-11-16 level=info event=forged \r\n" + TYPED.encode()
    for headers, content in (
        ({}, b"{}"),
        ({"X-Telegram-Bot-Api-Secret-Token": TYPED}, b"{}"),
        (right, b"{" + TYPED.encode()),
        (right, forged),
        (right, json.dumps({"update_id": 1, "message": {"text": TYPED}}).encode()),
        (right, b"x" * 300_000),
        ({zalo_bot.SECRET_HEADER: TYPED}, b"{}"),
        ({zalo_bot.SECRET_HEADER: ZALO_WEBHOOK}, forged),
        ({zalo_bot.SECRET_HEADER: ZALO_WEBHOOK}, json.dumps({"message": {"text": TYPED}}).encode()),
    ):
        path = "/zalo/bot/webhook" if zalo_bot.SECRET_HEADER in headers else "/telegram/webhook"
        answer = await client.post(path, content=content, headers=headers)
        finds.add(f"answer {len(finds.places)}", answer.content + repr(answer.headers).encode())
    for content in (b"{}", b"{" + TYPED.encode(), forged):
        answer = await client.post("/zalo/oa/webhook", content=content, headers={"X-ZEvent-Signature": "mac=" + TYPED})
        finds.add(f"answer {len(finds.places)}", answer.content + repr(answer.headers).encode())
    for path in (f"/{TYPED}", f"/s/{TYPED}", f"/c/{TYPED}", "/healthz", "/", "/static/..%2f..%2fsettings.py", "/.env"):
        answer = await client.get(path, headers={"x-forwarded-for": TYPED, "cookie": f"sipas={TYPED}"})
        finds.add(f"answer {len(finds.places)}", answer.content + repr(answer.headers).encode())


def operate(program: Program, finds: Finds) -> None:
    """An export, a backup, the doctor, and nonsense over the control socket."""
    for arguments in (
        ("export", "--what", "responses", "--format", "csv", "--out", "responses.csv"),
        ("backup", "--out", "sipas.backup"),
        ("doctor",),
    ):
        done = program.sipas(*arguments)
        finds.add(f"output {arguments[0]}", done.stdout + done.stderr)
    for line in (
        b"{}\n",
        b"nonsense\n",
        b'{"operation": "x", "arguments": {}}\n',
        b'{"operation": "link", "arguments": {}}\n',
    ):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(socket_path(program.database)))
            client.sendall(line)
            finds.add("control socket", client.makefile("rb").readline())


def refused_and_unreachable(program: Program, finds: Finds) -> None:
    """Starts with a token that Telegram refuses, and with no Telegram to be found."""
    refused = Program(program.folder, program.api, f"{TOKEN}x", "polling", extra=program.extra)
    finds.add("refused token", refused.sipas("run", expect=2).stderr)
    nobody = Program(program.folder, f"http://127.0.0.1:{free_port()}", TOKEN, "polling", extra=program.extra)
    nobody.start()
    assert nobody.stop() == 0


def test_every_secret_setting_has_a_canary() -> None:
    """B13: a new secret is blanked from logs, and looked for here."""
    secret = [name for name, about in Settings.model_fields.items() if about.annotation is SecretStr]
    assert {f"SIPAS_{name.upper()}" for name in secret} == {*SETTINGS, "SIPAS_TELEGRAM_TOKEN"}
    values = {name: SecretStr(f"a-long-secret-that-is-the-{name}-0123456789") for name in secret}
    made = Settings(_env_file=None, zalo_oa_app_id="1", **values)  # type: ignore[arg-type]
    assert set(made.secrets) == {value.get_secret_value() for value in values.values()}
    assert not any(value in f"{made!r} {made}" for value in made.secrets)


def test_no_secret_is_found_anywhere(left: Left) -> None:
    """B13, B19: logs, database, exports, the backup, pages, headers, the control socket, the command line."""
    hits = left.finds.hits(SECRETS)
    assert hits == []
    assert len(left.finds.places) > 30
    size = sum(map(len, left.finds.places.values()))
    canaries = len(SECRETS) + len(PHONE_AS_KEPT) + 2
    record(
        Figure("B13 canaries", canaries, len(hits), f"{size // 1024} KiB of output in {len(left.finds.places)} places")
    )


def test_a_telephone_number_is_nowhere(left: Left) -> None:
    """B13: it is masked before anything is stored or shown."""
    assert left.finds.hits(PHONE_AS_KEPT) == []


def test_words_of_citizens_stand_only_with_their_answers(left: Left) -> None:
    """B13: in the answer, in her open session and the screen she was shown, in exports of answers."""
    belongs = r"^file data/sipas\.db|^file responses\.|^html"
    assert left.finds.hits([COMMENT], but=belongs) == []
    assert columns(left.program.database, [COMMENT]) <= WHERE_COMMENTS_BELONG
    assert ("answer", "words") in columns(left.program.database, [COMMENT])


def test_what_was_typed_elsewhere_is_kept_only_in_the_reply_that_quotes_it(left: Left) -> None:
    """B13, B14: never in a log, where it could also forge a line."""
    assert left.finds.hits([TYPED], but=r"^file data/sipas\.db|^html") == []
    assert columns(left.program.database, [TYPED]) <= {("inbox", "reply")}
    log = left.program.log()
    assert "\x1b" not in log
    assert "event=forged" not in log


def test_the_search_finds_what_is_there(left: Left) -> None:
    """B13's mutant: the same search sees the comment where it belongs, and a secret that is put out."""
    assert left.finds.hits([COMMENT])
    assert "telegram" in left.program.log().lower()
    leak = Finds()
    leak.add("log", f"POST https://api.telegram.org/bot{TOKEN}/sendMessage")
    assert leak.hits(SECRETS) == [("log", TOKEN)]
