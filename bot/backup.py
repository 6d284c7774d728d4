"""`sipas backup`: a consistent copy of the database and of the key beside it, sealed, beside a serving program or not.

The copy is taken in one read transaction (a tenth of a second for a million answers), so that the program goes on
writing and its WAL waits for no longer than that. It never migrates, and never takes the writer's lock.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.core import utc_now
from bot.errors import Unusable
from bot.key import key_file
from bot.sealed import CHUNK_BYTES, seal
from bot.settings import Settings
from bot.storage.database import database_path, open_reader, refuse_own_files, sync_folder
from bot.storage.migrate import check_ours

RESERVE_BYTES = 64 << 20
"""Free space that a copy must leave to the serving program."""


class Manifest(BaseModel):
    """The first chunk of a backup: what follows it, and the content of the key file (empty when there is none)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    made_at: datetime
    bytes: int
    secret_key: str


class Backup(BaseModel):
    """A backup that was made: where, of which moment, how large, and how many seconds it took."""

    model_config = ConfigDict(frozen=True)

    file: Path
    at: datetime
    bytes: int
    seconds: float


def back_up(settings: Settings, out: Path) -> Backup:
    """Replace `out` by a new backup, whole or not at all. Raises Unusable with what is wrong and the mend."""
    key, database = key_of(settings), database_path(settings.database_url)
    refuse_own_files(out, database)
    if not database.exists():
        raise Unusable(str(database), "does not exist, so there is nothing to back up", "check SIPAS_DATABASE_URL")
    began, at = time.monotonic(), utc_now()
    try:
        with _one_at_a_time(database), snapshot(database) as copy, _replacing(out) as file:
            seal(_chunks(copy, Manifest(made_at=at, bytes=_size(copy), secret_key=_key_beside(database))), key, file)
    except sqlite3.Error as error:
        raise Unusable(str(database), f"cannot be read ({error})", "check the file and the free space") from error
    except OSError as error:
        where = str(error.filename or out)
        raise Unusable(where, f"cannot be written ({error.strerror})", "check the folder and its free space") from error
    made = Backup(file=out.absolute(), at=at, bytes=out.stat().st_size, seconds=round(time.monotonic() - began, 3))
    _note(database, made)
    return made


def key_of(settings: Settings) -> str:
    """The key of backups; raises Unusable when none is set."""
    key = settings.backup_key.get_secret_value()
    if not key:
        raise Unusable("SIPAS_BACKUP_KEY", "is not set, and backups are always encrypted", "see config/env.example")
    return key


def last_backup(database: Path) -> Backup | None:
    """The newest backup that succeeded on this machine; None when there is none or its note cannot be read."""
    try:
        return Backup.model_validate_json(_note_of(database).read_bytes())
    except (OSError, ValidationError):
        return None


@contextmanager
def snapshot(database: Path) -> Iterator[BinaryIO]:
    """A plain copy of one moment, open for reading; its name is gone before anybody reads it.

    Raises Unusable for a database that is damaged or not ours, and where the disk has no room for a copy.
    """
    check_ours(database)
    copy = database.with_name(database.name + ".copy")
    try:
        with closing(open_reader(database)) as source:
            _check_space(copy.parent, source)
            copy.unlink(missing_ok=True)
            copy.touch(mode=0o600)
            _copy(source, copy)
        file = copy.open("rb")
    finally:
        copy.unlink(missing_ok=True)
    with file:
        yield file


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode=OFF")
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)
    # A damaged database must not take the place of a good backup.
    with closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as check:
        (found,) = check.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise Unusable("the database", f"is damaged ({found})", "keep the older backups and restore the newest one")


def _check_space(folder: Path, source: sqlite3.Connection) -> None:
    (pages,), (size,) = (source.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if shutil.disk_usage(folder).free < pages * size + RESERVE_BYTES:
        raise Unusable(str(folder), f"has no room for a copy of {pages * size >> 20} MiB", "free some space")


@contextmanager
def _one_at_a_time(database: Path) -> Iterator[None]:
    """Waits while another backup is made. The kernel frees the lock when that process dies."""
    descriptor = os.open(database.with_name(database.name + ".backup-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _chunks(copy: BinaryIO, manifest: Manifest) -> Iterator[bytes]:
    yield manifest.model_dump_json().encode()
    while chunk := copy.read(CHUNK_BYTES):
        yield chunk


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _key_beside(database: Path) -> str:
    try:
        return key_file(database).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


@contextmanager
def _replacing(out: Path) -> Iterator[BinaryIO]:
    """A file (0600) that takes the place of `out` when the block ends well: synced first, and its folder after."""
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(out.parent)


def _note_of(database: Path) -> Path:
    return database.with_name(database.name + ".last-backup")


def _note(database: Path, made: Backup) -> None:
    note = _note_of(database)
    half = note.with_name(note.name + ".new")
    with suppress(OSError):  # the backup stands; a note that is too old only says that one should look
        half.write_text(made.model_dump_json(), encoding="utf-8")
        half.replace(note)
