"""The stand-in's own log: what it sent, what was acknowledged, what it was asked."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.standins.telegram.refusals import Json

MAX_RECORDS = 2_000_000


class Journal:
    """Records in order, kept in memory and, with a path, appended as JSON lines (flushed one by one).

    Kinds: `update` (created), `dropped` (not among allowed_updates, or dropped as pending), `delivery`, `failure` (of a
    delivery), `ack` (webhook 2xx or a getUpdates with a higher offset), `call` (an API call with its answer).
    Every record carries the wall clock `at`.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.records: list[Json] = []
        self._clock = clock
        self._file = path.open("a", encoding="utf-8") if path else None
        self.created: dict[int, Json] = {}
        self.acknowledged: set[int] = set()

    def write(self, kind: str, **fields: object) -> Json:
        """Append one record and return it; RuntimeError beyond MAX_RECORDS."""
        if len(self.records) >= MAX_RECORDS:
            raise RuntimeError(f"the stand-in's journal is full ({MAX_RECORDS} records)")
        record: Json = {"kind": kind, "n": len(self.records), "at": self._clock(), **fields}
        self.records.append(record)
        if kind == "update":
            self.created[record["update_id"]] = record["update"]
        elif kind == "ack":
            self.acknowledged.add(record["update_id"])
        if self._file:
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._file.flush()
        return record

    def of(self, kind: str) -> Iterator[Json]:
        """The records of one kind, oldest first."""
        return (record for record in self.records if record["kind"] == kind)

    def calls(self, method: str) -> list[Json]:
        """The records of the calls of one API method, oldest first."""
        return [record for record in self.of("call") if record["method"] == method]

    def deliveries(self, update_id: int) -> int:
        """How often this update has been handed out."""
        return sum(1 for record in self.of("delivery") if record["update_id"] == update_id)

    def close(self) -> None:
        """Close the file; records in memory stay readable."""
        if self._file:
            self._file.close()
            self._file = None
