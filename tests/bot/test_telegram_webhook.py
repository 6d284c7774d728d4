"""B1, B15: the secret before a single byte, bounds on everything, and 200 only for what was stored."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import pytest

from bot.channels.base import UndeliveredError
from bot.channels.telegram_parse import KINDS
from bot.channels.telegram_webhook import PATH, SECRET_HEADER, webhook
from bot.channels.webhook import MOST_BYTES, Webhook, has_secret
from bot.errors import StorageUnavailable
from tests.bot.telegram_rig import QUICK, SECRET, Rig, Shell, rig
from tests.faults.figures import Figure, record, size
from tests.standins.telegram import Fault, TelegramStandin

Json = dict[str, Any]
Event = MutableMapping[str, Any]
RIGHT = [(SECRET_HEADER, SECRET.encode())]
FORGERIES = size(1_000, 10_000)


def forged(chance: random.Random) -> list[tuple[bytes, bytes]]:
    """Headers that are near the truth and not it."""
    secret = bytearray(SECRET.encode())
    at = chance.randrange(len(secret))
    match chance.randrange(9):
        case 0:
            secret[at] ^= 1 << chance.randrange(8)
        case 1:
            del secret[at]
        case 2:
            secret.insert(at, chance.randrange(256))
        case 3:
            secret = bytearray(SECRET.swapcase().encode())
        case 4:
            return [(SECRET_HEADER + chance.choice([b"s", b"-", b" ", b"_"]), bytes(secret))]
        case 5:
            return [*RIGHT, (SECRET_HEADER, bytes(secret[:at]))]
        case 6:
            return []
        case 7:
            secret = bytearray(chance.randbytes(chance.randrange(300)))
        case _:
            secret = bytearray(b" " * chance.randrange(1, 3)) + secret
    return [(b"content-type", b"application/json"), (SECRET_HEADER, bytes(secret))]


def any_header_will_do(headers: list[tuple[bytes, bytes]]) -> bool:
    """B1's mutant: a check that looks at one of several headers, without regard to case."""
    return any(value.lower() == SECRET.lower().encode() for name, value in headers if name.startswith(SECRET_HEADER))


@pytest.mark.parametrize("headers", [[], [(SECRET_HEADER, b"")], RIGHT])
def test_without_a_secret_nobody_is_let_in(headers: list[tuple[bytes, bytes]]) -> None:
    assert not has_secret(SECRET_HEADER, b"", headers)


class Call:
    """One ASGI call with a body in chunks; `read` counts how many were asked for."""

    def __init__(self, headers: list[tuple[bytes, bytes]], *chunks: bytes) -> None:
        self.scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers}
        self.chunks = list(chunks)
        self.read = 0
        self.sent: list[Event] = []

    async def receive(self) -> Event:
        self.read += 1
        if not self.chunks:
            await asyncio.Event().wait()
        chunk = self.chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks)}

    async def send(self, event: Event) -> None:
        self.sent.append(event)

    async def to(self, hook: Webhook) -> tuple[int, bytes]:
        await hook(self.scope, self.receive, self.send)
        return self.sent[0]["status"], self.sent[1]["body"]


class Taken:
    """Notes the payloads that were parsed; answers as told."""

    def __init__(self, answer: Json | Exception | None = None) -> None:
        self.payloads: list[object] = []
        self.answer = answer

    async def __call__(self, payload: object) -> Json | None:
        self.payloads.append(payload)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_no_forged_call_is_accepted_and_no_byte_of_it_read() -> None:
    """B1: secrets that are near the truth, doubled, missing or noise; and any at all where no secret is set."""
    chance = random.Random(20261122)
    taken = Taken()
    accepted = read = fooled = 0
    for number in range(FORGERIES):
        headers = forged(chance)
        call = Call(headers, b"{}")
        status, _ = await call.to(webhook(SECRET if number % 10 else "", taken))
        accepted += status != 403
        read += call.read
        fooled += any_header_will_do(headers)
    assert (accepted, read, taken.payloads) == (0, 0, [])
    assert fooled > FORGERIES // 20
    assert has_secret(SECRET_HEADER, SECRET.encode(), [(b"X-Telegram-Bot-Api-Secret-Token", SECRET.encode())])
    detail = f"{read} bytes of bodies read"
    record(Figure("B1 forged webhooks", FORGERIES, accepted, detail, f"a careless check lets in {fooled:,}"))


async def test_right_calls_are_taken_in_any_number_of_chunks() -> None:
    taken = Taken()
    assert await Call(RIGHT, b'{"update', b'_id"', b": 7}").to(webhook(SECRET, taken)) == (200, b"")
    assert taken.payloads == [{"update_id": 7}]


async def test_half_a_surrogate_pair_does_not_lose_an_update() -> None:
    taken = Taken()
    raw = b'{"update_id": 7, "message": {"text": "a\\ud83d b"}}'
    assert await Call(RIGHT, raw).to(webhook(SECRET, taken)) == (200, b"")
    assert taken.payloads == [{"update_id": 7, "message": {"text": "a\ud83d b"}}]


@pytest.mark.parametrize(
    ("headers", "chunks", "status", "most_reads"),
    [
        ([(b"content-length", str(MOST_BYTES + 1).encode())], [b"x"], 413, 0),
        ([(b"content-length", b"9" * 5000)], [b"x"], 413, 0),
        ([(b"content-length", b"-1")], [b"x"], 413, 0),
        ([], [b" " * 100_000] * 100, 413, 3),
        ([(b"content-length", b"2")], [b" " * (MOST_BYTES + 1)], 413, 1),
    ],
)
async def test_a_body_is_never_read_beyond_its_bound(
    headers: list[tuple[bytes, bytes]], chunks: list[bytes], status: int, most_reads: int
) -> None:
    taken = Taken()
    call = Call([*RIGHT, *headers], *chunks)
    assert await call.to(webhook(SECRET, taken)) == (status, b"")
    assert call.read <= most_reads
    assert taken.payloads == []


async def test_the_largest_body_is_taken() -> None:
    taken = Taken()
    body = b'{"update_id": 7}'
    assert await Call(RIGHT, body + b" " * (MOST_BYTES - len(body))).to(webhook(SECRET, taken)) == (200, b"")
    assert taken.payloads == [{"update_id": 7}]


async def test_a_body_that_never_comes_is_given_up() -> None:
    taken = Taken()
    assert await Call(RIGHT).to(webhook(SECRET, taken, read_seconds=0.01)) == (408, b"")
    assert taken.payloads == []


async def test_a_caller_who_hangs_up_is_let_go() -> None:
    taken = Taken()

    class Gone(Call):
        async def receive(self) -> Event:
            return {"type": "http.disconnect"}

    assert (await Gone(RIGHT).to(webhook(SECRET, taken)))[0] == 400
    assert taken.payloads == []


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'"\xc3\x28"',
    ],
    ids=["empty", "open", "words", "bytes", "deep-lists", "deep-objects", "endless-number", "not-utf8"],
)
async def test_junk_with_the_right_secret_is_taken_once_and_ignored(junk: bytes) -> None:
    taken = Taken()
    assert await Call(RIGHT, junk).to(webhook(SECRET, taken)) == (200, b"")
    assert taken.payloads == []


@pytest.mark.parametrize("error", [StorageUnavailable("full"), UndeliveredError("unreachable")])
async def test_what_was_not_stored_or_shown_shall_come_again(error: Exception) -> None:
    assert await Call(RIGHT, b"{}").to(webhook(SECRET, Taken(error))) == (503, b"")


async def test_the_one_edit_rides_in_the_answer() -> None:
    call = Call(RIGHT, b"{}")
    body = {"method": "editMessageText", "text": "Câu 2 \u202e"}
    status, sent = await call.to(webhook(SECRET, Taken(body)))
    assert (status, json.loads(sent)) == (200, body)
    assert (b"content-type", b"application/json") in call.sent[0]["headers"]


# Over real HTTP, with the stand-in beside.


async def over_http(act: Callable[[Rig, aiohttp.ClientSession], Awaitable[None]]) -> None:
    async with (
        TelegramStandin(patience=QUICK) as standin,
        rig("webhook", Shell(), standin) as r,
        aiohttp.ClientSession() as session,
    ):
        await act(r, session)


async def test_edits_ride_and_sends_are_called_before_the_200() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        bubble = await r.start(1)
        sends = r.standin.journal.calls("sendMessage")
        ack = next(record for record in r.standin.journal.of("ack"))
        assert [send["via"] for send in sends] == ["http"]
        assert sends[0]["n"] < ack["n"]
        await r.done(r.standin.press(1, bubble, "q:2"))
        await r.sees(1, "Câu 2/3")
        await r.done(r.standin.press(1, bubble, "q:4"))
        await r.sees(1, "✓ Câu 3", "Cảm ơn. Mã K7Q2")
        assert [call["via"] for call in r.standin.journal.calls("editMessageText")] == ["webhook", "http"]
        assert await r.standin.wait_calls("answerCallbackQuery", 2)
        assert {call["via"] for call in r.standin.journal.calls("answerCallbackQuery")} == {"http"}

    await over_http(act)


async def test_the_callback_is_answered_only_after_the_commit() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        bubble = await r.start(1)
        gate = r.shell.gates["1"] = asyncio.Event()
        press = r.standin.press(1, bubble, "q:2")
        assert await r.standin.wait_until(lambda: len(r.shell.calls) == 2)
        await r.start(2)
        assert r.standin.journal.calls("answerCallbackQuery") == []
        gate.set()
        await r.done(press)
        assert await r.standin.wait_calls("answerCallbackQuery")

    await over_http(act)


async def test_forgeries_over_http() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        url, body = r.address + PATH, b'{"update_id": 1, "message": {}}'
        wrong = [{}, {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"}, {"X-Telegram-Bot-Api-Secret-Token": ""}]
        for headers in wrong * 5:
            async with session.post(url, data=body, headers=headers) as response:
                assert response.status == 403
        async with session.get(url) as response:
            assert response.status == 405
        right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for junk in (b"", b"[]", b"null", b'{"update_id": 5}', body, b"[" * 5000):
            async with session.post(url, data=junk, headers=right) as response:
                assert (response.status, await response.read()) == (200, b"")
        async with session.post(url, data=b" " * (MOST_BYTES + 1), headers=right) as response:
            assert response.status == 413
        assert r.shell.calls == []

    await over_http(act)


async def test_a_bubble_that_is_gone_gives_a_new_one_when_more_is_said() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        bubble = await r.start(1)
        gate = r.shell.gates["1"] = asyncio.Event()
        update = r.standin.press(1, bubble, "q:4")
        del r.standin.chat(1).messages[bubble]
        gate.set()
        await r.done(update)
        await r.sees(1, "✓ Câu 3", "Cảm ơn. Mã K7Q2")

    await over_http(act)


async def test_what_cannot_be_sent_now_comes_again_and_is_stored_once() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        r.standin.faults.add(Fault("throttled", methods=frozenset({"sendMessage"}), times=2, retry_after=3000))
        update = r.standin.say(1, "a")
        await r.done(update)
        await r.sees(1, "text: a")
        assert r.standin.journal.deliveries(update) == 3
        assert len(r.shell.turns) == 1

    await over_http(act)


async def test_the_webhook_is_set_with_its_secret_and_nothing_is_dropped() -> None:
    async def act(r: Rig, session: aiohttp.ClientSession) -> None:
        (call,) = r.standin.journal.calls("setWebhook")
        assert call["params"]["url"] == r.address + PATH
        assert call["params"]["secret_token"] == SECRET
        assert call["params"]["drop_pending_updates"] is False
        assert call["params"]["allowed_updates"] == list(KINDS)

    await over_http(act)
