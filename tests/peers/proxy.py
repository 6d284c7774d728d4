"""Stands between the bot and telemelya, and makes up for what telemelya lacks; every such thing is counted by name.

To the bot it is the API root. To telemelya it is the webhook: it adds the secret header that telemelya never sends,
with the secret that the bot itself gave to setWebhook, and carries out the method that the bot's answer bears.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

import aiohttp
from aiohttp import web

Json = dict[str, Any]
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
CALL_SECONDS = 30.0
LARGEST_BODY = 64 * 1024 * 1024
FIRST_OWN_ID = 1_000_000
"""Ids of messages that telemelya never saw, far above its own."""

# What the proxy answers itself, and only where telemelya says 404: the day it learns one, that line falls silent.
SETTINGS = ("setMyCommands", "deleteMyCommands")
FILES = ("sendDocument",)


@dataclass(frozen=True)
class SentFile:
    """A file that the bot sent while telemelya knows no sendDocument."""

    chat: int
    name: str
    content: bytes


@dataclass
class Ledger:
    """What passed: `calls` by method, `papered` by what was made up for, `refused` by what telemelya did not take."""

    calls: Counter[str] = field(default_factory=Counter)
    papered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    files: list[SentFile] = field(default_factory=list)
    menus: list[Json] = field(default_factory=list)


class Proxy:
    """One bot's way to telemelya (`peer`, its root) and back."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.ledger = Ledger()
        self.url = ""
        self.webhook = ""
        self._secret = ""
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve on a free port of 127.0.0.1; `url` is then the API root for the bot."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_post("/deliver", self._deliver)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS)) as session:
            self._session = session
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            try:
                yield
            finally:
                await runner.cleanup()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None
        return self._session

    async def _call(self, request: web.Request) -> web.Response:
        """A Bot API call of the bot."""
        token, method = request.match_info["token"], request.match_info["method"]
        raw, kind = await request.read(), request.headers.get("Content-Type", "application/octet-stream")
        self.ledger.calls[method] += 1
        if request.query:
            # The Bot API takes parameters in the query too; telemelya reads bodies only.
            self.ledger.papered["parameters of the query moved into the body"] += 1
            raw, kind = json.dumps(dict(request.query)).encode(), "application/json"
        if method == "setWebhook":
            raw = self._own_webhook(token, json.loads(raw))
        status, answer = await self._forward(token, method, raw, kind)
        return web.json_response(answer, status=status)

    def _own_webhook(self, token: str, asked: Json) -> bytes:
        """Have the updates come here, so that they get the header on their way to the bot."""
        self.webhook, self._secret = asked["url"], asked.get("secret_token", "")
        return json.dumps(asked | {"url": f"{self.url}/deliver?token={token}"}).encode()

    async def _forward(self, token: str, method: str, raw: bytes, kind: str) -> tuple[int, Json]:
        """Status and body for the bot."""
        address = f"{self.peer}/bot{token}/{method}"
        async with self.session.post(address, data=raw, headers={"Content-Type": kind}) as response:
            status, answer = response.status, await response.json(content_type=None)
        if status == 404 and method in SETTINGS + FILES:
            self.ledger.papered[f"{method} answered here: telemelya says 404"] += 1
            return 200, {"ok": True, "result": self._own_answer(method, raw, kind)}
        if status == 200 and not answer.get("ok"):
            # Telegram's refusals bear their code as the HTTP status.
            self.ledger.papered["refusals given their HTTP status: telemelya says 200"] += 1
            status = int(answer.get("error_code") or 400)
        if status != 200:
            self.ledger.refused[f"{method}: {status} {answer.get('description') or answer}"] += 1
        return status, answer

    def _own_answer(self, method: str, raw: bytes, kind: str) -> bool | Json:
        if method in SETTINGS:
            self.ledger.menus.append({"method": method, **json.loads(raw)})
            return True
        sent = _file(raw, kind)
        self.ledger.files.append(sent)
        document = {"file_id": f"own-{len(self.ledger.files)}", "file_unique_id": f"own-{len(self.ledger.files)}"}
        return {
            "message_id": FIRST_OWN_ID + len(self.ledger.files),
            "chat": {"id": sent.chat, "type": "private"},
            "date": 1,
            "document": document | {"file_name": sent.name, "file_size": len(sent.content)},
        }

    async def _deliver(self, request: web.Request) -> web.Response:
        """An update from telemelya on its way to the bot, with the header; what rides in the answer is carried out."""
        headers = {"Content-Type": "application/json", SECRET_HEADER: self._secret}
        self.ledger.papered["secret header added to a delivery"] += 1
        async with self.session.post(self.webhook, data=await request.read(), headers=headers) as response:
            status, body = response.status, await response.read()
        self.ledger.statuses[status] += 1
        if status == 200 and body:
            await self._carry_out(request, json.loads(body))
        return web.Response(status=status)

    async def _carry_out(self, request: web.Request, call: Json) -> None:
        """Telegram performs the method that an answer bears; telemelya only keeps the answer's text."""
        method = str(call.pop("method"))
        self.ledger.calls[f"{method} (in the webhook's answer)"] += 1
        self.ledger.papered["method in the webhook's answer carried out"] += 1
        await self._forward(request.query["token"], method, json.dumps(call).encode(), "application/json")


def _file(raw: bytes, kind: str) -> SentFile:
    """The chat and the document of a multipart sendDocument."""
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + raw, policy=HTTP)
    parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
    document, chat = parts["document"], parts["chat_id"]
    content = document.get_payload(decode=True)
    assert isinstance(content, bytes)
    return SentFile(int(str(chat.get_payload()).strip()), document.get_filename() or "", content)
