"""The one writer: a thread that owns the read-write connection and commits what has arrived together.

Rule 1. Whoever waits for a job learns of it only after the commit that holds it.
Rule 2. A job that raises is rolled back alone; its neighbours in the batch stand.
Rule 3. When the storage itself fails, or memory runs out, nothing of the batch stands and everyone in it is told so.
Rule 4. Nothing is committed into a file that no longer bears its name: whoever starts next would not find it.
Rule 5. A batch is what has arrived: at most MAX_JOBS or MAX_SECONDS. Arrivals during a commit share the next one.

The event loop hands over what has arrived together and stands aside while those jobs run: two threads that both want
Python's lock pass it to each other at every SQL statement, which cost as much as the statements (measured: a tenth of
a tap's whole CPU). It never stands aside longer than MAX_SECONDS.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import structlog

from bot.errors import StorageUnavailable
from bot.failpoints import reach
from bot.storage.database import OpenedFile
from bot.tally import Spread

log = structlog.get_logger()

MAX_JOBS = 64
MAX_SECONDS = 0.020
BROKEN = 70
"""The exit status of a program whose writer broke; 70 is EX_SOFTWARE."""

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]

# What these say is about the disk or the file, not about the job: the batch cannot be trusted.
_STORAGE_CODES = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class _Waiting(Protocol):
    """What both kinds of future can do."""

    def cancelled(self) -> bool: ...
    def set_result(self, result: Any) -> None: ...
    def set_exception(self, exception: BaseException) -> None: ...


@dataclass
class _Entry:
    job: Job
    future: _Waiting
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: Exception | None = None


@dataclass
class Writer:
    """Owns `connection`; every write of the process goes through `run` (threads) or `do` (async)."""

    connection: sqlite3.Connection
    _queue: queue.SimpleQueue[_Entry | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    healthy: bool = True
    batches: int = 0
    jobs: int = 0
    batch_sizes: Spread = field(default_factory=lambda: Spread(1, 2, 4, 8, 16, 32, 64))
    commit_seconds: Spread = field(default_factory=lambda: Spread(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0))
    _arrived: deque[_Entry] = field(default_factory=deque)
    _collecting_in: asyncio.AbstractEventLoop | None = None
    _jobs_ran: threading.Event = field(default_factory=threading.Event)
    _stopped: bool = False
    _file: OpenedFile | None = None
    _gate: threading.Lock = field(default_factory=threading.Lock)
    """Between a thread that hands over a job and the one that ends the taking."""

    @property
    def waiting(self) -> int:
        """Jobs that have arrived and are in no batch yet."""
        return len(self._arrived) + self._queue.qsize()

    def start(self) -> None:
        self._file = OpenedFile(self.connection)
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what has arrived, then close the connection. Later jobs raise StorageUnavailable."""
        with self._gate:
            self._stopped = True
        self._hand_over()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        self.connection.close()

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` and wait in this thread; raises what the job raised, or StorageUnavailable."""
        future: Future[T] = Future()
        with self._gate:
            if self._stopped:
                raise StorageUnavailable("the program is stopping")
            self._queue.put(_Entry(job, future, None))
        return future.result()

    def do(self, job: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """The same for async code: an awaitable of the running loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._stopped:
            future.set_exception(StorageUnavailable("the program is stopping"))
            return future
        self._arrived.append(_Entry(job, future, loop))
        if self._collecting_in is not loop:
            self._collecting_in = loop
            loop.call_soon(self._stand_aside)
        return future

    def _stand_aside(self) -> None:
        """In the event loop: hand over what has arrived and wait until those jobs ran, before their commit."""
        if not self._arrived:
            self._collecting_in = None
            return
        self._jobs_ran.clear()
        self._hand_over()
        reach("writer.handed-over")
        self._jobs_ran.wait(MAX_SECONDS)

    def _hand_over(self) -> None:
        with suppress(IndexError):  # emptied, perhaps by `stop` in another thread
            while True:
                self._queue.put(self._arrived.popleft())

    def _loop(self) -> None:
        try:
            while (entry := self._queue.get()) is not None:
                if self._batch(entry):
                    return
        except BaseException:  # noqa: BLE001 - whatever it was, the end is the same
            # Without this thread nobody is served or told anything, for ever: what starts the program must do so again.
            try:
                log.exception("the writer broke; the program ends")
            finally:
                os._exit(BROKEN)

    def _batch(self, first: _Entry) -> bool:
        """One transaction; True when the stop mark was met while gathering."""
        entries: list[_Entry] = []
        stopping = False
        reach("writer.taken")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            reach("writer.begun")
            entry: _Entry | None = first
            deadline = time.monotonic() + MAX_SECONDS
            while entry is not None:
                entries.append(entry)
                self._one(entry)
                if len(entries) >= MAX_JOBS or time.monotonic() > deadline:
                    break
                try:
                    entry = self._queue.get_nowait()
                    stopping = entry is None
                except queue.Empty:
                    break
            self._jobs_ran.set()
            reach("writer.jobs-ran")
            if self._file is not None:
                self._file.check()
            began = time.perf_counter()
            self.connection.execute("COMMIT")
            self.commit_seconds.add(time.perf_counter() - began)
            reach("writer.committed")
            if not self.healthy:
                log.warning("the database takes writes again")
            self.healthy = True
        except (sqlite3.Error, MemoryError) as error:
            if not entries:
                entries, stopping = self._everybody(first)
            self._abandon(entries, error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError("no memory"))
        self.batches += 1
        self.jobs += len(entries)
        self.batch_sizes.add(len(entries))
        self._settle(entries)
        reach("writer.settled")
        return stopping

    def _everybody(self, first: _Entry) -> tuple[list[_Entry], bool]:
        """All who wait, when no transaction could begin: behind a lock each of them would wait as long again."""
        entries = [first]
        self._hand_over()
        with suppress(queue.Empty):
            while (entry := self._queue.get_nowait()) is not None:
                entries.append(entry)
            return entries, True
        return entries, False

    def _one(self, entry: _Entry) -> None:
        """Run one job in a savepoint; raises only when the storage failed."""
        connection = self.connection
        connection.execute("SAVEPOINT job")
        reach("writer.savepoint")
        try:
            entry.result = entry.job(connection)
            reach("writer.job-ran")
        except Exception as error:
            if is_storage_failure(error) or not connection.in_transaction:
                raise sqlite3.OperationalError(str(error) or "no memory") from error
            connection.execute("ROLLBACK TO job")
            reach("writer.job-undone")
            entry.error = error
        if not connection.in_transaction:
            raise sqlite3.OperationalError("the transaction ended inside a job")
        connection.execute("RELEASE job")
        reach("writer.job-released")

    def _abandon(self, entries: list[_Entry], error: sqlite3.Error) -> None:
        if self.healthy:
            log.error("the database takes no writes; nothing is acknowledged until it does", reason=str(error))
        self.healthy = False
        for entry in entries:
            entry.result = None
            entry.error = StorageUnavailable(str(error))
        # A file that cannot even roll back: the next BEGIN says so to the next ones.
        with suppress(sqlite3.Error, MemoryError):
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        reach("writer.abandoned")

    def _settle(self, entries: list[_Entry]) -> None:
        """Release results; one wake-up for each event loop."""
        self._jobs_ran.set()  # for a batch that never came to its commit
        by_loop: dict[asyncio.AbstractEventLoop, list[_Entry]] = {}
        for entry in entries:
            if entry.loop is None:
                _tell(entry)
            else:
                by_loop.setdefault(entry.loop, []).append(entry)
        for loop, waiting in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._tell_all, waiting)
            except RuntimeError:  # the loop was closed while its jobs were committed: nobody is left to tell
                continue

    def _tell_all(self, entries: list[_Entry]) -> None:
        for entry in entries:
            _tell(entry)
        reach("writer.told")
        # Behind those who were told, so that their answers leave before the next jobs run.
        asyncio.get_running_loop().call_soon(self._stand_aside)


def is_storage_failure(error: BaseException) -> bool:
    """Whether `error` speaks of the disk, the database file or the memory rather than of the job."""
    if isinstance(error, MemoryError):  # SQLite's own comes as this, too
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and (code & 0xFF) in _STORAGE_CODES


def _tell(entry: _Entry) -> None:
    if entry.future.cancelled():
        return
    if entry.error is not None:
        entry.future.set_exception(entry.error)
    else:
        entry.future.set_result(entry.result)
