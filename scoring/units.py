"""A province's offices as a dated tree of any depth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from scoring.spelling import Spellings
from scoring.unit import ALWAYS, LEVELS, Level, Succession, Unit

__all__ = ["ALWAYS", "LEVELS", "Level", "Succession", "Tree", "Unit"]


class Tree:
    """Look-ups over the units of one province; made once, never changed.

    The units must be free of faults (`unit_sheet.read_units` finds them); order is the sheet's order.
    """

    def __init__(self, units: Iterable[Unit], successions: Sequence[Succession] = ()) -> None:
        self.units: tuple[Unit, ...] = tuple(units)
        self._by_id = {unit.id: unit for unit in self.units}
        self._by_code: dict[str, list[Unit]] = {}
        self._children: dict[str | None, list[Unit]] = {}
        for unit in self.units:
            self._by_code.setdefault(unit.code, []).append(unit)
            self._children.setdefault(unit.parent, []).append(unit)
        self.spellings = Spellings(self.units)
        self.ends = tuple(sorted({unit.valid_to for unit in self.units if unit.valid_to}, reverse=True))
        """The last days of units that ended, the latest first."""
        self._above = {unit.id: tuple(self._climb(unit)) for unit in self.units}
        self._from: dict[str, list[Succession]] = {}
        for one in successions:
            self._from.setdefault(one.new, []).append(one)
        self._successors = self._follow(successions)

    def _follow(self, successions: Sequence[Succession]) -> dict[str, tuple[Unit, ...]]:
        """Where each unit that ended went; one without a row of its own: where those under it went."""
        into: dict[str, Counter[str]] = {}
        for one in successions:
            into.setdefault(one.old, Counter())[one.new] += 1
        under: dict[str, Counter[str]] = {}
        for old, parts in into.items():
            for above in self._above[old]:
                if above.id not in into and above.valid_to is not None:
                    under.setdefault(above.id, Counter()).update(parts)
        return {
            old: tuple(self._by_id[new] for new, _ in parts.most_common()) for old, parts in {**under, **into}.items()
        }

    def _climb(self, unit: Unit) -> Iterator[Unit]:
        while unit.parent is not None:
            unit = self._by_id[unit.parent]
            yield unit

    def get(self, unit_id: str) -> Unit | None:
        """The unit with this id, on any day."""
        return self._by_id.get(unit_id)

    def by_code(self, code: str, on: date) -> Unit | None:
        """The unit that bears this code on that day."""
        return next((unit for unit in self._by_code.get(code, ()) if unit.valid(on)), None)

    def find(self, token: str, on: date) -> Unit | None:
        """The unit of a code on that day, else the one with this id: how buttons name units, ended ones too."""
        return self.by_code(token, on) or self._by_id.get(token)

    def successors(self, unit_id: str) -> tuple[Unit, ...]:
        """Where a unit that ended went, or the units that lay under it: who got most of them first."""
        return self._successors.get(unit_id, ())

    def predecessors(self, unit_id: str, *, whole: bool) -> tuple[Unit, ...]:
        """The units that went into this one: as a whole, or those of which only a part did."""
        return tuple(self._by_id[one.old] for one in self._from.get(unit_id, ()) if one.whole == whole)

    def root(self, on: date) -> Unit | None:
        """The unit without a parent on that day (of provinces that merged later, the first)."""
        return next((unit for unit in self._children.get(None, ()) if unit.valid(on)), None)

    def children(self, unit_id: str, on: date) -> tuple[Unit, ...]:
        """Direct children valid on that day."""
        return tuple(unit for unit in self._children.get(unit_id, ()) if unit.valid(on))

    def ancestors(self, unit_id: str, on: date) -> tuple[Unit, ...]:
        """Units above it that are valid on that day, nearest first."""
        return tuple(unit for unit in self._above.get(unit_id, ()) if unit.valid(on))

    def descendants(self, unit_id: str, on: date) -> tuple[Unit, ...]:
        """All units below it that are valid on that day, parents before their children."""
        found: list[Unit] = []
        waiting = list(reversed(self.children(unit_id, on)))
        while waiting:
            unit = waiting.pop()
            found.append(unit)
            waiting.extend(reversed(self.children(unit.id, on)))
        return tuple(found)

    def covers(self, ancestor_id: str, unit_id: str) -> bool:
        """Whether `unit_id` is that unit or lies under it."""
        if unit_id not in self._by_id:
            return False
        return ancestor_id == unit_id or any(unit.id == ancestor_id for unit in self._above[unit_id])
