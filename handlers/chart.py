"""The picture behind [Biểu đồ]: a unit's figures by factor, as plain data for the drawing."""

from __future__ import annotations

from handlers import audit
from handlers.access import may_read
from handlers.context import Attachment, Context, Message
from handlers.figures import Reading, factor_names, figure_facts, period_name, picture, read
from handlers.wording import quoted
from scoring.period import split


def respond(context: Context, argument: str) -> list[Message]:
    """`CODE PERIOD`: the same figures as /score, drawn."""
    code, _, period_id = argument.partition(" ")
    tree = context.stores.units.tree()
    unit = tree.find(code, context.today)
    _, period, _ = split(period_id, context.today)
    if unit is None or period is None or not may_read(context, unit.id):
        audit.refused(context, "chart", unit.id if unit else "-")
        return [Message(context.texts("score.unknown_unit", name=quoted(code), command="score"))]
    reading = read(context, unit, period)
    if reading.figures.overall.score is None:
        return [Message(context.texts("score.too_few", minimum=context.province.minimum))]
    audit.note(context, "chart", f"{unit.id} {period.id}", "read")
    return [Message(f"{unit.name} · {period_name(context, period)}", attachment=factor_chart(context, reading))]


def factor_chart(context: Context, reading: Reading) -> Attachment:
    names = factor_names(context)
    bars = [
        [names.get(letter, letter), *figure_facts(figure)]
        for letter, figure in reading.figures.factors.items()
        if figure.score is not None
    ]
    title = f"{reading.unit.name} · {period_name(context, reading.period)}"
    name = f"{reading.unit.code}-{reading.period.id}"
    return picture(context, name, title, bars=bars, n=reading.figures.overall.n)
