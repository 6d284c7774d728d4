"""A whole program in memory of one test: a real migrated SQLite, the real handlers, a clock and ids that obey."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import handlers
from bot import shown
from bot.channels.console import Console
from bot.core import Core, Lines, make_core
from bot.operations import OPERATIONS, in_one_transaction
from bot.schedule import look_after
from bot.settings import Settings
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.turn import Turn
from bot.writing import ready
from handlers.context import Incoming, Message, to_ms

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""Monday 16 November 2026, 09:00 in Việt Nam."""

NUMBERED: Mapping[str, int] = {"zalo-bot": 0}
"""Channels that show buttons as numbers, and how many they show as buttons."""


@dataclass
class World:
    """Everything a turn needs, synchronously. `now` moves only when told."""

    core: Core
    connection: sqlite3.Connection
    now: datetime = MONDAY
    people: dict[str, Console] = field(default_factory=dict)
    ids: int = 0
    codes: int = 0
    noted: Lines = field(default_factory=Lines)
    """The audit lines of reading commands, which the program writes after the answer."""

    def take(self, incoming: Incoming) -> list[Message]:
        """One event through routing, turn and handlers, committed."""
        numbered = incoming.channel in NUMBERED
        if numbered and incoming.kind == "text":
            incoming = self.commit(partial(self._meant, incoming))
        standing = (
            self.core.standing(self.connection, incoming) if handlers.needs_standing(incoming) else handlers.Standing()
        )
        route = handlers.route(incoming, standing)
        if route.reads:
            context = self.core.context(self.connection, incoming, now=self.now, audit=self.noted)
            read = handlers.respond(context, route)
            if numbered:
                self.commit(partial(self.note, incoming.channel, incoming.address, read))
            return read
        respond = partial(self._respond, route)
        turn = Turn(self.core.province.id, incoming, respond, self.core.sorry, to_ms(self.now))
        messages: list[Message] = self.commit(turn)
        return messages

    def _respond(self, route: handlers.Route, connection: sqlite3.Connection, incoming: Incoming) -> list[Message]:
        messages = self.core.respond(connection, incoming, route, self.now)
        if incoming.channel in NUMBERED:
            self.note(incoming.channel, incoming.address, messages, connection)
        return messages

    def _meant(self, incoming: Incoming, connection: sqlite3.Connection) -> Incoming:
        choosing = self.core.context(connection, incoming).person.choosing is not None
        return shown.meant(connection, self.core.province.id, incoming, choosing=choosing)

    def note(self, channel: str, address: str, messages: Sequence[Message], connection: sqlite3.Connection) -> None:
        """What a numbered channel showed."""
        shown.note(connection, self.core.province.id, channel, address, messages, to_ms(self.now))

    def commit(self, job: Callable[[sqlite3.Connection], Any]) -> Any:
        """One transaction; a test may put the real writer here."""
        return in_one_transaction(self.connection)(job)

    def person(self, name: str) -> Console:
        return self.people.setdefault(name, Console(name, language="vi"))

    def says(self, name: str, line: str) -> str:
        """What the bot answers when `name` types or presses this, as the dialogs show it."""
        console = self.person(name)
        return console.show(self.take(console.read(line)))

    def perform(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return OPERATIONS[operation](self.core, in_one_transaction(self.connection), arguments)

    def tick(self) -> dict[str, int]:
        done: dict[str, int] = in_one_transaction(self.connection)(
            lambda connection: look_after(self.core, connection, self.now)
        )
        return done

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def official(self, name: str, unit: str, role: str = "viewer") -> None:
        code = self.perform("invite", unit=unit, role=role)["code"]
        self.says(name, f"/vao {code}")

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()


_TEMPLATE: dict[str, bytes] = {}


@contextmanager
def world(folder: Path, **province: Any) -> Iterator[World]:
    """A fresh world over the sample province; `province` changes its facts (publishes=True, step=10, ...).

    Its questionnaire is the shortest, unless another is named.
    """
    path = folder / "world.db"
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", public_url="https://danhgia.example")
    _copy_template(path, settings)
    connection = open_writer(path)
    core = make_core(settings, connection, sample=True)
    core.province = replace(core.province, **{"index_survey": "sipas-quick"} | province)
    made = World(core, connection)
    core.clock = lambda: made.now
    core.key = lambda: b"the secret key of the tests"
    core.new_id = partial(_count, made, "ids", "id{:016d}")
    core.new_code = partial(_code, made)
    core.below = lambda number: 0
    try:
        yield made
    finally:
        connection.close()


def _copy_template(path: Path, settings: Settings) -> None:
    """Migrating and publishing once a process, not once a test."""
    if "db" not in _TEMPLATE:
        migrate(path)
        connection = open_writer(path)
        ready(connection, settings)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        _TEMPLATE["db"] = path.read_bytes()
    path.write_bytes(_TEMPLATE["db"])


def _count(made: World, name: str, shape: str) -> str:
    setattr(made, name, getattr(made, name) + 1)
    return shape.format(getattr(made, name))


def _code(made: World, letters: int) -> str:
    made.codes += 1
    return f"{made.codes:0>{letters}}"
