"""Weeks of ticks and sends by a clock that is told: several instances on one database, crashes between any two steps.

The tick and the outbox are the program's own, over a writer, readers and a channel that stop at a turnstile before and
after each transaction and each send. Chance says there who goes on and who dies, before a commit or just after it, so
that every order of steps can come about, and the same seed gives the same one. Nothing waits in real time.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bot.channels.base import Limits, Receipt
from bot.core import Core
from bot.errors import SendError
from bot.outbox import Outbox
from bot.schedule import tick
from bot.storage.database import open_writer
from bot.storage.units import Shelf
from bot.writing import ready
from handlers.context import Message

CALM_TICKS, CALM_PAUSE = 18, timedelta(days=2)
FAILING = 0.1
"""The share of sends that fail, one way or another."""
REFUSED = 0.5


class CrashError(BaseException):
    """The instance is dead. Nothing of the program may catch it."""


@dataclass
class Turnstile:
    """Where instances stop between two steps."""

    rng: random.Random
    crash: float
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)
    steps: int = 0
    crash_at: int | None = None
    """Crash at this step and at no other, instead of by chance."""

    async def step(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def dies(self) -> bool:
        """Whether the one who asks dies now."""
        self.steps += 1
        return self.steps == self.crash_at if self.crash_at is not None else self.rng.random() < self.crash

    async def interleave(self, lives: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Let all of them go, one step of one of them at a time, until each has ended or died."""
        tasks = [asyncio.create_task(life) for life in lives]
        while not all(task.done() for task in tasks):
            if len(self._waiting) < sum(not task.done() for task in tasks):
                await asyncio.sleep(0)  # somebody is still on the way to the next stop
                continue
            one = self._waiting.pop(self.rng.randrange(len(self._waiting)))
            if self.dies():
                one.set_exception(CrashError())
            else:
                one.set_result(None)
        for task in tasks:
            task.result()


@dataclass
class SteppingWriter:
    """As bot.writer.Writer: a job is a transaction. May die before it, in it, or after its commit, knowing nothing."""

    connection: sqlite3.Connection
    turnstile: Turnstile

    async def do(self, job: Callable[[sqlite3.Connection], Any]) -> Any:
        await self.turnstile.step()
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            result = job(self.connection)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        if self.turnstile.dies():
            self.connection.execute("ROLLBACK")
            raise CrashError
        self.connection.execute("COMMIT")
        await self.turnstile.step()
        return result


class SteppingReaders(SteppingWriter):
    """As bot.readers.Readers."""


class _Cursor(list[Any]):
    async def fetchall(self) -> Self:
        return self


@dataclass
class Awaited:
    """As an aiosqlite connection, as far as the outbox uses one."""

    connection: sqlite3.Connection

    @asynccontextmanager
    async def execute(self, sql: str, parameters: dict[str, Any]) -> Any:
        yield _Cursor(self.connection.execute(sql, parameters).fetchall())


@dataclass
class Phones:
    """A channel that now and then fails, with or without having delivered; `got` holds what each person was shown."""

    turnstile: Turnstile
    failing: float = FAILING
    refusing: frozenset[str] = frozenset()
    """Addresses at which a share of the sends is refused for good, and surely not delivered."""
    refused: float = REFUSED
    got: dict[str, list[str]] = field(default_factory=dict)
    name: str = "console"
    limits: Limits = field(default_factory=lambda: Limits(4096, 1024, 100))
    _failed_last: set[str] = field(default_factory=set)

    async def send(self, address: str, message: Message) -> Receipt:
        await self.turnstile.step()
        if address in self.refusing and self.turnstile.rng.random() < self.refused:
            await self.turnstile.step()
            raise SendError("gone", "bot was blocked by the user")
        fails = self.turnstile.rng.random() < self.failing and address not in self._failed_last
        kind = self.turnstile.rng.choice(("unreachable", "throttled", "uncertain", "arrived"))
        if not fails or kind == "arrived":
            self.got.setdefault(address, []).append(message.text)
        await self.turnstile.step()
        if fails:
            self._failed_last.add(address)
            raise SendError("uncertain" if kind == "arrived" else kind, kind, retry_after=30)  # type: ignore[arg-type]
        self._failed_last.discard(address)
        return Receipt("1")

    def open(self, receive: object, routes: object) -> Any:
        raise NotImplementedError  # the outbox only sends; opening is no business of a stand-in


@dataclass
class Instance:
    """One process of the program: alive until it crashes, and then started again when its turn comes."""

    core: Core
    connection: sqlite3.Connection
    turnstile: Turnstile
    phones: Phones
    alive: bool = False

    async def go(self) -> None:
        """One tick, and sending what is due; a start first where the last life ended."""
        try:
            if not self.alive:
                await self.turnstile.step()
                ready(self.connection, self.core.settings)
                self.alive = True
            writer: Any = SteppingWriter(self.connection, self.turnstile)
            readers: Any = SteppingReaders(self.connection, self.turnstile)
            await tick(self.core, writer, readers)
            outbox = Outbox(writer, readers, {self.phones.name: self.phones}, self.core.clock)
            await outbox.drain(Awaited(self.connection))  # type: ignore[arg-type]
        except CrashError:
            self.alive = False


@dataclass
class Province:
    """A database with officials, any number of instances over it, and the time that they all see."""

    path: Path
    core: Core
    rng: random.Random
    instances: int = 1
    crash: float = 0.0
    now: datetime = datetime(2026, 5, 25, tzinfo=UTC)
    wrong_by: timedelta = timedelta(0)
    """How far every clock is off."""

    def __post_init__(self) -> None:
        self.turnstile = Turnstile(self.rng, self.crash)
        self.phones = Phones(self.turnstile)
        self.running = [
            Instance(
                replace(self.core, clock=lambda: self.now + self.wrong_by, shelf=Shelf(), _last=None),
                self._open(),
                self.turnstile,
                self.phones,
            )
            for _ in range(self.instances)
        ]

    def _open(self) -> sqlite3.Connection:
        connection = open_writer(self.path)
        connection.execute("PRAGMA synchronous=OFF")  # crashes here are those of processes, between transactions
        return connection

    async def moment(self, now: datetime) -> None:
        """Every instance has its tick."""
        self.now = now
        await self.turnstile.interleave(instance.go() for instance in self.running)

    async def come_to_rest(self) -> None:
        """No more trouble for some weeks: what waits goes out, and what was missed is named."""
        self.turnstile.crash, self.turnstile.crash_at, self.phones.failing = 0.0, None, 0.0
        self.wrong_by = timedelta(0)
        for _ in range(CALM_TICKS):
            await self.moment(self.now + CALM_PAUSE)

    def close(self) -> None:
        for instance in self.running:
            instance.connection.close()
        with suppress(OSError):
            self.path.unlink()
