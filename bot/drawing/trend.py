"""The picture of a figure over time: a line with its band of uncertainty, and gaps where there were too few answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.drawing.paper import ACCENT, GREY, PALE, WIDTH, Paper, drawn
from bot.drawing.pictures import (
    BODY,
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

MOST_POINTS = 24
LEFT = EDGE + 76
"""Where the plot begins, right of the scale's numbers."""
PLOT = 560
"""Height of the plot, pixels."""
STEP = 20
"""Percent between the lines of the scale; it begins at the nearest below everything and ends at 100."""
BAND = "#c3d9ea"


@dataclass(frozen=True)
class Point:
    """A percentage 0 to 100 with its interval; `score` None where it is withheld."""

    label: str
    score: float | None
    low: float = 0.0
    high: float = 0.0
    n: int = 0
    bound: str = ""


def draw_trend(facts: Mapping[str, Any]) -> bytes:
    """A PNG, WIDTH pixels wide. `facts`: title, points [[label, score, low, high, n, bound?], ...], language.

    With `watermark` where it is sample data. Oldest first; score to n are None where withheld.

    The same facts give the same bytes. ValueError without a single figure.
    """
    points = [_point(values) for values in facts["points"]][-MOST_POINTS:]
    if all(point.score is None for point in points):
        raise ValueError("a trend needs at least one figure")
    return drawn(lambda: _Trend(Paper(), facts, points).png())


def _point(values: Sequence[Any]) -> Point:
    label, score, low, high, n, *bound = values
    if score is None:
        return Point(one_line(label), None)
    return Point(one_line(label), percent_of(score), percent_of(low), percent_of(high), int(n), *map(str, bound))


class _Trend:
    """One picture under work."""

    def __init__(self, paper: Paper, facts: Mapping[str, Any], points: Sequence[Point]) -> None:
        self.paper = paper
        self.language = facts.get("language")
        self.words = words(PICTURE, self.language)
        self.points = points
        self.title = paper.wrap(one_line(facts["title"]), TITLE, RIGHT - EDGE, MOST_TITLE_LINES, bold=True)
        self.watermark = one_line(facts.get("watermark") or "")
        lowest = min(point.low for point in points if point.score is not None)
        self.floor = min(80, int(lowest // STEP) * STEP)
        self.top = HEAD + TITLE_LINE * len(self.title) + 96

    def png(self) -> bytes:
        gaps = any(point.score is None for point in self.points)
        foot = [self.words["band"], *([self.words["gap"]] if gaps else [])]
        height = self.top + PLOT + 130 + 50 * len(foot)
        self.paper.unroll(height)
        for at, line in enumerate(self.title):
            self.paper.text(EDGE, HEAD + TITLE_LINE * at + TITLE / 2 + 4, line, TITLE, bold=True)
        self.paper.text(EDGE, self.top - 60, self.words["trend"], SMALL, colour=GREY)
        self._draw_scale()
        for run in self._runs():
            self._draw_run(run)
        self._draw_values()
        for at, line in enumerate(foot):
            self.paper.text(EDGE, self.top + PLOT + 136 + 50 * at, line, SMALL - 2, colour=GREY)
        if self.watermark:
            self.paper.watermark(self.watermark, height)
        return self.paper.png()

    def _draw_scale(self) -> None:
        for percent in range(self.floor, 101, STEP):
            y = self._y(percent)
            self.paper.line((LEFT, y), (RIGHT, y), PALE, 3)
            self.paper.text(LEFT - 16, y, str(percent), SMALL, colour=GREY, right=True)

    def _runs(self) -> Iterator[list[int]]:
        """Places of the figures that stand side by side: the line is broken at every gap."""
        run: list[int] = []
        for place, point in enumerate(self.points):
            if point.score is not None:
                run.append(place)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def _draw_run(self, run: Sequence[int]) -> None:
        shown = [self.points[place] for place in run]
        if len(run) == 1:
            x = self._x(run[0])
            self.paper.line((x, self._y(shown[0].low)), (x, self._y(shown[0].high)), BAND, 18)
            return
        self.paper.band(
            [self._x(place) for place in run],
            [self._y(point.high) for point in shown],
            [self._y(point.low) for point in shown],
            BAND,
        )
        heights = [(self._x(place), self._y(self.points[place].score or 0)) for place in run]
        for start, end in pairwise(heights):
            self.paper.line(start, end, ACCENT, 7)

    def _draw_values(self) -> None:
        """Every point; the label and count of each where there is room, and the last figure in full."""
        every = max(1, -(-len(self.points) // 6))
        for place, point in enumerate(self.points):
            x = self._x(place)
            named = (len(self.points) - 1 - place) % every == 0
            if named:
                self._centred(x, self.top + PLOT + 36, point.label)
                if point.score is not None:
                    self._centred(x, self.top + PLOT + 80, f"n={decimal(point.n, 0, self.language)}")
            if point.score is None:
                continue
            self.paper.dot(x, self._y(point.score), 22, ACCENT)
            if named:
                y = self._y(point.score) - 40
                self._centred(x, max(y, self.top - 22), self._value(point), BODY, bold=True)

    def _value(self, point: Point) -> str:
        score = point.score or 0.0
        return f"{point.bound} {score:.0f}" if point.bound else decimal(score, 1, self.language)

    def _centred(self, x: float, y: float, text: str, size: float = SMALL - 3, *, bold: bool = False) -> None:
        width = self.paper.width(text, size, bold=bold)
        left = min(max(x - width / 2, 4), WIDTH - 4 - width)
        if bold:
            self.paper.text(left, y, text, size, bold=True)
        else:
            self.paper.text(left, y, text, size, colour=GREY)

    def _x(self, place: int) -> float:
        if len(self.points) == 1:
            return (LEFT + RIGHT) / 2
        return LEFT + 50 + (RIGHT - LEFT - 100) * place / (len(self.points) - 1)

    def _y(self, percent: float) -> float:
        return self.top + PLOT * (100 - percent) / (100 - self.floor)
