"""A damaged database: bits that flip, a file that is cut short. Refused, noticed, or without effect on any score.

After each flip: does the program open the file, does `sipas verify` notice, and has anything changed that a score is
made of? What is changed but is no figure (words of comments, names, stored replies) cannot be noticed; the figure says
how often. The mutant looks for damage with SQLite's own check alone, as most programs do.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest

from bot.errors import Unusable
from bot.storage.database import open_reader
from bot.storage.migrate import migrate
from bot.verify import damage, differences
from tests.faults.figures import LONG, Figure, record, size
from tests.handlers.visits import Citizen
from tests.world import world

FLIPS = size(60, 2_000)
CUTS = size(20, 500)
CITIZENS = 60
UNITS = ("340", "343", "12700")

SCORES = (
    "SELECT * FROM counts ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
    "SELECT * FROM moments ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
    """SELECT province_id, unit_id, scope, survey_id, provenance, period, step, method, n, tally, closed, digest
       FROM cell ORDER BY 1, 2, 3, 4, 5, 6""",
    """SELECT province_id, response_id, criterion, CASE WHEN factor IN ('A', 'B', 'C', 'D', 'E') THEN factor END, value
       FROM answer WHERE value IS NOT NULL ORDER BY 1, 2, 3""",
    """SELECT province_id, id, unit_id, procedure_group, provenance, disposition, counted, local_day FROM response
       ORDER BY 1, 2""",
    "SELECT province_id, id, parent_id FROM unit ORDER BY 1, 2",
)
"""All that a score is made of. A question's name is not: figures go by its criterion. Nor is a release's time."""

Verdict = Literal["refused", "noticed", "harmless", "words", "silent"]
Notice = Callable[[sqlite3.Connection], bool]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A checkpointed database with sixty visits, most of which say what they said in different words."""
    rng = random.Random(3)
    folder = tmp_path_factory.mktemp("healthy")
    with world(folder) as made:
        for number in range(CITIZENS):
            Citizen(made, f"c{number}").visits(rng.choice(UNITS), lambda _, choices: rng.choice(choices))
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "world.db").read_bytes()


def everything(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


def scores(connection: sqlite3.Connection) -> list[object]:
    return [connection.execute(query).fetchall() for query in SCORES]


def by_verify(connection: sqlite3.Connection) -> bool:
    return bool(damage(connection) or list(differences(connection, "sample")))


def by_sqlite(connection: sqlite3.Connection) -> bool:
    """The mutant."""
    return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]


def verdict(path: Path, before: tuple[list[str], list[object]], notice: Notice) -> Verdict:
    try:
        migrate(path)
        with closing(open_reader(path)) as connection:
            if notice(connection):
                return "noticed"
            if everything(connection) == before[0]:
                return "harmless"
            return "words" if scores(connection) == before[1] else "silent"
    except Unusable:
        return "refused"
    except (sqlite3.DatabaseError, UnicodeDecodeError, ValueError):
        return "noticed"


def spoilt(healthy: bytes, folder: Path, notice: Notice, flips: int, until: Verdict | None = None) -> Counter[Verdict]:
    """So many flips, or fewer: until the first one of that kind."""
    rng, path, found = random.Random(11), folder / "x.db", Counter[Verdict]()
    path.write_bytes(healthy)
    with closing(open_reader(path)) as connection:
        before = everything(connection), scores(connection)
    for _ in range(flips):
        changed = bytearray(healthy)
        at = rng.randrange(len(healthy))
        changed[at] ^= 1 << rng.randrange(8)
        for left in folder.iterdir():
            left.unlink()
        path.write_bytes(changed)
        found[verdict(path, before, notice)] += 1
        if until in found:
            break
    return found


def test_no_flipped_bit_makes_a_wrong_score_in_silence(healthy: bytes, tmp_path: Path) -> None:
    found = spoilt(healthy, tmp_path, by_verify, FLIPS)
    mutant = spoilt(healthy, tmp_path, by_sqlite, 2_000, None if LONG else "silent")
    record(
        Figure(
            "a flipped bit in the database",
            FLIPS,
            found["silent"],
            f"{found['refused']} refused at the start, {found['noticed']} noticed by sipas verify, {found['harmless']} "
            f"changed nothing, {found['words']} changed words, names or replies unnoticed",
            f"SQLite's own check alone: {mutant['silent']} wrong scores in silence",
        )
    )
    assert found["silent"] == 0, found
    assert mutant["silent"] > 0, mutant


def test_a_database_that_was_cut_short_is_refused_or_noticed(healthy: bytes, tmp_path: Path) -> None:
    rng, path, found = random.Random(12), tmp_path / "x.db", Counter[Verdict]()
    for _ in range(CUTS):
        for left in tmp_path.iterdir():
            left.unlink()
        path.write_bytes(healthy[: rng.randrange(1, len(healthy) - 4096)])
        found[verdict(path, ([], []), by_verify)] += 1
    seen = f"{found['refused']} refused at the start, {found['noticed']} noticed by sipas verify"
    record(Figure("a database that was cut short", CUTS, CUTS - found["refused"] - found["noticed"], seen))
    assert found["refused"] + found["noticed"] == CUTS, found
