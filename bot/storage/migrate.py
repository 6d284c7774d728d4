"""Bring a database file to the newest schema. Runs forward only, on start, under the writer's lock."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from bot.errors import Unusable
from bot.storage.database import APPLICATION_ID

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(path: Path) -> None:
    """Apply every migration that `path` lacks; raises Unusable for a file not ours, newer than us or not writable."""
    try:
        check_ours(path)
        _apply(path)
        path.chmod(0o600)
    except sqlite3.Error as error:
        raise Unusable(
            str(path), f"cannot be opened ({error})", "check the file, its folder and the free space"
        ) from error
    except OSError as error:
        raise Unusable(str(path), f"cannot be written ({error.strerror})", "check the rights of the folder") from error


def check_ours(path: Path) -> None:
    """Raises Unusable for a file that is another program's or a newer version's; a missing or empty file is fine."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        if found != APPLICATION_ID:
            raise Unusable(str(path), "is not a sipas database", "choose another file")
        shipped = {file.stem for file in MIGRATIONS.glob("*.sql")}
        applied = {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}
    if applied - shipped:
        raise Unusable(str(path), "was written by a newer version of sipas-bot", "upgrade the program")


def _apply(path: Path) -> None:
    from yoyo import get_backend, read_migrations

    # The mark goes in first: a crash between the two leaves an empty file that is known to be ours.
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS _yoyo_migration "
            "(migration_hash VARCHAR(64), migration_id VARCHAR(255), applied_at_utc TIMESTAMP, "
            "PRIMARY KEY (migration_hash))"
        )
    backend = get_backend("sqlite:///" + quote(str(path)))
    try:
        wanted = read_migrations(str(MIGRATIONS))
        with backend.lock():
            backend.apply_migrations(backend.to_apply(wanted))
    finally:
        backend.connection.close()
