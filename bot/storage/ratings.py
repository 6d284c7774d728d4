"""The store of rating templates that were sent to telephone numbers, until they are answered or forgotten."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from bot.storage.queries import SQL
from handlers.visit_store import Invitation, Requested


@dataclass(slots=True)
class RatingStore:
    connection: sqlite3.Connection
    province_id: str

    def queue(self, request_id: str, invitation: Invitation, forget_at: int, at: int) -> None:
        SQL.add_rating_request(
            self.connection,
            province_id=self.province_id,
            request_id=request_id,
            ref=invitation.ref,
            phone=invitation.address,
            not_after=invitation.ask_until,
            forget_at=forget_at,
            at=at,
        )

    def find(self, request_id: str, msg_id: str) -> Requested | None:
        key = {"province_id": self.province_id, "request_id": request_id, "msg_id": msg_id}
        row = SQL.rating_request(self.connection, **key)
        return Requested(*row) if row else None

    def note_rated(self, request_id: str, response_id: str, forget_at: int) -> None:
        key = {"province_id": self.province_id, "request_id": request_id}
        SQL.note_rated(self.connection, **key, response_id=response_id, forget_at=forget_at)

    def drop(self, request_id: str) -> None:
        SQL.drop_rating_request(self.connection, province_id=self.province_id, request_id=request_id)
