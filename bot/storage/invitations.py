"""The store of visits that the feed of dossiers tells of, and of how people are asked about them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.storage.queries import SQL
from handlers.visit_store import Feed, Invitation, InvitationState, Visit

Row = Sequence[Any]


@dataclass(slots=True)
class InvitationStore:
    connection: sqlite3.Connection
    province_id: str

    def add_visit(self, visit: Visit, feed: Feed, at: int) -> None:
        SQL.add_feed_visit(
            self.connection,
            province_id=self.province_id,
            visit_id=visit.id,
            unit_id=visit.unit_id,
            deciding_unit_id=visit.deciding_unit_id,
            procedure_group=visit.procedure_group,
            event=visit.event,
            local_day=visit.local_day.isoformat(),
            dossier_digest=visit.dossier_digest,
            due_day=feed.due.isoformat() if feed.due else None,
            done_day=feed.done.isoformat() if feed.done else None,
            ordinal=feed.ordinal,
            at=at,
        )
        day = visit.local_day.isoformat()
        for period in (day, day[:7]):
            SQL.count_visit(self.connection, province_id=self.province_id, unit_id=visit.unit_id, period=period)

    def known(self, digest: str, event: str) -> tuple[Visit, Feed] | None:
        row = SQL.get_feed_visit(self.connection, province_id=self.province_id, dossier_digest=digest, event=event)
        if row is None:
            return None
        visit = Visit(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]), row[5], row[6], row[7], row[8])
        return visit, Feed(_day(row[9]), _day(row[10]), row[11])

    def last_ordinal(self, unit_id: str, day: date) -> int:
        row = SQL.last_ordinal(self.connection, province_id=self.province_id, unit_id=unit_id, day=day.isoformat())
        return int(row[0])

    def visits(self, unit_ids: Sequence[str], periods: Sequence[str]) -> int:
        lists = {"units": json.dumps(list(unit_ids)), "periods": json.dumps(list(periods))}
        return int(SQL.feed_visits(self.connection, province_id=self.province_id, **lists)[0])

    def add(self, invitation: Invitation) -> None:
        SQL.add_invitation(
            self.connection,
            province_id=self.province_id,
            ref=invitation.ref,
            visit_id=invitation.visit_id,
            expires_day=invitation.expires.isoformat(),
            channel=invitation.channel,
            address=invitation.address,
            address_digest=invitation.address_digest,
            ask_after=invitation.ask_after,
            ask_until=invitation.ask_until,
            state=invitation.state,
        )

    def by_ref(self, ref: str) -> Invitation | None:
        return _invitation(SQL.invitation_by_ref(self.connection, province_id=self.province_id, ref=ref))

    def of_visit(self, visit_id: str) -> Invitation | None:
        return _invitation(SQL.invitation_of_visit(self.connection, province_id=self.province_id, visit_id=visit_id))

    def due(self, now: int, limit: int) -> Sequence[Invitation]:
        rows = SQL.due_invitations(self.connection, province_id=self.province_id, now=now, limit=limit)
        return [one for row in rows if (one := _invitation(row))]

    def settle(self, ref: str, state: InvitationState, at: int) -> None:
        SQL.settle_invitation(self.connection, province_id=self.province_id, ref=ref, state=state, at=at)

    def mark_answered(self, visit_id: str) -> None:
        SQL.mark_answered(self.connection, province_id=self.province_id, visit_id=visit_id)

    def refuse(self, address_digest: str, at: int) -> None:
        SQL.refuse_address(self.connection, province_id=self.province_id, address_digest=address_digest, at=at)

    def refused(self, address_digest: str) -> bool:
        key = {"province_id": self.province_id, "address_digest": address_digest}
        return SQL.address_refused(self.connection, **key) is not None

    def asked_since(self, address_digest: str, since: int) -> bool:
        key = {"province_id": self.province_id, "address_digest": address_digest}
        return SQL.address_asked(self.connection, **key, since=since) is not None


def _invitation(row: Row | None) -> Invitation | None:
    if row is None:
        return None
    ref, visit_id, expires, state, channel, address, digest, after, until, answered = row
    day = date.fromisoformat(expires)
    return Invitation(ref, visit_id, day, state, channel, address, digest, after, until, bool(answered))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
