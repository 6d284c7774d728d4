"""An XLSForm written as markdown tables, so that a questionnaire can be read and compared in git."""

from __future__ import annotations

import re


def read_markdown(text: str) -> dict[str, list[list[str]]]:
    """Cells by sheet: a heading names a sheet, the table under it holds its rows; other lines are prose.

    The line of dashes under the column names is no row, so rows count as in Excel. In a cell, `\\|` is a bar and
    `<br>` a line break.
    """
    sheets: dict[str, list[list[str]]] = {}
    name = ""
    for line in text.splitlines():
        stripped = line.strip()
        if heading := _HEADING.fullmatch(stripped):
            name = heading[1]
        elif stripped.startswith("|") and name:
            cells = [_cell(part) for part in _BAR.split(stripped.removeprefix("|").removesuffix("|"))]
            if not all(_DASHES.fullmatch(cell) for cell in cells):
                sheets.setdefault(name, []).append(cells)
    return sheets


def _cell(part: str) -> str:
    return part.replace("\\|", "|").replace("<br>", "\n").strip()


_HEADING = re.compile(r"#{1,6}\s+(\w+)")
_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r":?-{3,}:?")
