"""The operator's file of every released figure of a period: tidy rows, and in the workbook the officials' table too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.drawing.sheets import add_scores, heading
from bot.drawing.tables import Form, csv_table, workbook
from bot.drawing.words import SHEETS, words
from bot.drawing.workbook import Formats, put_head, put_row, set_widths
from handlers.context import Context
from handlers.export import score_table
from handlers.figures import factor_codes, index_survey
from scoring.frame import SCORE_COLUMNS, score_rows
from scoring.period import Period
from scoring.release import Cell
from scoring.units import Unit

Rows = Sequence[Sequence[object]]

REASON = SCORE_COLUMNS.index("reason")
COUNTS = tuple(SCORE_COLUMNS.index(name) for name in ("n", "answers"))


def export_scores(context: Context, period: Period, out: Path, form: Form) -> int:
    """Write every released figure of the period for all units; returns the rows. A withheld figure has a reason only.

    The .xlsx holds the officials' table and its chart too. OSError propagates and leaves no file.
    """
    units = [unit for unit in context.stores.units.tree().units if _lived(unit, period)]
    rows = _figures(context, units, period)
    if form == "csv":
        with csv_table(out) as table:
            if context.province.sample:
                table.row([f"# {context.texts('sample')}"])
            table.head(SCORE_COLUMNS)
            for row in rows:
                table.row(row)
    else:
        facts: dict[str, object] = {**score_table(context, units, period), "language": context.texts.language}
        if context.province.sample:
            facts["watermark"] = context.texts("sample")
        with workbook(out) as made:
            formats = Formats(made)
            add_scores(made, formats, facts)
            _add_figures(made, formats, rows, context.texts.language)
    return len(rows)


def _lived(unit: Unit, period: Period) -> bool:
    """Whether the unit was there on some day of the period."""
    return unit.valid_from <= period.last and (unit.valid_to is None or unit.valid_to >= period.first)


def _figures(context: Context, units: Sequence[Unit], period: Period) -> list[list[object]]:
    survey = index_survey(context)
    cells = ((unit, period, cell) for unit in units for cell in _cells(context, unit, survey.id, period))
    table = score_rows(cells, factor_codes(survey), context.province.minimum)
    return [_withheld(list(row)) for row in table.itertuples(index=False, name=None)]


def _cells(context: Context, unit: Unit, survey_id: str, period: Period) -> Iterator[Cell]:
    """What lies under the unit with it, and its own desk where that is not the same."""
    whole, own = (context.stores.cells.get(unit.id, scope, survey_id, period.id) for scope in ("all", "own"))
    if whole is not None:
        yield whole
    if own is not None and (whole is None or own.tally != whole.tally):
        yield own


def _withheld(row: list[object]) -> list[object]:
    """Too few to say the figure are too few to say how many."""
    return [None if row[REASON] and at in COUNTS else _plain(value) for at, value in enumerate(row)]


def _plain(value: object) -> object:
    """NaN is how a table of numbers says nothing."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


def _add_figures(made: Any, formats: Formats, rows: Rows, language: str) -> None:
    sheet = made.add_worksheet(words(SHEETS, language)["figures"])
    names = [heading(column, language) for column in SCORE_COLUMNS]
    put_head(sheet, 0, names, formats)
    for at, row in enumerate(rows, 1):
        put_row(sheet, at, row, formats)
    set_widths(sheet, names, rows)
    sheet.set_row(0, 46)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(rows)), len(names) - 1)
