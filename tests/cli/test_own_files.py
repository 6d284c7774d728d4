"""Nothing that writes a file may take the place of what the program lives on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.storage.database import refuse_own_files


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "sipas.db"
    path.parent.mkdir()
    path.write_bytes(b"answers")
    return path


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", ".lock", ".sock", ".key", ".backup-lock", ".last-backup"])
def test_the_database_and_what_lies_beside_it_are_refused(database: Path, ending: str) -> None:
    for out in (Path(f"{database}{ending}"), database.parent / ".." / "data" / f"{database.name}{ending}"):
        with pytest.raises(Unusable, match="would be lost"):
            refuse_own_files(out, database)


def test_a_link_to_the_database_is_refused(database: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(database)
    with pytest.raises(Unusable, match="would be lost"):
        refuse_own_files(tmp_path / "link", database)


def test_the_settings_are_refused(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unusable, match="would be lost"):
        refuse_own_files(Path(".env"), database)


@pytest.mark.parametrize("name", ["/", "/dev/null", "/tmp"])
def test_what_is_no_plain_file_is_refused(database: Path, name: str) -> None:
    with pytest.raises(Unusable, match="not a plain file"):
        refuse_own_files(Path(name), database)


def test_other_files_are_written(database: Path, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("x", encoding="utf-8")
    for name in ("old.csv", "new.csv", "data/weekly.csv"):
        refuse_own_files(tmp_path / name, database)
