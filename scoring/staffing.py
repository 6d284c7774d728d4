"""Staffing (biên chế) on a day: how many people are assigned, present, to be cut and short, by unit and in all.

What is told of a unit is told of all of it: itself with all that lies below, and the province's is the whole. What is
told stands as it is told: a number it leaves out is unknown and never filled in from the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from scoring.unit import LEVELS, Level

Field = Literal["assigned", "present", "to_cut", "short"]
FIELDS: tuple[Field, ...] = get_args(Field)
WHOLE: Level = "province"


@dataclass(frozen=True)
class People:
    """Numbers of people; None: not known. `short` is below zero where more are present than assigned.

    `summed`: added up from the parts, told nowhere. `invented`: made up to fill a sample, or a sum with such a part.
    """

    assigned: int | None = None
    present: int | None = None
    to_cut: int | None = None
    short: int | None = None
    invented: bool = False
    summed: bool = False

    @property
    def left(self) -> int | None:
        """How many are short once those to be cut are taken off."""
        return None if self.short is None or self.to_cut is None else self.short - self.to_cut

    @property
    def known(self) -> bool:
        return any(self.number(field) is not None for field in FIELDS)

    def number(self, field: Field) -> int | None:
        return getattr(self, field)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Row:
    """What is told of one unit with all below it, or (`group`, no unit) of all units of a level together."""

    unit: str
    group: Level | None
    people: People
    note: str = ""


@dataclass(frozen=True)
class Place:
    """Where a unit lay that day; `above` is "" for the province."""

    unit: str
    level: Level
    above: str


@dataclass(frozen=True)
class Staffing:
    """One day as it was signed. `places`: the units of that day down to the deepest level that is told of."""

    day: date
    source: str
    rows: tuple[Row, ...]
    places: tuple[Place, ...]

    @cached_property
    def _told(self) -> dict[str, Row]:
        return {row.unit: row for row in self.rows if row.group is None}

    @cached_property
    def _groups(self) -> dict[Level, Row]:
        return {row.group: row for row in self.rows if row.group is not None}

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {place.unit: place for place in self.places}

    @cached_property
    def _below(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.above, []).append(place)
        return found

    def row(self, unit: str) -> Row | None:
        return self._told.get(unit)

    def people(self, unit: str) -> People | None:
        """Of a unit with all below it: as told, else of its parts together; None where that is not known."""
        row = self._told.get(unit)
        return row.people if row else self.parts(unit)

    def parts(self, unit: str) -> People | None:
        """Of the units right below, together; of the province its groups. None where one of them is not known."""
        below = self._below.get(unit, [])
        if unit in self._places and self._places[unit].level == WHOLE:
            levels = {place.level for place in below}
            return total(self.group(level) for level in LEVELS if level in levels)
        return total(self.people(place.unit) for place in below)

    def group(self, level: Level) -> People | None:
        """Of all units of a level: as told, else added up; None where that is not known."""
        row = self._groups.get(level)
        return row.people if row else self.units_of(level)

    def units_of(self, level: Level) -> People | None:
        """All units of a level, added up."""
        return total(self.people(unit) for unit in self.of_level(level))

    def of_level(self, level: Level) -> Sequence[str]:
        return [place.unit for place in self.places if place.level == level]

    def told_of(self, unit: str) -> bool:
        """Whether anything is known of it, told or added up."""
        people = self.people(unit)
        return people is not None and people.known

    def under(self, unit: str) -> Sequence[str]:
        """All that lies below it and is told of, each before what is below that."""
        found: list[str] = []
        for place in self._below.get(unit, []):
            found += [*([place.unit] if self.told_of(place.unit) else []), *self.under(place.unit)]
        return found


def short_of(assigned: int | None, present: int | None) -> int | None:
    """How many are missing; below zero: so many are too many."""
    return None if assigned is None or present is None else assigned - present


def total(parts: Iterable[People | None]) -> People | None:
    """Added up number by number, each only where every part has it; None where a part is not known or none has any."""
    known: list[People] = []
    for part in parts:
        if part is None:
            return None
        known.append(part)
    if not known:
        return None
    sums = {field: _sum(part.number(field) for part in known) for field in FIELDS}
    made = People(**sums, invented=any(part.invented for part in known), summed=True)
    return made if made.known else None


def _sum(numbers: Iterable[int | None]) -> int | None:
    found = 0
    for number in numbers:
        if number is None:
            return None
        found += number
    return found
