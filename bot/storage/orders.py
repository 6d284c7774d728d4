"""The store of orders and of what became of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.storage.queries import SQL
from handlers.order_store import Done, Order
from scoring.orders import LEADS_TO, Given, State

MOST_AT_ONCE = 2_000
"""Of one state, or due within weeks: far above what a province's office follows."""


@dataclass(slots=True)
class OrderStore:
    connection: sqlite3.Connection
    province_id: str

    def add(self, given: Given, at: int) -> int | None:
        if self.known(given.digest) is not None:
            return None
        number = int(SQL.last_order(self.connection, province_id=self.province_id)[0]) + 1
        key = {"province_id": self.province_id, "number": number}
        SQL.add_order(
            self.connection,
            **key,
            digest=given.digest,
            words=given.words,
            lead=given.lead,
            given_by=given.given_by,
            given_on=given.given_on.isoformat(),
            deadline=given.deadline.isoformat() if given.deadline else None,
            source=given.source,
            aim=given.aim,
            changed_on=given.given_on.isoformat(),
        )
        for place, unit_id in enumerate(given.supporting):
            SQL.add_order_support(self.connection, **key, unit_id=unit_id, place=place)
        self._write(number, 1, Done("given", given.given_on, given.given_by), at)
        return number

    def known(self, digest: str) -> Order | None:
        row = SQL.order_of_digest(self.connection, province_id=self.province_id, digest=digest)
        return _order(row) if row else None

    def get(self, number: int) -> Order | None:
        row = SQL.get_order(self.connection, province_id=self.province_id, number=number)
        return _order(row) if row else None

    def history(self, number: int) -> Sequence[Done]:
        rows = SQL.order_deeds(self.connection, province_id=self.province_id, number=number)
        return [Done(deed, date.fromisoformat(day), unit, note, link) for deed, day, unit, note, link in rows]

    def do(self, number: int, done: Done, at: int) -> None:
        self._write(number, len(self.history(number)) + 1, done, at)
        state, day = LEADS_TO[done.deed], done.day.isoformat()
        key = {"province_id": self.province_id, "number": number}
        SQL.set_order_state(self.connection, **key, state=state, changed_on=day)

    def _write(self, number: int, place: int, done: Done, at: int) -> None:
        SQL.add_order_deed(
            self.connection,
            province_id=self.province_id,
            number=number,
            place=place,
            deed=done.deed,
            day=done.day.isoformat(),
            unit_id=done.unit,
            note=done.note,
            link=done.link,
            at=at,
        )

    def of_state(self, state: State) -> Sequence[Order]:
        rows = SQL.orders_of_state(self.connection, province_id=self.province_id, state=state, limit=MOST_AT_ONCE)
        return [_order(row) for row in rows]

    def due(self, first: date, last: date) -> Sequence[Order]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        rows = SQL.orders_due(self.connection, province_id=self.province_id, **days, limit=MOST_AT_ONCE)
        return [_order(row) for row in rows]

    def changed(self, since: date) -> Sequence[Order]:
        day = since.isoformat()
        rows = SQL.orders_changed(self.connection, province_id=self.province_id, since=day, limit=MOST_AT_ONCE)
        return [_order(row) for row in rows]

    def notices(self, number: int) -> AbstractSet[str]:
        rows = SQL.order_notices(self.connection, province_id=self.province_id, number=number)
        return {notice for (notice,) in rows}

    def notify(self, number: int, notice: str, at: int) -> None:
        SQL.add_order_notice(self.connection, province_id=self.province_id, number=number, notice=notice, at=at)


def _order(row: Sequence[Any]) -> Order:
    number, words, lead, given_by, given_on, deadline, source, aim, state, supporting = row
    given = Given(
        words,
        lead,
        given_by,
        date.fromisoformat(given_on),
        date.fromisoformat(deadline) if deadline else None,
        _units(supporting or ""),
        source,
        aim,
    )
    return Order(number, given, state)


def _units(told: str) -> tuple[str, ...]:
    """The ids of "0 id|1 id", in that order."""
    placed = [(int(place), unit_id) for place, _, unit_id in (one.partition(" ") for one in told.split("|") if one)]
    return tuple(unit_id for _, unit_id in sorted(placed))
