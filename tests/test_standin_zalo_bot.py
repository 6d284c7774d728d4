"""The stand-in holds what the documents say, so that a channel that passes it cannot be careless."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.standins.zalo_bot import TOKEN, Fault, ZaloBotStandin
from tests.standins.zalo_bot.delivery import Webhook

TED = "ted"
Json = dict[str, Any]


@pytest.fixture
async def standin() -> AsyncIterator[ZaloBotStandin]:
    async with ZaloBotStandin() as running:
        running.chats[TED] = []
        yield running


async def ask(standin: ZaloBotStandin, method: str, token: str = TOKEN, **params: Any) -> Json:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{standin.url}/bot{token}/{method}", json=params) as response,
    ):
        assert response.status == 200, "whatever it says"
        answer: Json = await response.json()
        return answer


async def code(standin: ZaloBotStandin, method: str, **params: Any) -> int:
    answer = await ask(standin, method, **params)
    return 0 if answer["ok"] else int(answer["error_code"])


BOLD = {"start": 0, "len": 1, "st": ["b"]}


@pytest.mark.parametrize(
    ("params", "refused"),
    [
        ({"chat_id": TED, "text": "a"}, 0),
        ({"chat_id": TED, "text": "a" * 2000}, 0),
        ({"chat_id": TED, "text": "a" * 2001}, 400),
        ({"chat_id": TED, "text": "👍" * 1001}, 400),
        ({"chat_id": TED, "text": ""}, 400),
        ({"chat_id": TED, "text": 4}, 400),
        ({"chat_id": 7, "text": "a"}, 400),
        ({"chat_id": "nobody", "text": "a"}, 400),
        ({"text": "a"}, 400),
        ({"chat_id": TED, "text": "a", "reply_markup": {}}, 400),
        ({"chat_id": TED, "text": "a", "parse_mode": "html"}, 0),
        ({"chat_id": TED, "text": "a", "parse_mode": "HTML"}, 400),
        ({"chat_id": TED, "text": "a", "text_styles": [BOLD]}, 0),
        ({"chat_id": TED, "text": "a", "text_styles": [BOLD | {"len": 2}]}, 400),
        ({"chat_id": TED, "text": "a", "text_styles": [BOLD | {"st": ["bold"]}]}, 400),
        ({"chat_id": TED, "text": "a", "text_styles": [BOLD | {"start": True}]}, 400),
        ({"chat_id": TED, "text": "a", "text_styles": BOLD}, 400),
        ({"chat_id": TED, "text": "a", "text_styles": [BOLD | {"url": "x"}]}, 400),
    ],
)
async def test_the_shape_of_send_message(standin: ZaloBotStandin, params: Json, refused: int) -> None:
    assert await code(standin, "sendMessage", **params) == refused
    assert len(standin.seen(TED)) == (0 if refused else 1)


async def test_the_shapes_of_the_others(standin: ZaloBotStandin) -> None:
    assert await code(standin, "sendPhoto", chat_id=TED, photo="https://a.vn/x.png") == 0
    assert await code(standin, "sendPhoto", chat_id=TED, photo="data:image/png;base64,xx") == 400
    assert await ask(standin, "sendChatAction", chat_id=TED, action="typing") == {"ok": True}
    assert await code(standin, "setWebhook", url="http://10.0.0.1/x", secret_token="s" * 8) == 400
    assert await code(standin, "setWebhook", url="https://a.vn/x", secret_token="s" * 7) == 400
    assert await code(standin, "setWebhook", url="https://a.vn/x") == 400
    assert await code(standin, "sendmessage", chat_id=TED, text="a") == 404
    assert (await ask(standin, "getMe", "1:wrong"))["error_code"] == 401
    assert await code(standin, "getUpdates", timeout="soon") == 400


async def test_updates_come_one_by_one_and_are_gone_after_reading(standin: ZaloBotStandin) -> None:
    for text in ("1", "2"):
        standin.say(TED, text)
    for text in ("1", "2"):
        assert (await ask(standin, "getUpdates", timeout="0"))["result"]["message"]["text"] == text
    idle = {"ok": False, "description": "Request timeout", "error_code": 408}
    assert await ask(standin, "getUpdates", timeout="0") == idle
    standin.delivery.webhook = Webhook("http://127.0.0.1:9/x", "s" * 8)
    assert await code(standin, "getUpdates", timeout="0") == 400


async def test_faults_and_the_quota(standin: ZaloBotStandin) -> None:
    for kind, refused in (("throttled", 429), ("internal", 403), ("unauthorized", 401), ("refused", 400)):
        standin.faults.add(Fault(kind))  # type: ignore[arg-type]
        assert await code(standin, "sendMessage", chat_id=TED, text="a") == refused
    standin.faults.add(Fault("drop_after"))
    with pytest.raises(aiohttp.ClientError):
        await ask(standin, "sendMessage", chat_id=TED, text="taken")
    assert standin.seen(TED) == ["taken"]
    standin.quota = 1
    assert await code(standin, "sendMessage", chat_id=TED, text="a") == 429


async def test_a_call_that_fails_is_not_repeated_by_itself(standin: ZaloBotStandin) -> None:
    standin.delivery.webhook = Webhook("http://127.0.0.1:9/x", "s" * 8)
    sent = standin.say(TED, "1")
    assert await standin.wait_until(lambda: standin.statuses(sent) == [0])
    standin.redeliver(sent)
    assert await standin.wait_until(lambda: standin.statuses(sent) == [0, 0])


async def test_a_free_bot_serves_fifty_people(standin: ZaloBotStandin) -> None:
    for number in range(49):
        standin.say(f"p{number}", "a")
    with pytest.raises(AssertionError, match="50"):
        standin.say("one more", "a")
