"""The store of the outbox and of the ledger of reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.codec import dump_messages
from bot.storage.queries import SQL
from handlers.context import Message
from handlers.stores import Decided, Edition, Recipient

Row = Sequence[Any]
LOOKED_WITHIN_MS = 7 * 86_400_000


@dataclass(slots=True)
class PostStore:
    connection: sqlite3.Connection
    province_id: str

    def queue(self, post_id: str, person_id: str, kind: str, message: str, not_before: int, at: int) -> None:
        SQL.queue_post(
            self.connection,
            province_id=self.province_id,
            post_id=post_id,
            person_id=person_id,
            kind=kind,
            message=message,
            not_before=not_before,
            at=at,
        )

    def tell(self, post_id: str, person_id: str, kind: str, message: Message, at: int) -> None:
        self.queue(post_id, person_id, kind, dump_messages([message]), at, at)

    def keep_from(self, second_id: str, at: int) -> None:
        SQL.keep_posts_from(self.connection, province_id=self.province_id, person_id=second_id, at=at)

    def claim_report(
        self, edition: Edition, period: str, unit_id: str, person_id: str, post_id: str | None, at: int
    ) -> bool:
        row = SQL.claim_report(
            self.connection,
            province_id=self.province_id,
            edition=edition,
            period=period,
            unit_id=unit_id,
            person_id=person_id,
            post_id=post_id,
            at=at,
        )
        return row is not None

    def decide(self, edition: Edition, period: str, unit_id: str, person_id: str, decided: Decided, at: int) -> None:
        SQL.decide(
            self.connection,
            province_id=self.province_id,
            edition=edition,
            period=period,
            unit_id=unit_id,
            person_id=person_id,
            decided=decided,
            at=at,
        )

    def decision(self, edition: Edition, period: str, unit_id: str) -> tuple[Decided, int] | None:
        row = SQL.decision_on(
            self.connection, province_id=self.province_id, edition=edition, period=period, unit_id=unit_id
        )
        return (row[0], row[1]) if row else None

    def recipients(self, edition: Edition, period: str, unit_id: str) -> Sequence[Recipient]:
        rows = SQL.recipients(
            self.connection,
            province_id=self.province_id,
            edition=edition,
            period=period,
            unit_id=unit_id,
            until=LOOKED_WITHIN_MS,
        )
        return [Recipient(row[0], row[1] or "", bool(row[2]), bool(row[3])) for row in rows]

    def reported(self, edition: Edition, unit_id: str, person_id: str) -> Sequence[str]:
        rows = SQL.reported(
            self.connection, province_id=self.province_id, edition=edition, unit_id=unit_id, person_id=person_id
        )
        return [row[0] for row in rows]
