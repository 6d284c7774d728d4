"""A workbook that somebody gives us: each sheet as people see it, row by row."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.errors import Unusable
from bot.given_file import read_file
from bot.table_file import excel_parts
from scoring.book_line import NO_VALUE
from scoring.book_sheet import MOST_ROWS, Grid

MOST_BYTES = 20_000_000
MOST_SHEETS = 30
MOST_COLUMNS = 60
SIGNIFICANT = 12
"""Digits of a number: what a spreadsheet shows of 80.04, which it keeps as 80.04000000000001."""
_QUOTED = re.compile(r'"[^"]*"|\\.')
"""In a number's format: what is shown as it stands and changes no value."""
_THOUSANDTHS = re.compile(r"-?\d+\.\d{3}")


def read_book(path: Path) -> tuple[bytes, dict[str, Grid]]:
    """(the file, its sheets by title). Raises Unusable for what is no workbook: what, where and the mend."""
    content = read_file(path)
    if len(content) > MOST_BYTES:
        raise Unusable(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB", "leave out what is not figures")
    if path.suffix.lower() != ".xlsx":
        raise Unusable(str(path), "is no .xlsx", "save it in Excel as a workbook (.xlsx)")
    with excel_parts(path, content):
        return content, dict(_sheets(content))


def _sheets(content: bytes) -> Iterator[tuple[str, Grid]]:
    from openpyxl import load_workbook

    shown = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    typed = load_workbook(io.BytesIO(content), read_only=True)
    for values, formulas in list(zip(shown.worksheets, typed.worksheets, strict=True))[:MOST_SHEETS]:
        cells = values.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2)
        pairs = zip(
            cells, formulas.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2, values_only=True), strict=False
        )
        yield values.title, [[_cell(cell, formula) for cell, formula in zip(*pair, strict=False)] for pair in pairs]


def _cell(cell: Any, typed: Any) -> str:
    value = cell.value
    match value:
        case None:
            return NO_VALUE if isinstance(typed, str) and typed.startswith("=") else ""
        case bool():
            return str(int(value))
        case datetime() | date():
            return value.strftime("%Y-%m-%d")
        case int() | float():
            return _number(value, cell.number_format or "")
        case _:
            return str(value)


def _number(value: float, shape: str) -> str:
    """75.66% is kept as 0.7566. A number with three decimals gets a fourth: as 1.153 it would be read as 1153."""
    share = "%" in _QUOTED.sub("", shape)
    text = f"{value * 100 if share else value:.{SIGNIFICANT}g}"
    text += "0" * bool(_THOUSANDTHS.fullmatch(text))
    return f"{text}%" if share else text
