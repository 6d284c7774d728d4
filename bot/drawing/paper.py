"""A white page of pixels to draw on: text that is measured and wrapped, boxes, lines, and a PNG of exact bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

WIDTH = 1080
DPI = 64
"""A power of two: heights in inches are then exact, and the page is as high as was worked out."""

INK, GREY, PALE, ACCENT, WHITE = "#14202c", "#55626f", "#e4e9ee", "#4a8cc0", "#ffffff"
"""One accent only. All five also differ in lightness, so grey print and any eye can tell them apart."""
COLOURS = 128
"""Enough for soft edges of letters; a third of the bytes, which villages on slow lines notice."""


def drawn(make: Callable[[], bytes]) -> bytes:
    """What `make` draws, whatever a matplotlibrc of the machine says."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        return make()


class Paper:
    """Places are pixels from the top left. Text is measured before the height is known, drawn after `unroll`."""

    def __init__(self) -> None:
        from matplotlib import get_data_path
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._fonts = f"{get_data_path()}/fonts/ttf/DejaVuSans"
        self._figure = Figure(figsize=(WIDTH / DPI, 1), dpi=DPI, facecolor=WHITE)
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self._axes: Any = None

    def unroll(self, height: int) -> None:
        self._figure.set_size_inches(WIDTH / DPI, height / DPI)
        self._axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.set_axis_off()

    def png(self) -> bytes:
        """The same drawing gives the same bytes: no date and no program's name are written."""
        from PIL import Image  # matplotlib brings it

        self._canvas.draw()
        size = self._canvas.get_width_height()
        full = Image.frombuffer("RGBA", size, self._canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        out = BytesIO()
        full.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "png", optimize=True)
        return out.getvalue()

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        from matplotlib.patches import Rectangle

        self._axes.add_patch(Rectangle((left, top), width, height, color=colour, linewidth=0))

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float) -> None:
        xs, ys = zip(start, end, strict=True)
        self._axes.plot(xs, ys, color=colour, linewidth=_points(width), solid_capstyle="butt")

    def whisker(self, left: float, right: float, y: float, cap: float) -> None:
        """An interval, on a pale rim so that it stands off what lies under it."""
        for colour, extra in ((WHITE, 4.0), (INK, 0.0)):
            self.line((left - extra / 2, y), (right + extra / 2, y), colour, 5 + extra)
            for x in (left, right):
                self.line((x, y - (cap + extra) / 2), (x, y + (cap + extra) / 2), colour, 5 + extra)

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: str = INK, bold: bool = False, right: bool = False
    ) -> None:
        """One line whose capitals are centred on `y`; `x` is its left end, or its right one."""
        # Placed by the baseline: any other alignment would move with the accents of each text.
        self._axes.text(
            x, y + size * 0.36, text, fontproperties=self._font(size, bold=bold), color=colour,
            ha="right" if right else "left", va="baseline", parse_math=False,
        )  # fmt: skip

    def band(self, xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float], colour: str) -> None:
        """What lies between two lines."""
        self._axes.fill_between(xs, tops, bottoms, color=colour, linewidth=0)

    def dot(self, x: float, y: float, size: float, colour: str) -> None:
        self._axes.plot([x], [y], marker="o", markersize=_points(size), color=colour, markeredgecolor=WHITE, zorder=5)

    def watermark(self, text: str, height: int) -> None:
        """`text` across the whole page, as often as it takes."""
        size = min(150.0, 100 * (WIDTH - 120) / max(1.0, self.width(text, 100, bold=True)))
        copies = max(1, round(height / 680))
        for at in range(copies):
            self.stamp(text, size, height * (at + 0.5) / copies)

    def stamp(self, text: str, size: float, y: float) -> None:
        """Large pale words across everything."""
        self._axes.text(
            WIDTH / 2, y, text, fontproperties=self._font(size, bold=True), color=INK, alpha=0.13, rotation=20,
            ha="center", va="center", parse_math=False, zorder=9,
        )  # fmt: skip

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        renderer = self._canvas.get_renderer()
        return float(renderer.get_text_width_height_descent(text, self._font(size, bold=bold), ismath=False)[0])

    def wrap(self, text: str, size: float, width: float, most: int, *, bold: bool = False) -> list[str]:
        """`text` in at most `most` lines no wider than `width`, broken between words; "…" where it had to be cut."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if not lines[-1] or self.width(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > most:
            lines = [*lines[: most - 1], f"{lines[most - 1]}…"]
        return [self._cut(line, size, width, bold=bold) for line in lines]

    def _cut(self, line: str, size: float, width: float, *, bold: bool) -> str:
        if self.width(line, size, bold=bold) <= width:
            return line
        fits = bisect_right(range(len(line)), width, key=lambda kept: self.width(f"{line[:kept]}…", size, bold=bold))
        return f"{line[: max(0, fits - 1)]}…"

    def _font(self, size: float, *, bold: bool) -> Any:
        """DejaVu Sans as it comes with matplotlib, whatever fonts the machine has: it holds every Vietnamese letter."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(fname=f"{self._fonts}{'-Bold' if bold else ''}.ttf", size=_points(size))


def _points(pixels: float) -> float:
    return pixels * 72 / DPI
