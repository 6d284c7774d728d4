"""Two threads that only read: `/score` and its kin never wait in the citizens' transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.errors import StorageUnavailable
from bot.storage.database import open_reader
from bot.tally import Spread

READERS = 2
_PASSING = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM})
"""What no descriptor or no memory comes to. A damaged file is none of these: it would be asked for again for ever."""

T = TypeVar("T")


@dataclass
class Readers:
    """A pool of read-only connections to the database at `path`, one a thread."""

    path: Path
    _local: threading.local = field(default_factory=threading.local)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(READERS, thread_name_prefix="reader"))
    _open: list[sqlite3.Connection] = field(default_factory=list)
    seconds: Spread = field(default_factory=lambda: Spread(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1.0, 10.0))
    """From the asking to the answer, the wait for a free thread included."""

    def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        return self._pool.submit(self._call, job).result()

    async def do(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StorageUnavailable for what passes, so that who asked comes again, and else what the job raised."""
        began = time.perf_counter()
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._pool, self._call, job)
        except (sqlite3.Error, MemoryError) as error:
            if isinstance(error, MemoryError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING:
                raise StorageUnavailable(str(error) or "no memory") from error
            raise
        self.seconds.add(time.perf_counter() - began)
        return result

    def close(self) -> None:
        self._pool.shutdown()
        for connection in self._open:
            connection.close()

    def _call(self, job: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = open_reader(self.path)
            self._open.append(connection)
        # One snapshot for the whole answer: the count and the interval of one figure belong together.
        connection.execute("BEGIN")
        try:
            return job(connection)
        finally:
            connection.execute("COMMIT")
