"""The Excel file of released scores that an official gets in the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from bot.drawing.cells import sheet_cell
from bot.drawing.words import COLUMNS, LEVELS, SHEETS, words
from bot.drawing.workbook import OPTIONS, Formats, put_head, put_row, set_widths

HEAD_ROW = 4
"""Above the headings: the title, the watermark, the note and an empty row."""
FROZEN_COLUMNS = 2
NOTE_COLUMNS = 8
NOTE_LETTERS = 110
MOST_CHARTED = 30
ROW_PIXELS = 26

Rows = Sequence[Sequence[object]]


def score_sheet(facts: Mapping[str, Any]) -> bytes:
    """An .xlsx of {"title", "columns", "rows", "note", "language"?, "watermark"?}: the table, and a chart of it."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {**OPTIONS, "in_memory": True}) as workbook:
        add_scores(workbook, Formats(workbook), facts)
    return out.getvalue()


def add_scores(workbook: Any, formats: Formats, facts: Mapping[str, Any]) -> None:
    """The sheet of scores, and one with their chart where there are any."""
    language = facts.get("language")
    names, columns = words(SHEETS, language), list(facts["columns"])
    headings = [heading(column, language) for column in columns]
    rows = [_spoken(row, columns, language) for row in facts["rows"]]
    _add_table(workbook, formats, names["scores"], facts, headings, rows)
    if "score" in columns and any(row[columns.index("score")] is not None for row in rows[:MOST_CHARTED]):
        chart = _chart(workbook, facts, columns, rows[:MOST_CHARTED])
        workbook.add_worksheet(names["chart"]).insert_chart(0, 0, chart)
    procedures = facts.get("procedures")
    if procedures:
        facts = {**procedures, "watermark": facts.get("watermark")}
        headings = [heading(column, language) for column in procedures["columns"]]
        _add_table(workbook, formats, names["procedures"], facts, headings, procedures["rows"])


def _add_table(
    workbook: Any, formats: Formats, name: str, facts: Mapping[str, Any], headings: Sequence[str], rows: Rows
) -> None:
    sheet = workbook.add_worksheet(name)
    _write_top(sheet, formats, facts)
    put_head(sheet, HEAD_ROW, headings, formats)
    for at, row in enumerate(rows, HEAD_ROW + 1):
        put_row(sheet, at, row, formats)
    set_widths(sheet, headings, rows)
    sheet.set_row(HEAD_ROW, 46)
    sheet.freeze_panes(HEAD_ROW + 1, min(FROZEN_COLUMNS, len(headings) - 1))
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(1, len(rows)), len(headings) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def heading(column: str, language: object) -> str:
    """A column's name for people: "score", "B_low" (of factor B), "B" (its score)."""
    named = words(COLUMNS, language)
    if column in named and not column.startswith("_"):
        return named[column]
    factor, _, part = column.rpartition("_")
    if factor and f"_{part}" in named:
        return named[f"_{part}"].format(factor=factor)
    return named["_score"].format(factor=column)


def _spoken(row: Sequence[object], columns: Sequence[str], language: object) -> list[object]:
    levels = words(LEVELS, language)
    pairs = zip(columns, row, strict=True)
    return [levels.get(str(value), value) if column == "level" else value for column, value in pairs]


def _write_top(sheet: Any, formats: Formats, facts: Mapping[str, Any]) -> None:
    note = sheet_cell(str(facts.get("note") or ""))
    sheet.write_string(0, 0, sheet_cell(str(facts["title"])), formats.title)
    if facts.get("watermark"):
        sheet.write_string(1, 0, sheet_cell(str(facts["watermark"])), formats.warning)
    if note:
        sheet.merge_range(2, 0, 2, NOTE_COLUMNS - 1, "", formats.note)
        sheet.write_string(2, 0, note, formats.note)
        sheet.set_row(2, 16 * (1 + len(note) // NOTE_LETTERS))


def _chart(workbook: Any, facts: Mapping[str, Any], columns: Sequence[str], rows: Rows) -> Any:
    """Bars of the first column of scores, with the interval as whiskers where the table has it."""
    language = facts.get("language")
    sheet, first, last = words(SHEETS, language)["scores"], HEAD_ROW + 1, HEAD_ROW + len(rows)
    score = columns.index("score")
    label = columns.index("unit") if "unit" in columns else 0
    series: dict[str, Any] = {
        "name": heading("score", language),
        "categories": [sheet, first, label, last, label],
        "values": [sheet, first, score, last, score],
        "fill": {"color": "#4a8cc0"},
        "gap": 60,
        "data_labels": {"value": True, "num_format": "0.0", "position": "inside_base", "font": {"color": "#ffffff"}},
    }
    if {"low", "high"} <= set(columns):
        series["y_error_bars"] = _whiskers(rows, score, columns.index("low"), columns.index("high"))
    chart = workbook.add_chart({"type": "bar"})
    chart.add_series(series)
    # A title that began with "=" would be read as a reference, so the heading comes first.
    chart.set_title({"name": f"{heading('score', language)} · {sheet_cell(str(facts['title']))}"})
    chart.set_x_axis({"min": 0, "max": 100})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"none": True})
    chart.set_size({"width": 960, "height": 140 + ROW_PIXELS * len(rows)})
    return chart


def _whiskers(rows: Rows, score: int, low: int, high: int) -> dict[str, Any]:
    def between(row: Sequence[Any], lower: int, upper: int) -> float:
        return 0.0 if row[lower] is None or row[upper] is None else round(row[upper] - row[lower], 4)

    return {
        "type": "custom",
        "plus_values": [between(row, score, high) for row in rows],
        "minus_values": [between(row, low, score) for row in rows],
        "line": {"color": "#14202c", "width": 1.5},
    }
