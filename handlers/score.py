"""`/score UNIT [PERIOD]`: one unit's figure, with its count, its interval and what moved."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import audit, chart
from handlers.access import covers, may_read, offices
from handlers.context import Button, Context, Message, strong
from handlers.figures import (
    Reading,
    change_sentence,
    factor_names,
    period_name,
    read,
    sample_mark,
    values,
)
from handlers.start import rows
from handlers.wording import quoted, unit_label, whole, within
from scoring.compare import change
from scoring.index import METHOD, share
from scoring.names import Choices, Match, knows, resolve
from scoring.period import Period, closed, of_kind, previous, rolling, split
from scoring.units import Unit

MOST_UNITS = 6
"""How many units one answer lists or offers."""


def respond(context: Context, argument: str) -> list[Message]:
    """Words after the command: a unit and a period in either order; none: her own unit, this quarter."""
    if argument.startswith("@how"):
        return [_how(context)]
    if argument.startswith("@chart "):
        return chart.respond(context, argument.removeprefix("@chart "))
    tree = context.stores.units.tree()
    name, period, bad = split(argument, context.today, lambda words: knows(tree, words, context.today))
    if bad:
        return [Message(context.texts("score.bad_period"))]
    notes = [context.texts("score.rolling")] if rolling(argument) else []
    if not name:
        return own_units(context, period, notes)
    match resolve(tree, name, context.today):
        case Match(unit=unit, others=others):
            return _answer(context, unit, period, others, notes)
        case Choices(units=units):
            return [Message(context.texts("score.which"), _unit_buttons(context, units, period))]
        case _:
            return [Message(context.texts("score.unknown_unit", name=quoted(name)), _mine(context))]


def own_units(context: Context, period: Period | None, notes: list[str]) -> list[Message]:
    tree = context.stores.units.tree()
    units = {office.unit_id: tree.get(office.unit_id) for office in offices(context)}
    mine = [unit for unit in units.values() if unit]
    root = tree.root(context.today)
    if not mine and context.province.publishes and root:
        mine = [root]
    return [message for unit in mine[:MOST_UNITS] for message in _answer(context, unit, period, (), notes)]


def _answer(
    context: Context, unit: Unit, period: Period | None, others: tuple[Unit, ...], notes: list[str]
) -> list[Message]:
    if not may_read(context, unit.id):
        return not_yours(context, "score", unit)
    reading = read(context, unit, period or default_period(context, unit))
    audit.note(context, "score", f"{unit.id} {reading.period.id}", "read")
    lines = [*sample_mark(context), *notes, *score_lines(context, reading), *_own_desk(context, reading)]
    return [Message("\n".join(lines), _buttons(context, reading, others))]


def not_yours(context: Context, command: str, unit: Unit | None) -> list[Message]:
    """No right to that unit, which is noted: what she can see instead."""
    audit.refused(context, command, unit.id if unit else "-")
    names = ", ".join(within(context.texts, one.name) for one in _reachable(context))
    return [Message(context.texts("score.not_yours", units=names), _mine(context))]


def which(context: Context, command: str, units: Sequence[Unit], period: Period | None) -> Message:
    """Ask which of several units; each button is the command with its code and period."""
    suffix = f" {period.id}" if period else ""
    pairs = ((unit_label(context, one), f"c:{command} {one.code}{suffix}") for one in units)
    return Message(context.texts("score.which"), rows(*pairs))


def default_period(context: Context, unit: Unit) -> Period:
    """This quarter; before its first release, the quarter before."""
    now = of_kind("quarter", context.today)
    assert now is not None
    if read(context, unit, now).cell is None:
        before = previous(now)
        if before and read(context, unit, before).cell is not None:
            return before
    return now


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
    more: list[Button] = []
    if context.stores.units.tree().children(reading.unit.id, context.today):
        more.append(Button(context.texts("button.rank"), f"c:rank {code} {period}"))
    if covers(context, offices(context), reading.unit.id, "manager"):
        more.append(Button(context.texts("button.sheet"), f"c:export {code} {period}"))
    return (main, *((tuple(more),) if more else ()), *extra)


def _how(context: Context) -> Message:
    return Message(context.texts("how", minimum=context.province.minimum, method=METHOD))


def _reachable(context: Context) -> list[Unit]:
    tree = context.stores.units.tree()
    units = {office.unit_id: tree.get(office.unit_id) for office in offices(context)}
    return [unit for unit in units.values() if unit][:MOST_UNITS]


def _mine(context: Context) -> tuple[tuple[Button, ...], ...]:
    return _unit_buttons(context, tuple(_reachable(context)), None)


def _unit_buttons(context: Context, units: tuple[Unit, ...], period: Period | None) -> tuple[tuple[Button, ...], ...]:
    held = offices(context)
    shown = [unit for unit in units if context.province.publishes or covers(context, held, unit.id)] or list(units)
    suffix = f" {period.id}" if period else ""
    return rows(*((unit_label(context, unit), f"c:score {unit.code}{suffix}") for unit in shown[:MOST_UNITS]))
