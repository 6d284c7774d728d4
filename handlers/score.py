"""`/score UNIT [PERIOD]`: one unit's figure, with its count, its interval and what moved."""

from __future__ import annotations

from handlers import audit, chart, compare
from handlers.access import covers, may_read, offices
from handlers.asked import Asked, asked, own_units
from handlers.context import Button, Context, Message, strong
from handlers.figures import (
    Reading,
    change_sentence,
    default_period,
    factor_names,
    period_name,
    read,
    sample_mark,
    values,
)
from handlers.wording import whole, within
from scoring.compare import change
from scoring.index import METHOD, share
from scoring.period import closed, previous
from scoring.units import Unit


def respond(context: Context, argument: str) -> list[Message]:
    """Words after the command: a unit and a period in either order; none: her own units, this quarter."""
    if argument.startswith("@how"):
        return [_how(context)]
    if argument.startswith("@chart "):
        return chart.respond(context, argument.removeprefix("@chart "))
    if compare.sides(argument):
        return compare.respond(context, argument)
    found = asked(context, "score", argument)
    if isinstance(found, Message):
        return [found]
    units = [found.unit] if found.named else own_units(context)
    return [_answer(context, unit, found) for unit in units]


def _answer(context: Context, unit: Unit, found: Asked) -> Message:
    reading = read(context, unit, found.period or default_period(context, unit))
    audit.note(context, "score", f"{unit.id} {reading.period.id}", "read")
    notes = [context.texts("score.rolling")] if found.rolling else []
    lines = [*sample_mark(context), *notes, *score_lines(context, reading), *_own_desk(context, reading)]
    return Message("\n".join(lines), _buttons(context, reading, found.others))


def score_lines(context: Context, reading: Reading) -> list[str]:
    """Head, figure, change, factors, provenance, and what kind of figure it is."""
    texts = context.texts
    head = texts("score.head", unit=strong(reading.unit.name), period=period_name(context, reading.period))
    if reading.cell is None or reading.figures.overall.score is None:
        return [head, texts("score.too_few", minimum=context.province.minimum)]
    state = "score.closed" if closed(reading.period, context.today) else "score.open"
    shown = values(context, reading.figures.overall)
    lines = [
        f"{head} ({texts(state, step=reading.cell.step_no, n=shown['n'])})",
        texts("score.line", score=strong(shown["score"]), low=shown["low"], high=shown["high"]),
        _change(context, reading),
    ]
    names = factor_names(context)
    for letter, figure in reading.figures.factors.items():
        if figure.score is not None:
            lines.append(texts("score.factor", name=names.get(letter, letter), **values(context, figure)))
    return [*lines, *_provenance(context, reading), texts("score.label")]


def _change(context: Context, reading: Reading) -> str:
    before = previous(reading.period)
    earlier = read(context, reading.unit, before) if before else None
    moved = change(reading.figures.overall, earlier.figures.overall) if earlier else None
    return change_sentence(context, moved, before)


def _provenance(context: Context, reading: Reading) -> list[str]:
    """How many of the answers are tied to a real visit; withheld like every figure."""
    of = reading.figures.provenance
    verified = share(of.get("verified", 0), sum(of.values()), context.province.minimum)
    if verified.score is None:
        return []
    return [context.texts("score.verified", share=round(verified.score), n=whole(context, verified.n))]


def _own_desk(context: Context, reading: Reading) -> list[str]:
    """What the unit's own desk has, where the figure includes what lies under it."""
    no_desk = reading.unit.level == "province"
    if no_desk or reading.cell is None or not context.stores.units.tree().children(reading.unit.id, context.today):
        return []
    own = read(context, reading.unit, reading.period, "own").figures.overall
    name = within(context.texts, reading.unit.name)
    if own.score is None:
        return [context.texts("score.own_too_few", unit=name)]
    return [context.texts("score.own", unit=name, **values(context, own))]


def _buttons(context: Context, reading: Reading, others: tuple[Unit, ...]) -> tuple[tuple[Button, ...], ...]:
    code, period = reading.unit.code, reading.period.id
    extra = [(Button(other.name, f"c:score {other.code} {period}"),) for other in others if may_read(context, other.id)]
    if reading.figures.overall.score is None:
        return tuple(extra)
    main = (
        Button(context.texts("button.chart"), f"c:score @chart {code} {period}"),
        Button(context.texts("button.how"), "c:score @how"),
    )
    more = [
        Button(context.texts("button.why"), f"c:visao {code} {period}"),
        Button(context.texts("button.trend"), f"c:trend {code} {period}"),
    ]
    if context.stores.units.tree().children(reading.unit.id, context.today):
        more.append(Button(context.texts("button.rank"), f"c:rank {code} {period}"))
    if covers(context, offices(context), reading.unit.id, "manager"):
        more.append(Button(context.texts("button.sheet"), f"c:export {code} {period}"))
    return (main, *(tuple(more[place : place + 2]) for place in range(0, len(more), 2)), *extra)


def _how(context: Context) -> Message:
    return Message(context.texts("how", minimum=context.province.minimum, method=METHOD))
