"""Stores of units, ways in and questionnaires, and the shelf of what is parsed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from bot.errors import Unusable
from bot.storage.queries import SQL
from handlers.stores import Entry, Improvement
from scoring.units import Succession, Tree, Unit
from survey.model import Survey

Row = Sequence[Any]
_MISREAD = str.maketrans("OIL", "011")

SURVEY_JSON = TypeAdapter(Survey)
"""A questionnaire as it is kept in the database, checked again whenever it is loaded."""


@dataclass
class Shelf:
    """What many turns share and seldom changes: parsed questionnaires and workbooks, and the unit tree. One for each
    connection."""

    surveys: dict[tuple[str, str, str], Survey] = field(default_factory=dict)
    trees: dict[str, tuple[int, Tree]] = field(default_factory=dict)
    books: dict[tuple[str, str, str, int, int], Any] = field(default_factory=dict)


@dataclass(slots=True)
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
            lineage = SQL.all_successions(self.connection, province_id=self.province_id)
            successions = [Succession(old, new, extent == "whole") for old, new, extent in lineage]
            kept = (version, Tree([_unit(row) for row in rows], successions))
            self.shelf.trees[self.province_id] = kept
        return kept[1]

    def put(self, units: Sequence[Unit], successions: Sequence[Succession] = ()) -> None:
        """Store a checked tree, parents first, and who went into whom."""
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
        for one in successions:
            SQL.put_succession(
                self.connection,
                province_id=self.province_id,
                old=one.old,
                new=one.new,
                day=next(unit.valid_from for unit in units if unit.id == one.new).isoformat(),
                extent="whole" if one.whole else "part",
            )
        SQL.bump_units_version(self.connection, province_id=self.province_id)

    def entry(self, code: str) -> Entry | None:
        typed = "".join(code.replace("-", " ").split()).upper()  # as people type what is printed
        # Codes hold no O, I or L: whoever reads one meant the figure.
        for one in dict.fromkeys((code, typed, typed.translate(_MISREAD))):
            row = SQL.get_entry(self.connection, province_id=self.province_id, code=one)
            if row:
                return Entry(*row)
        return None

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
            at=at,
        )

    def improve(self, done: Improvement, person_id: str, at: int) -> None:
        SQL.add_improvement(
            self.connection,
            province_id=self.province_id,
            improvement_id=done.id,
            unit_id=done.unit_id,
            day=done.day.isoformat(),
            words=done.words,
            person_id=person_id,
            at=at,
        )

    def improvement(self, improvement_id: str) -> Improvement | None:
        row = SQL.get_improvement(self.connection, province_id=self.province_id, improvement_id=improvement_id)
        return _improvement(row) if row else None

    def withdraw_improvement(self, improvement_id: str, at: int) -> None:
        SQL.withdraw_improvement(self.connection, province_id=self.province_id, improvement_id=improvement_id, at=at)

    def improvements(self, first: date, last: date) -> Sequence[Improvement]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        return [_improvement(row) for row in SQL.improvements(self.connection, province_id=self.province_id, **days)]


def _improvement(row: Row) -> Improvement:
    return Improvement(row[0], row[1], date.fromisoformat(row[2]), row[3])


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


@dataclass(slots=True)
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
        row = SQL.newest_version(self.connection, province_id=self.province_id, survey_id=survey_id)
        if row is None:
            raise Unusable(
                f"questionnaire {survey_id}",
                "is not published in this database yet",
                "start sipas run once: it publishes those of config/surveys",
            )
        return self.get(survey_id, row[0])
