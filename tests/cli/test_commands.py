"""The command line as an operator meets it: exit codes, one line of what, where and the mend, and the work done."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.faults.lives import Server
from tests.faults.program import ROOT, Program, free_port


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Program:
    """A folder with spaces in its name and some sample data."""
    program = Program(tmp_path_factory.mktemp("một cửa"), "", "", extra={"SIPAS_PUBLIC_URL": ""}, server=server)
    program.sipas("demo", "--weeks", "3", "--responses", "150", "--seed", "4")
    return program


@pytest.fixture(scope="module")
def running(office: Program) -> Iterator[Program]:
    office.start()
    yield office
    office.kill()


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("sipas: ")
    return done.stderr


def other(office: Program, **extra: str) -> Program:
    return Program(office.folder, "", "", extra={"SIPAS_PUBLIC_URL": "", **extra}, server=office.server)


def test_score_as_json_is_the_contract(office: Program) -> None:
    plain = json.loads(office.sipas("score", "Tỉnh Thái Bình", "--json").stdout)
    assert set(plain) >= {
        "unit", "period", "method", "n", "score", "interval", "confidence", "suppressed", "reason", "factors",
        "criteria", "change", "provenance",
    }  # fmt: skip
    assert plain["unit"] == {"code": "34", "name": "Tỉnh Thái Bình", "level": "province"}
    assert plain["method"] == "sipas-2017/pooled/1"
    assert plain["interval"][0] < plain["score"] < plain["interval"][1]
    assert [factor["code"] for factor in plain["factors"]] == ["A", "B", "C", "D", "E"]
    assert sum(plain["provenance"].values()) == plain["n"]


def test_too_few_is_null_with_a_reason(office: Program) -> None:
    plain = json.loads(office.sipas("score", "Xã Vũ Hội", "--period", "2017", "--json").stdout)
    assert (plain["score"], plain["interval"], plain["suppressed"], plain["reason"]) == (None, None, True, "too_few")


def test_verify_agrees_and_notices_a_count_that_is_off(office: Program, tmp_path: Path) -> None:
    assert "agrees" in office.sipas("verify").stdout
    copy = tmp_path / "copy.db"
    with sqlite3.connect(office.database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("UPDATE counts SET n = n + 1 WHERE unit_id = '34' AND criterion = 'C0' AND value = '4'")
    assert "counts" in other(office, SIPAS_DATABASE_URL=f"sqlite:///{copy}").sipas("verify", expect=1).stdout


def test_verify_walks_the_audit_and_finds_a_head_again(office: Program, tmp_path: Path) -> None:
    """B18: as an operator uses it."""
    office.sipas("official", "invite", "--unit", "34", "--role", "viewer")
    head = office.sipas("verify").stdout.partition(", head ")[2].split()[0]
    office.sipas("official", "invite", "--unit", "34", "--role", "viewer")
    assert "Audit of sample: " in office.sipas("verify", "--seen", head).stdout
    assert "is 7-abc any more" in office.sipas("verify", "--seen", "7-abc", expect=1).stdout
    copy = tmp_path / "copy.db"
    with sqlite3.connect(office.database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("DROP TRIGGER audit_is_never_changed")
        target.execute("UPDATE audit SET subject = 'another unit' WHERE number = 1")
    key = office.database.with_name("sipas.db.key").read_text(encoding="ascii")
    altered = other(office, SIPAS_DATABASE_URL=f"sqlite:///{copy}", SIPAS_SECRET_KEY=key)
    assert "sample audit line 1 was altered" in altered.sipas("verify", expect=1).stdout


def test_the_same_demo_again_adds_nothing_and_wipe_removes_exactly_it(tmp_path: Path) -> None:
    office = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": ""})
    office.sipas("demo", "--weeks", "2", "--responses", "40", "--seed", "9")
    before = rows(office, "response")
    office.sipas("demo", "--weeks", "2", "--responses", "40", "--seed", "9")
    assert rows(office, "response") == before > 30
    office.sipas("demo", "--wipe")
    assert rows(office, "response") == rows(office, "cell") == rows(office, "person") == 0
    assert rows(office, "unit") == 312


def rows(office: Program, table: str) -> int:
    with sqlite3.connect(office.database) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("score", "nam định"), "not known"),
        (("score", "an ninh"), "several units"),
        (("score", "Đông Hưng", "--period", "tháng 13"), "does not exist"),
        (("push", "--week", "2025-W53"), "not an ISO week"),
        (("demo", "--weeks", "0"), "weeks must be"),
        (("official", "revoke", "nobody"), "not known"),
        (("survey", "publish", "missing.xlsx"), "cannot be read"),
        (("export", "--out", "/nowhere/x.csv", "--format", "csv"), "cannot be written"),
        (("units", "check", "missing.csv"), "cannot be read (No such file or directory); check the name"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_unusable_arguments_exit_2_with_one_line(office: Program, arguments: tuple[str, ...], says: str) -> None:
    assert says in one_line(office.sipas(*arguments, expect=2))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SIPAS_DATABASE_URL", "postgresql://db/x", "PostgreSQL is not supported yet"),
        ("SIPAS_DATABASE_URL", "mysql://db/x", "not a database address"),
        ("SIPAS_TIMEZONE", "Hanoi", "not a time zone"),
        ("SIPAS_MIN_RESPONDENTS", "0", "SIPAS_MIN_RESPONDENTS"),
        ("SIPAS_PORT", "99999", "SIPAS_PORT"),
        ("SIPAS_CONFIG_DIR", "/nowhere", "province.toml"),
        ("SIPAS_TELEGRAM_MODE", "push", "SIPAS_TELEGRAM_MODE"),
        ("SIPAS_SECRET_KEY", "guessable", "SIPAS_SECRET_KEY"),
        ("SIPAS_PUBLIC_URL", "danhgia.example.vn", "SIPAS_PUBLIC_URL is not an address like https://"),
        ("SIPAS_PUBLIC_URL", "https://danhgia.example.vn/sipas", "SIPAS_PUBLIC_URL is not an address like https://"),
        ("SIPAS_PUBLIC_URL", "https://[danhgia", "SIPAS_PUBLIC_URL"),
        ("SIPAS_PUBLIC_URL", "https://danh gia.vn", "SIPAS_PUBLIC_URL"),
        ("SIPAS_PUBLIC_URL", "https://danhgia.vn:abc", "SIPAS_PUBLIC_URL"),
        ("SIPAS_PUBLIC_URL", "https://danhgia.vn:65536", "SIPAS_PUBLIC_URL"),
    ],
)
def test_unusable_settings_exit_2_with_one_line(office: Program, name: str, value: str, says: str) -> None:
    assert says in one_line(other(office, **{name: value}).sipas("verify" if "DATABASE" in name else "push", expect=2))


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_byte_that_is_no_letter_ends_the_chat_with_one_line(office: Program, locale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--record", "talk.txt"],
        cwd=office.folder,
        env=office.environment | {"PYTHONPATH": str(ROOT), "LC_ALL": locale},
        input=b"xin ch\xe0o\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"standard input: is not UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        ("https://danhgia.example.vn/", "https://danhgia.example.vn"),
        (" HTTPS://Danhgia.Example.vn", "https://danhgia.example.vn"),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://đánhgiá.vn", "https://đánhgiá.vn"),
    ],
)
def test_a_public_address_is_kept_as_browsers_write_it(written: str, kept: str) -> None:
    assert Settings(_env_file=None, public_url=written).public_url == kept


def test_a_file_that_is_no_database_of_ours_is_refused_untouched(office: Program, tmp_path: Path) -> None:
    strange = tmp_path / "notes.db"
    strange.write_text("dear diary", encoding="utf-8")
    for command in ("verify", "push"):
        one_line(other(office, SIPAS_DATABASE_URL=f"sqlite:///{strange}").sipas(command, expect=2))
    assert strange.read_text(encoding="utf-8") == "dear diary"


def test_beside_a_running_program_commands_read_and_write_and_a_second_one_exits_3(running: Program) -> None:
    assert "another sipas process" in one_line(other(running, SIPAS_PORT=str(free_port())).sipas("run", expect=3))
    code = running.sipas("official", "invite", "--unit", "Đông Hưng", "--role", "viewer").stdout.splitlines()[0]
    assert len(code.replace("-", "")) == 16
    printed = running.sipas("link", "Xã Vũ Hội").stdout
    assert running.entry("Xã Vũ Hội") in printed == running.sipas("link", "Xã Vũ Hội").stdout
    assert "Tỉnh Thái Bình" in running.sipas("push", "--preview").stdout
    assert "is not an ISO week" in one_line(running.sipas("push", "--preview", "--week", "2026-W99", expect=2))
    assert json.loads(running.sipas("score", "34", "--json").stdout)["n"] > 100
    assert "in use" in one_line(
        other(running, SIPAS_DATABASE_URL=f"sqlite:///{running.folder}/b/x.db", SIPAS_PORT=str(running.port)).sipas(
            "run", expect=2
        )
    )


def test_a_running_program_stops_when_asked_and_loses_nothing(tmp_path: Path) -> None:
    program = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": ""})
    program.start()
    assert program.stop() == 0
    assert "agrees" in program.sipas("verify").stdout


def test_questionnaires_and_units_are_checked_with_every_fault_and_its_place(office: Program, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        "code,parent,level,name,short_name\n1,,province,P,P\n2,3,district,A,A\n3,2,district,B,B\n1,1,commune,C,C\n4,9,town,,D\n",
        encoding="utf-8",
    )
    shown = office.sipas("units", "check", str(file), expect=1).stdout.splitlines()
    assert len(shown) >= 5
    assert all("row" in line and "column" in line for line in shown)
    lineage = tmp_path / "lineage.csv"
    lineage.write_text("old_code,extent\n1,half\n", encoding="utf-8")
    real = str(Path("config/units/hung_yen_2025.csv").absolute())
    shown = office.sipas("units", "check", real, "--lineage", str(lineage), expect=1).stdout.splitlines()
    assert f"{lineage}: row 1, column old_name: This column is missing. Add it to the first row." in shown
    assert "has faults" in office.sipas("units", "import", real, "--lineage", str(lineage), expect=2).stderr
    assert "no faults" in office.sipas("survey", "check", str(Path("config/surveys/sipas-2017.xlsx").absolute())).stdout
