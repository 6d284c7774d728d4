"""Units as official figures of a year or a day know them: after a merger a name and a code are another unit's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from handlers.context import Context
from scoring.units import Unit

Told = Callable[[str], bool]
"""Whether the figures tell of a unit, by its id."""


def as_told(context: Context, unit: Unit, told: Told) -> Unit:
    """The unit, or its namesake of the same level that went into it where that one is told of."""
    tree = context.stores.units.tree()
    if told(unit.id):
        return unit
    before = (one for one in tree.units if one.level == unit.level and one.name == unit.name and told(one.id))
    return next((one for one in before if unit in tree.successors(one.id)), unit)


def province_of(context: Context, told: Told, on: date) -> Unit:
    """The province that is told of, else the one there was that day."""
    tree = context.stores.units.tree()
    known = (one for one in tree.units if one.level == "province" and told(one.id))
    found = next(known, None) or tree.root(on) or tree.root(context.today)
    assert found is not None, "a served province has a root"
    return found
