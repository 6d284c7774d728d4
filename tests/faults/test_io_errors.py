"""The Nth write, truncation or sync of a file fails, for every N until a life sees no fault any more.

The short form takes some N of each fault and some migrations: as many as ever, however many are shipped.

The storage layer: the real migrations, writer and turn. After each life the files as they lie there, and what a power
cut at that moment would leave at worst, are whole and hold every update that was acknowledged, once. The next life,
over a disk that works again, takes all of them.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from bot.storage import migrate as migrating
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from tests.faults.disk import ACKNOWLEDGED, Disk, Entry, read_diary, watching
from tests.faults.figures import LONG, Figure, record
from tests.faults.io_child import KILLED, Lived, Plan
from tests.faults.program import ROOT

UPDATES = 40
POINTS = 18
"""How many N the short form takes of each fault."""
SHIPPED = sorted(migrating.MIGRATIONS.glob("*.sql"))
OLDER = [file.stem for file in SHIPPED[:-1]]
BROUGHT_UP = OLDER if LONG else sorted({OLDER[0], *OLDER[-2:]})
"""The last migrations of the databases that are brought up: one through all the others, and the newest."""
SCHEMA = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%yoyo%'"


@dataclass(frozen=True)
class Fault:
    """What happens to the Nth operation of some kinds (see disk.c).

    `mutant` is the rule (see io_child) without which the same lives must go wrong.
    """

    name: str
    how: str
    kinds: str
    mutant: str
    updates: int = UPDATES
    older: str = ""
    """The last migration of the database that a life finds; empty: it finds none."""


FAULTS = (
    Fault("an I/O error of a sync", "eio", "S", "acknowledge anyway"),
    Fault("an I/O error of a write", "eio", "WT", "acknowledge anyway"),
    Fault("a disk that dies", "dead", "WTS", "not synced"),
    Fault("no space for a write", "full", "W", "acknowledge anyway"),
    Fault("a kill", "kill", "WTSURL", "not synced"),
    *(Fault(f"a kill while {older} is brought up", "kill", "WTSURL", "marked apart", 0, older) for older in BROUGHT_UP),
    *(Fault(f"an I/O error while {older} is brought up", "eio", "WTSURL", "", 0, older) for older in BROUGHT_UP),
)


@dataclass
class Lives:
    """One process that forks a life for every plan."""

    folder: Path
    process: subprocess.Popen[str]

    def live(self, fault: Fault, at: int, mutant: str = "", *, fresh: bool = True) -> tuple[Lived, Path, Path]:
        """A life in an empty folder, or in that of the last one: what it said, where its files lie, its diary."""
        home, diary = self.folder / "life", self.folder / "diary"
        if fresh:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            if fault.older:
                (home / "x.db").write_bytes(self.older(fault.older))
        diary.unlink(missing_ok=True)
        plan = Plan(str(home), str(diary), at, fault.kinds, fault.how, fault.updates, mutant)
        return self.ask(plan), home / "x.db", diary

    def ask(self, plan: Plan) -> Lived:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(plan.__dict__) + "\n")
        self.process.stdin.flush()
        return Lived(**json.loads(self.process.stdout.readline()))

    def older(self, last: str) -> bytes:
        """A database of the version whose last migration that was, with something in it."""
        path = self.folder / f"{last}.db"
        if not path.exists():
            shipped = self.folder / last
            shipped.mkdir()
            for file in SHIPPED:
                if file.stem <= last:
                    shutil.copy(file, shipped)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(migrating, "MIGRATIONS", shipped)
                migrate(path)
            with closing(open_writer(path)) as connection:
                connection.execute("INSERT INTO province VALUES ('p', 'P', 0, 0, 0)")
        return path.read_bytes()


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
    found = Found()
    for at in count(1) if LONG else some_of(lives, fault, mutant):
        if not one_life(lives, fault, at, mutant, found):
            break
    return found


def some_of(lives: Lives, fault: Fault, mutant: str) -> list[int]:
    """POINTS of the operations: half of them before a life acknowledges anything, half beyond."""
    _, _, diary = lives.live(fault, 0, mutant)
    operations, begun, synced = 0, 0, False
    behind: list[int] = []
    for entry in read_diary(diary):
        if entry.kind.decode() in fault.kinds:
            operations += 1
            behind += [operations] if synced else []
            synced = False
        synced = synced or entry.kind == b"S"
        begun = begun or (operations if entry.kind == ACKNOWLEDGED else 0)
    parts = [part for part in (range(1, begun + 1), range(begun + 1, operations + 1)) if part]
    rng = random.Random(7)
    return sorted(at for part in parts for at in chosen(part, behind, POINTS // len(parts), rng))


def chosen(among: range, behind: list[int], number: int, rng: random.Random) -> set[int]:
    """A third at even distances, a third behind syncs, where something was to be kept, and the others by chance."""
    there = [at for at in behind if at in among]
    taken = {*among[:: max(1, 3 * len(among) // number)], *rng.sample(there, min(len(there), number // 3))}
    others = [at for at in among if at not in taken]
    return taken | {*rng.sample(others, min(len(others), number - len(taken)))}


def one_life(lives: Lives, fault: Fault, at: int, mutant: str, found: Found) -> bool:
    """Add to `found` what a life and the next one show; whether there was a fault at all."""
    lived, database, diary = lives.live(fault, at, mutant)
    entries = read_diary(diary)
    if lived.ended == KILLED:
        lived = replace(lived, acknowledged=[one.data.decode() for one in entries if one.kind == ACKNOWLEDGED])
    found.lives += 1
    found.refused += len(lived.refused)
    found.stopped += lived.ended not in ("", KILLED)
    named = f"{fault.how} at {at}"
    found.wrong += [f"{named}: {line}" for line in judge(database, lived)]
    if fault.how == "eio" and len(lived.refused) > 1:
        found.wrong.append(f"{named}: it refused {lived.refused} after one fault")
    left = cut(lives, fault, database, entries)
    found.wrong += [f"{named}, then a power cut: {line}" for line in judge(left, lived)]
    again, _, _ = lives.live(fault, 0, fresh=False)
    if len(again.acknowledged) < fault.updates or again.ended:
        found.wrong.append(f"{named}: the next life {again.ended or again.refused}")
    found.wrong += [f"{named}, in the next life: {line}" for line in judge(database, again)]
    return any(entry.kind == b"F" for entry in entries)


def cut(lives: Lives, fault: Fault, database: Path, entries: list[Entry]) -> Path:
    """The database as a power cut at that moment would leave it at worst."""
    disk = Disk({str(database): lives.older(fault.older)} if fault.older else {})
    for entry in entries:
        disk.follow(entry)
    for name, content in disk.sure().items():
        Path(name.replace("x.db", "cut.db")).write_bytes(content)
    return database.with_name("cut.db")


def judge(database: Path, lived: Lived) -> Iterator[str]:
    """One line for everything that must not be."""
    if not database.exists() or not database.stat().st_size:
        if lived.acknowledged:
            yield "the database is gone"
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            checked = connection.execute("PRAGMA integrity_check").fetchall()
            between = between_versions(connection)
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit'").fetchone()
            effects = connection.execute("SELECT id FROM audit").fetchall() if known else []
            claims = connection.execute("SELECT update_id FROM inbox").fetchall() if known else []
    except sqlite3.DatabaseError as error:
        yield f"cannot be opened: {error}"
        return
    if between:
        yield f"is between two versions: {between}"
    if checked != [("ok",)]:
        yield f"is damaged: {checked[0]}"
    lost = set(lived.acknowledged) - {row[0] for row in effects}
    if lost:
        yield f"lost {sorted(lost, key=int)}"
    if sorted(effects) != sorted(claims):
        yield "claims and effects disagree"


def between_versions(connection: sqlite3.Connection) -> list[str]:
    """The tables and indexes that are not as the migrations make them that are marked as applied."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_yoyo_migration'").fetchone()
    marked = connection.execute("SELECT migration_id FROM _yoyo_migration").fetchall() if known else []
    return sorted(name for name, _ in made_by(frozenset(row[0] for row in marked)) ^ set(connection.execute(SCHEMA)))


@cache
def made_by(migrations: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Name and text of the tables and indexes that they make."""
    with closing(sqlite3.connect(":memory:")) as model:
        for file in SHIPPED:
            if file.stem in migrations:
                model.executescript(file.read_text(encoding="utf-8"))
        return frozenset(model.execute(SCHEMA))


@pytest.fixture
def lives(tmp_path: Path, library: Path) -> Iterator[Lives]:
    with lives_in(tmp_path, library) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.how}-{fault.kinds}-{fault.older}")
def test_whatever_operation_fails_nothing_acknowledged_is_lost(lives: Lives, fault: Fault) -> None:
    found = everything(lives, fault)
    mutant = everything(lives, fault, fault.mutant) if fault.mutant else Found()
    seen = f"{found.refused} updates refused, {found.stopped} lives ended with a sentence"
    broken = f"{fault.mutant}: {len(mutant.wrong)} things wrong in {mutant.lives} lives" if fault.mutant else ""
    record(Figure(f"{fault.name} at the Nth operation", found.lives, len(found.wrong), seen, broken))
    assert found.lives > 8
    assert found.wrong == []
    assert mutant.wrong or not fault.mutant
