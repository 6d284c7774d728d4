"""What the page of scores asks of the shell: to open it once by its link, and what stands on it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.app import App
from bot.channels.web_lately import Lately
from bot.core import Core, Lines
from bot.storage.queries import SQL
from bot.tickets import name_of, person_of, ticket
from handlers import audit
from handlers.access import offices
from handlers.context import Context, Incoming, to_ms
from handlers.page import Board, board
from handlers.stores import Audit
from handlers.topics import Sight, sight

T = TypeVar("T")

OPEN_HOURS = 12
KEPT_SECONDS = 60
MOST_KEPT = 300
CHANNEL = "page"
"""Under this name used links are remembered, like updates: the inbox's key lets each in once."""


@dataclass(frozen=True)
class ScoresPage:
    """The web channel's way to the scores."""

    app: App
    lately: Lately[Board] = field(default_factory=lambda: Lately(MOST_KEPT, time.monotonic))
    """Public pages that were just made: crowds and machines ask for the same ones."""

    async def open(self, link: str) -> str | None:
        """Use a link up: what the browser keeps as its cookie, or None where the link is no good (any more)."""
        core = self.app.core

        def job(connection: sqlite3.Connection) -> str | None:
            now_ms = to_ms(core.clock())
            person_id = person_of(core.key(), "link", link, now_ms)
            context = _context_of(core, connection, person_id) if person_id else None
            if context is None or not offices(context):
                return None
            new = SQL.use_page_link(
                connection, province_id=core.province.id, channel=CHANNEL, name=name_of(link), at=now_ms
            )
            if new is None:
                return None
            audit.note(context, "page", context.person.id, "opened")
            return ticket(core.key(), "cookie", context.person.id, now_ms + OPEN_HOURS * 3_600_000)

        return await self.app.writer.do(job)

    async def show(self, cookie: str, unit: str, period: str, order: str) -> tuple[str, Board | None] | None:
        """(her language, the page or None where she may not read that unit); None for who is not let in."""
        return await self._as_her(cookie, lambda context: board(context, unit, period, order))

    async def figures(self, cookie: str, topic: str, words: str) -> tuple[str, Sight | None] | None:
        """The same of official figures, asked for as in the chat; None in the pair where there is no such topic."""
        return await self._as_her(cookie, lambda context: sight(context, topic, words))

    async def _as_her(self, cookie: str, look: Callable[[Context], T]) -> tuple[str, T] | None:
        """(her language, what she sees), read as if she had asked in her chat; None for who is not let in."""
        core, lines = self.app.core, Lines()

        def job(connection: sqlite3.Connection) -> tuple[str, T] | None:
            person_id = person_of(core.key(), "cookie", cookie, to_ms(core.clock()))
            context = _context_of(core, connection, person_id, lines) if person_id else None
            if context is None or not offices(context):
                return None
            return context.texts.language, look(context)

        found: tuple[str, T] | None = await self.app.readers.do(job)
        self.app.keep(lines)
        return found

    async def public(self, language: str, unit: str, period: str, order: str) -> Board | None:
        """What everybody may see; None where the province publishes nothing, or not that."""
        core, key = self.app.core, f"{language}\n{unit}\n{period}\n{order}"
        if not core.province.publishes:
            return None
        if (kept := self.lately.get(key)) is not None:
            return kept

        def job(connection: sqlite3.Connection) -> Board | None:
            context = core.context(connection, Incoming(CHANNEL, "", "", "text", language=language), audit=Lines())
            return board(context, unit, period, order)  # what everybody may see is no line of the audit

        made = await self.app.readers.do(job)
        if made is not None:
            self.lately.put(key, made, KEPT_SECONDS)
        return made


def _context_of(
    core: Core, connection: sqlite3.Connection, person_id: str, noted: Audit | None = None
) -> Context | None:
    """Her turn as if she had asked in her chat; None where nobody has that id."""
    nobody = core.context(connection, Incoming(CHANNEL, "", "", "text"), audit=noted)
    person = nobody.stores.people.by_id(person_id)
    if person is None:
        return None
    return core.context(connection, Incoming(person.channel, "", person.address, "text"), audit=noted)
