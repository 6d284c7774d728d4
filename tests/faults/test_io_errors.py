"""The Nth write, truncation or sync of a file fails, for every N until a life sees no fault any more.

The storage layer: the real migrations, writer and turn. After each life the files as they lie there, and what a power
cut at that moment would leave at worst, are whole and hold every update that was acknowledged, once. The next life,
over a disk that works again, takes all of them.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.faults.disk import ACKNOWLEDGED, Disk, read_diary, watching
from tests.faults.figures import Figure, record, size
from tests.faults.io_child import KILLED, UPDATES, Lived, Plan
from tests.faults.program import ROOT


@dataclass(frozen=True)
class Fault:
    """What happens to the Nth operation of some kinds (see disk.c). The short form takes every `stride`th N.

    `mutant` is the rule (see io_child) without which the same lives must go wrong.
    """

    name: str
    how: str
    kinds: str
    stride: int
    mutant: str


FAULTS = (
    Fault("an I/O error of a sync", "eio", "S", 5, "acknowledge anyway"),
    Fault("an I/O error of a write", "eio", "WT", 79, "acknowledge anyway"),
    Fault("a disk that dies", "dead", "WTS", 79, "not synced"),
    Fault("no space for a write", "full", "W", 79, "acknowledge anyway"),
    Fault("a kill", "kill", "WTSURL", 79, "not synced"),
)


@dataclass
class Lives:
    """One process that forks a life for every plan."""

    folder: Path
    process: subprocess.Popen[str]
    lives: int = 0

    def live(self, fault: Fault, at: int, mutant: str = "", *, fresh: bool = True) -> tuple[Lived, Path, Path]:
        """A life in an empty folder, or in that of the last one: what it said, where its files lie, its diary."""
        home, diary = self.folder / "life", self.folder / "diary"
        if fresh:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
        diary.unlink(missing_ok=True)
        plan = Plan(str(home), str(diary), at, fault.kinds, fault.how, mutant)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(plan.__dict__) + "\n")
        self.process.stdin.flush()
        self.lives += 1
        return Lived(**json.loads(self.process.stdout.readline())), home / "x.db", diary


@contextmanager
def lives_in(folder: Path, library: Path) -> Iterator[Lives]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.io_child"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **watching(library, folder / "life")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Lives(folder, process)
    finally:
        process.kill()
        process.communicate()


@dataclass
class Found:
    """What many lives showed."""

    lives: int = 0
    refused: int = 0
    stopped: int = 0
    wrong: list[str] = field(default_factory=list)


def everything(lives: Lives, fault: Fault, mutant: str = "") -> Found:
    """A life for every operation that may fail (in the short form for some of them), and one after it."""
    found, at, hit = Found(), 1, True
    while hit:
        lived, database, diary = lives.live(fault, at, mutant)
        entries = read_diary(diary)
        if lived.ended == KILLED:
            lived = replace(lived, acknowledged=[one.data.decode() for one in entries if one.kind == ACKNOWLEDGED])
        hit = any(entry.kind == b"F" for entry in entries)
        found.lives += 1
        found.refused += len(lived.refused)
        found.stopped += lived.ended not in ("", KILLED)
        named = f"{fault.how} at {at}"
        found.wrong += [f"{named}: {line}" for line in judge(database, lived)]
        if fault.how == "eio" and len(lived.refused) > 1:
            found.wrong.append(f"{named}: it refused {lived.refused} after one fault")
        disk = Disk({})
        for entry in entries:
            disk.follow(entry)
        left = database.with_name("cut.db")
        for name, content in disk.sure().items():
            Path(name.replace("x.db", "cut.db")).write_bytes(content)
        found.wrong += [f"{named}, then a power cut: {line}" for line in judge(left, lived)]
        again, _, _ = lives.live(fault, 0, fresh=False)
        if len(again.acknowledged) < UPDATES:
            found.wrong.append(f"{named}: the next life {again.ended or again.refused}")
        found.wrong += [f"{named}, in the next life: {line}" for line in judge(database, again)]
        at += size(fault.stride, 1)
    return found


def judge(database: Path, lived: Lived) -> Iterator[str]:
    """One line for everything that must not be."""
    if not database.exists() or not database.stat().st_size:
        if lived.acknowledged:
            yield "the database is gone"
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            checked = connection.execute("PRAGMA integrity_check").fetchall()
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit'").fetchone()
            effects = connection.execute("SELECT id FROM audit").fetchall() if known else []
            claims = connection.execute("SELECT update_id FROM inbox").fetchall() if known else []
    except sqlite3.DatabaseError as error:
        yield f"cannot be opened: {error}"
        return
    if checked != [("ok",)]:
        yield f"is damaged: {checked[0]}"
    lost = set(lived.acknowledged) - {row[0] for row in effects}
    if lost:
        yield f"lost {sorted(lost, key=int)}"
    if sorted(effects) != sorted(claims):
        yield "claims and effects disagree"


@pytest.fixture
def lives(tmp_path: Path, library: Path) -> Iterator[Lives]:
    with lives_in(tmp_path, library) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.how}-{fault.kinds}")
def test_whatever_operation_fails_nothing_acknowledged_is_lost(lives: Lives, fault: Fault) -> None:
    found, mutant = everything(lives, fault), everything(lives, fault, fault.mutant)
    seen = f"{found.refused} updates refused, {found.stopped} lives ended with a sentence"
    broken = f"{fault.mutant}: {len(mutant.wrong)} things wrong in {mutant.lives} lives"
    record(Figure(f"{fault.name} at the Nth operation", found.lives, len(found.wrong), seen, broken))
    assert found.lives > 8
    assert found.wrong == []
    assert mutant.wrong
