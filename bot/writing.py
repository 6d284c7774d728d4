"""Getting at the writer: the running program's own, or a lock taken for one command."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog

from bot.chance import new_id
from bot.core import key_of, utc_now
from bot.errors import Unusable
from bot.settings import Settings
from bot.setup import prepare
from bot.storage.audit import go_on_with_audit
from bot.storage.database import Lock, database_path, open_reader, open_writer
from bot.storage.migrate import check_ours, migrate
from bot.storage.queries import SQL
from handlers.context import to_ms

log = structlog.get_logger()

T = TypeVar("T")
Write = Callable[[Callable[[sqlite3.Connection], T]], T]
"""Runs a job as one transaction of the writer."""
Arguments = Mapping[str, Any]


@contextmanager
def own_database(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Lock, migrate and prepare the database, and give its read-write connection. Raises AlreadyRunning or Unusable."""
    path = database_path(settings.database_url)
    lock = Lock(path)
    lock.take()
    try:
        migrate(path)
        connection = open_writer(path)
        try:
            ready(connection, settings)
            yield connection
        finally:
            connection.close()
    finally:
        lock.release()


def ready(connection: sqlite3.Connection, settings: Settings) -> None:
    """What must be true before anything is served; sends that were under way when the last process died are unknown."""
    at = to_ms(utc_now())
    connection.execute("BEGIN IMMEDIATE")
    try:
        prepare(connection, settings, at)
        go_on_with_audit(connection, key_of(settings), new_id, at)
        cut_off = SQL.orphaned_posts(connection, at=at) + SQL.orphaned_rating_requests(connection, at=at)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    if cut_off:
        log.warning("sends that the last stop cut off are unknown and not repeated", count=cut_off)


@contextmanager
def reading(settings: Settings) -> Iterator[sqlite3.Connection]:
    """A read-only connection, beside a running program or not; a database that is not there yet is made first.

    Raises Unusable for a file that cannot be read or is not ours.
    """
    path = database_path(settings.database_url)
    if not path.exists():
        with own_database(settings):
            pass
    try:
        check_ours(path)
        with closing(open_reader(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise Unusable(str(path), f"cannot be read ({error})", "check the file and its folder") from error


def socket_path(database: Path) -> Path:
    return database.with_name(database.name + ".sock")
