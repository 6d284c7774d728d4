"""What is asked about a unit's reform index: what lost points, who stands where, what would move it a class up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from handlers.context import Context
from handlers.overview import Overview, Table, decimal, percent
from handlers.par_figures import Opened, group_lines, group_table, overview
from handlers.wording import within
from scoring.par import Group, Loss
from scoring.unit import Unit

MOST_LOSSES = 12
MOST_PLACES = 40
MOST_NAMED = 6


def lost(context: Context, found: Opened, unit: Unit) -> Overview:
    """The smallest known parts that lost points, most first; those without any point, and who leads them."""
    say, known = context.texts, found.year.share(unit.id)
    losses = found.year.losses(unit.id) if found.year.level_of(unit.id) else []
    lines: list[str] = []
    if known is None or (not losses and known.lost > 0):
        lines.append(say("par.lost_unknown", unit=within(say, unit.name)))
    elif not losses:
        lines.append(say("par.lost_none"))
    else:
        whole = decimal(context, known.lost)
        explained = sum((one.share.lost for one in losses), Decimal(0))
        key = "par.lost" if explained == known.lost else "par.lost_partly"
        lines.append(say(key, points=whole, known=decimal(context, explained), count=len(losses)))
        lines += [_loss(context, one) for one in losses[:MOST_LOSSES]]
        if len(losses) > MOST_LOSSES:
            lines.append(say("par.more", count=len(losses) - MOST_LOSSES))
    invented, tables = found.year.invented(unit.id), _tables(context, unit, losses)
    return overview(context, found, unit, lines, name=f"lost-{unit.code}", invented=invented, tables=tables)


def _tables(context: Context, unit: Unit, losses: Sequence[Loss]) -> tuple[Table, ...]:
    if not losses:
        return ()
    columns = tuple(
        context.texts(f"par.column.{name}")
        for name in ("code", "criterion", "lost", "points", "maximum", "leads", "note")
    )
    rows = tuple(
        (
            one.criterion.code,
            one.criterion.name,
            one.share.lost,
            one.share.points,
            one.share.maximum,
            leads(context, one),
            one.row.note,
        )
        for one in losses
    )
    return (Table(context.texts("par.table.lost", unit=within(context.texts, unit.name)), columns, rows),)


def _loss(context: Context, one: Loss) -> str:
    points, most = decimal(context, one.share.points), decimal(context, one.share.maximum)
    key = "par.loss_all" if one.share.points == 0 else "par.loss"
    lost = decimal(context, one.share.lost)
    line = context.texts(key, code=one.criterion.code, name=one.criterion.name, lost=lost, points=points, maximum=most)
    led = leads(context, one)
    return f"{line} {context.texts('par.led', units=led)}" if led else line


def leads(context: Context, one: Loss) -> str:
    """Who answers for a criterion, by name."""
    tree = context.stores.units.tree()
    return ", ".join(unit.name for lead in one.criterion.leads if (unit := tree.get(lead)))


def places(context: Context, found: Opened, root: Unit, group: Group) -> Overview:
    """The units of a level by their percentages, each with its class."""
    say, tree = context.texts, context.stores.units.tree()
    lines = group_lines(context, group)
    shared = {one.place for one in group.placed if sum(two.place == one.place for two in group.placed) > 1}
    for one in group.placed[:MOST_PLACES]:
        unit = tree.get(one.unit)
        place = f"{one.place}=" if one.place in shared else str(one.place)
        name = unit.name if unit else one.unit
        line = say("par.place", place=place, unit=name, percent=percent(context, one.share.percent), label=one.label)
        lines.append(line.rstrip(" ,·"))
    if len(group.placed) > MOST_PLACES:
        lines.append(say("par.more", count=len(group.placed) - MOST_PLACES))
    invented = any(found.year.invented(one.unit) for one in group.placed)
    named = [(tree.get(one.unit), one) for one in group.placed]
    bars = [(unit.name if unit else one.unit, one.share.percent) for unit, one in named]
    tables = (group_table(context, found, group),)
    return overview(context, found, root, lines, name=group.level, invented=invented, tables=tables, bars=bars)


def what_if(context: Context, found: Opened, unit: Unit) -> Overview:
    """How many points are missing to the next class, and the fewest criteria that would bring them."""
    say, year = context.texts, found.year
    lines: list[str] = []
    climb, share = year.climb(unit.id), year.share(unit.id)
    known = year.level_of(unit.id) is not None and share is not None
    if climb is None:
        lines.append(say("par.top" if known and year.label(unit.id) else "par.no_classes"))
    else:
        assert share is not None, "whoever can climb stands somewhere"
        now = percent(context, share.percent)
        label = year.label(unit.id)
        standing = say("par.now", percent=now, label=label) if label else say("par.now_unnamed", percent=now)
        lines.append(standing)
        lines.append(say("par.needs", points=decimal(context, climb.needed), label=climb.label))
        if climb.possible:
            lines.append(say("par.enough", count=len(climb.enough)))
            lines += [_loss(context, one) for one in climb.enough[:MOST_NAMED]]
            if len(climb.enough) > MOST_NAMED:
                lines.append(say("par.more", count=len(climb.enough) - MOST_NAMED))
            lines += _alone(context, year.losses(unit.id), climb.enough, climb.needed)
        else:
            lines.append(say("par.not_enough" if year.losses(unit.id) else "par.no_criteria"))
    invented = year.invented(unit.id)
    tables = _tables(context, unit, year.losses(unit.id) if known else [])
    return overview(context, found, unit, lines, name=f"up-{unit.code}", invented=invented, tables=tables)


def _alone(context: Context, losses: Sequence[Loss], enough: Sequence[Loss], needed: object) -> list[str]:
    """Others of which each would do by itself, so that there is a choice."""
    if len(enough) != 1:
        return []
    others = [one.criterion.code for one in losses if one not in enough and one.share.lost >= needed]  # type: ignore[operator]
    return [context.texts("par.or_alone", codes=", ".join(others[:MOST_NAMED]))] if others else []
