"""A heat table: units by factors, each figure written in its field, which is the darker the lower it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.drawing.paper import GREY, INK, PALE, WHITE, Paper, drawn
from bot.drawing.pictures import (
    EDGE,
    HEAD,
    MOST_TITLE_LINES,
    RIGHT,
    SMALL,
    TITLE,
    TITLE_LINE,
    one_line,
    percent_of,
)
from bot.drawing.words import PICTURE, decimal, words
from scoring.index import outward

MOST_ROWS = 30
MOST_COLUMNS = 6
NAME_WIDTH = 300
ROW, GAP = 104, 6
MOST_NAME_LINES = 2
SHADES = ((60.0, "#1d4f7c", WHITE), (70.0, "#4a8cc0", INK), (80.0, "#93bbdc", INK), (90.0, "#c9dded", INK))
"""Below so many percent: the field's colour and its letters'. All differ in lightness: grey print shows them, too."""
BEST = ("#edf4fa", INK)


@dataclass(frozen=True)
class Field:
    """A percentage 0 to 100 with its interval; None where it is withheld."""

    score: float | None
    low: float = 0.0
    high: float = 0.0
    bound: str = ""


def draw_heat(facts: Mapping[str, Any]) -> bytes:
    """A PNG, WIDTH pixels wide. `facts`: title, columns, heat [[name, n, [[score, low, high, n, bound], ...]], ...],
    language, watermark?

    Rows stand as they come, at most MOST_ROWS. The same facts give the same bytes. ValueError without rows.
    """
    if not facts["heat"]:
        raise ValueError("a heat table needs at least one row")
    return drawn(lambda: _Heat(Paper(), facts).png())


def shade(score: float) -> tuple[str, str]:
    """(the field's colour, its letters') of a percentage."""
    return next(((field, letters) for below, field, letters in SHADES if score < below), BEST)


def _field(values: Sequence[Any]) -> Field:
    score, low, high, _, *bound = values
    if score is None:
        return Field(None)
    return Field(percent_of(score), percent_of(low), percent_of(high), *map(str, bound))


class _Heat:
    """One picture under work."""

    def __init__(self, paper: Paper, facts: Mapping[str, Any]) -> None:
        self.paper = paper
        self.language = facts.get("language")
        self.words = words(PICTURE, self.language)
        self.title = paper.wrap(one_line(facts["title"]), TITLE, RIGHT - EDGE, MOST_TITLE_LINES, bold=True)
        self.columns = [one_line(name) for name in facts["columns"]][:MOST_COLUMNS]
        self.rows = [(one_line(name), int(n), [_field(one) for one in fields]) for name, n, fields in facts["heat"]]
        self.watermark = one_line(facts.get("watermark") or "")
        self.width = (RIGHT - EDGE - NAME_WIDTH) / max(1, len(self.columns))

    def png(self) -> bytes:
        shown = self.rows[:MOST_ROWS]
        foot = [self.words["heat"]]
        if len(self.rows) > MOST_ROWS:
            foot.append(self.words["left_out"].format(shown=MOST_ROWS, all=len(self.rows)))
        top = HEAD + TITLE_LINE * len(self.title) + 96
        height = top + (ROW + GAP) * len(shown) + 30 + 50 * len(foot)
        self.paper.unroll(height)
        for at, line in enumerate(self.title):
            self.paper.text(EDGE, HEAD + TITLE_LINE * at + TITLE / 2 + 4, line, TITLE, bold=True)
        for number, name in enumerate(self.columns):
            fitted = self.paper.wrap(name, SMALL - 5, self.width - 8, MOST_NAME_LINES)
            for at, line in enumerate(reversed(fitted)):
                self._centred(number, top - 30 - 34 * at, line, SMALL - 5, GREY)
        for at, (name, n, fields) in enumerate(shown):
            self._draw_row(top + (ROW + GAP) * at, name, n, fields)
        for at, line in enumerate(foot):
            self.paper.text(EDGE, top + (ROW + GAP) * len(shown) + 34 + 50 * at, line, SMALL - 3, colour=GREY)
        if self.watermark:
            self.paper.watermark(self.watermark, height)
        return self.paper.png()

    def _draw_row(self, top: float, name: str, n: int, fields: Sequence[Field]) -> None:
        lines = self.paper.wrap(name, SMALL - 3, NAME_WIDTH - 12, MOST_NAME_LINES)
        for at, line in enumerate(lines):
            self.paper.text(EDGE, top + 20 + 34 * at, line, SMALL - 3)
        self.paper.text(EDGE, top + 22 + 34 * len(lines), f"n={decimal(n, 0, self.language)}", SMALL - 7, colour=GREY)
        for number, field in enumerate(fields[: len(self.columns)]):
            self._draw_field(number, top, field)

    def _draw_field(self, number: int, top: float, field: Field) -> None:
        left = EDGE + NAME_WIDTH + self.width * number
        if field.score is None:
            self.paper.box(left + 2, top + ROW / 2 - 2, self.width - 4, 4, PALE)
            return
        colour, letters = shade(field.score)
        self.paper.box(left + 2, top, self.width - 4, ROW, colour)
        score = f"{field.bound} {field.score:.0f}" if field.bound else decimal(field.score, 1, self.language)
        low, high = (decimal(percent, 0, self.language) for percent in outward(field.low, field.high, 0))
        self._centred(number, top + 38, score, SMALL + 1, letters, bold=True)
        self._centred(number, top + 76, f"{low}–{high}", SMALL - 7, letters)

    def _centred(self, number: int, y: float, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        left = EDGE + NAME_WIDTH + self.width * (number + 0.5) - self.paper.width(text, size, bold=bold) / 2
        self.paper.text(left, y, text, size, colour=colour, bold=bold)
