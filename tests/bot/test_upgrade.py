"""Upgrade and rollback: an older database comes up, with a backup made first; an older program refuses a newer one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.backup import back_up
from bot.cli import app
from bot.cli.backups import migrate as command
from bot.errors import AlreadyRunning, Unusable
from bot.restore import restore
from bot.settings import Settings
from bot.storage import migrate as migrating
from bot.storage.database import Lock
from bot.storage.migrate import migrate, pending
from tests.handlers.visits import Citizen, always
from tests.world import world

KEY = "a key for the tests, long enough"
SHIPPED = sorted(migrating.MIGRATIONS.glob("*.sql"))
NEXT = """
CREATE TABLE later (province_id TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (province_id, note)) STRICT;
ALTER TABLE visit ADD COLUMN mood TEXT;
INSERT INTO later SELECT DISTINCT province_id, 'seen' FROM visit;
"""


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """The migrations of this version, and those of the next one."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        for file in SHIPPED:
            shutil.copy(file, folder)
    (new / "9998.next.sql").write_text(NEXT, encoding="utf-8")
    return old, new


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    with world(folder) as made:
        Citizen(made, "an").visits("340", always("4"))
    return folder / "world.db"


def answers(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM answer").fetchone()[0])


def sipas(monkeypatch: pytest.MonkeyPatch, database: Path, *arguments: str, key: str = KEY) -> str:
    for name in [name for name in os.environ if name.startswith("SIPAS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SIPAS_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("SIPAS_BACKUP_KEY", key)
    monkeypatch.chdir(database.parent)
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_there_and_back_again(database: Path, versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = versions
    before = answers(database)
    monkeypatch.setattr(migrating, "MIGRATIONS", new)
    said = sipas(monkeypatch, database, "migrate")
    assert "applied 9998.next" in said
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT note FROM later").fetchall() == [("seen",)]
    assert answers(database) == before > 0
    assert "nothing to apply" in sipas(monkeypatch, database, "migrate")
    # The new version disappoints: the old program does not touch its database, and restores the backup.
    monkeypatch.setattr(migrating, "MIGRATIONS", old)
    with pytest.raises(Unusable, match="newer version"):
        migrate(database)
    (backup,) = database.parent.glob("*.backup")
    assert backup.name in said
    assert f"Restored: {before} answers" in sipas(monkeypatch, database, "restore", str(backup))
    assert answers(database) == before
    assert pending(database) == []


def test_without_a_key_a_migration_says_that_there_is_no_backup(
    database: Path, versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "MIGRATIONS", versions[1])
    assert "no backup was made first" in sipas(monkeypatch, database, "migrate", key="")
    assert list(database.parent.glob("*.backup")) == []


def test_a_backup_of_an_older_version_is_brought_up_when_it_is_restored(
    database: Path, versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    back_up(Settings(_env_file=None, database_url=f"sqlite:///{database}", backup_key=KEY), tmp_path / "a.backup")
    monkeypatch.setattr(migrating, "MIGRATIONS", versions[1])
    other = tmp_path / "other" / "x.db"
    restore(Settings(_env_file=None, database_url=f"sqlite:///{other}", backup_key=KEY), tmp_path / "a.backup")
    assert pending(other) == []
    assert answers(other) == answers(database)


def test_a_backup_migrates_nothing(
    database: Path, versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrating, "MIGRATIONS", versions[1])
    sipas(monkeypatch, database, "backup", "--out", str(tmp_path / "a.backup"))
    assert pending(database) == ["9998.next"]


def test_a_migration_waits_for_nobody_who_serves(database: Path) -> None:
    lock = Lock(database)
    lock.take()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIPAS_DATABASE_URL", f"sqlite:///{database}")
        with pytest.raises(AlreadyRunning):
            command()
    lock.release()


def test_a_table_that_is_not_as_this_version_makes_it_is_refused(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE INDEX of_the_operator ON visit (province_id, counter)")
    assert migrate(database) == []
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP INDEX response_by_day")
        connection.commit()
    with pytest.raises(Unusable, match="index response_by_day is not as this version makes it"):
        migrate(database)


def test_a_quarter_that_runs_while_figures_by_procedure_come_has_none(
    tmp_path: Path, versions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks that left before have no parts; the next quarter is whole."""
    for file in versions[0].glob("*.sql"):
        if file.name >= "0016":
            file.unlink()
    path = tmp_path / "x.db"
    monkeypatch.setattr(migrating, "MIGRATIONS", versions[0])
    migrate(path)
    cell = "INSERT INTO cell VALUES ('p', ?, 'all', 's', '', ?, 1, 'm', 10, '{}', 0, 0, '')"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO province VALUES ('p', 'P', 0, 0, 0)")
        connection.executemany(cell, [(unit, period) for unit in "ab" for period in ("2026-Q4", "2026-11", "2026")])
        connection.commit()
    monkeypatch.setattr(migrating, "MIGRATIONS", Path(migrating.__file__).parent / "migrations")
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM procedure_quarter").fetchall() == [("p", "2026-Q4", "begun")]
