"""Every way to type an office's name that needs no guessing, in look-up tables made once for a tree."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.typed import glue, short_forms, spaced, without_level_word
from scoring.unit import Unit

SHORT_NAMED_LEVELS = ("province", "department", "district")
"""Levels whose units answer to initials; communes share theirs by the dozen."""


class Spellings:
    """Tables from a folded key to the units that bear it, on any day; the caller looks at the day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_name: dict[str, list[Unit]] = {}
        self.by_alias: dict[str, list[Unit]] = {}
        self.by_dotted: dict[str, list[Unit]] = {}
        self.own_names: list[tuple[str, Unit]] = []
        for unit in units:
            self._enter(unit)

    def _enter(self, unit: Unit) -> None:
        own = without_level_word(spaced(unit.name))
        names = {own, spaced(unit.short_name), spaced(unit.name)}
        for name in names:
            _put(self.by_name, glue(name), unit)
        for alias in unit.aliases:
            _put(self.by_alias, glue(alias), unit)
        forms = short_forms(unit.name)
        _put(self.by_alias, forms.level + glue(own), unit)
        if unit.level in SHORT_NAMED_LEVELS:
            for initials in forms.initials:
                _put(self.by_alias, initials, unit)
            if forms.dotted:
                _put(self.by_dotted, forms.dotted, unit)
        self.own_names += [(name, unit) for name in sorted(names)]


def _put(table: dict[str, list[Unit]], key: str, unit: Unit) -> None:
    bearers = table.setdefault(key, [])
    if unit not in bearers:
        bearers.append(unit)
