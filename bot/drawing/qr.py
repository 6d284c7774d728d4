"""QR codes of the ways in: a poster to print, and one for the terminal."""

from __future__ import annotations

import io
import textwrap
from xml.sax.saxutils import escape

from bot.drawing.cells import xml_text

PAGE = (210, 297)
"""A4 upright, in millimetres."""
EDGE = 16
CODE_TOP, CODE_SIZE = 78, 160
TITLE_SIZE, SMALLEST_TITLE = 13.0, 7.0
ADDRESS_SIZE = 7.0
MOST_TITLE_LINES = 3
LETTER = 0.64
"""Width of a bold letter, in heights: generous, since the printing machine chooses the font."""


def svg(url: str, title: str) -> str:
    """An A4 poster: the title (line breaks allowed), the code (error level Q), and the address to type."""
    import segno

    code = segno.make(url, error="q", micro=False).svg_inline(border=4, omitsize=True)
    width, height = PAGE
    size, lines = _fitted(xml_text(title))
    middle = (CODE_TOP - 6) / 2 - size * 0.6 * (len(lines) - 1) + size * 0.36
    rows = "".join(_line(middle + at * size * 1.2, size, line, "bold") for at, line in enumerate(lines) if line)
    address = _line(CODE_TOP + CODE_SIZE + 20, _size(url, ADDRESS_SIZE), url, "normal")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
        f"<title>{escape(' '.join(lines))}</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{rows}'
        f'<svg x="{(width - CODE_SIZE) / 2:g}" y="{CODE_TOP}" width="{CODE_SIZE}" height="{CODE_SIZE}">{code}</svg>'
        f"{address}</svg>\n"
    )


def terminal(url: str) -> str:
    """The code in half blocks, for a light-on-dark terminal; it ends with a line break."""
    import segno

    out = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()


def _fitted(title: str) -> tuple[float, list[str]]:
    """The largest size, from TITLE_SIZE down, in which the title takes at most MOST_TITLE_LINES lines."""
    size = TITLE_SIZE
    while True:
        letters = int((PAGE[0] - 2 * EDGE) / (size * LETTER))
        lines = [line for part in title.splitlines() for line in textwrap.wrap(part, letters)]
        if len(lines) <= MOST_TITLE_LINES or size <= SMALLEST_TITLE:
            return size, lines[:MOST_TITLE_LINES]
        size -= 1


def _size(text: str, most: float) -> float:
    return min(most, (PAGE[0] - 2 * EDGE) / (max(1, len(text)) * LETTER))


def _line(y: float, size: float, text: str, weight: str) -> str:
    return (
        f'<text x="{PAGE[0] / 2:g}" y="{y:.1f}" font-size="{size:.2f}" font-weight="{weight}" text-anchor="middle" '
        f'font-family="Arial, \'DejaVu Sans\', sans-serif" fill="#000">{escape(text)}</text>'
    )
