"""The store of responses, their answers, and the counts they make."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.storage.queries import SQL
from handlers.response_store import Disposition, Held, Response
from handlers.visit_store import Visit
from scoring.counts import Item, Tally
from scoring.release import Chain
from survey.model import Survey

Row = Sequence[Any]


@dataclass(slots=True)
class ResponseStore:
    connection: sqlite3.Connection
    province_id: str

    def begin(
        self,
        response_id: str,
        consent_id: str,
        visit: Visit,
        survey: Survey,
        *,
        channel: str,
        language: str,
        text: str,
        text_version: str,
        at: int,
    ) -> None:
        SQL.add_consent(
            self.connection,
            province_id=self.province_id,
            consent_id=consent_id,
            text_version=text_version,
            text_digest=hashlib.sha256(text.encode()).hexdigest(),
            language=language,
            channel=channel,
            at=at,
        )
        SQL.add_response(
            self.connection,
            province_id=self.province_id,
            response_id=response_id,
            consent_id=consent_id,
            visit_id=visit.id,
            survey_id=survey.id,
            survey_version=survey.version,
            unit_id=visit.unit_id,
            deciding_unit_id=visit.deciding_unit_id,
            procedure_group=visit.procedure_group,
            channel=channel,
            language=language,
            provenance=visit.provenance,
            at=at,
        )

    def link(self, response_id: str, person_id: str, unit_id: str, week: str, visit_key: str, expires_at: int) -> bool:
        key = {
            "province_id": self.province_id,
            "person_id": person_id,
            "unit_id": unit_id,
            "week": week,
            "visit_key": visit_key,
        }
        counted = SQL.already_counted(self.connection, **key) is None
        SQL.add_link(self.connection, **key, response_id=response_id, counted=int(counted), expires_at=expires_at)
        return counted

    def linked(self, person_id: str) -> Sequence[Response]:
        finished = SQL.linked_responses(self.connection, province_id=self.province_id, person_id=person_id)
        begun = SQL.open_responses(self.connection, province_id=self.province_id, person_id=person_id)
        return list({row[0]: _response(row) for row in (*finished, *begun)}.values())

    def get(self, response_id: str) -> Response | None:
        row = SQL.get_response(self.connection, province_id=self.province_id, response_id=response_id)
        return _response(row) if row else None

    def put_answer(self, response_id: str, question: str, item: Item, words: str | None) -> None:
        SQL.put_answer(
            self.connection,
            province_id=self.province_id,
            response_id=response_id,
            question=question,
            criterion=item.criterion,
            factor=item.factor,
            rotated=int(item.rotated),
            value=None if words is not None else item.value,
            words=words,
        )

    def drop_answers(self, response_id: str, questions: Iterable[str]) -> None:
        for question in questions:
            SQL.drop_answer(self.connection, province_id=self.province_id, response_id=response_id, question=question)

    def answers(self, response_id: str) -> Mapping[str, tuple[str | None, str | None]]:
        rows = SQL.answers_of(self.connection, province_id=self.province_id, response_id=response_id)
        return {row[0]: (row[4], row[5]) for row in rows}

    def items(self, response_id: str) -> Sequence[Item]:
        rows = SQL.answers_of(self.connection, province_id=self.province_id, response_id=response_id)
        return [
            Item(criterion, factor, one, bool(rotated))
            for _, criterion, factor, rotated, value, _ in rows
            if value is not None
            for one in value.split()
        ]

    def set_disposition(
        self,
        response_id: str,
        disposition: Disposition,
        *,
        counted: bool,
        receipt: str | None,
        local_day: date | None,
        at: int,
    ) -> None:
        SQL.set_disposition(
            self.connection,
            province_id=self.province_id,
            response_id=response_id,
            disposition=disposition,
            counted=int(counted),
            receipt=receipt,
            local_day=local_day.isoformat() if local_day else None,
            at=at,
        )

    def add_counts(self, response: Response, units: Sequence[tuple[str, str]], tally: Tally, sign: int) -> None:
        assert response.local_day is not None
        day = response.local_day.isoformat()
        places = [
            {
                "province_id": self.province_id,
                "unit_id": unit_id,
                "scope": scope,
                "period": period,
                "survey_id": response.survey_id,
                "procedure_group": response.procedure_group,
                "provenance": response.provenance,
                "disposition": response.disposition,
            }
            for unit_id, scope in units
            for period in (day, day[:7])
        ]
        values = [
            {"criterion": criterion, "value": value, "n": n}
            for criterion, of_criterion in tally.values.items()
            for value, n in of_criterion.items()
        ]
        sums = [
            {"factor": factor, "n": m.n, "s": m.s, "m": m.m, "ss": m.ss, "sm": m.sm, "mm": m.mm}
            for factor, m in tally.moments.items()
        ]
        count, moments = (SQL.add_count, SQL.add_moments) if sign > 0 else (SQL.take_count, SQL.take_moments)
        count(self.connection, [place | value for place in places for value in values])
        moments(self.connection, [place | one for place in places for one in sums])

    def wait(self, chain: Chain, response_id: str) -> None:
        SQL.add_waiting(self.connection, **self._place(chain), response_id=response_id)

    def waiting(self, chain: Chain) -> Sequence[str]:
        rows = SQL.waiting(self.connection, **self._place(chain), provenance=chain.provenance)
        return [row[0] for row in rows]

    def leave(self, chain: Chain, response_ids: Iterable[str]) -> None:
        SQL.leave(self.connection, [self._place(chain) | {"response_id": one} for one in response_ids])

    def _place(self, chain: Chain) -> dict[str, str]:
        """Where the rows of a chain stand; its provenance is the responses' own."""
        place = {"unit_id": chain.unit_id, "survey_id": chain.survey_id, "part": chain.part}
        return {"province_id": self.province_id, **place}

    def sent_about(self, visit_id: str) -> Sequence[Response]:
        rows = SQL.sent_about(self.connection, province_id=self.province_id, visit_id=visit_id)
        return sorted((_response(row) for row in rows), key=lambda one: one.id)

    def one_counts(self, pair: str) -> bool:
        return SQL.one_of_pair_counts(self.connection, province_id=self.province_id, pair=pair) is not None

    def pair_of(self, response_id: str) -> str | None:
        row = SQL.pair_of(self.connection, province_id=self.province_id, response_id=response_id)
        return row[0] if row else None

    def set_assisted(self, response_id: str) -> None:
        SQL.set_assisted(self.connection, province_id=self.province_id, response_id=response_id)

    def hold(self, response: Response, reason: str, pair: str, at: int) -> bool:
        key = {"province_id": self.province_id, "response_id": response.id}
        parts = [part for (part,) in SQL.parts_waited_for(self.connection, **key)] if response.counted else None
        stored = None if parts is None else json.dumps(parts)
        if SQL.hold_response(self.connection, **key, reason=reason, pair=pair, parts=stored, at=at) is None:
            return False
        SQL.stop_waiting(self.connection, **key)
        self._set_counted(response.id, 0)
        return True

    def hold_parts(self, response_id: str, parts: AbstractSet[str]) -> None:
        more = json.dumps(sorted(parts))
        SQL.add_held_parts(self.connection, province_id=self.province_id, response_id=response_id, more=more)

    def _set_counted(self, response_id: str, counted: int) -> None:
        key = {"province_id": self.province_id, "response_id": response_id, "counted": counted}
        SQL.set_counted(self.connection, **key)
        SQL.set_link_counted(self.connection, **key)

    def held(self) -> Sequence[Held]:
        return [
            Held(
                _response(row),
                row[11],
                row[10],
                row[12],
                None if row[13] is None else frozenset(json.loads(row[13])),
                row[14],
            )
            for row in SQL.held_responses(self.connection, province_id=self.province_id)
        ]

    def release(self, held: Held, decision: Literal["count", "leave-out"], at: int) -> None:
        key = {"province_id": self.province_id, "response_id": held.response.id}
        SQL.decide_review(self.connection, **key, decision=decision, at=at)
        self._set_counted(held.response.id, int(decision == "count"))

    def has_receipt(self, receipt: str) -> bool:
        return SQL.receipt_borne(self.connection, province_id=self.province_id, receipt=receipt) is not None

    def forget_times(self, response_id: str, visit_id: str) -> None:
        key = {"province_id": self.province_id, "response_id": response_id}
        SQL.cut_visit(self.connection, **key, new_id=visit_id)
        SQL.point_to_visit(self.connection, **key, new_id=visit_id)
        consent_id, here = SQL.response_keys(self.connection, **key)
        SQL.forget_response_times(self.connection, **key)
        SQL.forget_review_time(self.connection, **key)
        SQL.forget_visit_time(self.connection, province_id=self.province_id, visit_id=here)
        SQL.forget_consent_time(self.connection, province_id=self.province_id, consent_id=consent_id)

    def erase(self, person_id: str) -> Sequence[Response]:
        """Delete what is held of a person's answers; returns the responses that went, so that counts can follow."""
        gone = self.linked(person_id)
        SQL.drop_sessions(self.connection, province_id=self.province_id, person_id=person_id)
        for response in gone:
            self._erase_one(response.id)
        SQL.drop_posts_of(self.connection, province_id=self.province_id, person_id=person_id)
        person = SQL.get_person_by_id(self.connection, province_id=self.province_id, person_id=person_id)
        if person is not None:
            address = {"province_id": self.province_id, "channel": person[1], "address": person[2]}
            SQL.forget_replies_to(self.connection, **address)
            SQL.drop_shown(self.connection, **address)
            SQL.drop_last_action(self.connection, **address)
        SQL.drop_person(self.connection, province_id=self.province_id, person_id=person_id)
        return gone

    def _erase_one(self, response_id: str) -> None:
        key = {"province_id": self.province_id, "response_id": response_id}
        consent_id, visit_id = SQL.response_keys(self.connection, **key)
        about = (SQL.stop_waiting, SQL.drop_link, SQL.drop_review, SQL.drop_suspicion, SQL.drop_answers)
        for drop in (*about, SQL.drop_response):
            drop(self.connection, **key)
        SQL.drop_consent(self.connection, province_id=self.province_id, consent_id=consent_id)
        SQL.drop_visit(self.connection, province_id=self.province_id, visit_id=visit_id)


def _response(row: Row) -> Response:
    day = date.fromisoformat(row[8]) if row[8] else None
    return Response(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bool(row[7]), day, row[9], row[10])
