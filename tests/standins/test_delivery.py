"""How the Telegram stand-in delivers: long polling, webhooks, order, repeats, and what counts as acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.standins.sample_bot import Client, Json, Receiver
from tests.standins.telegram import Fault, Patience, TelegramStandin, updates

QUICK = Patience(timeout=0.3, first_pause=0.01, longest_pause=0.02)


@pytest.fixture
async def standin() -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(patience=QUICK) as running:
        yield running


@pytest.fixture
async def client(standin: TelegramStandin) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(standin, session)


async def hook(client: Client, receiver: Receiver, **params: Any) -> None:
    assert (await client.call("setWebhook", url=receiver.url, **params))["ok"]


async def test_an_update_stays_until_a_higher_offset(standin: TelegramStandin, client: Client) -> None:
    first, second = standin.say(1, "a"), standin.say(2, "b")
    assert await client.ids() == [first, second]
    assert await client.ids(offset=first) == [first, second]
    assert not standin.acknowledged(first)
    assert await client.ids(offset=second) == [second]
    assert standin.acknowledged(first)
    assert not standin.acknowledged(second)
    assert await client.ids(offset=second + 1) == []
    assert standin.acknowledged(second)
    assert standin.journal.deliveries(second) == 3


async def test_limit_and_negative_offset(standin: TelegramStandin, client: Client) -> None:
    sent = [standin.say(1, str(n)) for n in range(5)]
    assert await client.ids(limit=2) == sent[:2]
    assert await client.ids(offset=-1) == sent[4:]
    assert all(standin.acknowledged(one) for one in sent[:4])


async def test_a_long_poll_ends_when_something_comes(standin: TelegramStandin, client: Client) -> None:
    poll = asyncio.create_task(client.ids(timeout=30))
    assert await standin.wait_until(lambda: standin.delivery.polled)
    update_id = standin.say(1, "a")
    assert await asyncio.wait_for(poll, 5) == [update_id]
    assert await client.ids(offset=standin.say(1, "b") + 1, timeout=0) == []


async def test_numbers_that_jump_down_are_not_swallowed_by_an_old_offset(
    standin: TelegramStandin, client: Client
) -> None:
    last = standin.say(1, "a")
    assert await client.ids() == [last]
    standin.jump_ids(5)
    low = standin.say(1, "b")
    assert low == 5
    assert await client.ids(offset=last + 1) == [5]
    assert await client.ids(offset=last + 1) == [5]
    standin.jump_ids(9_000)
    high = standin.say(1, "c")
    assert await client.ids(offset=6) == [high] == [9_000]


async def test_an_acknowledged_update_can_come_again(standin: TelegramStandin, client: Client) -> None:
    first, second = standin.say(1, "a"), standin.say(1, "b")
    assert await client.ids() == [first, second]
    assert await client.ids(offset=second + 1) == []
    standin.redeliver(first)
    assert await client.ids(offset=second + 1) == [first]
    assert await client.ids(offset=second + 1) == []


async def test_a_newer_poller_ends_the_older(standin: TelegramStandin, client: Client) -> None:
    older = asyncio.create_task(client.call("getUpdates", timeout=30))
    assert await standin.wait_until(lambda: standin.delivery.polled)
    assert await client.ids() == []
    assert (await asyncio.wait_for(older, 5))["error_code"] == 409


async def test_polling_and_a_webhook_exclude_each_other(standin: TelegramStandin, client: Client) -> None:
    poll = asyncio.create_task(client.call("getUpdates", timeout=30))
    assert await standin.wait_until(lambda: standin.delivery.polled)
    assert (await client.call("setWebhook", url="http://127.0.0.1:9/hook"))["ok"]
    assert (await asyncio.wait_for(poll, 5))["error_code"] == 409
    assert "webhook is active" in (await client.call("getUpdates"))["description"]
    waiting = standin.say(1, "a")
    assert (await client.call("deleteWebhook"))["ok"]
    assert await client.ids() == [waiting]
    assert (await client.call("deleteWebhook", drop_pending_updates=True))["ok"]
    assert await client.ids() == []
    assert not standin.acknowledged(waiting)


async def test_only_the_kinds_that_were_asked_for_come(standin: TelegramStandin, client: Client) -> None:
    await client.call("getUpdates", allowed_updates=["callback_query"])
    dropped = standin.say(1, "a")
    assert await client.ids() == []
    assert [record["update_id"] for record in standin.journal.of("dropped")] == [dropped]
    await client.call("getUpdates", allowed_updates=[])
    standin.send_update({"message_reaction": {}}, 1)
    allowed = standin.say(1, "b")
    assert await client.ids() == [allowed]


@pytest.mark.parametrize(
    "wrong",
    [{"url": "ftp://x"}, {"secret_token": "a b"}, {"secret_token": "a" * 257}, {"max_connections": 101}],
    ids=str,
)
async def test_wrong_webhooks_are_refused(client: Client, wrong: Json) -> None:
    answer = await client.call("setWebhook", **{"url": "http://127.0.0.1:9/hook", **wrong})
    assert answer["error_code"] == 400
    assert (await client.call("getWebhookInfo"))["result"]["url"] == ""


async def test_the_secret_rides_in_the_header_and_2xx_acknowledges(standin: TelegramStandin, client: Client) -> None:
    async with Receiver() as receiver:
        await hook(client, receiver, secret_token="s3cret_-")
        update_id = standin.say(1, "/start A", forward_origin={"type": "hidden_user"})
        assert await standin.wait_acknowledged(update_id)
        assert receiver.headers == ["s3cret_-"]
        message = receiver.updates[0]["message"]
        assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
        assert message["forward_origin"]["type"] == "hidden_user"


async def test_one_chat_waits_for_its_acknowledgement_and_others_do_not(
    standin: TelegramStandin, client: Client
) -> None:
    gate = asyncio.Event()

    async def slow_for_one(update: Json) -> web.StreamResponse:
        if update["message"]["text"] == "slow":
            await gate.wait()
        return web.Response()

    async with Receiver(slow_for_one) as receiver:
        await hook(client, receiver)
        slow, behind = standin.say(1, "slow"), standin.say(1, "behind")
        other = standin.say(2, "other")
        assert await standin.wait_acknowledged(other)
        assert not standin.acknowledged(slow)
        assert behind not in receiver.ids
        gate.set()
        assert await standin.wait_acknowledged(behind)


async def test_at_most_max_connections_at_once(standin: TelegramStandin, client: Client) -> None:
    gate = asyncio.Event()

    async def wait(update: Json) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    async with Receiver(wait) as receiver:
        await hook(client, receiver, max_connections=3)
        for user in range(1, 9):
            standin.say(user, "a")
        assert await standin.wait_until(lambda: receiver.busy == 3)
        gate.set()
        assert await standin.wait_idle()
        assert receiver.most_busy == 3


async def test_refusals_timeouts_and_silence_are_repeated_until_acknowledged(
    standin: TelegramStandin, client: Client
) -> None:
    tries = iter(("500", "timeout", "cut", "302"))

    async def difficult(update: Json) -> web.StreamResponse:
        match next(tries, "200"):
            case "timeout":
                await asyncio.sleep(5)
            case "cut":
                raise ConnectionResetError
            case "200":
                return web.Response()
            case status:
                return web.Response(status=int(status))
        return web.Response()

    async with Receiver(difficult) as receiver:
        await hook(client, receiver)
        update_id = standin.say(1, "a")
        assert await standin.wait_acknowledged(update_id)
        assert receiver.ids == [update_id] * 5
        assert standin.journal.deliveries(update_id) == 5
        assert len(list(standin.journal.of("failure"))) == 4
        assert (await client.call("getWebhookInfo"))["result"]["last_error_message"].endswith("302")


async def test_a_webhook_that_is_down_gets_everything_in_order_when_it_returns(
    standin: TelegramStandin, client: Client
) -> None:
    receiver = Receiver()
    async with receiver:
        await hook(client, receiver)
    sent = [standin.say(1, str(n)) for n in range(4)]
    assert await standin.wait_until(lambda: standin.journal.deliveries(sent[0]) >= 3)
    async with receiver:
        assert await standin.wait_idle()
        assert receiver.ids == sent
        standin.redeliver(sent[1])
        assert await standin.wait_until(lambda: receiver.ids == [*sent, sent[1]])


async def test_the_answer_to_a_webhook_may_be_a_call(standin: TelegramStandin, client: Client) -> None:
    async def reply(update: Json) -> web.StreamResponse:
        chat = update["message"]["chat"]["id"]
        return web.json_response({"method": "sendmessage", "chat_id": chat, "text": update["message"]["text"] * 2})

    async with Receiver(reply) as receiver:
        await hook(client, receiver)
        standin.say(1, "ab")
        assert await standin.wait_calls("sendMessage")
        assert standin.chat(1).from_bot()[0]["text"] == "abab"
        standin.say(1, "x" * 3000)
        assert await standin.wait_calls("sendMessage", 2)
        first, second = standin.journal.calls("sendMessage")
        assert (first["via"], first["answer"]["ok"]) == ("webhook", True)
        assert (second["via"], second["answer"]["error_code"]) == ("webhook", 400)
        standin.faults.add(Fault("throttled"))
        standin.say(1, "y")
        assert await standin.wait_calls("sendMessage", 3)
        assert standin.journal.calls("sendMessage")[2]["answer"]["error_code"] == 429


async def test_people_send_all_kinds_of_things(standin: TelegramStandin, client: Client) -> None:
    first = standin.say(1, "sai")
    message_id = standin.journal.created[first]["message"]["message_id"]
    standin.edit(1, message_id, "đúng")
    for content in (updates.sticker(), updates.photo(), updates.voice(), updates.location()):
        standin.write(1, content)
    got = (await client.call("getUpdates"))["result"]
    assert got[1]["edited_message"]["text"] == "đúng"
    assert got[1]["edited_message"]["message_id"] == message_id
    assert [next(reversed(update["message"])) for update in got[2:]] == ["sticker", "photo", "voice", "location"]
