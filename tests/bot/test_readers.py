"""What a reader raises: what passes is told as such, so that no update is acknowledged for it; the rest is a bug's."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import StorageUnavailable
from bot.readers import Readers
from tests.world import world


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def units(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM unit").fetchone()[0])


async def test_a_reader_that_can_open_nothing_says_so_and_comes_back(tmp_path: Path) -> None:
    with world(tmp_path):
        readers = Readers(tmp_path / "world.db")
        try:
            with no_descriptor_left(), pytest.raises(StorageUnavailable):
                await readers.do(units)
            assert await readers.do(units) > 0
        finally:
            readers.close()


@pytest.mark.parametrize("error", [MemoryError(), sqlite3.OperationalError("no such table"), ValueError()], ids=repr)
async def test_only_what_passes_is_told_as_such(tmp_path: Path, error: Exception) -> None:
    def job(_: sqlite3.Connection) -> None:
        raise error

    with world(tmp_path):
        readers = Readers(tmp_path / "world.db")
        try:
            with pytest.raises(StorageUnavailable if isinstance(error, MemoryError) else type(error)):
                await readers.do(job)
        finally:
            readers.close()
