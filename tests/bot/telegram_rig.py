"""The Telegram channel between the Bot API stand-in and a fake shell, in either mode."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.channels.base import Drawn
from bot.channels.telegram import TelegramChannel, TelegramSetup
from bot.errors import StorageUnavailable
from handlers.context import Attachment, Button, Incoming, Message
from tests.standins.telegram import Patience, TelegramStandin

Json = dict[str, Any]
Mode = Literal["polling", "webhook"]
Script = Callable[[Incoming], list[Message]]

SECRET = "stand-in-secret_0123456789"
QUICK = Patience(timeout=5.0, first_pause=0.01, longest_pause=0.05)
COMMANDS = (
    ("start", "citizen", "start"),
    ("khaosat", "citizen", "survey"),
    ("score", "viewer", "score"),
    ("moi", "manager", "invite"),
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@dataclass
class Words:
    """A catalogue that says which language and key were asked for."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        return f"{self.language}:{key}"


CATALOGUES = {"vi": Words("vi"), "en": Words("en")}


def small_survey(incoming: Incoming) -> list[Message]:
    """Consent, three questions in one bubble, a receipt of its own."""
    if incoming.kind == "start":
        return [Message("Xin chào", ((Button("Bắt đầu", "q:1", "main"),),))]
    if incoming.kind != "press":
        return [Message(f"{incoming.kind}: {incoming.text}")]
    step = int(incoming.text.removeprefix("q:"))
    if step > 3:
        return [Message("✓ Câu 3", replaces=True), Message("Cảm ơn. Mã K7Q2")]
    return [Message(f"Câu {step}/3", ((Button("Hài lòng", f"q:{step + 1}", "good"),),), replaces=True)]


@dataclass
class Shell:
    """What stands behind the channel: stores each update once and gives the stored reply again, as the turn does."""

    script: Script = small_survey
    refuse: int = 0
    """How many more turns find no storage."""

    refuse_for: dict[str, int] = field(default_factory=dict)
    """The same, for one address."""

    turns: list[Incoming] = field(default_factory=list)
    calls: list[Incoming] = field(default_factory=list)
    reachable: dict[str, bool] = field(default_factory=dict)
    draw_with: Callable[[Attachment], Drawn] = lambda attachment: Drawn(PNG, f"{attachment.name}.png", "image/png")
    pause: Callable[[Incoming], float] = lambda _: 0.0
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    """Addresses whose turns wait for an event."""

    _replies: dict[str, list[Message]] = field(default_factory=dict)

    async def receive(self, incoming: Incoming) -> list[Message]:
        self.calls.append(incoming)
        await asyncio.sleep(self.pause(incoming))
        if gate := self.gates.get(incoming.address):
            await gate.wait()
        if self._is_full(incoming.address):
            raise StorageUnavailable("the disk is full")
        if incoming.update_id not in self._replies:
            self.turns.append(incoming)
            self._replies[incoming.update_id] = self.script(incoming)
        return self._replies[incoming.update_id]

    def _is_full(self, address: str) -> bool:
        if self.refuse_for.get(address):
            self.refuse_for[address] -= 1
            return True
        if self.refuse:
            self.refuse -= 1
            return True
        return False

    async def draw(self, attachment: Attachment) -> Drawn:
        await asyncio.sleep(0)
        return self.draw_with(attachment)

    async def mark_reachable(self, address: str, reachable: bool) -> None:
        await asyncio.sleep(0)
        self.reachable[address] = reachable

    def texts(self, address: int) -> list[str]:
        """What one person did, in the order in which it was stored."""
        return [turn.text for turn in self.turns if turn.address == str(address)]


def channel_for(shell: Shell, setup: TelegramSetup) -> TelegramChannel:
    return TelegramChannel(
        setup, draw=shell.draw, catalogues=CATALOGUES, commands=COMMANDS, mark_reachable=shell.mark_reachable
    )


@contextlib.asynccontextmanager
async def serving(routes: list[BaseRoute], listener: socket.socket) -> AsyncIterator[None]:
    """The routes over real HTTP."""
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await task


def free_listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@dataclass
class Rig:
    """A running channel and everything around it."""

    mode: Mode
    standin: TelegramStandin
    shell: Shell
    channel: TelegramChannel
    address: str

    async def done(self, *updates: int) -> None:
        """Wait until the updates are acknowledged and the callbacks of this moment are answered."""
        for update in updates:
            assert await self.standin.wait_acknowledged(update), f"update {update} was not acknowledged"

    def seen(self, chat: int) -> list[str]:
        """What stands in the chat, the bot's messages only: a text, a photo or a document's name."""
        return [_shown(message) for message in self.standin.chat(chat).from_bot()]

    async def sees(self, chat: int, *texts: str) -> None:
        """Wait until exactly this stands there."""
        await self.standin.wait_until(lambda: self.seen(chat) == list(texts), 8.0)
        assert self.seen(chat) == list(texts)

    async def start(self, user: int) -> int:
        """A person starts; the id of her bubble."""
        await self.done(self.standin.say(user, "/start"))
        assert await self.standin.wait_until(lambda: self.standin.chat(user).newest() is not None)
        newest = self.standin.chat(user).newest()
        assert newest is not None
        return int(newest["message_id"])


def _shown(message: Json) -> str:
    if "photo" in message:
        return "<photo>"
    if "document" in message:
        return f"<{message['document']['file_name']}>"
    return str(message["text"])


@contextlib.asynccontextmanager
async def rig(mode: Mode, shell: Shell, standin: TelegramStandin) -> AsyncIterator[Rig]:
    """The channel, open and connected to the stand-in."""
    listener = free_listener()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    public = address if mode == "webhook" else ""
    setup = TelegramSetup(standin.token, standin.url, mode, SECRET if mode == "webhook" else "", public)
    channel = channel_for(shell, setup)
    routes: list[BaseRoute] = []
    async with channel.open(shell.receive, routes):
        server = serving(routes, listener) if mode == "webhook" else contextlib.nullcontext()
        async with server:
            assert await standin.wait_calls("setMyCommands", 3)
            try:
                yield Rig(mode, standin, shell, channel, address)
            except BaseException:
                # A test that failed must not wait for its own gates.
                for gate in shell.gates.values():
                    gate.set()
                raise
    listener.close()
