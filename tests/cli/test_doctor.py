"""`sipas doctor` as an operator meets it: beside a running program and without one, reading only, no secret told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.control import ask
from bot.writing import socket_path
from tests.faults.lives import Server
from tests.faults.program import SECRET, Program
from tests.standins.telegram import ThreadedStandin, in_thread

KEY = "operators-own-secret-key-0123456789"


@pytest.fixture(scope="module")
def standin() -> Iterator[ThreadedStandin]:
    with in_thread() as one:
        yield one


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, standin: ThreadedStandin, server: Server) -> Iterator[Program]:
    one = Program(
        tmp_path_factory.mktemp("bác sĩ"),
        standin.url,
        standin.token,
        extra={"SIPAS_SECRET_KEY": KEY, "SIPAS_PUBLIC_URL": "https://sipas.example"},
        server=server,
    )
    one.start()
    yield one
    one.kill()


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.stderr == ""
    found = done.stdout.splitlines()
    assert all(line[:2] in {"✓ ", "! ", "✗ "} for line in found), found
    return found


def names_no_secret(program: Program, text: str) -> bool:
    return not any(one in text for one in (program.token, program.token.split(":")[1], SECRET, KEY))


def test_beside_a_running_program(program: Program) -> None:
    done = program.sipas("doctor")
    found = lines(done)
    for words in (
        f"✓ program: runs and serves at 127.0.0.1:{program.port}; last tick ",
        "✓ writer: each answer is on the disk before it is acknowledged (WAL, synchronous=FULL)",
        "✓ database: the file is whole",
        "✓ rights: ",
        "✓ clock: agrees with Telegram's",
        "✓ Telegram: takes the token of @",
        "✓ updates: by webhook at https://sipas.example/telegram/webhook",
        "✓ outbox: 0 messages wait",
        "✓ backup: sample data needs none",
    ):
        assert any(line.startswith(words) for line in found), (words, found)
    assert names_no_secret(program, done.stdout)


def test_a_second_writer_a_refused_token_and_another_port_exit_1(program: Program) -> None:
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM unit'); print(1, flush=True)"
    )
    command = [sys.executable, "-c", f"{code}; sys.stdin.read()", str(program.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"1\n"
        wrong = Program(program.folder, program.api, "99:AA-another-token", port=9, extra=program.extra)
        done = wrong.sipas("doctor", expect=1)
    found = lines(done)
    for words in (
        f"✗ SQLite: process {child.pid} (python",
        "✗ Telegram: it refuses SIPAS_TELEGRAM_TOKEN",
        "✗ program: runs, but nothing sensible answers at 127.0.0.1:9/healthz",
    ):
        assert any(line.startswith(words) for line in found), (words, found)
    assert "99:AA-another-token" not in done.stdout


def test_without_a_program_it_reads_and_makes_nothing(tmp_path: Path) -> None:
    program = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": ""})
    found = lines(program.sipas("doctor"))
    assert "! program: none is running on this database; start it: sipas run" in found
    assert any(line.startswith("! database: there is none at ") for line in found)
    assert list(tmp_path.iterdir()) == []


def test_unusable_settings_are_one_line_and_exit_2(tmp_path: Path) -> None:
    program = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": "", "SIPAS_METRICS_FROM": "the office"})
    done = program.sipas("doctor", expect=2)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert "SIPAS_METRICS_FROM is no list of addresses or networks" in done.stderr


def test_the_running_program_tells_how_its_writer_is_set(program: Program) -> None:
    told = ask(socket_path(program.database), "pragmas", {})
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
