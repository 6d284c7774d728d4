"""A Bot API with the fewest answers that a bot needs to serve a form; the careful stand-in lives in tests/standins/."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.http import Answer, Served
from benchmarks.waiting import Waiting

Json = dict[str, Any]
BOT: Json = {"id": 8812345678, "is_bot": True, "first_name": "Benchmark", "username": "benchmark_bot"}
TOKEN = "8812345678:AAE-benchmark-token-000000000000000"
DATE = 1_790_000_000
ABILITIES: Json = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
PLAIN_ANSWERS: dict[str, Any] = {"getMe": {**BOT, **ABILITIES}, "getMyCommands": []}


@dataclass
class Screen:
    """What one citizen sees: the newest bubble with its buttons."""

    message_id: int = 0
    text: str = ""
    markup: Json = field(default_factory=dict)
    revision: int = 0
    shown_at: float = 0.0
    _changed: asyncio.Future[None] | None = None

    def show(self, message_id: int, params: Json) -> Json:
        """Show a bubble and wake the citizen; returns the Message."""
        markup = params.get("reply_markup") or {}
        self.message_id, self.text = message_id, params.get("text", "")
        self.markup = json.loads(markup) if isinstance(markup, str) else markup
        self.revision += 1
        self.shown_at = time.perf_counter()
        if self._changed and not self._changed.done():
            self._changed.set_result(None)
        return self.message(int(params["chat_id"]))

    def message(self, chat_id: int) -> Json:
        """The bubble as a Message."""
        chat = {"id": chat_id, "type": "private", "first_name": "Citizen"}
        body: Json = {"message_id": self.message_id, "date": DATE, "chat": chat, "from": BOT, "text": self.text}
        return {**body, "reply_markup": self.markup} if self.markup else body

    def data(self) -> list[str]:
        """The callback_data of the buttons, row by row."""
        return [
            one["callback_data"]
            for row in self.markup.get("inline_keyboard", [])
            for one in row
            if "callback_data" in one
        ]

    async def beyond(self, revision: int, seconds: float) -> None:
        """Return once something newer than `revision` is shown; TimeoutError after `seconds`."""
        while self.revision <= revision:
            self._changed = asyncio.get_running_loop().create_future()
            await asyncio.wait_for(self._changed, seconds)


@dataclass(frozen=True)
class File:
    """A picture or document that arrived; `at` by time.perf_counter."""

    chat_id: int
    method: str
    size: int
    at: float


NEVER = float("inf")


class LeanApi:
    """Answers every method with ok; keeps screens, counts calls, notes the webhook, and holds updates for getUpdates.

    With `slow_by` seconds every call but getUpdates takes that long; with NEVER it has no effect and no answer.
    """

    def __init__(self) -> None:
        self.slow_by = 0.0
        self.waiting = Waiting()
        self.screens: dict[int, Screen] = {}
        self.calls: Counter[str] = Counter()
        self.files: list[File] = []
        self.webhook: Json = {}
        self.port = 0
        self._last_message = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on loopback; `port` is known afterwards."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Served(self._respond), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server:
            self._server.close()

    def _respond(self, url: str, kind: str, body: bytes) -> Answer:
        parts = urlsplit(url)
        params: Json = dict(parse_qsl(parts.query))
        if kind.startswith("application/json"):
            params |= json.loads(body or b"{}")
        elif kind.startswith("multipart/form-data"):
            params |= _fields(body)
        elif body:
            params |= dict(parse_qsl(body.decode()))
        method = parts.path.rpartition("/")[2]
        if method == "getUpdates":
            self.calls[method] += 1
            return self.waiting.fetch(params)
        return self._later(method, params) if self.slow_by else self._answered(method, params)

    def _answered(self, method: str, params: Json) -> bytes:
        result = self.run(method, params)
        return json.dumps({"ok": True, "result": result}, ensure_ascii=False, separators=(",", ":")).encode()

    def _later(self, method: str, params: Json) -> Answer:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        if self.slow_by != NEVER:
            loop.call_later(self.slow_by, lambda: answer.set_result(self._answered(method, params)))
        return answer

    def run(self, method: str, params: Json) -> Any:
        """Execute a call, whether it came by HTTP or as the answer to a webhook."""
        self.calls[method] += 1
        match method:
            case "sendMessage":
                self._last_message += 1
                return self.screen(int(params["chat_id"])).show(self._last_message, params)
            case "editMessageText":
                return self.screen(int(params["chat_id"])).show(int(params["message_id"]), params)
            case "sendPhoto" | "sendDocument":
                self._last_message += 1
                self.files.append(File(int(params["chat_id"]), method, params["size"], time.perf_counter()))
                return {**self.screen(int(params["chat_id"])).message(int(params["chat_id"])), "text": method}
            case "setWebhook":
                self.webhook = params
                return True
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}
            case _:
                return PLAIN_ANSWERS.get(method, True)

    def screen(self, chat_id: int) -> Screen:
        """The screen of one chat."""
        return self.screens.setdefault(chat_id, Screen())


def _fields(body: bytes) -> Json:
    """The plain fields of multipart/form-data, and under `size` the bytes of its file."""
    boundary = body.partition(b"\r\n")[0]
    fields: Json = {"size": 0}
    for part in body.split(boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            fields["size"] = len(value) - len(b"\r\n")
        else:
            fields[head.partition(b'name="')[2].partition(b'"')[0].decode()] = value[: -len(b"\r\n")].decode()
    return fields
