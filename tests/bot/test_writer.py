"""The writer's five rules, each with a mutant that breaks it."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.errors import StorageUnavailable
from bot.storage.database import open_reader, open_writer
from bot.writer import BROKEN, MAX_JOBS, Writer, _Entry

Job = Callable[[sqlite3.Connection], None]


def put(value: int) -> Job:
    def job(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO kept VALUES (?)", (value,))

    return job


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "kept.db"
    connection = open_writer(path)
    connection.execute("CREATE TABLE kept (n INTEGER NOT NULL) STRICT")
    connection.close()
    return path


def writer_over(path: Path, kind: type[Writer] = Writer) -> Writer:
    return kind(open_writer(path))


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    writer = writer_over(path)
    writer.start()
    yield writer
    writer.stop()


def kept(path: Path) -> list[int]:
    connection = open_reader(path)
    rows = [row[0] for row in connection.execute("SELECT n FROM kept ORDER BY n")]
    connection.close()
    return rows


def test_behind_a_lock_all_who_wait_are_refused_together(path: Path) -> None:
    """Not one after another, each after the whole wait of those before her."""
    writer = writer_over(path)
    writer.connection.execute("PRAGMA busy_timeout=200")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    writer.start()

    async def late(n: int) -> None:
        await asyncio.sleep(0.1)
        await writer.do(put(n))

    async def run() -> list[object]:
        waiting = (*(writer.do(put(n)) for n in range(20)), *(late(n) for n in range(20)))
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    assert all(isinstance(one, StorageUnavailable) for one in asyncio.run(run()))
    assert writer.batches == 1
    other.execute("ROLLBACK")
    other.close()
    writer.run(put(1))
    writer.stop()
    assert kept(path) == [1]


def unseen_when_told(writer: Writer, path: Path) -> int:
    """How many jobs were told of success before another connection could see them."""
    told: list[bool] = []

    async def one(n: int) -> None:
        await writer.do(put(n))
        told.append(n in kept(path))

    async def run() -> None:
        await asyncio.gather(*(one(n) for n in range(40)))

    asyncio.run(run())
    return told.count(False)


class TellsBeforeCommit(Writer):
    """Mutant of rule 1."""

    def _one(self, entry: _Entry) -> None:
        super()._one(entry)
        # A copy: the loop may look at it only after `entry` has become deaf.
        self._settle([replace(entry)])
        threading.Event().wait(0.002)
        entry.future = _Deaf()


class _Deaf:
    def cancelled(self) -> bool:
        return True

    def set_result(self, result: object) -> None: ...

    def set_exception(self, exception: BaseException) -> None: ...


def test_rule_1_whoever_is_told_can_be_seen_by_others(writer: Writer, path: Path) -> None:
    assert unseen_when_told(writer, path) == 0


def test_rule_1_mutant_that_tells_before_the_commit_is_caught(path: Path) -> None:
    mutant = writer_over(path, TellsBeforeCommit)
    mutant.start()
    try:
        assert unseen_when_told(mutant, path) > 0
    finally:
        mutant.stop()


def poison(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO kept VALUES (-1)")
    raise ValueError("poison")


def survivors_beside_poison(writer: Writer, path: Path) -> list[int]:
    async def run() -> list[object]:
        jobs: list[Job] = [put(1), poison, put(2)]
        return list(await asyncio.gather(*(writer.do(job) for job in jobs), return_exceptions=True))

    results = asyncio.run(run())
    assert isinstance(results[1], ValueError)
    return kept(path)


class NoSavepoint(Writer):
    """Mutant of rule 2."""

    def _one(self, entry: _Entry) -> None:
        try:
            entry.result = entry.job(self.connection)
        except Exception as error:  # noqa: BLE001
            entry.error = error


def test_rule_2_a_job_that_raises_is_rolled_back_alone(writer: Writer, path: Path) -> None:
    assert survivors_beside_poison(writer, path) == [1, 2]


def test_rule_2_mutant_without_a_savepoint_is_caught(path: Path) -> None:
    mutant = writer_over(path, NoSavepoint)
    mutant.start()
    try:
        assert survivors_beside_poison(mutant, path) != [1, 2]
    finally:
        mutant.stop()


def fill(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS big (b BLOB)")
    connection.execute("INSERT INTO big VALUES (zeroblob(4000000))")


def hold_then_all(writer: Writer, jobs: list[Job]) -> list[object]:
    """Run jobs in one batch: the first of them waits until all have arrived."""
    arrived = threading.Event()

    def gate(connection: sqlite3.Connection) -> None:
        arrived.wait(5)

    async def run() -> list[object]:
        waiting = [writer.do(gate), *(writer.do(job) for job in jobs)]
        arrived.set()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    return asyncio.run(run())[1:]


def test_rule_3_when_the_disk_is_full_nobody_in_the_batch_is_told_of_success(path: Path) -> None:
    writer = writer_over(path)
    (pages,) = writer.connection.execute("PRAGMA page_count").fetchone()
    writer.connection.execute(f"PRAGMA max_page_count={pages + 8}")
    writer.start()
    try:
        results = hold_then_all(writer, [put(1), fill, put(2)])
        told_well = [n for n, result in zip((1, 0, 2), results, strict=True) if not isinstance(result, Exception)]
        assert set(told_well) - {0} <= set(kept(path))
        assert isinstance(results[1], StorageUnavailable)
        assert kept(path) == sorted(n for n in told_well if n)
        writer.run(put(3))
        assert 3 in kept(path), "the writer recovers by itself"
        assert writer.healthy
    finally:
        writer.stop()


class SwallowsStorageFailure(Writer):
    """Mutant of rule 3."""

    def _abandon(self, entries: list[_Entry], error: sqlite3.Error) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


def test_rule_3_mutant_that_swallows_a_full_disk_is_caught(path: Path) -> None:
    mutant = writer_over(path, SwallowsStorageFailure)
    (pages,) = mutant.connection.execute("PRAGMA page_count").fetchone()
    mutant.connection.execute(f"PRAGMA max_page_count={pages + 8}")
    mutant.start()
    try:
        results = hold_then_all(mutant, [put(1), fill])
        told_well = not isinstance(results[0], Exception)
        assert told_well
        assert 1 not in kept(path), "told of success, and lost"
    finally:
        mutant.stop()


def end_transaction(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK")


def test_rule_3_a_lost_transaction_is_noticed(writer: Writer, path: Path) -> None:
    results = hold_then_all(writer, [put(1), end_transaction])
    assert all(isinstance(result, StorageUnavailable) for result in results)
    assert kept(path) == []
    writer.run(put(2))
    assert kept(path) == [2]


def out_of_memory(_: sqlite3.Connection) -> None:
    raise MemoryError


def test_rule_3_no_memory_inside_a_job_is_nobodys_failure(writer: Writer, path: Path) -> None:
    results = hold_then_all(writer, [put(1), out_of_memory])
    assert all(isinstance(result, StorageUnavailable) for result in results)
    assert kept(path) == []
    writer.run(put(2))
    assert kept(path) == [2]


class NoMemory:
    """A connection whose COMMIT finds no memory, once, and whose transaction stays open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._fails = True

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and self._fails:
            self._fails = False
            raise MemoryError
        return self._connection.execute(sql, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def test_rule_3_no_memory_for_a_commit_refuses_the_batch_and_the_writer_goes_on(path: Path) -> None:
    writer = Writer(cast(sqlite3.Connection, NoMemory(open_writer(path))))
    writer.start()
    try:
        with pytest.raises(StorageUnavailable):
            asyncio.run(asyncio.wait_for(doing(writer, put(1)), 5))
        writer.run(put(2))
        assert kept(path) == [2]
    finally:
        writer.stop()


async def doing(writer: Writer, job: Job) -> None:
    await writer.do(job)


def test_a_writer_that_broke_ends_the_program(path: Path) -> None:
    """What no rule foresees, a panic of a library in Rust say: nobody is left waiting for a thread that is gone."""
    child = f"""
from pathlib import Path
from bot.storage.database import open_writer
from bot.writer import Writer
def broken(_): raise BaseException("a panic")
writer = Writer(open_writer(Path({str(path)!r})))
writer.start()
writer.run(broken)
"""
    done = subprocess.run([sys.executable, "-c", child], timeout=30, check=False, capture_output=True, text=True)
    assert done.returncode == BROKEN, done.stderr
    assert "the writer broke" in done.stdout + done.stderr


@pytest.mark.parametrize("way", ["moved", "deleted", "replaced"])
def test_rule_4_nothing_is_committed_into_a_file_that_lost_its_name(writer: Writer, path: Path, way: str) -> None:
    """Else all of it were gone at the next start, acknowledged or not."""
    writer.run(put(1))
    aside = path.with_name("aside.db")
    path.rename(aside)
    if way == "replaced":
        path.write_bytes(aside.read_bytes())
    with pytest.raises(StorageUnavailable, match="replaced" if way == "replaced" else "gone"):
        writer.run(put(2))
    assert not writer.healthy
    if way == "deleted":
        aside.unlink()
        return
    aside.replace(path)  # put back: it goes on
    writer.run(put(3))
    assert writer.healthy
    assert kept(path) == [1, 3]


def test_rule_5_arrivals_share_a_commit_and_a_batch_is_bounded(writer: Writer, path: Path) -> None:
    before = writer.batches
    results = hold_then_all(writer, [put(n) for n in range(200)])
    assert not any(isinstance(result, Exception) for result in results)
    assert len(kept(path)) == 200
    batches = writer.batches - before
    assert 200 / MAX_JOBS <= batches < 60


def freed_by_the_loop(writer: Writer) -> bool:
    """Whether a job that waits for something the event loop does gets it."""
    done = threading.Event()

    def needs_the_loop(_: sqlite3.Connection) -> bool:
        return done.wait(2)

    async def run() -> bool:
        waiting = writer.do(needs_the_loop)
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the loop has stood aside by now, and gone on
        done.set()
        return await waiting

    return asyncio.run(run())


def test_the_loop_stands_aside_for_a_moment_only(writer: Writer) -> None:
    assert freed_by_the_loop(writer)


class WaitsForEver(Writer):
    """Mutant: the event loop stands aside for as long as a job takes."""

    def _stand_aside(self) -> None:
        self._jobs_ran.clear()
        self._hand_over()
        self._jobs_ran.wait(3)


def test_a_mutant_that_stands_aside_for_ever_is_caught(path: Path) -> None:
    mutant = writer_over(path, WaitsForEver)
    mutant.start()
    try:
        assert not freed_by_the_loop(mutant)
    finally:
        mutant.stop()


def test_a_loop_that_ended_early_leaves_the_next_one_served(writer: Writer, path: Path) -> None:
    async def leave(n: int) -> None:
        writer.do(put(n))
        await asyncio.sleep(0)

    async def wait(n: int) -> None:
        await writer.do(put(n))

    asyncio.run(leave(1))
    asyncio.run(wait(2))
    asyncio.run(leave(3))
    writer.run(put(4))
    asyncio.run(wait(5))
    assert {2, 4, 5} <= set(kept(path))


def test_jobs_that_had_arrived_are_finished_when_stopping(path: Path) -> None:
    writer = writer_over(path)
    results: list[object] = []

    async def run() -> None:
        waiting = [writer.do(put(n)) for n in range(30)]
        writer.start()
        await asyncio.to_thread(writer.stop)
        results.extend(await asyncio.gather(*waiting))

    asyncio.run(run())
    assert len(kept(path)) == 30


def test_a_job_that_comes_after_the_end_is_refused_and_not_waited_for(path: Path) -> None:
    writer = writer_over(path)
    writer.start()
    writer.stop()
    with pytest.raises(StorageUnavailable):
        writer.run(put(1))

    async def late() -> None:
        with pytest.raises(StorageUnavailable):
            await writer.do(put(2))

    asyncio.run(late())
    assert kept(path) == []


def test_threads_that_hand_over_jobs_while_it_ends_are_all_told(path: Path) -> None:
    """Each job is either stored or refused; nobody waits for ever."""
    writer = writer_over(path)
    writer.start()
    stored: list[int] = []

    def hand_over(first: int) -> None:
        for n in range(first, first + 5_000):
            try:
                writer.run(put(n))
            except StorageUnavailable:
                return
            stored.append(n)

    threads = [threading.Thread(target=hand_over, args=(at * 10_000,)) for at in range(4)]
    for thread in threads:
        thread.start()
    threading.Event().wait(0.05)
    writer.stop()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert kept(path) == sorted(stored)


def test_the_pragmas_that_durability_rests_on(writer: Writer) -> None:
    def read(connection: sqlite3.Connection) -> dict[str, object]:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "busy_timeout",
            "secure_delete",
            "mmap_size",
            "trusted_schema",
        )
        # mmap_size gives no row where the build leaves memory mapping out
        return {name: (connection.execute(f"PRAGMA {name}").fetchone() or (0,))[0] for name in names}

    assert writer.run(read) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "secure_delete": 1,
        "mmap_size": 0,
        "trusted_schema": 0,
    }


def test_a_reader_cannot_write(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_reader(path).execute("INSERT INTO kept VALUES (1)")
