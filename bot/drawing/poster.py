"""The poster of a way in, on A4 and on the 80 mm roll of a receipt printer: one set of words, two widths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from bot.drawing.letters import width
from bot.drawing.qr import QUIET, modules
from bot.drawing.sheet import BLACK, GREY, WHITE, Bar, Box, Column, Item, Page, Style, bottom, code_within, moved

Width = Literal["a4", "receipt"]


@dataclass(frozen=True)
class Poster:
    """What it says. A tuple holds one sentence in each of its languages, the first one printed larger."""

    address: str
    """Where the code leads."""
    typed: tuple[str, str]
    """The same as people type it: the host, and what follows it."""
    code: str
    office: str
    counter: tuple[str, ...]
    title: tuple[str, ...]
    say: tuple[str, ...]
    scan: tuple[str, ...]
    how_to_type: tuple[str, ...]
    how_to_name: tuple[str, ...]
    foot: tuple[str, ...]
    telegram: str = ""
    """The deep link, where Telegram is connected."""
    telegram_label: tuple[str, ...] = ()
    watermark: tuple[str, ...] = ()
    """Where this is sample data."""


A4 = {
    "office": Style(13, "bold", WHITE, 3),
    "counter": Style(9, "plain", WHITE),
    "title": Style(14, "bold"),
    "say": Style(8.6, most=6),
    "scan": Style(7.4, "bold", most=3),
    "label": Style(5.6, colour=GREY),
    "address": Style(10, "mono"),
    "code": Style(13, "mono"),
    "small": Style(4.6, "bold", most=3),
    "foot": Style(5.2),
}
RECEIPT = {
    "office": Style(5.6, "bold", WHITE, 3),
    "counter": Style(4.4, "plain", WHITE),
    "title": Style(5.6, "bold", most=2),
    "say": Style(3.9, most=4),
    "scan": Style(4.2, "bold", most=2),
    "label": Style(3.4, most=2),
    "address": Style(4.4, "mono"),
    "code": Style(6.4, "mono"),
    "small": Style(3.8, "bold", most=2),
    "foot": Style(3.4, most=2),
}
SECOND = 0.72
"""The second language beside the first."""

PAGE, EDGE, DOTS = (210.0, 297.0), 15.0, 10
LEAST_ROW, MOST_CODE, SMALL_CODE = 102.0, 102.0, 24.0
"""The height that the code and its quiet zone get at least, and the sides of its dark modules and the second one's."""
ROW_PAD = 5.0
LARGEST, STEP, SMALLEST = 1.15, 0.97, 0.3
"""How far letters may grow into a page that says little, and shrink on one that says much."""
ROLL, MARGIN, ROLL_DOTS = 80.0, 4.0, 8
"""Thermal printers print 72 of 80 mm, 8 dots in each of them."""
ROLL_CODE, ROLL_SMALL_CODE = 58.0, 22.0


def lay_out(poster: Poster, kind: Width) -> Page:
    return _a4(poster) if kind == "a4" else _receipt(poster)


def _second(style: Style) -> Style:
    colour = style.colour if style.colour == WHITE else GREY
    return Style(style.size * SECOND, "plain", colour, style.most)


def _both(column: Column, sentences: tuple[str, ...], style: Style) -> None:
    for at, sentence in enumerate(sentences):
        column.gap(style.size * 0.2 if at else 0)
        column.say(sentence, _second(style) if at else style)


def _equal(column: Column, sentences: tuple[str, ...], style: Style) -> None:
    """In one line where that is meant to do, else each by itself."""
    for sentence in [" · ".join(sentences)] if style.most == 1 else sentences:
        column.say(sentence, style)


def _banner(column: Column, poster: Poster, styles: Mapping[str, Style], pad: float) -> None:
    """The office in white on black, with its counter."""
    inner = Column(column.left + pad, column.width - 2 * pad, 0, column.align, column.scale)
    for sentences, style in ((poster.watermark, "counter"), ((poster.office,), "office"), (poster.counter, "counter")):
        if sentences:
            inner.say(" · ".join(sentences), styles[style])
    down = column.y + pad - min(item.box.top for item in inner.items)
    end = bottom(inner.items) + down + pad
    column.items.append(Bar(Box(column.left, column.y, column.left + column.width, end), BLACK))
    column.items += [moved(item, down) for item in inner.items]
    column.y = end


def _address(column: Column, typed: tuple[str, str], style: Style) -> None:
    """In one line, or broken before the path where one line would be much smaller."""
    whole = "".join(typed)
    if width(whole, style.face, style.size * column.scale * 0.7) <= column.width:
        column.say(whole, style)
        return
    for part in typed:
        column.say(part, style)


def _a4(poster: Poster) -> Page:
    """Above: whose counter, and the question. Middle: the code beside what it is for. Below: what may be typed."""
    wide, high = PAGE
    scale = LARGEST
    while True:
        above, below = _above(poster, scale), _below(poster, scale)
        start, end = bottom(above.items), high - EDGE - bottom(below.items)
        if end - start >= LEAST_ROW or scale < SMALLEST:
            break
        scale *= STEP
    items = (*above.items, *_row(poster, start, end), *(moved(item, end) for item in below.items))
    return Page(wide, high, DOTS, _title(poster), items, " ".join(poster.watermark[:1]))


def _title(poster: Poster) -> str:
    return " · ".join([poster.office, *poster.counter[:1], poster.code])


def _above(poster: Poster, scale: float) -> Column:
    column = Column(EDGE, PAGE[0] - 2 * EDGE, EDGE, scale=scale)
    _banner(column, poster, A4, 6)
    column.gap(3)
    _both(column, poster.title, A4["title"])
    return column


def _below(poster: Poster, scale: float) -> Column:
    column = Column(EDGE, PAGE[0] - 2 * EDGE, scale=scale)
    column.rule(0.8)
    column.gap(2)
    _typed(column, poster, A4)
    column.gap(2)
    column.rule(0.8)
    column.gap(1.5)
    _equal(column, poster.foot, A4["foot"])
    return column


def _row(poster: Poster, start: float, end: float) -> list[Item]:
    """The code in the middle of its height, and to its right the sentences and Telegram's code."""
    count = modules(poster.address).count
    # Less two dots: the code is moved to whole ones.
    side = min(MOST_CODE, (end - start - 2 / DOTS) * count / (count + 2 * QUIET))
    code = code_within(poster.address, EDGE, start + (end - start - side) / 2, side, DOTS)
    if poster.telegram:
        small = code_within(poster.telegram, 0, 0, SMALL_CODE, DOTS)
        return [code, *_beside(poster, code.box.right + QUIET * small.module, start, end, small.side)]
    return [code, *_beside(poster, code.box.right, start, end, 0)]


def _beside(poster: Poster, left: float, start: float, end: float, second: float) -> list[Item]:
    """What the code is for, and Telegram's code of the side `second` below, in the middle of the height."""
    below = second + 5 if second else 0.0
    words = _purpose(poster, left, end - start - 2 * ROW_PAD - below).items
    top = start + (end - start - bottom(words) - below) / 2
    last = _telegram(poster, left, top + bottom(words) + below - second) if second else []
    return [*(moved(item, top) for item in words), *last]


def _purpose(poster: Poster, left: float, room: float) -> Column:
    """What the code is for, in the largest letters that are at most `room` high; it begins at 0."""
    scale = LARGEST
    while True:
        column = Column(left, PAGE[0] - EDGE - left, scale=scale)
        _both(column, poster.say, A4["say"])
        column.gap(5)
        _both(column, poster.scan, A4["scan"])
        if bottom(column.items) <= room or scale < SMALLEST:
            return column
        scale *= STEP


def _telegram(poster: Poster, left: float, y: float) -> list[Item]:
    """The small code flush with the left edge, its label beside it."""
    code = code_within(poster.telegram, left, y, SMALL_CODE, DOTS)
    label = Column(code.box.right, PAGE[0] - EDGE - code.box.right)
    _both(label, poster.telegram_label, A4["small"])
    down = code.y + (code.side - bottom(label.items)) / 2
    return [code, *(moved(item, down) for item in label.items)]


def _typed(column: Column, poster: Poster, styles: Mapping[str, Style]) -> None:
    _equal(column, poster.how_to_type, styles["label"])
    _address(column, poster.typed, styles["address"])
    column.gap(2.5)
    _equal(column, poster.how_to_name, styles["label"])
    column.say(poster.code, styles["code"])


def _receipt(poster: Poster) -> Page:
    """Everything in the middle of one column, as long as it needs."""
    column = Column(MARGIN, ROLL - 2 * MARGIN, MARGIN, align=0.5)
    _banner(column, poster, RECEIPT, 2)
    column.gap(2)
    _both(column, poster.title, RECEIPT["title"])
    column.gap(1)
    _both(column, poster.say, RECEIPT["say"])
    _middle_code(column, poster.address, ROLL_CODE)
    _both(column, poster.scan, RECEIPT["scan"])
    column.gap(2)
    column.rule(0.375)
    column.gap(1.5)
    _typed(column, poster, RECEIPT)
    if poster.telegram:
        _middle_code(column, poster.telegram, ROLL_SMALL_CODE)
        _both(column, poster.telegram_label, RECEIPT["small"])
    column.gap(2)
    column.rule(0.375)
    column.gap(1)
    _equal(column, poster.foot, RECEIPT["foot"])
    height = ceil(column.y + MARGIN)
    return Page(ROLL, height, ROLL_DOTS, _title(poster), tuple(column.items), " ".join(poster.watermark[:1]))


def _middle_code(column: Column, address: str, side: float) -> None:
    code = code_within(address, 0, 0, side, ROLL_DOTS)
    quiet = code.module * QUIET
    column.gap(1)
    column.items.append(code_within(address, (ROLL - code.side) / 2, column.y + quiet, side, ROLL_DOTS))
    column.y += code.side + 2 * quiet
