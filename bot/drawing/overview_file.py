"""The workbook of official figures that an official gets in the chat: a sheet for each table of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from bot.drawing.cells import sheet_cell
from bot.drawing.workbook import OPTIONS, Formats, put_head, put_row, set_widths

HEAD_ROW = 4
"""Above the headings: the title, the watermark, the note and an empty row."""
LONGEST_NAME = 31
"""Letters of a sheet's name; Excel takes no more."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def overview_file(facts: Mapping[str, Any]) -> bytes:
    """An .xlsx of {"title", "tables": [{"title", "columns", "rows"}, ...], "note"?, "watermark"?}."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {**OPTIONS, "in_memory": True}) as made:
        formats = Formats(made)
        exact = made.add_format({"num_format": "0.00####"})
        taken: set[str] = set()
        for table in facts["tables"]:
            sheet = made.add_worksheet(_name(str(table["title"]), taken))
            _fill(sheet, formats, exact, facts, table)
        if not facts["tables"]:
            made.add_worksheet()
    return out.getvalue()


def _fill(sheet: Any, formats: Formats, exact: Any, facts: Mapping[str, Any], table: Mapping[str, Any]) -> None:
    names, rows = list(table["columns"]), list(table["rows"])
    sheet.write_string(0, 0, sheet_cell(f"{table['title']} · {facts['title']}"), formats.title)
    if facts.get("watermark"):
        sheet.write_string(1, 0, sheet_cell(str(facts["watermark"])), formats.warning)
    if facts.get("note"):
        sheet.write_string(2, 0, sheet_cell(str(facts["note"])))
    put_head(sheet, HEAD_ROW, names, formats)
    for at, row in enumerate(rows, HEAD_ROW + 1):
        put_row(sheet, at, row, formats)
        for column, value in enumerate(row):
            if isinstance(value, float):  # every digit that was told, as the page shows it
                sheet.write_number(at, column, value, exact)
    set_widths(sheet, names, rows)
    sheet.set_row(HEAD_ROW, 46)
    sheet.freeze_panes(HEAD_ROW + 1, min(2, len(names) - 1))
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(1, len(rows)), len(names) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name: no letter that Excel refuses, short, and none twice."""
    name = _NOT_IN_NAMES.sub(" ", sheet_cell(title)).strip()[:LONGEST_NAME].strip() or "1"
    number = 2
    while name.lower() in taken:
        tail = f" {number}"
        name, number = f"{name[: LONGEST_NAME - len(tail)]}{tail}", number + 1
    taken.add(name.lower())
    return name
