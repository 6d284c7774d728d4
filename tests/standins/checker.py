"""Was anything lost or counted twice? Compares what the service saw with what the database holds.

The four words are those of Jepsen's total-queue checker. Reads the database with the standard sqlite3 only, in SQL that
the caller gives, so that it shares nothing with the program that it judges.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]
Row = tuple[Any, ...]
MAX_ROWS = 5_000_000
MAX_SHOWN = 20


@dataclass(frozen=True)
class Verdict:
    """`lost`: acknowledged, not found. `duplicated`: found more than once. `unexpected`: found, never attempted.
    `recovered`: found, though the acknowledgement was never seen (allowed)."""

    attempted: int
    acknowledged: int
    found: int
    lost: tuple[Hashable, ...]
    duplicated: tuple[Hashable, ...]
    unexpected: tuple[Hashable, ...]
    recovered: tuple[Hashable, ...]

    @property
    def sound(self) -> bool:
        """True when nothing is lost, duplicated or unexpected."""
        return not (self.lost or self.duplicated or self.unexpected)

    def __str__(self) -> str:
        counts = f"{self.attempted} attempted, {self.acknowledged} acknowledged, {self.found} found"
        faults = {"lost": self.lost, "duplicated": self.duplicated, "unexpected": self.unexpected}
        told = [f"{len(keys)} {word}: {list(keys[:MAX_SHOWN])}" for word, keys in faults.items() if keys]
        return "; ".join([counts, f"{len(self.recovered)} recovered", *told])


def classify(attempted: Iterable[Hashable], acknowledged: Iterable[Hashable], found: Sequence[Hashable]) -> Verdict:
    """Judge any keys: updates, answers, reports. `found` is a list, so that doubles show."""
    tried, sure, counted = set(attempted), set(acknowledged), Counter(found)
    present = set(counted)
    return Verdict(
        len(tried),
        len(sure),
        len(found),
        _ordered(sure - present),
        _ordered({key for key, times in counted.items() if times > 1}),
        _ordered(present - tried),
        _ordered((present & tried) - sure),
    )


def _ordered(keys: Iterable[Hashable]) -> tuple[Hashable, ...]:
    return tuple(sorted(keys, key=repr))


def check_updates(records: Iterable[Json], rows: Iterable[Sequence[Any]], channel: str = "telegram") -> Verdict:
    """Judge (channel, update_id) rows against a stand-in's journal; ids compare as text, other channels are left out.

    Updates that the service dropped itself (allowed_updates, drop_pending_updates) were never attempted.
    """
    created: set[str] = set()
    dropped: set[str] = set()
    acknowledged: set[str] = set()
    kinds = {"update": created, "dropped": dropped, "ack": acknowledged}
    for record in records:
        if record["kind"] in kinds:
            kinds[record["kind"]].add(str(record["update_id"]))
    found = [str(row[1]) for row in rows if row[0] == channel]
    return classify(created - dropped, acknowledged, found)


def read_rows(database: Path, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
    """The rows of one read-only query; ValueError beyond MAX_ROWS."""
    connection = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=10)
    try:
        rows = connection.execute(sql, parameters).fetchmany(MAX_ROWS + 1)
    finally:
        connection.close()
    if len(rows) > MAX_ROWS:
        raise ValueError(f"more than {MAX_ROWS} rows")
    return rows


def is_whole(database: Path) -> bool:
    """True when SQLite's own integrity check says ok."""
    return read_rows(database, "PRAGMA integrity_check") == [("ok",)]


def read_journal(path: Path) -> list[Json]:
    """The records of a journal file; a last line cut short by a crash is left out."""
    records: list[Json] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records
