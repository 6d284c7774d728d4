"""Backup and restore: whole or not at all, nothing trusted before it is proved, nothing of the present lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.backup import back_up, last_backup
from bot.core import utc_now
from bot.errors import AlreadyRunning, Unusable
from bot.key import key_file
from bot.restore import Restored, rehearse, restore
from bot.sealed import seal, unseal
from bot.settings import Settings
from bot.storage.audit import walk
from bot.storage.database import Lock, open_writer
from tests.handlers.visits import Citizen, always
from tests.world import World, world

KEY = "a key for the tests, long enough"
COOKIE_KEY = "k" * 43
UNIT = "340"


def settings_of(folder: Path, key: str = KEY) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{folder / 'world.db'}", backup_key=key)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "một cửa"
    folder.mkdir()
    return folder


@pytest.fixture
def busy(home: Path) -> Iterator[World]:
    """Three visits and an official whose summary waits; all of it still in the WAL."""
    with world(home) as made:
        for name in ("an", "bình", "chi"):
            Citizen(made, name).visits(UNIT, always("4"))
        made.official("dung", UNIT)
        made.connection.execute("UPDATE subscription SET since_day = '2026-01-01'")
        made.tick()
        assert made.rows("SELECT kind, state FROM outbox") == [("weekly", "queued")]
        key_file(home / "world.db").write_text(COOKIE_KEY, encoding="ascii")
        yield made


@pytest.fixture
def backup(busy: World, home: Path) -> Path:
    file = home.parent / "away.backup"
    back_up(settings_of(home), file)
    return file


def answers(folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "world.db")) as connection:
        return connection.execute("SELECT * FROM answer ORDER BY response_id, question").fetchall()


def bring_back(folder: Path, file: Path, key: str = KEY, **how: Any) -> Restored:
    return restore(settings_of(folder, key), file, **how)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- what a backup is ---


def test_a_backup_comes_back_on_another_machine_with_the_key_of_its_cookies(
    busy: World, home: Path, backup: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    found = bring_back(other, backup)
    assert found.done
    assert found.kept is None
    assert found.answers == len(answers(home)) > 20
    assert answers(other) == answers(home)
    assert key_file(other / "world.db").read_text(encoding="ascii") == COOKIE_KEY
    assert {(other / name).stat().st_mode & 0o777 for name in ("world.db", "world.db.key")} == {0o600}
    assert names(other) == {"world.db", "world.db.key", "world.db.lock"}
    with closing(open_writer(other / "world.db")) as connection:
        assert connection.execute("SELECT actor FROM audit WHERE action = 'restore'").fetchall() == [("operator",)]
        chain = walk(connection, "sample", COOKIE_KEY.encode())
    assert chain.faults == [], "the audit goes on under the key that came along"


def test_a_backup_shows_nothing_without_its_key_and_is_its_owners_only(busy: World, backup: Path) -> None:
    """B19."""
    assert backup.stat().st_mode & 0o777 == 0o600
    assert b"SQLite" not in backup.read_bytes()
    assert COOKIE_KEY.encode() not in backup.read_bytes()


def test_the_last_backup_is_known_and_no_plain_copy_is_left(busy: World, home: Path) -> None:
    assert last_backup(home / "world.db") is None
    made = back_up(settings_of(home), home.parent / "a.backup")
    assert last_backup(home / "world.db") == made
    assert made.bytes == made.file.stat().st_size
    assert utc_now() - made.at < timedelta(minutes=1)
    assert not [name for name in names(home) if "copy" in name]
    assert names(home.parent) == {"a.backup", home.name}


def test_a_backup_does_not_wait_for_an_open_transaction_and_takes_none_of_it(
    busy: World, home: Path, tmp_path: Path
) -> None:
    before = answers(home)
    busy.connection.execute("BEGIN IMMEDIATE")
    busy.connection.execute("UPDATE answer SET value = '1' WHERE value = '4'")
    back_up(settings_of(home), tmp_path / "a.backup")
    busy.connection.execute("COMMIT")
    bring_back(tmp_path / "other", tmp_path / "a.backup")
    assert answers(tmp_path / "other") == before != answers(home)


@pytest.mark.parametrize(
    ("key", "says"), [("", "SIPAS_BACKUP_KEY: is not set"), (KEY + "x", "does not open with this key")]
)
def test_without_the_right_key_nothing_is_read(busy: World, home: Path, backup: Path, key: str, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        bring_back(home, backup, key)
    with pytest.raises(Unusable, match=says):
        rehearse(settings_of(home, key), backup)


def test_no_backup_without_a_key_or_without_a_database(busy: World, home: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="SIPAS_BACKUP_KEY: is not set"):
        back_up(settings_of(home, ""), tmp_path / "a.backup")
    with pytest.raises(Unusable, match="nothing to back up"):
        back_up(settings_of(tmp_path / "nowhere"), tmp_path / "a.backup")
    assert names(tmp_path) == {home.name}


def test_a_guessable_key_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Settings(_env_file=None, backup_key="hunter2")


def test_a_damaged_database_does_not_take_the_place_of_a_good_backup(busy: World, home: Path, backup: Path) -> None:
    good = backup.read_bytes()
    busy.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = busy.rows("SELECT rootpage FROM sqlite_master WHERE name = 'answer'")[0]
    with (home / "world.db").open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(Unusable, match="damaged"):
        back_up(settings_of(home), backup)
    assert backup.read_bytes() == good


def test_where_a_backup_cannot_be_written_the_old_one_stands(busy: World, home: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be written"):
        back_up(settings_of(home), tmp_path / "no folder" / "a.backup")


# --- what a restore trusts ---


@pytest.mark.parametrize("spoil", ["cut", "changed", "another", "empty"])
def test_a_spoilt_backup_is_refused_with_one_sentence_and_the_present_stays(
    busy: World, home: Path, backup: Path, spoil: str
) -> None:
    data = backup.read_bytes()
    spoilt = {
        "cut": data[:-20],
        "changed": data[:-20] + bytes([data[-20] ^ 4]) + data[-19:],
        "another": b"PK\x03\x04" + data,
        "empty": b"",
    }[spoil]
    backup.write_bytes(spoilt)
    before, answers_before = names(home), answers(home)
    with pytest.raises(Unusable, match=r"cut short|altered or damaged|not a sipas backup"):
        bring_back(home, backup)
    assert answers(home) == answers_before
    assert names(home) - before <= {"world.db.lock"}


def altered(backup: Path, change: str) -> None:
    """A backup that is rightly sealed, of a database that somebody changed before."""
    with backup.open("rb") as file:
        first, *rest = unseal(file, KEY)
    plain = backup.with_suffix(".db")
    plain.write_bytes(b"".join(rest))
    with closing(sqlite3.connect(plain, isolation_level=None)) as connection:
        connection.executescript(change)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = plain.read_bytes()
    chunks = [data[at : at + 1_000_000] for at in range(0, len(data), 1_000_000)]
    with backup.open("wb") as file:
        seal(iter([first, *chunks]), KEY, file)


def test_counts_that_disagree_with_the_answers_are_shown_and_taken_only_when_asked(
    busy: World, home: Path, backup: Path, tmp_path: Path
) -> None:
    altered(backup, "UPDATE counts SET n = n + 1 WHERE criterion = 'C0' AND value = '4'")
    other = tmp_path / "other"
    found = bring_back(other, backup)
    assert not found.done
    assert found.differences
    assert names(other) == {"world.db.lock"}
    assert bring_back(other, backup, accept_differences=True).done
    assert answers(other) == answers(home)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("PRAGMA foreign_keys=OFF; DELETE FROM response", "points to no row"),
        ("PRAGMA writable_schema=1; UPDATE sqlite_master SET rootpage = 2 WHERE name = 'answer'", ""),
    ],
)
def test_a_database_that_does_not_hold_together_is_not_taken(
    busy: World, backup: Path, tmp_path: Path, change: str, says: str
) -> None:
    altered(backup, change)
    found = bring_back(tmp_path / "other", backup, accept_differences=True)
    assert not found.done
    assert found.faults
    assert says in found.faults[0]
    assert names(tmp_path / "other") == {"world.db.lock"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("INSERT INTO _yoyo_migration VALUES ('h', '9999.future', '2030-01-01')", "newer version"),
        ("PRAGMA application_id = 7", "not a sipas database"),
    ],
)
def test_a_database_of_a_newer_version_or_another_program_is_refused(
    busy: World, backup: Path, tmp_path: Path, change: str, says: str
) -> None:
    altered(backup, change)
    with pytest.raises(Unusable, match=says):
        bring_back(tmp_path / "other", backup)
    assert names(tmp_path / "other") == {"world.db.lock"}


# --- what a restore does to the present ---


def test_a_program_that_runs_is_not_robbed_of_its_database(busy: World, home: Path, backup: Path) -> None:
    lock = Lock(home / "world.db")
    lock.take()
    with pytest.raises(AlreadyRunning):
        bring_back(home, backup)
    assert rehearse(settings_of(home), backup).answers == len(answers(home))
    assert not [name for name in names(home) if "rehearsal" in name]
    lock.release()


def test_the_present_database_is_kept_whole_with_what_was_only_in_its_wal(
    busy: World, home: Path, backup: Path
) -> None:
    before = answers(home)
    Citizen(busy, "later").visits(UNIT, always("2"))
    later = answers(home)
    wal = (home / "world.db-wal").stat().st_size
    busy.connection.close()  # Python closes it in peace; what a crash leaves is the next test
    assert wal > 0
    key_file(home / "world.db").write_text("o" * 43, encoding="ascii")
    found = bring_back(home, backup)
    assert found.kept is not None
    assert answers(home) == before
    with closing(sqlite3.connect(found.kept)) as connection:
        kept = connection.execute("SELECT * FROM answer ORDER BY response_id, question").fetchall()
    assert kept == later != before
    assert key_file(home / "world.db").read_text(encoding="ascii") == COOKIE_KEY
    assert len([name for name in names(home) if name.startswith("world.db.key.before-restore")]) == 1


def test_a_wal_that_cannot_be_gathered_never_meets_the_restored_database(busy: World, home: Path, backup: Path) -> None:
    expected = answers(home)
    busy.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy.connection.execute("UPDATE answer SET value = '1' WHERE value = '4'")
    wal = (home / "world.db-wal").read_bytes()
    busy.connection.close()
    (home / "world.db").write_bytes(b"\xff" * 4096 * 3)
    (home / "world.db-wal").write_bytes(wal)
    found = bring_back(home, backup)
    assert found.kept is not None
    assert answers(home) == expected
    assert found.kept.with_name(found.kept.name + "-wal").exists()


def test_what_may_have_been_sent_since_is_not_sent_again(busy: World, home: Path, backup: Path, tmp_path: Path) -> None:
    """The waiting summary, and the one that came due on the Monday after the backup."""
    later = busy.now + timedelta(days=8)
    found = bring_back(tmp_path / "other", backup, clock=lambda: later)
    assert found.doubtful == 2
    assert states(tmp_path / "other") == {"unknown": 2}


def test_the_operator_may_say_that_nothing_was_sent(busy: World, home: Path, backup: Path, tmp_path: Path) -> None:
    found = bring_back(tmp_path / "other", backup, resend=True, clock=lambda: busy.now + timedelta(days=8))
    assert found.doubtful == 0
    assert states(tmp_path / "other") == {"queued": 1}


def states(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "world.db")) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())


def test_the_note_of_the_last_backup_holds_no_secret(busy: World, home: Path, backup: Path) -> None:
    note = json.loads((home / "world.db.last-backup").read_text(encoding="utf-8"))
    assert set(note) == {"file", "at", "bytes", "seconds"}
