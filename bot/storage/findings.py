"""The store of what weeks of answers look like, and of what the offices said to that."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.storage.queries import SQL
from handlers.finding_store import Found, Sat
from scoring.index import MIN_RESPONDENTS, wilson
from scoring.sitting import Sitting
from scoring.trace import Reason
from survey.model import Survey

Row = Sequence[Any]
DAY_MS = 86_400_000
LEVELS = frozenset("12345")


@dataclass(slots=True)
class FindingStore:
    connection: sqlite3.Connection
    province_id: str

    def looked_at(self, week: str) -> bool:
        return SQL.was_looked_at(self.connection, province_id=self.province_id, week=week) is not None

    def sat(
        self, first: date, last: date, zone: ZoneInfo, surveys: Mapping[tuple[str, str], Survey]
    ) -> Mapping[str, Sequence[Sat]]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        said: dict[str, list[tuple[str, str | None, str | None]]] = defaultdict(list)
        for response_id, question, value, words in SQL.answers_of_days(
            self.connection, province_id=self.province_id, **days
        ):
            said[response_id].append((question, value, words))
        places = {key: {one.name: at for at, one in enumerate(survey.questions)} for key, survey in surveys.items()}
        found: dict[str, list[Sat]] = defaultdict(list)
        for row in SQL.sittings(self.connection, province_id=self.province_id, **days):
            response_id, unit_id, channel, provenance, began, ended, survey_id, version = row[:8]
            person, ordinal, counter, staff = row[8:]
            order = places.get((survey_id, version), {})
            if person is None and ended % DAY_MS == 0:
                continue  # its times were cut to the day already
            answers = sorted(said[response_id], key=lambda one: order.get(one[0], 0))
            local = datetime.fromtimestamp(ended / 1000, zone)
            sitting = Sitting(
                # Each conversation on the web is a new person; a kiosk is one device, whoever stands before it.
                device=f"kiosk {unit_id} {counter}" if channel == "kiosk" else "" if channel == "web" else person or "",
                channel=channel,
                provenance=provenance,
                began=began,
                ended=ended,
                minute=local.hour * 60 + local.minute,
                weekday=local.weekday(),
                levels=tuple(int(value) for _, value, _ in answers if value in LEVELS),
                words=next((words for _, _, words in answers if words), ""),
                ordinal=ordinal,
                staff=bool(staff),
            )
            found[unit_id].append(Sat(response_id, sitting))
        return found

    def put(self, found: Iterable[Found], suspects: Iterable[str], week: str, at: int) -> None:
        for one in found:
            SQL.put_finding(
                self.connection,
                province_id=self.province_id,
                unit_id=one.unit_id,
                week=one.week,
                sittings=one.sittings,
                suspected=one.suspected,
                flagged=int(one.flagged),
                reasons=json.dumps([[reason.code, dict(reason.facts)] for reason in one.reasons]),
                at=at,
            )
        for response_id in suspects:
            SQL.suspect(self.connection, province_id=self.province_id, response_id=response_id)
        SQL.mark_looked_at(self.connection, province_id=self.province_id, week=week, at=at)

    def of(self, unit_ids: Iterable[str], first: str, last: str) -> Sequence[Found]:
        units = json.dumps(sorted(unit_ids))
        rows = SQL.findings(self.connection, province_id=self.province_id, units=units, first=first, last=last)
        return [_found(row) for row in rows]

    def figures(self, unit_id: str, first: date, last: date) -> tuple[str, str]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        row = SQL.index_of_days(self.connection, province_id=self.province_id, unit_id=unit_id, **days)
        if row[2] - row[5] < MIN_RESPONDENTS:
            return _index(*row[:3]), ""  # the difference would be single people's answers
        return _index(*row[:3]), _index(*row[3:])

    def answer(self, found: Found, words: str, person_id: str, at: int) -> None:
        key = {"province_id": self.province_id, "unit_id": found.unit_id, "week": found.week}
        SQL.answer_finding(self.connection, **key, words=words, person_id=person_id, at=at)


def _found(row: Row) -> Found:
    unit_id, week, sittings, suspected, flagged, reasons, words = row
    told = tuple(Reason(code, facts) for code, facts in json.loads(reasons))
    return Found(unit_id, week, sittings, suspected, bool(flagged), told, words)


def _index(satisfied: int, valid: int, people: int) -> str:
    if people < MIN_RESPONDENTS:
        return ""
    low, high = wilson(satisfied / valid, people)  # as if each person's answers were one: never too narrow
    return f"{100 * satisfied / valid:.1f} ({100 * low:.0f} to {100 * high:.0f}; {people} people)"
