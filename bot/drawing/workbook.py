"""Writing workbooks: every text as a string, never as a formula, a link or a number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.drawing.cells import sheet_cell

OPTIONS: Mapping[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
NARROW, WIDEST = 10, 44
"""Widths of columns, in letters."""


class Formats:
    """The few looks of cells in one workbook."""

    def __init__(self, workbook: Any) -> None:
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.warning = workbook.add_format({"bold": True, "font_color": "#9c1c1c"})
        self.note = workbook.add_format({"text_wrap": True, "valign": "top", "font_color": "#444444"})
        self.head = workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#e4e9ee", "border": 1}
        )
        self.whole = workbook.add_format({"num_format": "#,##0"})
        self.percent = workbook.add_format({"num_format": "0.00"})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})


def put(sheet: Any, row: int, column: int, value: object, formats: Formats) -> None:
    """One cell by the type of its value; None and NaN leave it empty."""
    match value:
        case None | "":
            return
        case bool():
            sheet.write_number(row, column, int(value), formats.whole)
        case int():
            sheet.write_number(row, column, value, formats.whole)
        case float():
            if math.isfinite(value):
                sheet.write_number(row, column, value, formats.percent)
        case date():
            sheet.write_datetime(row, column, value, formats.day)
        case _:
            sheet.write_string(row, column, sheet_cell(str(value)))


def put_row(sheet: Any, row: int, values: Sequence[object], formats: Formats) -> None:
    for column, value in enumerate(values):
        put(sheet, row, column, value, formats)


def put_head(sheet: Any, row: int, names: Sequence[str], formats: Formats) -> None:
    for column, name in enumerate(names):
        sheet.write_string(row, column, sheet_cell(name), formats.head)


def set_widths(sheet: Any, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as their longest short text; headings may wrap."""
    for column, name in enumerate(names):
        longest = max((len(str(row[column])) for row in rows if row[column] is not None), default=0)
        wanted = max(longest, max((len(word) for word in name.split()), default=0), len(name) // 2)
        sheet.set_column(column, column, min(WIDEST, max(NARROW, wanted + 2)))
