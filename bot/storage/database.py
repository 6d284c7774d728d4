"""Opening the SQLite database: one writer under a kernel lock, any number of readers."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bot.errors import AlreadyRunning, Unusable

APPLICATION_ID = 0x51505342  # "QPSB", so that `file` and a stray script can tell our database from another
BUSY_MS = 5_000
_ENDINGS = ("", "-wal", "-shm", "-journal", ".lock", ".sock", ".key", ".backup-lock", ".last-backup")
"""The database and what lies beside it."""

_COMMON = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA mmap_size=0",
)
# FULL, not NORMAL: in WAL mode NORMAL may lose the last commits when the power goes.
# In memory: a job's savepoint otherwise writes the pages it may have to put back, and people's words with them, into a
# file of the temporary folder (measured: half of all writes).
_WRITER = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)


def database_path(url: str) -> Path:
    """The file behind `sqlite:///path`; raises Unusable for any other kind of address."""
    if url.startswith(("postgresql://", "postgres://")):
        raise Unusable("SIPAS_DATABASE_URL", "PostgreSQL is not supported yet", "use sqlite:///data/sipas.db")
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url == prefix:
        raise Unusable("SIPAS_DATABASE_URL", f"{url!r} is not a database address", "use sqlite:///data/sipas.db")
    return Path(url.removeprefix(prefix)).absolute()


def refuse_own_files(out: Path, database: Path) -> None:
    """Raises Unusable where writing `out` would replace the database, what lies beside it, .env, or no plain file."""
    target = out.resolve()
    ours = {f"{database.resolve()}{ending}" for ending in _ENDINGS}
    if str(target) in ours or target == Path(".env").resolve():
        raise Unusable(str(out), "belongs to this program and would be lost", "choose another name")
    if target.exists() and not target.is_file():
        raise Unusable(str(out), "is not a plain file", "choose the name of a file")


def open_writer(path: Path) -> sqlite3.Connection:
    """The read-write connection; raises Unusable. Hold the `Lock` of the same path first."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        for pragma in (*_COMMON, *_WRITER):
            # To its end: a change to WAL that cannot be written fails only behind its row, and is no change then.
            connection.execute(pragma).fetchall()
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        # The WAL has its name now. SQLite syncs that, but does not say when it could not.
        sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        connection.close()
        raise Unusable(str(path), f"cannot be opened ({error})", "check the disk and the folder's rights") from error
    if mode != "wal":
        connection.close()
        raise Unusable(str(path), "lies where SQLite cannot keep a WAL", "put it on a local disk")
    return connection


class OpenedFile:
    """The file behind a connection, by the name it had then."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._opened = self._path.stat()

    def check(self) -> None:
        """Raises sqlite3.OperationalError where it was moved, deleted or replaced; it may come back."""
        try:
            there = self._path.stat()
        except OSError as error:
            raise sqlite3.OperationalError(f"the database file is gone ({error.strerror})") from error
        if not os.path.samestat(there, self._opened):
            raise sqlite3.OperationalError("the database file was replaced by another; start the program again")


def sync_folder(folder: Path) -> None:
    """Make names in `folder` outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    uri = path.as_uri() + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in (*_COMMON, "PRAGMA query_only=ON"):
        connection.execute(pragma)
    return connection


@dataclass
class Lock:
    """A kernel lock beside the database: one process writes. The kernel frees it when the process dies."""

    path: Path
    _descriptor: int | None = None

    def take(self) -> None:
        """Raises AlreadyRunning when another process holds it, Unusable when the folder cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Unusable(
                str(self.path), f"cannot be written ({error.strerror})", "choose a folder that can be written"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyRunning(str(self.path)) from error
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
