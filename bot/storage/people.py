"""Stores of people, visits and sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.storage.queries import SQL
from handlers.stores import Person, Talk
from handlers.visit_store import Visit
from survey.flow import from_json, to_json

Row = Sequence[Any]
DAY_MS = 86_400_000


@dataclass(slots=True)
class PeopleStore:
    connection: sqlite3.Connection
    province_id: str

    def get(self, channel: str, address: str) -> Person | None:
        row = SQL.get_person(self.connection, province_id=self.province_id, channel=channel, address=address)
        return _person(row) if row else None

    def by_id(self, person_id: str) -> Person | None:
        row = SQL.get_person_by_id(self.connection, province_id=self.province_id, person_id=person_id)
        return _person(row) if row else None

    def add(self, person: Person, at: int) -> None:
        SQL.add_person(
            self.connection,
            province_id=self.province_id,
            person_id=person.id,
            channel=person.channel,
            address=person.address,
            language=person.language,
            at=at - at % DAY_MS,  # to the day: the instant would lead from an address to a visit
        )

    def set_language(self, person_id: str, language: str) -> None:
        SQL.set_language(self.connection, province_id=self.province_id, person_id=person_id, language=language)

    def set_choosing(self, person_id: str, choosing: str | None) -> None:
        SQL.set_choosing(self.connection, province_id=self.province_id, person_id=person_id, choosing=choosing)

    def set_reachable(self, person_id: str, value: bool) -> None:
        SQL.set_reachable(self.connection, province_id=self.province_id, person_id=person_id, value=int(value))


def _person(row: Row) -> Person:
    return Person(row[0], row[1], row[2], row[3], row[4])


@dataclass(slots=True)
class TalkStore:
    connection: sqlite3.Connection
    province_id: str

    def add_visit(self, visit: Visit, channel: str, at: int) -> None:
        SQL.add_visit(
            self.connection,
            province_id=self.province_id,
            visit_id=visit.id,
            unit_id=visit.unit_id,
            deciding_unit_id=visit.deciding_unit_id,
            procedure_group=visit.procedure_group,
            channel=channel,
            event=visit.event,
            counter=visit.counter,
            local_day=visit.local_day.isoformat(),
            provenance=visit.provenance,
            dossier_digest=visit.dossier_digest,
            at=at,
        )

    def visit(self, visit_id: str) -> Visit:
        row = SQL.get_visit(self.connection, province_id=self.province_id, visit_id=visit_id)
        return Visit(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]), row[5], row[6], row[7], row[8])

    def add(self, talk: Talk) -> None:
        SQL.add_session(
            self.connection,
            province_id=self.province_id,
            session_id=talk.session.id,
            person_id=talk.person_id,
            survey_id=talk.session.survey,
            survey_version=talk.session.version,
            visit_id=talk.visit_id,
            state=to_json(talk.session),
            at=talk.touched_at,
        )

    def get(self, session_id: str) -> Talk | None:
        row = SQL.get_session(self.connection, province_id=self.province_id, session_id=session_id)
        return _talk(row) if row else None

    def latest(self, person_id: str) -> Talk | None:
        row = SQL.latest_session(self.connection, province_id=self.province_id, person_id=person_id)
        return _talk(row) if row else None

    def all_of(self, person_id: str) -> Sequence[Talk]:
        rows = SQL.sessions_of(self.connection, province_id=self.province_id, person_id=person_id)
        return [_talk(row) for row in rows]

    def about(self, visit_id: str) -> Sequence[Talk]:
        rows = SQL.sessions_about(self.connection, province_id=self.province_id, visit_id=visit_id)
        return [_talk(row) for row in rows]

    def hand_over(self, session_id: str, person_id: str) -> None:
        key = {"province_id": self.province_id, "session_id": session_id}
        SQL.hand_over_session(self.connection, **key, person_id=person_id)

    def save(self, before: Talk, now: Talk, at: int) -> None:
        key = {"province_id": self.province_id, "session_id": now.session.id, "state": to_json(now.session), "at": at}
        if (before.response_id, before.open) == (now.response_id, now.open):
            SQL.go_on_session(self.connection, **key)
        else:
            SQL.save_session(self.connection, **key, response_id=now.response_id, open=int(now.open))

    def silent(self, before: int, limit: int) -> Sequence[Talk]:
        rows = SQL.silent_sessions(self.connection, province_id=self.province_id, before=before, limit=limit)
        return [_talk(row) for row in rows]

    def unreminded(self, before: int, after: int, limit: int) -> Sequence[Talk]:
        rows = SQL.unreminded_sessions(
            self.connection, province_id=self.province_id, before=before, after=after, limit=limit
        )
        return [_talk(row) for row in rows]

    def mark_reminded(self, session_id: str, at: int) -> None:
        SQL.mark_reminded(self.connection, province_id=self.province_id, session_id=session_id, at=at)


def _talk(row: Row) -> Talk:
    return Talk(from_json(row[0]), row[1], row[2], row[3], bool(row[4]), row[5])
