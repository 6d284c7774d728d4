"""`/rank [UNIT] [PERIOD]`: the units below, ordered, each with its interval; ties are said."""

from __future__ import annotations

from handlers import audit
from handlers.asked import asked
from handlers.context import Attachment, Context, Message, strong
from handlers.figures import (
    Reading,
    day_of,
    default_period,
    factor_names,
    figure_facts,
    period_name,
    picture,
    read,
    sample_mark,
    values,
)
from handlers.wording import within
from scoring.compare import RANKED_FROM, Ranked, ranks, too_few
from scoring.index import Figure
from scoring.period import Period
from scoring.units import Unit

MOST_LINES = 40
NAMED_TOO_FEW = 6


def respond(context: Context, argument: str) -> list[Message]:
    found = asked(context, "rank", argument)
    if isinstance(found, Message):
        return [found]
    unit = found.unit
    period = found.period or default_period(context, unit)
    below = _below(context, unit, period)
    if not below:
        return [Message(context.texts("rank.none", unit=unit.name))]
    audit.note(context, "rank", f"{unit.id} {period.id}", "read")
    method = read(context, unit, period).figures.method
    readings = [read(context, one, period, method=method) for one in below]
    pairs = [(one.unit, one.figures.overall) for one in readings]
    name = within(context.texts, unit.name)
    head = strong(context.texts("rank.head", unit=name, period=period_name(context, period)))
    ranked = ranks([pair for pair in pairs if pair[1].n >= RANKED_FROM])
    lines = [*sample_mark(context), head, *(_line(context, place) for place in ranked[:MOST_LINES])]
    if any(place.tied for place in ranked):
        lines.append(context.texts("rank.ties"))
    lines += _unranked(context, pairs, MOST_LINES - len(ranked))
    lines += _withheld(context, too_few(pairs))
    return [Message("\n".join(lines), attachment=_heat(context, unit, period, readings))]


def _heat(context: Context, unit: Unit, period: Period, readings: list[Reading]) -> Attachment | None:
    """The same units by factors, the lowest first, as a table of fields."""
    shown = [one for one in readings if one.figures.overall.score is not None]
    if len(shown) < 2:
        return None
    shown.sort(key=lambda one: (one.figures.overall.score or 0.0, one.unit.name))
    names = factor_names(context)
    heat = [
        [one.unit.name, one.figures.overall.n, [figure_facts(one.figures.factors[letter]) for letter in names]]
        for one in shown
    ]
    title = f"{unit.name} · {period_name(context, period)}"
    return picture(context, f"{unit.code}-{period.id}-factors", title, columns=list(names.values()), heat=heat)


def _unranked(context: Context, pairs: list[tuple[Unit, Figure]], room: int) -> list[str]:
    """Figures of too few people for a place: in the order of the tree, so that their order says nothing."""
    few = [(unit, figure) for unit, figure in pairs if figure.score is not None and figure.n < RANKED_FROM]
    shown = few[: max(room, 0)]
    if not shown:
        return []
    lines = [context.texts("rank.unranked", count=RANKED_FROM)]
    return lines + [context.texts("compare.line", name=unit.name, **values(context, figure)) for unit, figure in shown]


def _below(context: Context, unit: Unit, period: Period) -> list[Unit]:
    """The direct children of one kind: a province's districts (its communes where there are none)."""
    children = context.stores.units.tree().children(unit.id, day_of(context, unit, period))
    for level in ("district", "commune", "department"):
        of_level = [child for child in children if child.level == level]
        if of_level:
            return of_level
    return list(children)


def _line(context: Context, ranked: Ranked) -> str:
    place = f"{ranked.best}–{ranked.worst}" if ranked.tied else str(ranked.best)
    return context.texts("rank.line", place=place, unit=ranked.unit.name, **values(context, ranked.figure))


def _withheld(context: Context, units: list[Unit]) -> list[str]:
    if not units:
        return []
    if len(units) > NAMED_TOO_FEW:
        return [context.texts("rank.too_few_many", count=len(units))]
    return [context.texts("rank.too_few", units=", ".join(within(context.texts, unit.name) for unit in units))]
