"""Stores of what belongs to offices: units, questionnaires, released cells, officials, posts, audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from bot.storage.queries import SQL
from handlers.stores import Entry, Invite, Official
from scoring.counts import from_json as tally_from_json
from scoring.counts import to_json as tally_to_json
from scoring.release import Cell, digest
from scoring.units import Tree, Unit
from survey.model import Survey

Row = Sequence[Any]
SURVEY_JSON = TypeAdapter(Survey)
"""A questionnaire as it is kept in the database, checked again whenever it is loaded."""


@dataclass
class Shelf:
    """What many turns share and seldom changes: parsed questionnaires and the unit tree. One for each connection."""

    surveys: dict[tuple[str, str, str], Survey] = field(default_factory=dict)
    trees: dict[str, tuple[int, Tree]] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitStore:
    connection: sqlite3.Connection
    province_id: str
    shelf: Shelf

    def tree(self) -> Tree:
        row = SQL.units_version(self.connection, province_id=self.province_id)
        version = row[0] if row else 0
        kept = self.shelf.trees.get(self.province_id)
        if kept is None or kept[0] != version:
            rows = SQL.all_units(self.connection, province_id=self.province_id)
            kept = (version, Tree([_unit(row) for row in rows]))
            self.shelf.trees[self.province_id] = kept
        return kept[1]

    def put(self, units: Sequence[Unit]) -> None:
        """Store a checked tree, parents first."""
        for unit in units:
            SQL.put_unit(
                self.connection,
                province_id=self.province_id,
                unit_id=unit.id,
                code=unit.code,
                level=unit.level,
                name=unit.name,
                short_name=unit.short_name,
                aliases="|".join(unit.aliases),
                parent_id=unit.parent,
                valid_from=unit.valid_from.isoformat(),
                valid_to=unit.valid_to.isoformat() if unit.valid_to else None,
            )
        SQL.bump_units_version(self.connection, province_id=self.province_id)

    def entry(self, code: str) -> Entry | None:
        row = SQL.get_entry(self.connection, province_id=self.province_id, code=code)
        return Entry(*row) if row else None

    def entry_of(self, unit_id: str, counter: str) -> Entry | None:
        row = SQL.get_entry_of(self.connection, province_id=self.province_id, unit_id=unit_id, counter=counter)
        return Entry(*row) if row else None

    def add_entry(self, entry: Entry, at: int) -> None:
        SQL.add_entry(
            self.connection,
            province_id=self.province_id,
            code=entry.code,
            unit_id=entry.unit_id,
            counter=entry.counter,
            visit_id=entry.visit_id,
            at=at,
        )


def _unit(row: Row) -> Unit:
    return Unit(
        id=row[0],
        code=row[1],
        level=row[2],
        name=row[3],
        short_name=row[4],
        aliases=tuple(alias for alias in row[5].split("|") if alias),
        parent=row[6],
        valid_from=date.fromisoformat(row[7]),
        valid_to=date.fromisoformat(row[8]) if row[8] else None,
    )


@dataclass(frozen=True)
class SurveyStore:
    connection: sqlite3.Connection
    province_id: str
    shelf: Shelf

    def get(self, survey_id: str, version: str) -> Survey:
        key = (self.province_id, survey_id, version)
        if key not in self.shelf.surveys:
            (definition,) = SQL.get_definition(
                self.connection, province_id=self.province_id, survey_id=survey_id, version=version
            )
            self.shelf.surveys[key] = SURVEY_JSON.validate_json(definition)
        return self.shelf.surveys[key]

    def newest(self, survey_id: str) -> Survey:
        (version,) = SQL.newest_version(self.connection, province_id=self.province_id, survey_id=survey_id)
        return self.get(survey_id, version)


@dataclass(frozen=True)
class CellStore:
    connection: sqlite3.Connection
    province_id: str

    def get(self, unit_id: str, scope: str, survey_id: str, period: str) -> Cell | None:
        row = SQL.get_cell(
            self.connection,
            province_id=self.province_id,
            unit_id=unit_id,
            scope=scope,
            survey_id=survey_id,
            period=period,
        )
        return cell_of(row) if row else None

    def of_units(self, unit_ids: Sequence[str], scope: str, survey_id: str, period: str) -> Mapping[str, Cell]:
        found = ((unit_id, self.get(unit_id, scope, survey_id, period)) for unit_id in unit_ids)
        return {unit_id: cell for unit_id, cell in found if cell is not None}

    def latest_period(self, unit_id: str, survey_id: str, kind_pattern: str) -> str | None:
        row = SQL.latest_period(
            self.connection, province_id=self.province_id, unit_id=unit_id, survey_id=survey_id, pattern=kind_pattern
        )
        return row[0] if row else None

    def open_before(self, pattern: str, before: str) -> Sequence[Cell]:
        rows = SQL.open_cells(self.connection, province_id=self.province_id, pattern=pattern, before=before)
        return [cell_of(row) for row in rows]

    def put(self, cell: Cell, at: int) -> None:
        SQL.put_cell(
            self.connection,
            province_id=self.province_id,
            unit_id=cell.unit,
            scope=cell.scope,
            survey_id=cell.survey,
            period=cell.period,
            step=cell.step_no,
            method=cell.method,
            n=cell.tally.n,
            tally=tally_to_json(cell.tally),
            closed=int(cell.closed),
            at=at,
            digest=digest(cell),
        )


def cell_of(row: Row) -> Cell:
    return Cell(
        unit=row[0],
        scope=row[1],
        survey=row[2],
        period=row[3],
        step_no=row[4],
        method=row[5],
        tally=tally_from_json(row[6]),
        closed=bool(row[7]),
    )


@dataclass(frozen=True)
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

    def subscribe(self, official_id: str, since: date) -> None:
        SQL.subscribe(
            self.connection, province_id=self.province_id, official_id=official_id, since_day=since.isoformat()
        )

    def unsubscribe(self, official_id: str, at: int) -> None:
        SQL.unsubscribe(self.connection, province_id=self.province_id, official_id=official_id, at=at)

    def subscribed(self, today: date) -> Sequence[tuple[Official, date]]:
        rows = SQL.subscribed(self.connection, province_id=self.province_id, today=today.isoformat())
        return [(_official(row), date.fromisoformat(row[6])) for row in rows]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _official(row: Row) -> Official:
    return Official(row[0], row[1], row[2], row[3], row[4], _day(row[5]))


@dataclass(frozen=True)
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

    def claim_report(self, period: str, unit_id: str, person_id: str, post_id: str | None, at: int) -> bool:
        row = SQL.claim_report(
            self.connection,
            province_id=self.province_id,
            period=period,
            unit_id=unit_id,
            person_id=person_id,
            post_id=post_id,
            at=at,
        )
        return row is not None

    def reported(self, unit_id: str, person_id: str) -> Sequence[str]:
        rows = SQL.reported(self.connection, province_id=self.province_id, unit_id=unit_id, person_id=person_id)
        return [row[0] for row in rows]


@dataclass(frozen=True)
class AuditStore:
    connection: sqlite3.Connection
    province_id: str

    def write(self, actor: str, action: str, subject: str, outcome: str, *, audit_id: str, at: int) -> None:
        SQL.write_audit(
            self.connection,
            province_id=self.province_id,
            audit_id=audit_id,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            outcome=outcome,
        )
