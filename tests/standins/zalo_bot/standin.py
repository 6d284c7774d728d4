"""The stand-in as tests use it: start it, act as people, make things go wrong, read what happened."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.standins.zalo_bot.delivery import SECRET_HEADER, Delivery, Webhook
from tests.standins.zalo_bot.events import CONTENTS, event
from tests.standins.zalo_bot.faults import Faults
from tests.standins.zalo_bot.refusals import Json, RefusedError, bad_request
from tests.standins.zalo_bot.server import NO_RESULT, Api, Asked, Method

__all__ = ["SECRET_HEADER", "TOKEN", "ZaloBotStandin"]

TOKEN = "1234567890123456:stand-in-token-for-tests-only"
HOST = "127.0.0.1"
POLL_SECONDS = 0.005
FREE_USERS = 50
FREE_MESSAGES = 3_000


class ZaloBotStandin:
    """A Zalo Bot Platform on loopback, built from documents, not from the wire. Use it as an async context manager."""

    def __init__(self, token: str = TOKEN, *, port: int = 0, quota: int = FREE_MESSAGES) -> None:
        self.token = token
        self.faults = Faults()
        self.delivery = Delivery()
        self.quota = quota
        self.chats: dict[str, list[Json]] = {}
        """What the bot has sent, by chat; a chat is known when somebody has written there."""
        self.failing_verifications = 0
        """How many more webhooks the platform could not call when they were set."""
        methods: dict[str, Method] = {
            "getMe": self._get_me,
            "getUpdates": self.delivery.get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "sendMessage": self._send,
            "sendPhoto": self._send,
            "sendSticker": self._send,
            "sendVoice": self._send,
            "sendChatAction": self._act,
        }
        self._api = Api(token, methods, self.faults)
        self._port = port
        self._numbers = 0
        self._updated_at = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._api.application(), access_log=None, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.delivery.stop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The API root, as in https://bot-api.zaloplatforms.com."""
        return f"http://{HOST}:{self._port}"

    # What people do. Every method returns the message_id of the event that it makes.

    def say(self, person: str, text: str, *, chat: str = "") -> str:
        """A person types; in a group where `chat` is another than hers."""
        return self._happens("text", person, chat or person, {"text": text})

    def send(self, person: str, name: str) -> str:
        """A person sends an image, a sticker, a voice message, or something that the bot is not let see."""
        return self._happens(name, person, person, CONTENTS[name])

    def _happens(self, name: str, person: str, chat: str, content: Json) -> str:
        if chat not in self.chats and len(self.chats) >= FREE_USERS:
            raise AssertionError(f"a free bot serves {FREE_USERS} people")
        self.chats.setdefault(chat, [])
        message_id = self._new_id("in")
        self.delivery.add(event(name, message_id, self._now(), person, chat, content))
        return message_id

    def redeliver(self, message_id: str) -> None:
        """The same event once more."""
        every = [*self.delivery.given, *(call.event for call in self.delivery.calls)]
        self.delivery.add(next(one for one in every if one["message"]["message_id"] == message_id))

    # What the bot does.

    async def _get_me(self, _: Json) -> Json:
        return {
            "id": "1459232241454765289",
            "account_name": "bot.thu",
            "account_type": "BASIC",
            "can_join_groups": False,
        }

    async def _set_webhook(self, params: Json) -> Json:
        if self.failing_verifications:
            self.failing_verifications -= 1
            return {"url": "", "updated_at": 0, "verification": {"ok": False, "outcome": "UNREACHABLE", "hint": "?"}}
        self.delivery.webhook = Webhook(params["url"], params["secret_token"])
        self._updated_at = self._now()
        self.delivery.wake()
        return await self._webhook_info({}) | {"verification": {"ok": True, "outcome": "VERIFIED", "status_code": 200}}

    async def _delete_webhook(self, _: Json) -> Json:
        self.delivery.webhook, self._updated_at = None, self._now()
        return await self._webhook_info({})

    async def _webhook_info(self, _: Json) -> Json:
        webhook = self.delivery.webhook
        return {"url": webhook.url if webhook else "", "updated_at": self._updated_at}

    async def _send(self, params: Json) -> Json:
        if params["chat_id"] not in self.chats:
            raise bad_request("chat_id is not known")
        if sum(map(len, self.chats.values())) >= self.quota:
            raise RefusedError(429, "Quota exceeded")
        sent = {"message_id": self._new_id("out"), "date": self._now()}
        self.chats[params["chat_id"]].append({**params, **sent})
        return sent

    async def _act(self, _: Json) -> Any:
        return NO_RESULT

    # What a test asks.

    def asked(self, method: str) -> list[Asked]:
        """The calls of one API method, oldest first."""
        return [one for one in self._api.asked if one.method == method]

    def seen(self, chat: str) -> list[str]:
        """The texts that stand in a chat, the bot's only."""
        return [str(one.get("text", "<picture>")) for one in self.chats.get(chat, [])]

    def statuses(self, message_id: str) -> list[int | None]:
        """How the webhook answered to an event, call by call."""
        return [one.status for one in self.delivery.calls if one.event["message"]["message_id"] == message_id]

    async def wait_seen(self, chat: str, count: int, seconds: float = 10.0) -> list[str]:
        """Wait until the bot has sent so many messages there; all of them."""
        assert await self.wait_until(lambda: len(self.seen(chat)) >= count, seconds), self.seen(chat)
        return self.seen(chat)

    async def wait_until(self, ready: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Wait until a condition over the stand-in's state holds; False when `seconds` pass first."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _new_id(self, way: str) -> str:
        self._numbers += 1
        return f"{way}{self._numbers:018x}"

    def _now(self) -> int:
        return int(time.time() * 1000)
