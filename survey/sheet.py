"""Excel files: bytes to cells and back, without touching a disk."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from survey.cells import MAX_COLUMNS, MAX_ROWS, Cells, letter
from survey.faults import Fault

MAX_FILE = 2_000_000
"""Largest file, in bytes, as it comes and again as its parts add up to when unpacked times 10."""

WIDTHS = {"label": 60, "hint": 40, "relevant": 44, "constraint": 24, "constraint_message": 40, "calculation": 44}
"""Column widths by the beginning of the column's name, in characters; others are 14."""


def read_xlsx(data: bytes) -> dict[str, list[list[str]]] | list[Fault]:
    """Cells by sheet, as people see them in Excel, or the one fault that makes the file unreadable."""
    from openpyxl import load_workbook

    if fault := _unsafe(data):
        return [fault]
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        return {sheet.title: _grid(sheet) for sheet in book.worksheets}
    except Exception as error:  # noqa: BLE001 - a broken file makes openpyxl raise nearly anything
        return [Fault("", 1, "A", "bad_file", f"{type(error).__name__}: {error}"[:200])]


def _unsafe(data: bytes) -> Fault | None:
    """A file too large, or whose parts would be, is not opened at all."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        return Fault("", 1, "A", "bad_file", f"{type(error).__name__}: {error}"[:200])
    if len(data) > MAX_FILE or unpacked > 10 * MAX_FILE:
        return Fault("", 1, "A", "too_big", f"{MAX_FILE} B")
    return None


def _grid(sheet: Any) -> list[list[str]]:
    """Rows without what is empty at the end; one row and one column too many are read, so that they are refused."""
    rows = [
        [_text(value) for value in row]
        for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True)
    ]
    grid = [_without_tail(row) for row in rows]
    while grid and not grid[-1]:
        grid.pop()
    return grid


def _without_tail(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return row


def _text(value: object) -> str:
    """A version typed as 1 comes as a number, TRUE as a boolean: both as people see them."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case _:
            return str(value)


def write_xlsx(cells: Cells) -> bytes:
    """The cells as an Excel file, readable as it opens; equal cells give equal bytes."""
    from xlsxwriter import Workbook

    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
        header = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for name, rows in cells.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2)
            sheet.ignore_errors({"number_stored_as_text": f"A1:{letter(MAX_COLUMNS - 1)}{MAX_ROWS}"})
            for place, title in enumerate(rows[0] if rows else ()):
                sheet.set_column(place, place, WIDTHS.get(title.partition("::")[0], 14), body)
            for number, row in enumerate(rows):
                for place, text in enumerate(row):
                    sheet.write_string(number, place, text, body if number else header)
    return buffer.getvalue()
