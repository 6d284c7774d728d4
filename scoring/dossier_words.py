"""The words of a feed: which office and which group of procedures are meant, each looked up once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from typing import Literal

from scoring.names import Choices, Match, exact
from scoring.units import Tree, Unit
from survey.text import fold

Unnamed = Literal["several_units", "unknown_unit"]
"""Why a text names no office."""


@dataclass
class Words:
    """What rows of one feed are read by. `procedures`: folded words to a group's code. What was found once is kept: the
    rows of an office name the same few offices and procedures."""

    tree: Tree
    procedures: Mapping[str, str]
    zone: tzinfo = UTC
    """Of the province: an instant with an offset is told in its local time."""
    _units: dict[tuple[str, date], Unit | Unnamed] = field(default_factory=dict)
    _groups: dict[str, str | None] = field(default_factory=dict)

    def unit(self, text: str, on: date) -> Unit | Unnamed:
        """By code or by name as it was that day; names are not guessed."""
        if (text, on) not in self._units:
            self._units[text, on] = self._find(text, on)
        return self._units[text, on]

    def _find(self, text: str, on: date) -> Unit | Unnamed:
        by_code = self.tree.by_code(text, on)
        if by_code is not None:
            return by_code
        match exact(self.tree, text, on):
            case Match(unit=unit, others=()) if unit.valid(on):
                return unit
            case Match() | Choices():
                return "several_units"
        return "unknown_unit"

    def group(self, text: str) -> str | None:
        """The group of a procedure: by its code, by our words for it, or by a title in which these stand."""
        if text not in self._groups:
            words = fold(text)
            # "Thủ tục đăng ký khai sinh": the longest words of ours that stand in it.
            inside = [one for one in self.procedures if re.search(rf"\b{re.escape(one)}\b", words)]
            known = self.procedures.get(words) or (self.procedures[max(inside, key=len)] if inside else None)
            self._groups[text] = known
        return self._groups[text]
