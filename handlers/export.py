"""`/export [UNIT] [PERIOD]`: an Excel file of the released scores of a unit (hers) and what lies below."""

from __future__ import annotations

from handlers import audit
from handlers.access import covers, offices
from handlers.context import Attachment, Context, Message
from handlers.figures import Reading, factor_names, period_name, read, sample_mark
from handlers.score import default_period, not_yours, which
from handlers.wording import quoted, within
from scoring.index import METHOD
from scoring.names import Choices, Match, knows, resolve
from scoring.period import Period, split
from scoring.units import Unit

MOST_ROWS = 400


def respond(context: Context, argument: str) -> list[Message]:
    tree = context.stores.units.tree()
    name, period, bad = split(argument, context.today, lambda words: knows(tree, words, context.today))
    if bad:
        return [Message(context.texts("score.bad_period"))]
    held = offices(context)
    unit = tree.get(held[0].unit_id)
    if name:
        match resolve(tree, name, context.today):
            case Match(unit=found):
                unit = found
            case Choices(units=units):
                return [which(context, "export", units, period)]
            case _:
                return [Message(context.texts("score.unknown_unit", name=quoted(name)))]
    if unit is None or not covers(context, held, unit.id, "manager"):
        return not_yours(context, "export", unit)
    return [_file(context, unit, period or default_period(context, unit))]


def _file(context: Context, unit: Unit, period: Period) -> Message:
    tree = context.stores.units.tree()
    units = [unit, *tree.descendants(unit.id, context.today)][:MOST_ROWS]
    audit.note(context, "export", f"{unit.id} {period.id}", "read")
    sheet = Attachment("sheet", f"{unit.code}-{period.id}.xlsx", score_table(context, units, period))
    text = context.texts("export.done", period=within(context.texts, period_name(context, period)), count=len(units))
    return Message("\n".join([*sample_mark(context), text]), attachment=sheet)


def score_table(context: Context, units: list[Unit], period: Period) -> dict[str, object]:
    """Plain rows of released figures: {"title", "columns", "rows", "note"}; withheld figures are empty."""
    names = factor_names(context)
    columns = ["code", "unit", "level", "period", "n", "score", "low", "high"]
    for letter in names:
        columns += [f"{letter}", f"{letter}_low", f"{letter}_high", f"{letter}_n"]
    rows = [_row(read(context, unit, period), list(names)) for unit in units]
    note = " ".join(
        [*sample_mark(context), context.texts("score.label"), METHOD, *(f"{k}: {v}" for k, v in names.items())]
    )
    return {"title": period.id, "columns": columns, "rows": rows, "note": note}


def _row(reading: Reading, letters: list[str]) -> list[object]:
    overall = reading.figures.overall
    n = overall.n if overall.score is not None else None
    row: list[object] = [reading.unit.code, reading.unit.name, reading.unit.level, reading.period.id, n]
    row += [_rounded(overall.score), _rounded(overall.low), _rounded(overall.high)]
    for letter in letters:
        figure = reading.figures.factors.get(letter)
        if figure is None or figure.score is None:
            row += [None, None, None, None]
        else:
            row += [_rounded(figure.score), _rounded(figure.low), _rounded(figure.high), figure.n]
    return row


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
