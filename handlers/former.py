"""Across a change of the map: what an ended unit went into, taken together, and what a new unit's past is made of."""

from __future__ import annotations

from handlers import audit
from handlers.access import may_read
from handlers.asked import CODE, not_yours
from handlers.bubble import score_lines
from handlers.context import Context, Message
from handlers.figures import (
    Reading,
    cell_of,
    change_sentence,
    read_together,
    sample_mark,
)
from handlers.wording import quoted, within
from scoring.compare import change
from scoring.period import by_id, of_kind, previous
from scoring.units import Unit


def together(context: Context, argument: str) -> list[Message]:
    """`ID [PERIOD]`: the units that an ended one went into, as one figure."""
    unit_id, _, period_id = argument.partition(" ")
    tree = context.stores.units.tree()
    unit = tree.get(unit_id)
    period = by_id(period_id) or of_kind("quarter", context.today)
    if unit is None or period is None or not may_read(context, unit.id):
        return [not_yours(context, f"score {CODE}", unit)]
    units = tree.successors(unit.id)
    if unit.valid(context.today) or not units:
        return [Message(context.texts("score.unknown_unit", name=quoted(unit_id), command="score"))]
    audit.note(context, "score", f"{unit.id} together {period.id}", "read")
    reading = read_together(context, unit, units, period)
    before = previous(period)
    earlier = read_together(context, unit, units, before, method=reading.figures.method) if before else None
    moved = change(reading.figures.overall, earlier.figures.overall) if earlier else None
    name = context.texts("former.together", count=len(units), unit=within(context.texts, unit.name))
    lines = [*sample_mark(context), *score_lines(context, reading, name, change_sentence(context, moved, before))]
    lines.append(context.texts("former.of", units=_names(context, units)))
    mixed = [one for one in units if _took_from_elsewhere(context, one, unit)]
    if mixed:
        lines.append(context.texts("former.mixed", units=_names(context, mixed)))
    parted = {part for one in units if period.first < one.valid_from for part in tree.predecessors(one.id, whole=False)}
    if parted:
        lines.append(context.texts("former.parted", units=_names(context, sorted(parted, key=lambda one: one.name))))
    return [Message("\n".join(lines))]


def _took_from_elsewhere(context: Context, new: Unit, old: Unit) -> bool:
    """Whether the new unit also holds places that did not lie in the old one."""
    tree = context.stores.units.tree()
    parts = (*tree.predecessors(new.id, whole=True), *tree.predecessors(new.id, whole=False))
    return any(not tree.covers(old.id, part.id) for part in parts)


def past_notes(context: Context, reading: Reading) -> list[str]:
    """For days before the unit began: whose answers are in its figure, and whose could not be divided."""
    unit, period = reading.unit, reading.period
    if unit.valid_to is not None and unit.valid_to < context.today:
        return [context.texts("former.over", day=unit.valid_to.strftime("%d/%m/%Y"))]
    if period.first >= unit.valid_from:
        return []
    tree = context.stores.units.tree()
    taken = [one for one in tree.predecessors(unit.id, whole=True) if cell_of(context, one, period)]
    notes = [context.texts("former.includes", units=_names(context, taken))] if taken else []
    parted = [one for one in tree.predecessors(unit.id, whole=False) if cell_of(context, one, period)]
    if parted:
        notes.append(context.texts("former.parted", units=_names(context, parted)))
    return notes


def _names(context: Context, units: list[Unit] | tuple[Unit, ...]) -> str:
    return ", ".join(within(context.texts, one.name) for one in units)
