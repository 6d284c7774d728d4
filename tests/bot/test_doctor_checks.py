"""What one check of `sipas doctor` has to tell apart."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.doctor import machine
from bot.doctor.database import whole
from bot.doctor.finding import span, wrong
from bot.doctor.machine import has_wal_fault
from bot.doctor.openers import Opener, openers
from bot.doctor.patient import patient
from bot.doctor.running import Running
from bot.doctor.table import findings
from bot.schedule import SYSTEM
from bot.settings import Settings
from bot.storage.migrate import migrate
from scoring.counts import Tally
from scoring.release import Cell
from tests.bot.ward import NOW, TAKEN, WELL, Ward, audit, backed_up, healthy, post


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    monkeypatch.chdir(tmp_path)
    with healthy(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("version", "faulty"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False),
        ((3, 54, 1), False),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_which_sqlite_has_the_wal_reset_fault(version: tuple[int, ...], faulty: bool) -> None:
    assert has_wal_fault(version) is faulty


def test_one_writer_is_not_alarmed_about_the_fault_of_sqlite(ward: Ward) -> None:
    (old,) = machine.sqlite(ward.patient, (3, 40, 1))
    (new,) = machine.sqlite(ward.patient, (3, 51, 3))
    assert (old.mark, new.mark) == ("✓", "✓")
    assert "one writer: not concerned" in old.line
    strangers = replace(ward.patient, openers=(Opener(9, "dbeaver", True, False),))
    (stranger,) = machine.sqlite(strangers, (3, 51, 3))
    assert stranger.mark == "✗"
    assert "WAL-reset" not in stranger.line
    readers = replace(ward.patient, openers=(Opener(9, "dbeaver", False, False), Opener(8, "sipas", True, True)))
    assert [one.mark for one in machine.sqlite(readers)] == ["✓"]


def test_figures_that_nobody_is_shown_any_more_are_told(ward: Ward) -> None:
    cells = ward.made.core.context(ward.made.connection, SYSTEM).stores.cells
    cells.put(Cell("34", "all", "2026-W45", "sipas-2017", 1, Tally(12)), 0)
    (_, told) = ward.says("province")
    assert "1 of sipas-2017; the index is made from sipas-quick" in told.says


def test_a_process_that_writes_to_the_database_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (x)'); print(1, flush=True)"
    )
    command = [sys.executable, "-c", f"{code}; sys.stdin.read()", str(path)]
    sqlite3.connect(path).close()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"1\n"
        found = openers(path)
        assert [(one.pid, one.writes, one.ours) for one in found] == [(child.pid, True, False)]
    assert openers(path) == []


@pytest.mark.parametrize(("free", "mark"), [(2**30, "✓"), (2**30 - 1, "!"), (200 * 2**20, "!"), (200 * 2**20 - 1, "✗")])
def test_free_space(ward: Ward, monkeypatch: pytest.MonkeyPatch, free: int, mark: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40 - free, free))
    assert [one.mark for one in ward.says("disk")] == [mark]


@pytest.mark.parametrize(("ahead", "mark"), [(1, "✓"), (-5, "✓"), (9, "!"), (-9, "!"), (70, "✗"), (-7200, "✗")])
def test_the_clock_against_telegrams(ward: Ward, ahead: float, mark: str) -> None:
    patient = replace(ward.patient, telegram=replace(TAKEN, ahead=ahead))
    (found,) = [one for one in ward.says("clock", patient) if "Telegram" in one.says]
    assert found.mark == mark
    if mark != "✓":
        assert ("ahead of" in found.says) is (ahead > 0)


def test_the_machines_zone_is_told_beside_the_provinces(ward: Ward) -> None:
    utc = replace(ward.patient, now=datetime(2026, 11, 16, 2, 0, tzinfo=UTC))
    (found,) = machine.zone(utc, datetime(2026, 11, 16, 2, 0, tzinfo=UTC))
    assert "Asia/Ho_Chi_Minh, where it is Monday 09:00" in found.says
    assert "This machine counts in UTC (02:00)" in found.says
    (same,) = machine.zone(utc, utc.now.astimezone(utc.settings.zone))
    assert "This machine" not in same.says


def test_secrets_that_others_can_read(ward: Ward, tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("SIPAS_TELEGRAM_TOKEN=x\n", encoding="utf-8")
    env.chmod(0o644)
    (found,) = [one for one in ward.says("rights") if one.mark == "✗"]
    assert "chmod 600 '.env'" in found.line
    env.chmod(0o600)
    tmp_path.chmod(0o777)
    (found,) = [one for one in ward.says("rights") if one.mark == "✗"]
    assert "everybody may put files into" in found.says


@pytest.mark.parametrize(
    ("mode", "running", "seen", "mark", "words"),
    [
        ("polling", WELL, {"url": ""}, "✓", "by polling"),
        ("polling", WELL, {"url": "https://other.example/hook"}, "✗", "polling gets nothing"),
        ("polling", None, {"url": "https://other.example/hook"}, "!", "takes it away"),
        ("webhook", WELL, {}, "✓", "its secret is set"),
        ("webhook", WELL, {"url": "https://other.example/hook"}, "✗", "not https://sipas.example/telegram/webhook"),
        ("webhook", None, {"url": ""}, "!", "sets ours when it starts"),
        ("webhook", WELL, {"kinds": ("message",)}, "✗", "was not asked for"),
        ("webhook", WELL, {"waiting": 60}, "!", "60 wait at Telegram"),
        ("webhook", None, {"waiting": 1}, "!", "keeps them 24 hours"),
        ("webhook", WELL, {"error": "refused", "error_at": NOW - 120}, "!", "failed to call us 2 min ago"),
        ("webhook", WELL, {"fault": "unreachable", "detail": "timed out"}, "✗", "cannot be reached (timed out)"),
    ],
)  # fmt: skip
def test_the_ways_in(
    ward: Ward, mode: str, running: Running | None, seen: dict[str, Any], mark: str, words: str
) -> None:
    patient = replace(ward.set(telegram_mode=mode), running=running, telegram=replace(TAKEN, **seen))
    assert any(one.mark == mark and words in one.line for one in ward.says("Telegram", patient))


def test_an_old_error_of_the_webhook_is_over(ward: Ward) -> None:
    patient = replace(ward.patient, telegram=replace(TAKEN, error="refused", error_at=NOW - 7200))
    assert {one.mark for one in ward.says("Telegram", patient)} == {"✓"}


def test_without_telegram_nothing_is_missing(ward: Ward) -> None:
    assert [one.mark for one in ward.says("Telegram", replace(ward.patient, telegram=None))] == ["✓"]


def test_the_outbox_tells_what_waits_and_why_things_failed(ward: Ward) -> None:
    post(ward.made, "queued", 3)
    for hours in (1.0, 2.0):
        post(ward.made, "failed", hours, reason="bot was blocked by the user")
    post(ward.made, "failed", 24 * 40, reason="long ago")
    lines = [one.line for one in ward.says("outbox")]
    assert any("1 messages wait to be sent, the oldest for 3 h" in line for line in lines)
    assert any(
        "2 messages of the last 30 days were not delivered (bot was blocked by the user)" in one for one in lines
    )
    assert not any("long ago" in line for line in lines)
    stopped = ward.says("outbox", replace(ward.patient, running=None))
    assert "they go out when sipas runs" in stopped[0].line


def test_a_summary_that_reached_nobody_is_named_with_its_official_and_why(ward: Ward) -> None:
    made, first = ward.made, post(ward.made, "failed", 1, reason="blocked")
    person, official, unit = made.rows("SELECT person_id, id, unit_id FROM official")[0]
    report = "INSERT INTO report VALUES (?, 'weekly', ?, ?, ?, ?, 0)"
    for week in ("2026-W45", "2026-W46"):
        made.connection.execute(report, (made.core.province.id, week, unit, person, first))
    named = f"weekly 2026-W46 Huyện Đông Hưng did not reach official {official} "
    assert [one.says for one in ward.says("outbox")][1:] == [f"{named}(blocked)"]
    then = post(made, "failed", 0.5, reason="over quota")
    made.connection.execute("UPDATE outbox SET instead_of = ? WHERE id = ?", (first, then))
    assert [one.says for one in ward.says("outbox")][1:] == [f"{named}(blocked; second account: over quota)"]
    made.connection.execute("UPDATE outbox SET state = 'sent' WHERE id = ?", (then,))
    assert len(ward.says("outbox")) == 1, "it arrived"


@pytest.mark.parametrize(("hours", "mark"), [(1, "✓"), (47, "✓"), (49, "!"), (24 * 8 + 1, "✗")])
def test_how_old_a_backup_may_be(ward: Ward, hours: float, mark: str) -> None:
    backed_up(ward.patient.path, ward.made.now, hours)
    audit(ward.made, "export", 0.5)
    assert [one.mark for one in ward.says("backup")] == [mark]


def test_a_backup_that_only_the_audit_knows(ward: Ward) -> None:
    """After a restore on a new machine."""
    backed_up(ward.patient.path, ward.made.now, 24 * 9)
    audit(ward.made, "backup", 1)
    assert [one.mark for one in ward.says("backup")] == ["✓"]


def test_a_backup_whose_file_is_gone(ward: Ward) -> None:
    backed_up(ward.patient.path, ward.made.now, 1).unlink()
    assert [one.mark for one in ward.says("backup")] == ["✓", "!"]


def test_no_backup_yet(ward: Ward) -> None:
    ward.patient.path.with_name("world.db.last-backup").unlink()
    keyless = ward.set(backup_key=SecretStr(""))
    assert "SIPAS_BACKUP_KEY is not set" in ward.says("backup", keyless)[0].says
    assert [one.line for one in ward.says("backup")] == ["! backup: none yet; sipas backup --out FILE"]
    ward.made.core.province = replace(ward.made.core.province, sample=True)
    assert [one.mark for one in ward.says("backup")] == ["✓"]


@pytest.mark.parametrize(
    ("running", "mark", "words"),
    [
        (None, "!", "start it: sipas run"),
        (replace(WELL, health="storage"), "✗", "cannot write"),
        (replace(WELL, health=""), "✗", "nothing sensible answers at 127.0.0.1:8080"),
        (WELL, "✓", "last tick 3 s ago"),
    ],
)
def test_the_program(ward: Ward, running: Running | None, mark: str, words: str) -> None:
    (found,) = ward.says("program", replace(ward.patient, running=running))
    assert (found.mark, words in found.line) == (mark, True)


def test_a_writer_that_does_not_answer(ward: Ward) -> None:
    (found,) = ward.says("writer", replace(ward.patient, running=replace(WELL, pragmas={}, silence="no answer")))
    assert found.mark == "✗"


def test_damage_is_said_and_a_file_too_large_to_check_too(ward: Ward, tmp_path: Path) -> None:
    ward.made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "copy.db"
    content = bytearray(ward.patient.path.read_bytes())
    for page in range(20, 40):
        content[page * 4096 : page * 4096 + 64] = os.urandom(64)
    copy.write_bytes(content)
    damaged = sqlite3.connect(copy)
    assert whole(damaged).line.startswith("✗ database: the file is damaged: ")
    damaged.close()
    assert ward.patient.database
    assert whole(ward.patient.database).mark == "✓"
    assert "too large to check" in whole(ward.patient.database, seconds=-1.0, steps=10).says


# --- what there is to look at ---


def looked_at(folder: Path, **settings: Any) -> list[str]:
    given = Settings(_env_file=None, database_url=f"sqlite:///{folder}/sipas.db", **settings)
    with patient(given, datetime.now(UTC)) as seen:
        return [one.line for one in findings(seen)]


def test_an_older_database_is_told_and_not_migrated(tmp_path: Path) -> None:
    path = tmp_path / "sipas.db"
    migrate(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM _yoyo_migration")
    before = path.read_bytes()
    found = looked_at(tmp_path)
    assert any(line.startswith("! database: migrations wait (0001.heart, ") for line in found), found
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"dear diary " * 500, b"SQLite format 3\x00" + bytes(4080)])
def test_a_file_that_is_no_database_of_ours_is_one_finding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sipas.db"
    path.write_bytes(content)
    path.chmod(0o600)
    found = looked_at(tmp_path)
    assert [line[:11] for line in found if line.startswith("✗")] == ["✗ database:"], found
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("12:a/../b?c", "✗ Telegram: SIPAS_TELEGRAM_TOKEN: is no token"),
        ("12:abc", "✗ Telegram: cannot be reached"),
    ],
)
def test_a_telegram_that_cannot_be_asked(tmp_path: Path, token: str, words: str) -> None:
    found = looked_at(tmp_path, telegram_token=SecretStr(token), telegram_api="http://127.0.0.1:9")
    assert any(line.startswith(words) for line in found), found
    assert not any(token in line for line in found)


def test_a_check_that_breaks_leaves_the_others_heard(ward: Ward) -> None:
    ward.made.connection.execute("ALTER TABLE outbox RENAME TO gone")
    found = list(findings(ward.patient))
    assert any(one.about == "outbox" and "could not be looked at" in one.says for one in found)
    assert any(one.about == "backup" and one.mark == "✓" for one in found)


def test_a_line_is_one_line_whatever_came_from_outside() -> None:
    assert wrong("x", "a\nb\x1b[2Jc", "d\te").line == "✗ x: a b [2Jc; d e"


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "3 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (3 * 86400, "3 days")]
)
def test_spans(seconds: float, words: str) -> None:
    assert span(seconds) == words
