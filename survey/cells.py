"""A sheet's cells by row and column name, remembering where each stood, so that a fault can say so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.faults import Fault

Cells = Mapping[str, Sequence[Sequence[str]]]
"""Sheet name to rows of text; the first row holds the column names."""

MAX_ROWS = 1000
MAX_COLUMNS = 60

LABELLED = frozenset({"label", "hint", "short", "constraint_message"})
"""Columns that stand once per language, as `label::Tiếng Việt (vi)`."""


@dataclass(frozen=True)
class Cell:
    sheet: str
    row: int
    column: str
    text: str

    def fault(self, code: str, detail: str = "") -> Fault:
        return Fault(self.sheet, self.row, self.column, code, detail)


@dataclass(frozen=True)
class Row:
    """One row with something in it; `cells` by column key, as `key_of` names them."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, key: str) -> Cell:
        """The cell of a column; of a column that the sheet lacks, an empty one at the row's beginning."""
        return self.cells.get(key, Cell(self.sheet, self.number, "A", ""))

    def labels(self, base: str) -> dict[str, Cell]:
        """The filled cells of `base` by language code."""
        found = ((key.partition("::"), cell) for key, cell in self.cells.items())
        return {code: cell for (name, _, code), cell in found if name == base and code and cell.text}


@dataclass(frozen=True)
class Sheet:
    name: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]

    def languages(self) -> Iterator[str]:
        for key in self.keys:
            base, _, code = key.partition("::")
            if base == "label" and code:
                yield code


def read_sheet(name: str, cells: Cells, known: frozenset[str], language: str, report: Callable[[Fault], None]) -> Sheet:
    """The sheet's rows under known columns; an unknown column is a fault only if it holds something.

    `language` is meant by a label column that names none.
    """
    grid = cells.get(name, ())
    if len(grid) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in grid):
        report(Fault(name, 1, "A", "too_big", f"{MAX_ROWS} × {MAX_COLUMNS}"))
        return Sheet(name, (), ())
    keys = [key_of(tidy(text), language) for text in grid[0]] if grid else []
    rows: list[Row] = []
    for number, texts in enumerate(grid[1:], 2):
        found = {
            key: Cell(name, number, letter(place), tidy(text))
            for place, (key, text) in enumerate(zip(keys, texts, strict=False))
        }
        if any(cell.text for cell in found.values()):
            rows.append(Row(name, number, found))
    _judge_columns(name, keys, grid, known, report)
    return Sheet(name, tuple(keys), tuple(rows))


def _judge_columns(
    name: str,
    keys: list[str],
    grid: Sequence[Sequence[str]],
    known: frozenset[str],
    report: Callable[[Fault], None],
) -> None:
    headers = [tidy(text) for text in grid[0]] if grid else []
    for place in range(max((len(row) for row in grid), default=0)):
        key = keys[place] if place < len(keys) else ""
        first = next((n for n, row in enumerate(grid[1:], 2) if place < len(row) and tidy(row[place])), None)
        base, colons, code = key.partition("::")
        if key and key in keys[:place]:
            report(Fault(name, 1, letter(place), "duplicate_column", headers[place]))
        elif first is None:
            continue
        elif not key:
            report(Fault(name, first, letter(place), "unknown_column"))
        elif base not in known:
            wanted = "unsupported_column" if base in UNSUPPORTED else "unknown_column"
            report(Fault(name, 1, letter(place), wanted, headers[place]))
        elif colons and not code:
            report(Fault(name, 1, letter(place), "bad_language", headers[place]))


UNSUPPORTED = frozenset(
    {"choice_filter", "default", "repeat_count", "trigger", "read_only", "readonly", "parameters", "media", "image",
     "audio", "video", "required_message", "guidance_hint", "save_to", "body", "bind", "instance", "note", "style",
     "public_key", "submission_url", "instance_name", "auto_send", "auto_delete", "allow_choice_duplicates"}
)  # fmt: skip
"""Columns of XLSForm that this bot does not act on: refused by their own name, so that nobody waits for an effect."""


def key_of(header: str, language: str) -> str:
    """`label::Tiếng Việt (vi)` is label::vi, a bare `label` is that of `language`, everything else its own name."""
    base, colons, rest = (part.strip() for part in header.partition("::"))
    base = base.lower()
    if base not in LABELLED:
        return base
    return f"{base}::{language_code(rest) if colons else language}"


def language_code(name: str) -> str:
    """`Tiếng Việt (vi)` and `vi` are vi; empty when there is no code."""
    match = _LANGUAGE.fullmatch(name.strip())
    return (match[1] or match[2]).lower() if match else ""


_LANGUAGE = re.compile(r"(?:.*\(([A-Za-z]{2,3})\)|([A-Za-z]{2,3}))")


def tidy(text: str) -> str:
    """The text of a cell without what an editor leaves around it."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ").replace("\r\n", "\n")).strip()


def letter(place: int) -> str:
    """Excel's name of the column at `place`, counted from 0: A, B, ..., Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
