"""Texts for people in a sheet: one per language, within bounds, with no placeholder but {you}."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from survey.cells import Cell, Row
from survey.faults import Fault
from survey.model import Labels

MAX_LABEL = 500
PLACEHOLDERS = frozenset({"{you}", "{You}"})
"""Filled with how the province addresses people: "Ông/Bà", "bác", "you"."""


@dataclass(frozen=True)
class LabelReader:
    """Reads `base::language` columns; a text in the default language is required unless said otherwise."""

    default: str
    report: Callable[[Fault], None]

    def read(self, row: Row, base: str, longest: int = MAX_LABEL, *, optional: bool = False) -> Labels:
        cells = row.labels(base)
        for cell in cells.values():
            self._judge(cell, longest)
        if not optional and self.default not in cells:
            self.report(row[f"{base}::{self.default}"].fault("missing_label", row["name"].text))
        return {code: cell.text for code, cell in cells.items()}

    def _judge(self, cell: Cell, longest: int) -> None:
        if len(cell.text) > longest:
            self.report(cell.fault("too_long", f"{len(cell.text)} > {longest}"))
        for braces in _BRACES.findall(cell.text):
            if braces not in PLACEHOLDERS:
                self.report(cell.fault("unknown_placeholder", braces))


_BRACES = re.compile(r"\$?\{[^{}]*\}?|\}")
