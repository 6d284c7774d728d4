"""The bar picture of a score: sorted, with intervals and counts, readable on a phone and in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.drawing.paper import ACCENT, GREY, PALE, WHITE, WIDTH, Paper, drawn
from bot.drawing.words import PICTURE, decimal, words
from scoring.index import outward

MOST_BARS = 30
MANY = 12
"""From so many bars on, rows are drawn closer."""
MOST_TITLE_LINES = 3
MOST_LABEL_LINES = 2
MOST_LETTERS = 300

EDGE, RIGHT = 44, WIDTH - 44
BAR_END = 560
"""Where 100% lies."""
VALUE_END = BAR_END + 132
TITLE, BODY, SMALL = 48, 36, 33
"""Sizes of letters. A phone shows the picture at a third of its width: nothing may be smaller than SMALL."""
HEAD, TITLE_LINE, SCALE, FOOT_LINE = 40, 60, 78, 50


@dataclass(frozen=True)
class Bar:
    """A percentage 0 to 100 with its interval, over `n` respondents."""

    label: str
    score: float
    low: float
    high: float
    n: int
    bound: str = ""


@dataclass(frozen=True)
class Row:
    """Heights of one row: letters and lines of its label, its bar, the gap below."""

    text: int
    line: int
    bar: int
    gap: int


WIDE = Row(text=BODY, line=50, bar=34, gap=34)
CLOSE = Row(text=32, line=46, bar=26, gap=22)


def draw_bars(facts: Mapping[str, Any]) -> bytes:
    """A PNG, WIDTH pixels wide. `facts`: title, bars [[label, score, low, high, n, bound?], ...], n, language,
    watermark?

    The same facts give the same bytes. Bars stand lowest first, at most MOST_BARS. ValueError without bars. With
    `scale` (what the bars measure) they are exact shares, [label, share], without interval or number of people.
    """
    bars = [_bar(values) if len(values) > 2 else _share(*values) for values in facts["bars"]]
    bars.sort(key=lambda bar: bar.score)
    if not bars:
        raise ValueError("a picture needs at least one bar")
    return drawn(lambda: _Chart(Paper(), facts, bars).png())


def _bar(values: Sequence[Any]) -> Bar:
    label, score, low, high, n, *bound = values
    return Bar(one_line(label), percent_of(score), percent_of(low), percent_of(high), int(n), *map(str, bound))


def _share(label: object, share: Any) -> Bar:
    return Bar(one_line(label), percent_of(share), percent_of(share), percent_of(share), 0)


def percent_of(value: Any) -> float:
    """Within 0 to 100, whatever the facts say."""
    return min(100.0, max(0.0, float(value)))


def one_line(text: object) -> str:
    return " ".join(str(text).split())[:MOST_LETTERS]


class _Chart:
    """One picture under work."""

    def __init__(self, paper: Paper, facts: Mapping[str, Any], bars: Sequence[Bar]) -> None:
        self.paper = paper
        self.language = facts.get("language")
        self.words = words(PICTURE, self.language)
        self.bars = bars[:MOST_BARS]
        self.row = WIDE if len(self.bars) <= MANY else CLOSE
        self.title = paper.wrap(one_line(facts["title"]), TITLE, RIGHT - EDGE, MOST_TITLE_LINES, bold=True)
        self.labels = [paper.wrap(bar.label, self.row.text, RIGHT - EDGE, MOST_LABEL_LINES) for bar in self.bars]
        self.scale = one_line(facts["scale"]) if "scale" in facts else ""
        self.foot = [] if self.scale else [self.words["total"].format(n=self.number(int(facts["n"])))]
        if len(bars) > MOST_BARS:
            self.foot.append(self.words["left_out"].format(shown=MOST_BARS, all=len(bars)))
        self.watermark = one_line(facts.get("watermark") or "")

    def number(self, value: float, digits: int = 0) -> str:
        return decimal(value, digits, self.language)

    def png(self) -> bytes:
        top = HEAD + TITLE_LINE * len(self.title) + 76
        rows = sum(len(label) * self.row.line + self.row.bar + self.row.gap for label in self.labels)
        height = top + rows - self.row.gap + SCALE + FOOT_LINE * (1 + len(self.foot)) + 48
        self.paper.unroll(height)
        self._draw_title()
        y = top
        for bar, label in zip(self.bars, self.labels, strict=True):
            y = self._draw_row(bar, label, y)
        self._draw_scale(y - self.row.gap)
        self._draw_foot(y - self.row.gap + SCALE)
        if self.watermark:
            self.paper.watermark(self.watermark, height)
        return self.paper.png()

    def _draw_title(self) -> None:
        for at, line in enumerate(self.title):
            self.paper.text(EDGE, HEAD + TITLE_LINE * at + TITLE / 2 + 4, line, TITLE, bold=True)
        below = HEAD + TITLE_LINE * len(self.title)
        self.paper.text(EDGE, below + SMALL / 2 + 6, self.scale or self.words["scale"], SMALL, colour=GREY)

    def _draw_row(self, bar: Bar, label: Sequence[str], y: int) -> int:
        for at, line in enumerate(label):
            self.paper.text(EDGE, y + at * self.row.line + self.row.text / 2 + 3, line, self.row.text)
        top = y + len(label) * self.row.line
        self.paper.box(EDGE, top, _x(100) - EDGE, self.row.bar, PALE)
        self.paper.box(EDGE, top, _x(bar.score) - EDGE, self.row.bar, ACCENT)
        for percent in (25, 50, 75):
            self.paper.line((_x(percent), top), (_x(percent), top + self.row.bar), WHITE, 2)
        middle = top + self.row.bar / 2
        if self.scale:
            self.paper.text(VALUE_END, middle, self.number(bar.score, 2), BODY + 2, bold=True, right=True)
        else:
            self.paper.whisker(_x(bar.low), _x(bar.high), middle, self.row.bar * 0.62)
            self._draw_value(bar, middle)
        return top + self.row.bar + self.row.gap

    def _draw_value(self, bar: Bar, middle: float) -> None:
        low, high = (self.number(percent) for percent in outward(bar.low, bar.high, 0))
        score = f"{bar.bound} {self.number(bar.score)}" if bar.bound else self.number(bar.score, 1)
        self.paper.text(VALUE_END, middle, score, BODY + 2, bold=True, right=True)
        self.paper.text(VALUE_END + 18, middle, f"{low}–{high}", SMALL, colour=GREY)
        self.paper.text(RIGHT, middle, f"n={self.number(bar.n)}", SMALL, colour=GREY, right=True)

    def _draw_scale(self, y: int) -> None:
        for percent, share in ((0, 0.0), (25, 0.5), (50, 0.5), (75, 0.5), (100, 1.0)):
            x = _x(percent) - share * self.paper.width(str(percent), SMALL)
            self.paper.text(x, y + 28, str(percent), SMALL, colour=GREY)

    def _draw_foot(self, y: int) -> None:
        self.paper.line((EDGE, y), (RIGHT, y), PALE, 3)
        if not self.scale:
            self.paper.whisker(EDGE + 2, EDGE + 70, y + 40, 21)
            self.paper.text(EDGE + 92, y + 40, self.words["interval"], SMALL, colour=GREY)
        for at, line in enumerate(self.foot, 1):
            self.paper.text(EDGE, y + 40 + FOOT_LINE * at, line, SMALL, colour=GREY)


def _x(percent: float) -> float:
    return EDGE + (BAR_END - EDGE) * percent / 100
