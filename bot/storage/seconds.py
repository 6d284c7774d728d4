"""The store of officials' second accounts."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from bot.storage.queries import SQL
from handlers.second_store import Pair


@dataclass(slots=True)
class SecondStore:
    connection: sqlite3.Connection
    province_id: str

    def offer(self, first_id: str, code_digest: str, expires_at: int) -> None:
        SQL.offer_second(
            self.connection,
            province_id=self.province_id,
            first_id=first_id,
            digest=code_digest,
            expires_at=expires_at,
        )

    def offered(self, code_digest: str) -> tuple[str, int] | None:
        row = SQL.offered_second(self.connection, province_id=self.province_id, digest=code_digest)
        return (row[0], row[1]) if row else None

    def link(self, first_id: str, second_id: str, since: date) -> None:
        SQL.link_second(
            self.connection,
            province_id=self.province_id,
            first_id=first_id,
            second_id=second_id,
            since_day=since.isoformat(),
        )

    def of(self, person_id: str) -> Pair | None:
        row = SQL.second_of(self.connection, province_id=self.province_id, person_id=person_id)
        return Pair(row[0], row[1], date.fromisoformat(row[2])) if row else None

    def end(self, person_id: str) -> None:
        SQL.end_second(self.connection, province_id=self.province_id, person_id=person_id)
