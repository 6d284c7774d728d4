"""`sipas backup`, `restore`, `migrate` as an operator meets them, beside a serving program and without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.test_backup import altered
from tests.cli.test_commands import one_line
from tests.faults.lives import Server
from tests.faults.program import Program
from tests.standins.checker import read_rows

KEY = {"SIPAS_BACKUP_KEY": "a key for the tests, long enough", "SIPAS_PUBLIC_URL": ""}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("một cửa"), "", "", extra=KEY, server=server)
    program.start()
    yield program
    program.kill()


@pytest.fixture(scope="module")
def backup(serving: Program) -> Path:
    printed = serving.sipas("backup", "--out", "sao-%u.backup").stdout
    (file,) = serving.folder.glob("sao-*.backup")
    assert file.name in printed
    assert "%" not in file.name
    return file


def test_beside_a_serving_program_a_backup_is_made_proved_and_known_to_the_audit(
    serving: Program, backup: Path
) -> None:
    assert "its counts agree" in serving.sipas("restore", "--check", str(backup)).stdout
    audit = "SELECT actor, subject, outcome FROM audit WHERE action = 'backup'"
    assert read_rows(serving.database, audit) == [("operator", backup.name, "done")]


def test_beside_a_serving_program_nothing_is_restored_or_migrated(serving: Program, backup: Path) -> None:
    assert "another sipas process" in one_line(serving.sipas("restore", str(backup), expect=3))
    assert "another sipas process" in one_line(serving.sipas("migrate", expect=3))


def test_what_is_wrong_is_said_in_one_line(serving: Program, backup: Path, tmp_path: Path) -> None:
    keyless = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": ""})
    assert "SIPAS_BACKUP_KEY: is not set" in one_line(keyless.sipas("backup", "--out", "a", expect=2))
    other = Program(tmp_path, "", "", extra={**KEY, "SIPAS_BACKUP_KEY": "another key, just as long as that"})
    assert "does not open with this key" in one_line(other.sipas("restore", str(backup), expect=2))


def test_a_check_that_finds_a_fault_exits_1_and_changes_nothing(serving: Program, backup: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.backup"
    spoilt.write_bytes(backup.read_bytes())
    altered(spoilt, "INSERT INTO counts VALUES ('sample','34','own','2026-01','s','','walk_in','complete','C0','4',1)")
    other = Program(tmp_path, "", "", extra=KEY)
    printed = other.sipas("restore", str(spoilt), expect=1).stdout
    assert "kept, not in the answers" in printed
    assert "--accept-differences" in printed
    assert not other.database.exists()
