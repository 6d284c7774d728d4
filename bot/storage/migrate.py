"""Bring a database file to the newest schema. Runs forward only, on start, under the writer's lock.

A migration and the mark that it was applied are one transaction, and a new file gets its name when it is whole:
whenever the process dies, the next start finds the old schema or the new one, never something between.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import Unusable
from bot.storage.database import APPLICATION_ID, sync_folder

MIGRATIONS = Path(__file__).parent / "migrations"

# The table is named and shaped as the library made it that applied the first migrations.
_MARKS = """CREATE TABLE IF NOT EXISTS _yoyo_migration
            (migration_hash VARCHAR(64), migration_id VARCHAR(255), applied_at_utc TIMESTAMP,
            PRIMARY KEY (migration_hash))"""
_MARK = "INSERT INTO _yoyo_migration VALUES (?, ?, ?)"
_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def migrate(path: Path) -> list[str]:
    """Apply what `path` lacks; the names of it. Raises Unusable for a file not ours, newer than us or not writable."""
    try:
        lacking = pending(path)
        if _is_new(path):
            _create(path)
        else:
            _apply(path, lacking)
            path.chmod(0o600)
        _check_schema(path)
    except sqlite3.Error as error:
        raise Unusable(
            str(path), f"cannot be opened ({error})", "check the file, its folder and the free space"
        ) from error
    except OSError as error:
        raise Unusable(str(path), f"cannot be written ({error.strerror})", "check the rights of the folder") from error
    return lacking


def pending(path: Path) -> list[str]:
    """The migrations that `path` lacks, in their order; raises what `check_ours` raises."""
    applied = check_ours(path)
    return sorted(file.stem for file in MIGRATIONS.glob("*.sql") if file.stem not in applied)


def check_ours(path: Path) -> set[str]:
    """The migrations that `path` has. Raises Unusable for a file of another program or a newer version.

    A missing or an empty file is fine.
    """
    if _is_new(path):
        return set()
    with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA application_id").fetchone()
        if found != APPLICATION_ID:
            raise Unusable(str(path), "is not a sipas database", "choose another file")
        shipped = {file.stem for file in MIGRATIONS.glob("*.sql")}
        applied = {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}
    if applied - shipped:
        raise Unusable(str(path), "was written by a newer version of sipas-bot", "upgrade the program")
    return applied


def _is_new(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _create(path: Path) -> None:
    # Without a WAL: what is committed stands in the file itself, and the rename takes all of it.
    half = path.with_name(path.name + ".new")
    for left in (half, half.with_name(half.name + "-journal")):
        left.unlink(missing_ok=True)
    half.touch(mode=0o600)
    with closing(sqlite3.connect(half, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(_MARKS)
    _apply(half, pending(half))
    half.replace(path)
    sync_folder(path.parent)


def _apply(path: Path, names: list[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in names:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _statements((MIGRATIONS / f"{name}.sql").read_text(encoding="utf-8")):
                connection.execute(statement)
            now = datetime.now(UTC).replace(tzinfo=None).isoformat()
            connection.execute(_MARK, (hashlib.sha256(name.encode()).hexdigest(), name, now))
            connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _check_schema(path: Path) -> None:
    """Raises Unusable where a table or index is not as the migrations make it; what somebody added is left alone."""
    with closing(sqlite3.connect(":memory:")) as model, closing(sqlite3.connect(path)) as connection:
        for file in sorted(MIGRATIONS.glob("*.sql")):
            model.executescript(file.read_text(encoding="utf-8"))
        found = set(connection.execute(_SCHEMA))
        for kind, name, sql in model.execute(_SCHEMA):
            if (kind, name, sql) not in found:
                raise Unusable(str(path), f"its {kind} {name} is not as this version makes it", "restore a backup")
