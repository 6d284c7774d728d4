"""The composition root: one process, one writer, its readers, and the way of one event through them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

import handlers
from bot import shown
from bot.codec import load_messages
from bot.core import Core, Lines
from bot.errors import StorageUnavailable
from bot.limits import Buckets
from bot.readers import Readers
from bot.schedule import STALLED_SECONDS
from bot.turn import STORED, Turn
from bot.writer import Writer, is_storage_failure
from handlers import ways_in
from handlers.access import offices, role_of
from handlers.context import Incoming, Message, to_ms
from handlers.upkeep import SILENT

log = structlog.get_logger()

ShowMenu = Callable[[str, str], Coroutine[Any, Any, None]]
"""(address, role): show the commands of that role in a person's chat."""


@dataclass
class App:
    """What channels are given: `receive` for events, and the few reads a web page needs."""

    core: Core
    writer: Writer
    readers: Readers
    buckets: Buckets = field(default_factory=Buckets)
    tick_age: Callable[[], float] = lambda: 0.0
    """Seconds since the last tick that succeeded."""
    menus: dict[str, ShowMenu] = field(default_factory=dict)
    seen: Callable[[Incoming], None] = lambda _: None
    """Told of every committed event; the sample's terminal shows answers arriving."""
    numbered: frozenset[str] = frozenset()
    """Channels that show buttons as numbers."""
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many events of a channel ended how: done, failed, repeated, read, slowed, refused."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def receive(self, incoming: Incoming) -> list[Message]:
        """Take one event; what to show, after the commit. Raises StorageUnavailable when nothing was stored."""
        press = incoming.kind == "press" and incoming.text.startswith("s:")
        allowed = self.buckets.allow(incoming.channel, incoming.address, press=press, now=time.monotonic())
        if allowed != "yes":
            self.taken[incoming.channel, "slowed"] += 1
            slow = Message(self.core.catalogues[self.core.settings.language]("slow_down"))
            # A page must show something; elsewhere once is enough.
            return [slow] if allowed == "warn" or incoming.channel in SILENT else []
        if incoming.channel in self.numbered:
            incoming = await self._meant(incoming)
        standing = handlers.Standing()
        if handlers.needs_standing(incoming):
            standing = await self.readers.do(lambda connection: self.core.standing(connection, incoming))
        route = handlers.route(incoming, standing)
        if route.reads:
            return await self._read(incoming, route)
        respond = partial(_respond, self.core, route, self.numbered)
        turn = Turn(self.core.province.id, incoming, respond, self.core.sorry, to_ms(self.core.clock()))
        try:
            messages = await self.writer.do(turn)
        except StorageUnavailable:
            self.taken[incoming.channel, "refused"] += 1
            raise
        self.taken[incoming.channel, turn.outcome] += 1
        self.seen(incoming)
        if route.name == "vao" and (show := self.menus.get(incoming.channel)) is not None:
            self._beside(show(incoming.address, await self.role_of(incoming.channel, incoming.address)))
        return messages

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that nobody waits for, kept from being collected before it is done."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, incoming: Incoming, route: handlers.Route) -> list[Message]:
        """A reading command: on a reader thread, its audit lines as a job of their own."""
        lines = Lines()

        def job(connection: sqlite3.Connection) -> list[Message]:
            try:
                return handlers.respond(self.core.context(connection, incoming, audit=lines), route)
            except Exception as error:
                if is_storage_failure(error):
                    raise
                log.exception("reading failed", channel=incoming.channel, command=route.name)
                return [self.core.sorry]

        messages = await self.readers.do(job)
        self.taken[incoming.channel, "read"] += 1
        self.keep(lines)
        if incoming.channel in self.numbered:
            await self.writer.do(partial(_note, self.core, incoming, messages))
        return messages

    async def _meant(self, incoming: Incoming) -> Incoming:
        """On a channel that shows numbers: the press that a typed one means."""

        def job(connection: sqlite3.Connection) -> Incoming:
            person = self.core.context(connection, incoming).person
            choosing = person.choosing is not None
            return shown.meant(connection, self.core.province.id, incoming, choosing=choosing)

        return incoming if incoming.kind != "text" else await self.writer.do(job)

    def keep(self, lines: Lines) -> None:
        """Write, beside the answer, what a reading noted."""
        if lines.kept:
            self._beside(self._audit(lines))

    async def _audit(self, lines: Lines) -> None:
        await self.writer.do(lambda connection: self.core.keep(connection, lines))

    async def health(self) -> str:
        """ "ok" when the database takes writes, else one word."""
        if not self.writer.healthy:
            return "storage"
        try:
            await asyncio.wait_for(self.writer.do(lambda connection: connection.execute("SELECT 1").fetchone()), 5)
        except (TimeoutError, StorageUnavailable):
            return "storage"
        return "ok" if self.tick_age() < STALLED_SECONDS else "schedule"

    async def stored_reply(self, channel: str, update_id: str) -> list[Message] | None:
        """What was answered to an event, while it is kept; reading changes nothing."""

        def job(connection: sqlite3.Connection) -> list[Message] | None:
            row = connection.execute(STORED, (self.core.province.id, channel, update_id)).fetchone()
            return load_messages(row[0]) if row and row[0] else None

        return await self.readers.do(job)

    async def current(self, channel: str, address: str) -> list[Message]:
        """The screen a conversation is at; empty when nobody is known there."""

        def job(connection: sqlite3.Connection) -> list[Message]:
            context = self.core.context(connection, Incoming(channel, "", address, "text"), audit=Lines())
            known = context.stores.people.get(channel, address) is not None
            return handlers.where_she_is(context) if known else []

        return await self.readers.do(job)

    async def language_of(self, channel: str, address: str) -> str | None:
        """The language of a conversation; None when there is none."""

        def job(connection: sqlite3.Connection) -> str | None:
            context = self.core.context(connection, Incoming(channel, "", address, "text"), audit=Lines())
            person = context.stores.people.get(channel, address)
            return person.language if person else None

        return await self.readers.do(job)

    async def mark_reachable(self, channel: str, address: str, reachable: bool) -> None:
        """Note whether a person lets us write to her."""

        def job(connection: sqlite3.Connection) -> None:
            context = self.core.context(connection, Incoming(channel, "", address, "text"))
            context.stores.people.set_reachable(context.person.id, reachable)

        await self.writer.do(job)

    async def role_of(self, channel: str, address: str) -> str:
        """The highest role of a person, "citizen" for everybody else."""
        incoming = Incoming(channel, "", address, "text")

        def job(connection: sqlite3.Connection) -> str:
            return role_of(offices(self.core.context(connection, incoming, audit=Lines())))

        return await self.readers.do(job)

    async def office_of(self, code: str) -> str | None:
        """The office behind a way-in code."""

        def job(connection: sqlite3.Connection) -> str | None:
            return ways_in.office_of(
                self.core.context(connection, Incoming("web", "", "", "text"), audit=Lines()), code
            )

        return await self.readers.do(job)


def _respond(
    core: Core,
    route: handlers.Route,
    numbered: frozenset[str],
    connection: sqlite3.Connection,
    incoming: Incoming,
) -> list[Message]:
    messages = core.respond(connection, incoming, route)
    if incoming.channel in numbered:
        _note(core, incoming, messages, connection)
    return messages


def _note(core: Core, incoming: Incoming, messages: list[Message], connection: sqlite3.Connection) -> None:
    at = to_ms(core.clock())
    shown.note(connection, core.province.id, incoming.channel, incoming.address, messages, at)
