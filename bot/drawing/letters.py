"""Letters on a printed page, in millimetres: how wide and high a line is, and in which size words fit their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

Face = Literal["plain", "bold", "mono"]
"""`mono` tells 0 from O and 1 from l: for what is typed again."""
FILES: dict[Face, str] = {"plain": "DejaVuSans", "bold": "DejaVuSans-Bold", "mono": "DejaVuSansMono-Bold"}
LINE = 1.34
"""From one baseline to the next, in sizes: more than the highest letter (Ẩ, 1.10) over the deepest (ỵ, 0.22)."""
_MEASURED = 100
"""The size at which letters are measured, without hints: widths then grow with the size."""
_SMALLER = 0.96


def font_file(face: Face) -> str:
    """The face as it comes with matplotlib, whatever fonts the machine has: it holds every Vietnamese letter."""
    from matplotlib import get_data_path

    return f"{get_data_path()}/fonts/ttf/{FILES[face]}.ttf"


@cache
def _font(face: Face) -> Any:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(font_file(face))
    font.set_size(_MEASURED, 72)
    return font


@dataclass(frozen=True)
class Extent:
    """What a line covers, in sizes: its width, and how far it stands above and hangs below its baseline."""

    width: float
    above: float
    below: float


@cache
def extent(text: str, face: Face) -> Extent:
    from matplotlib.ft2font import LoadFlags

    font = _font(face)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width, height = (value / 64 / _MEASURED for value in font.get_width_height())
    below = font.get_descent() / 64 / _MEASURED
    return Extent(width, height - below, below)


def width(text: str, face: Face, size: float) -> float:
    return extent(text, face).width * size


def fitted(text: str, face: Face, size: float, room: float, most: int) -> tuple[float, list[str]]:
    """The largest size, from `size` down to half of it, in which `text` takes at most `most` lines of `room`.

    Nothing is ever cut: where half the size is not enough it takes more lines, and breaks what is longer than one.
    """
    least = size / 2
    while True:
        lines = _wrapped(text.split(), face, size, room)
        if len(lines) <= most and all(width(line, face, size) <= room for line in lines):
            return size, _balanced(lines, face, size)
        if size <= least:
            return size, _wrapped(_broken(text, face, size, room), face, size, room)
        size = max(least, size * _SMALLER)


def _balanced(lines: list[str], face: Face, size: float) -> list[str]:
    """The same words in as many lines, of more equal widths: no single word is left over for the last one."""
    words, room = " ".join(lines).split(), max((width(line, face, size) for line in lines), default=0.0)
    while len(lines) > 1:
        room *= _SMALLER
        closer = _wrapped(words, face, size, room)
        if len(closer) > len(lines) or any(width(line, face, size) > room for line in closer):
            break
        lines = closer
    return lines


def _wrapped(words: list[str], face: Face, size: float, room: float) -> list[str]:
    """Broken between words only."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, face, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _broken(text: str, face: Face, size: float, room: float) -> list[str]:
    return [piece for word in text.split() for piece in _pieces(word, face, size, room)]


def _pieces(word: str, face: Face, size: float, room: float) -> Iterator[str]:
    start = 0
    for at in range(1, len(word) + 1):
        if at - start > 1 and width(word[start:at], face, size) > room:
            yield word[start : at - 1]
            start = at - 1
    yield word[start:]
