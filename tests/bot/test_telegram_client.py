"""Every way a call can fail, by the kind it becomes; and no log that shows the token or a word of anybody."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.channels.telegram_client import OtherPollerError, TelegramClient
from bot.errors import SendError, SendKind
from tests.standins.telegram import TOKEN, Fault, TelegramStandin

USER = 1001


@pytest.fixture
async def standin() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin() as running:
        running.say(USER, "/start")
        yield running


@pytest.fixture
async def client(standin: TelegramStandin) -> AsyncIterator[TelegramClient]:
    client = TelegramClient(standin.token, standin.url)
    await client.open()
    yield client
    await client.close()


async def send(client: TelegramClient, chat: int = USER) -> int:
    return int(await client.say(chat, {"text": "a"}))


async def edit(client: TelegramClient, bubble: int, text: str = "b") -> None:
    await client.call("edit_message_text", chat_id=USER, message_id=bubble, text=text)


SENDS: list[tuple[Fault, SendKind]] = [
    (Fault("throttled", retry_after=17), "throttled"),
    (Fault("blocked"), "gone"),
    (Fault("deactivated"), "gone"),
    (Fault("refused", reason="chat not found"), "gone"),
    (Fault("refused", reason="BUTTON_DATA_INVALID"), "rejected"),
    (Fault("migrated", migrate_to=-100999), "gone"),
    (Fault("server_error", code=502), "uncertain"),
    (Fault("server_error", code=500), "uncertain"),
    (Fault("drop_before"), "uncertain"),
    (Fault("drop_after"), "uncertain"),
]


@pytest.mark.parametrize(("fault", "kind"), SENDS, ids=lambda value: getattr(value, "kind", value))
async def test_a_failed_send(standin: TelegramStandin, client: TelegramClient, fault: Fault, kind: SendKind) -> None:
    fault.times = 1
    standin.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await send(client)
    assert caught.value.kind == kind
    assert caught.value.retry_after == (17 if kind == "throttled" else 0)
    assert await send(client)


EDITS: list[tuple[Fault, SendKind]] = [
    (Fault("throttled", retry_after=17), "throttled"),
    (Fault("blocked"), "gone"),
    (Fault("refused", reason="message to edit not found"), "rejected"),
    (Fault("server_error"), "unreachable"),
    (Fault("drop_before"), "unreachable"),
    (Fault("drop_after"), "unreachable"),
]


@pytest.mark.parametrize(("fault", "kind"), EDITS, ids=lambda value: getattr(value, "kind", value))
async def test_a_failed_edit(standin: TelegramStandin, client: TelegramClient, fault: Fault, kind: SendKind) -> None:
    bubble = await send(client)
    fault.times = 1
    standin.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await edit(client, bubble)
    assert caught.value.kind == kind
    await edit(client, bubble)
    assert standin.chat(USER).messages[bubble]["text"] == "b"


async def test_nothing_to_change_is_success(client: TelegramClient) -> None:
    bubble = await send(client)
    await edit(client, bubble, "b")
    await edit(client, bubble, "b")


async def test_answers(standin: TelegramStandin, client: TelegramClient) -> None:
    bubble = await send(client)
    standin.press(USER, bubble, "x")
    query = next(iter(standin.world.queries))
    await client.answer(query)
    assert standin.world.queries[query].answered
    await client.answer(query)
    await client.answer("an id & with=signs?")
    assert standin.journal.calls("answerCallbackQuery")[2]["params"] == {"callback_query_id": "an id & with=signs?"}
    standin.faults.add(Fault("throttled", retry_after=4))
    with pytest.raises(SendError) as caught:
        await client.answer(query)
    assert (caught.value.kind, caught.value.retry_after) == ("throttled", 4)


async def test_a_slow_telegram_is_uncertain_for_a_send_only(standin: TelegramStandin, client: TelegramClient) -> None:
    bubble = await send(client)
    quick = TelegramClient(standin.token, standin.url, patience=0.05)
    await quick.open()
    try:
        standin.faults.add(Fault("slow", times=2, seconds=0.3))
        with pytest.raises(SendError, match="uncertain"):
            await send(quick)
        with pytest.raises(SendError, match="unreachable"):
            await edit(quick, bubble)
    finally:
        await quick.close()


async def test_who_is_not_there_was_certainly_not_reached() -> None:
    client = TelegramClient(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(SendError, match="unreachable"):
        await send(client)
    await client.open()
    try:
        with pytest.raises(SendError, match="unreachable"):
            await send(client)
        with pytest.raises(SendError, match="unreachable"):
            await client.updates(0, 0)
    finally:
        await client.close()


@pytest.mark.parametrize("token", ["8812345678:wrong", "1:a b", "nonsense"])
async def test_a_refused_token_is_misconfigured(standin: TelegramStandin, token: str) -> None:
    client = TelegramClient(token, standin.url)
    await client.open()
    try:
        with pytest.raises(SendError, match="misconfigured"):
            await client.call("get_me")
    finally:
        await client.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 20_000,
        b"<html>proxy</html>",
        b"[]",
        b"true",
        b'{"ok":false,"error_code":429}',
        b'{"ok":true,"result":true}',
    ],
    ids=["empty", "deep", "html", "list", "true", "ok-false-as-200", "odd-result"],
)
async def test_what_is_not_telegrams_answer_is_no_crash(body: bytes) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = TelegramClient(TOKEN, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await client.open()
    try:
        with pytest.raises(SendError, match="uncertain"):
            await send(client)
        with pytest.raises(SendError, match="unreachable"):
            await client.call("get_me")
        with pytest.raises(SendError, match="unreachable"):
            await client.updates(0, 0)
    finally:
        await client.close()
        await runner.cleanup()


async def test_updates_are_raw_json(standin: TelegramStandin, client: TelegramClient) -> None:
    (first,) = await client.updates(0, 0)
    assert isinstance(first, dict)
    assert first["message"]["text"] == "/start"
    standin.say(USER, "Đông Hưng")
    assert len(await client.updates(first["update_id"] + 1, 1)) == 1
    call = standin.journal.calls("getUpdates")[-1]["params"]
    assert call["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_a_second_poller_is_named(standin: TelegramStandin, client: TelegramClient) -> None:
    await client.call("set_webhook", url="http://127.0.0.1:9/x")
    with pytest.raises(OtherPollerError):
        await client.updates(0, 0)


async def test_no_log_and_no_error_shows_the_token(
    standin: TelegramStandin, client: TelegramClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    absent = TelegramClient(standin.token, "http://127.0.0.1:9")
    await absent.open()
    broken = TelegramClient(standin.token, "http://[broken")
    await broken.open()
    standin.faults.add(Fault("drop_before", times=None))
    for one in (client, absent, broken):
        for call in (one.call("get_me"), send(one), one.answer("1"), one.updates(0, 0)):
            try:
                await call
            except SendError as error:
                told.append("".join(traceback.format_exception(error)))
        await one.close()
    assert len(told) >= 11
    secret = standin.token.split(":")[1]
    assert all(secret not in text for text in told)
    assert all(secret not in record.getMessage() for record in caplog.records)
