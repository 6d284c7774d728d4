"""The unit that an operator means."""

from __future__ import annotations

from bot.errors import Unusable
from handlers.context import Context
from scoring.names import Choices, Match, resolve
from scoring.units import Unit


def find_unit(context: Context, text: str) -> Unit:
    """The unit an operator names by code or name; raises Unusable with the candidates."""
    match resolve(context.stores.units.tree(), text, context.today):
        case Match(unit=unit):
            return unit
        case Choices(units=units):
            some = "; ".join(f"{unit.code} {unit.name}" for unit in units)
            raise Unusable(f"unit {text!r}", "is several units", f"write one of these codes: {some}")
        case _:
            raise Unusable(f"unit {text!r}", "is not known", "write its code or its full name")
