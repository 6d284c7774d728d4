"""`/export [UNIT] [PERIOD]`: an Excel file of the released scores of a unit (hers) and what lies below."""

from __future__ import annotations

from handlers import audit, by_procedure
from handlers.asked import asked
from handlers.context import Attachment, Context, Message
from handlers.figures import Reading, day_of, default_period, factor_names, period_name, read, sample_mark
from handlers.wording import within
from scoring.index import SMALL
from scoring.period import Period
from scoring.units import Unit

MOST_ROWS = 400


def respond(context: Context, argument: str) -> list[Message]:
    found = asked(context, "export", argument, "manager")
    if isinstance(found, Message):
        return [found]
    return [_file(context, found.unit, found.period or default_period(context, found.unit))]


def _file(context: Context, unit: Unit, period: Period) -> Message:
    tree = context.stores.units.tree()
    units = [unit, *tree.descendants(unit.id, day_of(context, unit, period))][:MOST_ROWS]
    audit.note(context, "export", f"{unit.id} {period.id}", "read")
    facts = score_table(context, units, period) | {"procedures": procedure_table(context, units, period)}
    sheet = Attachment("sheet", f"{unit.code}-{period.id}.xlsx", facts)
    text = context.texts("export.done", period=within(context.texts, period_name(context, period)), count=len(units))
    return Message("\n".join([*sample_mark(context), text]), attachment=sheet)


def procedure_table(context: Context, units: list[Unit], period: Period) -> dict[str, object] | None:
    """The figures by procedure of these units, of this quarter or the last one that is over; None: there are none."""
    quarter = by_procedure.quarter_of(context, period)
    rows: list[list[object]] = []
    told: list[by_procedure.Group] = []
    for unit in units if quarter else []:
        assert quarter is not None
        found = by_procedure.groups(context, unit, quarter)
        rows += [_procedure_row(context, unit, quarter, group) for group in found]
        told += found
    if quarter is None or not rows:
        return None
    columns = ["code", "unit", "period", "procedure", "n", "score", "low", "high"]
    return {"title": quarter.id, "columns": columns, "rows": rows, "note": " ".join(by_procedure.why(context, told))}


def _procedure_row(context: Context, unit: Unit, quarter: Period, group: by_procedure.Group) -> list[object]:
    shown, name = group.shown, by_procedure.group_name(context, group)
    figures = [_rounded(shown.score), _rounded(shown.low), _rounded(shown.high)]
    return [unit.code, unit.name, quarter.id, name, shown.n, *figures]


def score_table(context: Context, units: list[Unit], period: Period) -> dict[str, object]:
    """Plain rows of released figures: {"title", "columns", "rows", "note"}; withheld figures are empty."""
    names = factor_names(context)
    columns = ["code", "unit", "level", "period", "n", "score", "low", "high"]
    for letter in names:
        columns += [f"{letter}", f"{letter}_low", f"{letter}_high", f"{letter}_n"]
    rows = [_row(read(context, unit, period, method=context.province.method), list(names)) for unit in units]
    note = " ".join(
        [
            *sample_mark(context),
            context.texts("score.label"),
            context.texts("export.bounds", small=SMALL),
            context.province.method,
            *(f"{k}: {v}" for k, v in names.items()),
        ]
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
