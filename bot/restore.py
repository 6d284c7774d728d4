"""`sipas restore`: a backup becomes the database, after it was read to its end and proved, in one rename.

Until that rename nothing of the present database is touched; it is kept under a name with the time.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import SecretStr, ValidationError

from bot.backup import Manifest, key_of
from bot.core import Clock, make_core, utc_now
from bot.errors import AlreadyRunning, Unusable
from bot.key import key_file
from bot.operations import in_one_transaction
from bot.schedule import SYSTEM, queue_letters, write_letters
from bot.sealed import Unsealable, unseal
from bot.settings import Settings
from bot.storage.database import Lock, database_path, open_writer, sync_folder
from bot.storage.migrate import check_ours, migrate
from bot.storage.queries import SQL
from bot.verify import damage, differences, provinces
from bot.writing import ready

MEND = "take another backup, or the right SIPAS_BACKUP_KEY"


@dataclass
class Restored:
    """What came of it. `faults`: what is damaged; `differences`: counts that the answers do not give.

    With faults, or differences that were not accepted, nothing was changed. `kept` is where the old database lies,
    `doubtful` how many messages may have been sent after the backup was made.
    """

    made_at: datetime
    answers: int = 0
    faults: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    doubtful: int = 0
    kept: Path | None = None
    done: bool = False


def restore(
    settings: Settings, file: Path, *, accept_differences: bool = False, resend: bool = False, clock: Clock = utc_now
) -> Restored:
    """Put the backup in the database's place. Raises Unusable, or AlreadyRunning when a program holds the database."""
    path = database_path(settings.database_url)
    lock = Lock(path)
    lock.take()
    try:
        with _opened(settings, file, path.with_name(path.name + ".restoring")) as (fresh, manifest):
            found = _prove(fresh, manifest)
            if found.faults or (found.differences and not accept_differences):
                return found
            found.doubtful = _make_ready(fresh, _with_key(settings, manifest), clock, resend=resend)
            found.kept = _take_over(fresh, path, manifest.secret_key, clock)
            found.done = True
            return found
    except OSError as error:
        where = str(error.filename or path)
        raise Unusable(where, f"cannot be written ({error.strerror})", "check the folder and its free space") from error
    finally:
        lock.release()


def rehearse(settings: Settings, file: Path) -> Restored:
    """Everything but the taking over, beside a serving program: what a restore of `file` would find."""
    path = database_path(settings.database_url)
    try:
        with _opened(settings, file, path.with_name(path.name + ".rehearsal")) as (fresh, manifest):
            return _prove(fresh, manifest)
    except OSError as error:
        where = str(error.filename or path)
        raise Unusable(where, f"cannot be written ({error.strerror})", "check the folder and its free space") from error


@contextmanager
def _opened(settings: Settings, file: Path, fresh: Path) -> Iterator[tuple[Path, Manifest]]:
    """The backup's database in the plain at `fresh`, gone at the end unless it was moved away."""
    key = key_of(settings)
    try:
        with file.open("rb") as sealed:
            manifest = _unsealed(sealed, key, fresh)
    except Unsealable as error:
        raise Unusable(str(file), str(error), MEND) from error
    except FileNotFoundError as error:
        raise Unusable(str(error.filename), "does not exist", "check the path") from error
    else:
        yield fresh, manifest
    finally:
        for left in (fresh, *_beside(fresh)):
            left.unlink(missing_ok=True)


def _unsealed(sealed: BinaryIO, key: str, fresh: Path) -> Manifest:
    chunks = unseal(sealed, key)
    try:
        manifest = Manifest.model_validate_json(next(chunks))
    except ValidationError as error:
        raise Unsealable("is of a kind that this version does not know") from error
    if shutil.disk_usage(fresh.parent).free < 2 * manifest.bytes:
        raise Unusable(str(fresh.parent), f"has no room for {2 * manifest.bytes >> 20} MiB", "free some space")
    for left in (fresh, *_beside(fresh)):
        left.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with fresh.open("wb") as plain:
        for chunk in chunks:
            plain.write(chunk)
    return manifest


def _beside(database: Path) -> tuple[Path, Path]:
    return database.with_name(database.name + "-wal"), database.with_name(database.name + "-shm")


def _prove(fresh: Path, manifest: Manifest) -> Restored:
    """Sound, ours, not newer than this program; then brought to the present schema and recounted from the answers."""
    found = Restored(manifest.made_at)
    try:
        check_ours(fresh)
        with closing(sqlite3.connect(fresh)) as connection:
            found.faults += damage(connection)
    except sqlite3.Error as error:
        found.faults.append(str(error))
    if found.faults:
        return found
    migrate(fresh)
    with closing(sqlite3.connect(fresh)) as connection:
        (found.answers,) = connection.execute("SELECT count(*) FROM answer").fetchone()
        found.differences = [line for one in provinces(connection) for line in differences(connection, one)]
    return found


def _with_key(settings: Settings, manifest: Manifest) -> Settings:
    """The settings with the key that comes with the backup, which seals its audit; one that is configured wins."""
    if settings.secret_key.get_secret_value() or not manifest.secret_key:
        return settings
    return settings.model_copy(update={"secret_key": SecretStr(manifest.secret_key)})


def _make_ready(fresh: Path, settings: Settings, clock: Clock, *, resend: bool) -> int:
    """What has to stand in a restored database before it serves; how many messages became `unknown`."""
    with closing(open_writer(fresh)) as connection:
        ready(connection, settings)
        done: int = in_one_transaction(connection)(lambda inside: _settle_posts(inside, settings, clock, resend=resend))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    descriptor = os.open(fresh, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return done


def _settle_posts(connection: sqlite3.Connection, settings: Settings, clock: Clock, *, resend: bool) -> int:
    """The lost machine may have sent what waited in the backup, and what came due since: never twice, so `unknown`."""
    core = make_core(settings, connection, clock)
    context = core.context(connection, SYSTEM)
    doubtful = 0
    if not resend:
        queue_letters(context, write_letters(context))
        doubtful = SQL.doubt_posts(connection, at=context.now_ms)
    context.stores.audit.write(
        "operator", "restore", core.province.id, "done", audit_id=context.new_id(), at=context.now_ms
    )
    return doubtful


def _take_over(fresh: Path, path: Path, secret_key: str, clock: Clock) -> Path | None:
    """The commit point is the last rename; before it the old database stands where it stood."""
    stamp = clock().strftime("%Y%m%dT%H%M%SZ")
    kept = _free(path.with_name(f"{path.name}.before-restore-{stamp}"))
    if secret_key:
        _put_key(key_file(path), secret_key, stamp)
    existed = path.exists()
    if existed:
        _gather(path)
        os.link(path, kept)
    # A WAL that could not be gathered belongs to the old file alone: beside the new one it would destroy it.
    wal, shm = _beside(path)
    if wal.exists():
        wal.replace(_beside(kept)[0])
    shm.unlink(missing_ok=True)
    fresh.replace(path)
    sync_folder(path.parent)
    return kept if existed else None


def _free(wanted: Path) -> Path:
    """A name that nothing has: a restore that was killed may have taken this second's."""
    name, number = wanted, 1
    while name.exists():
        number += 1
        name = wanted.with_name(f"{wanted.name}-{number}")
    return name


def _gather(path: Path) -> None:
    """Bring the old database's WAL into its file, so that one rename moves all of it. A damaged one stays as it is."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=5)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise AlreadyRunning(str(path))


def _put_key(file: Path, key: str, stamp: str) -> None:
    """The key that cookies and links of the backup were made with; another one is kept beside it."""
    if file.exists():
        if file.read_text(encoding="ascii").strip() == key:
            return
        file.replace(file.with_name(f"{file.name}.before-restore-{stamp}"))
    half = file.with_name(file.name + ".new")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(key, encoding="ascii")
    half.replace(file)
