"""The store of officials, their invitations and subscriptions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.storage.queries import SQL
from handlers.stores import Edition, Invite, Official

Row = Sequence[Any]


@dataclass(slots=True)
class OfficialStore:
    connection: sqlite3.Connection
    province_id: str

    def of_person(self, person_id: str, today: date) -> Sequence[Official]:
        rows = SQL.offices_of(
            self.connection, province_id=self.province_id, person_id=person_id, today=today.isoformat()
        )
        return [_official(row) for row in rows]

    def get(self, official_id: str) -> Official | None:
        row = SQL.get_official(self.connection, province_id=self.province_id, official_id=official_id)
        return _official(row) if row else None

    def all(self, today: date) -> Sequence[Official]:
        rows = SQL.all_officials(self.connection, province_id=self.province_id, today=today.isoformat())
        return [_official(row) for row in rows]

    def add(self, official: Official, at: int) -> None:
        SQL.add_official(
            self.connection,
            province_id=self.province_id,
            official_id=official.id,
            person_id=official.person_id,
            unit_id=official.unit_id,
            role=official.role,
            deputy_of=official.deputy_of,
            until_day=official.until_day.isoformat() if official.until_day else None,
            at=at,
        )

    def revoke(self, official_id: str, at: int) -> bool:
        row = SQL.revoke_official(self.connection, province_id=self.province_id, official_id=official_id, at=at)
        return row is not None

    def add_invite(self, code_digest: str, invite: Invite, created_by: str, at: int) -> None:
        SQL.add_invite(
            self.connection,
            province_id=self.province_id,
            digest=code_digest,
            unit_id=invite.unit_id,
            role=invite.role,
            deputy_of=invite.deputy_of,
            until_day=invite.until_day.isoformat() if invite.until_day else None,
            created_by=created_by,
            at=at,
            expires_at=invite.expires_at,
        )

    def invite(self, code_digest: str) -> Invite | None:
        row = SQL.get_invite(self.connection, province_id=self.province_id, digest=code_digest)
        if row is None:
            return None
        return Invite(row[0], row[1], row[2], _day(row[3]), row[4], row[5] is not None)

    def use_invite(self, code_digest: str, official_id: str, at: int) -> None:
        SQL.use_invite(
            self.connection, province_id=self.province_id, digest=code_digest, official_id=official_id, at=at
        )

    def misses(self, person_id: str | None, since: int) -> int:
        """Wrong codes since then: of one person, or of everybody when `person_id` is None."""
        if person_id is None:
            row = SQL.count_misses(self.connection, province_id=self.province_id, since=since)
        else:
            row = SQL.count_misses_of(self.connection, province_id=self.province_id, person_id=person_id, since=since)
        return int(row[0])

    def add_miss(self, miss_id: str, person_id: str, at: int) -> None:
        SQL.add_miss(self.connection, province_id=self.province_id, miss_id=miss_id, person_id=person_id, at=at)

    def subscribe(self, official_id: str, edition: Edition, since: date) -> None:
        SQL.subscribe(
            self.connection,
            province_id=self.province_id,
            official_id=official_id,
            edition=edition,
            since_day=since.isoformat(),
        )

    def unsubscribe(self, official_id: str, at: int) -> None:
        SQL.unsubscribe(self.connection, province_id=self.province_id, official_id=official_id, at=at)

    def subscribed(self, today: date) -> Sequence[tuple[Official, Edition, date]]:
        rows = SQL.subscribed(self.connection, province_id=self.province_id, today=today.isoformat())
        return [(_official(row), row[7], date.fromisoformat(row[6])) for row in rows]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _official(row: Row) -> Official:
    return Official(row[0], row[1], row[2], row[3], row[4], _day(row[5]))
