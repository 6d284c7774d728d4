"""What lies where on a printed page, in millimetres from its top left; nothing here draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import floor

from bot.drawing.letters import LINE, Face, extent, fitted
from bot.drawing.qr import QUIET, Modules, modules

BLACK, GREY, WHITE = "#000000", "#404040", "#ffffff"
"""Grey is dark: it must come out of a worn grey printer as letters."""
_EDGE = 1e-6


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return min(across, down) > _EDGE


@dataclass(frozen=True)
class Text:
    """One line; `x` is its left end, `y` its baseline."""

    words: str
    x: float
    y: float
    size: float
    face: Face
    colour: str

    @property
    def box(self) -> Box:
        """What its letters cover."""
        ink = extent(self.words, self.face)
        right = self.x + ink.width * self.size
        return Box(self.x, self.y - ink.above * self.size, right, self.y + ink.below * self.size)


@dataclass(frozen=True)
class Code:
    """A QR code; `x` and `y` are the corner of its dark modules."""

    address: str
    modules: Modules
    x: float
    y: float
    module: float
    """Side of one module."""

    @property
    def side(self) -> float:
        return self.module * self.modules.count

    @property
    def box(self) -> Box:
        """Its quiet zone included."""
        quiet = self.module * QUIET
        return Box(self.x - quiet, self.y - quiet, self.x + self.side + quiet, self.y + self.side + quiet)


@dataclass(frozen=True)
class Bar:
    """A filled rectangle: a rule, or the ground of white letters."""

    box: Box
    colour: str


Item = Text | Code | Bar


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    dots: int
    """Of a printed millimetre: every module of a code is a whole number of them."""
    title: str
    items: tuple[Item, ...]
    watermark: str = ""

    @property
    def texts(self) -> tuple[Text, ...]:
        return tuple(item for item in self.items if isinstance(item, Text))

    @property
    def codes(self) -> tuple[Code, ...]:
        return tuple(item for item in self.items if isinstance(item, Code))


@dataclass(frozen=True)
class Style:
    """How one kind of sentence is set: its largest size in millimetres, and in how many lines it should fit."""

    size: float
    face: Face = "plain"
    colour: str = BLACK
    most: int = 1


@dataclass
class Column:
    """Lines set one below another in a strip of the page; `y` is where the next begins."""

    left: float
    width: float
    y: float = 0.0
    align: float = 0.0
    """0 sets lines to the left, 0.5 in the middle."""
    scale: float = 1.0
    items: list[Item] = field(default_factory=list)

    def say(self, words: str, style: Style) -> None:
        size, lines = fitted(words, style.face, style.size * self.scale, self.width, style.most)
        for line in lines:
            self.set_line(line, size, style)

    def set_line(self, line: str, size: float, style: Style) -> None:
        x = self.left + (self.width - extent(line, style.face).width * size) * self.align
        self.items.append(Text(line, x, self.y + size * 1.1, size, style.face, style.colour))
        self.y += size * LINE

    def gap(self, size: float) -> None:
        self.y += size * self.scale

    def rule(self, thick: float) -> None:
        self.items.append(Bar(Box(self.left, self.y, self.left + self.width, self.y + thick), BLACK))
        self.y += thick


def code_within(address: str, x: float, y: float, side: float, dots: int) -> Code:
    """The largest code whose dark modules fit into `side` and are whole dots."""
    made = modules(address)
    module = max(1, floor(side * dots / made.count)) / dots
    return Code(address, made, floor(x * dots) / dots, floor(y * dots) / dots, module)


def moved(item: Item, down: float) -> Item:
    if isinstance(item, Bar):
        box = item.box
        return replace(item, box=replace(box, top=box.top + down, bottom=box.bottom + down))
    return replace(item, y=item.y + down)


def bottom(items: Sequence[Item]) -> float:
    return max((item.box.bottom for item in items), default=0.0)
