"""What an official's words after a command mean: which unit, which period; or the message that says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers import audit
from handlers.access import covers, may_read, offices
from handlers.context import Button, Context, Message
from handlers.start import rows
from handlers.stores import Role
from handlers.wording import quoted, unit_label, within
from scoring.names import Choices, Match, Resolved, exact, former, is_bare, knows, resolve
from scoring.period import Period, rolling, split
from scoring.units import LEVELS, Unit

MOST_UNITS = 6
"""How many units one answer lists or offers."""

MOST_SUCCESSORS = 12
MOST_DATA_BYTES = 64
"""What a button can hold."""

CODE = "\ue002"
"""Stands for the unit in a command that is given again once she chose. Nobody can type it: `survey.text.clean`."""

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Asked:
    """A unit she may read (the first of her own where none was named), and the period where one was named.

    `others` bear the same name. `rolling`: she asked for a rolling window and gets the last closed period.
    """

    unit: Unit
    period: Period | None
    others: tuple[Unit, ...] = ()
    rolling: bool = False
    named: bool = True


def asked(context: Context, command: str, argument: str, at_least: Role = "viewer") -> Asked | Message:
    """The unit and period in these words, in either order; else what to say: which one, none such, or not hers."""
    name, period, bad = words_of(context, argument)
    if bad or (period is not None and period.first > context.today):
        return Message(context.texts("score.bad_period"))
    again = f"{command} {CODE}{f' {period.id}' if period else ''}"
    found = named(context, again, name, period, at_least) if name else _own(context, again, at_least)
    if isinstance(found, Message):
        return found
    unit, others = found
    return Asked(unit, period, others, rolling(argument), bool(name))


def words_of(context: Context, argument: str) -> tuple[str, Period | None, bool]:
    """(the unit's words, the period, whether a period was asked that does not exist)."""
    tree = context.stores.units.tree()
    return split(argument, context.today, lambda words: knows(tree, words, context.today))


def named(
    context: Context,
    again: str,
    name: str,
    period: Period | None,
    at_least: Role = "viewer",
    *,
    everyone: bool = False,
) -> tuple[Unit, tuple[Unit, ...]] | Message:
    """The unit of this name and its namesakes. `again`: the command to give once she chose, with CODE in it.

    `everyone`: what is asked about it is open to every official, wherever she works.
    """
    match _meant(context, name, period):
        case Match(unit=unit) if not unit.valid(context.today) and not _in_its_days(unit, period):
            return former_unit(context, again, unit, period)
        case Match(unit=unit, others=others):
            may = everyone or _may(context, unit, at_least)
            return (unit, others) if may else not_yours(context, again, unit)
        case Choices(units=units):
            buttons = _buttons(context, again, units)
            names = [] if buttons else [_label(context, unit) for unit in units]  # the other side leaves no room
            return Message("\n".join([context.texts("score.which"), *names]), buttons)
        case _:
            said = context.texts("score.unknown_unit", name=quoted(name), command=again.partition(" ")[0])
            return Message(said, _hers(context, again))


def _in_its_days(unit: Unit, period: Period | None) -> bool:
    return period is not None and unit.valid_to is not None and period.first <= unit.valid_to


def _meant(context: Context, name: str, period: Period | None) -> Resolved:
    """What the name means today, or meant in the period asked for, or meant until it ended."""
    tree, today = context.stores.units.tree(), context.today
    by_id = tree.get(name)
    if by_id is not None and not by_id.valid(today):
        return Match(by_id)
    now, before = exact(tree, name, today), former(tree, name, today)
    if before is None:
        return now or resolve(tree, name, today)
    if now is None or (isinstance(now, Choices) and not is_bare(name)):
        return before
    return _today_or_then(context, now, before, period) if isinstance(now, Match) and is_bare(name) else now


def _today_or_then(context: Context, now: Match, before: Match | Choices, period: Period | None) -> Resolved:
    """Kiến Xương was a district and is a commune now; Thái Bình was a province and a city, and is a ward.

    The larger one that ended is meant, but not by those who work in the smaller one of today.
    """
    ended = [unit for unit in _units(before) if LEVELS.index(unit.level) < LEVELS.index(now.unit.level)]
    then = [unit for unit in _units(before) if _in_its_days(unit, period)]
    hers = now.unit.id in {office.unit_id for office in offices(context)}
    if then and period is not None:
        both = period.last >= now.unit.valid_from  # the change of the map lies in the period
        if both and hers:
            return now
        choices = (now.unit, *then) if both else tuple(then)
        return Match(choices[0]) if len(choices) == 1 else Choices(choices)
    if not ended or hers:
        return now
    return Match(ended[0]) if len(ended) == 1 else Choices((now.unit, *ended))


def _units(found: Match | Choices) -> tuple[Unit, ...]:
    return (found.unit,) if isinstance(found, Match) else found.units


def former_unit(context: Context, again: str, unit: Unit, period: Period | None) -> Message:
    """A unit that ended: since when, what it is part of now, each as a button, and all of them together."""
    assert unit.valid_to is not None, "only units that ended are asked about here"
    texts = context.texts
    successors = context.stores.units.tree().successors(unit.id)
    names = ", ".join(within(texts, one.name) for one in successors)
    day = (unit.valid_to + timedelta(days=1)).strftime("%d/%m/%Y")
    said = texts("former.into" if successors else "former.ended", unit=unit.name, day=day, units=names)
    together: Rows = ()
    if len(successors) > 1 and may_read(context, unit.id):
        suffix = f" {period.id}" if period else ""
        together = ((Button(texts("button.together"), f"c:score @together {unit.id}{suffix}"),),)
    each = [button for row in _buttons(context, again, successors, MOST_SUCCESSORS) for button in row]
    return Message(said, (*together, *(tuple(each[place : place + 2]) for place in range(0, len(each), 2))))


def _own(context: Context, again: str, at_least: Role) -> tuple[Unit, tuple[Unit, ...]] | Message:
    unit = next(iter(own_units(context)), None)
    if unit is None or not _may(context, unit, at_least):
        return not_yours(context, again, unit)
    return unit, ()


def _may(context: Context, unit: Unit, at_least: Role) -> bool:
    if at_least == "viewer":
        return may_read(context, unit.id)
    return covers(context, offices(context), unit.id, at_least)


def own_units(context: Context) -> list[Unit]:
    """The units of her offices; the whole province for anybody else where it publishes."""
    root = context.stores.units.tree().root(context.today)
    return _offices(context) or ([root] if context.province.publishes and root else [])


def not_yours(context: Context, again: str, unit: Unit | None) -> Message:
    """No right to that unit, which is noted: what she can see instead."""
    audit.refused(context, again.partition(" ")[0], unit.id if unit else "-")
    names = ", ".join(within(context.texts, one.name) for one in _offices(context))
    return Message(context.texts("score.not_yours", units=names), _hers(context, again))


def _offices(context: Context) -> list[Unit]:
    tree = context.stores.units.tree()
    units = {office.unit_id: tree.get(office.unit_id) for office in offices(context)}
    return [unit for unit in units.values() if unit][:MOST_UNITS]


def _hers(context: Context, again: str) -> Rows:
    return _buttons(context, again, _offices(context))


def _buttons(context: Context, again: str, units: Sequence[Unit], most: int = MOST_UNITS) -> Rows:
    """A button for each unit that she may read; for all of them where she may read none."""
    shown = [unit for unit in units if may_read(context, unit.id)] or list(units)
    pairs = [(_label(context, unit), f"c:{again.replace(CODE, token(context, unit))}") for unit in shown[:most]]
    return rows(*(pair for pair in pairs if len(pair[1].encode()) <= MOST_DATA_BYTES))


def _label(context: Context, unit: Unit) -> str:
    label = unit_label(context, unit)
    return label if unit.valid(context.today) else context.texts("former.label", unit=label)


def token(context: Context, unit: Unit) -> str:
    """How a button names a unit: by its code, or by its id once it ended and the code may be another's."""
    return unit.code if unit.valid(context.today) else unit.id
