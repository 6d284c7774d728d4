"""One office, and the days on which it exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Level = Literal["province", "department", "district", "commune"]
LEVELS: tuple[Level, ...] = get_args(Level)

ALWAYS = date.min
"""`valid_from` of a unit whose sheet names no date."""


@dataclass(frozen=True)
class Unit:
    """One office. `id` is for ever; `code` may pass to another unit later. `valid_to` is the last day, None = open."""

    id: str
    code: str
    level: Level
    name: str
    short_name: str
    parent: str | None
    valid_from: date = ALWAYS
    valid_to: date | None = None
    aliases: tuple[str, ...] = ()

    def valid(self, on: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Succession:
    """An old unit went into a new one: as a `whole`, or only a part of it, so that its answers cannot be divided."""

    old: str
    new: str
    whole: bool
