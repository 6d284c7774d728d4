"""A laid-out page as PDF, SVG or PNG: the same items in all three, and the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Literal

from bot.drawing.letters import Face, font_file, width
from bot.drawing.paper import drawn
from bot.drawing.sheet import BLACK, WHITE, Bar, Box, Code, Page, Text

Form = Literal["pdf", "svg", "png"]
FORMS: tuple[Form, ...] = ("pdf", "svg", "png")
INCH, POINTS = 25.4, 72
"""Millimetres and points in an inch."""
DPI = 64
"""Of a PNG while it is drawn, a power of two: a dot is then exactly a pixel. Its true one is written into the file."""
GREYS = 16
_RC: dict[Any, Any] = {"svg.hashsalt": "sipas", "svg.fonttype": "path", "pdf.fonttype": 42, "text.hinting": "none"}
"""Real letters in a PDF, outlines in an SVG, whose reader may lack the font; unhinted, as they were measured."""


def printed(page: Page, form: Form) -> bytes:
    return drawn(lambda: _printed(page, form))


def _printed(page: Page, form: Form) -> bytes:
    import matplotlib as mpl

    mpl.rcParams.update(_RC)
    out = BytesIO()
    match form:
        case "pdf":
            known = {"Title": page.title, "Creator": None, "Producer": None, "CreationDate": None}
            _figure(page, 1 / INCH).savefig(out, format="pdf", metadata=known)
        case "svg":
            known = {"Title": page.title, "Date": None, "Creator": None}
            _figure(page, 1 / INCH).savefig(out, format="svg", metadata=known)
        case "png":
            return _png(page)
    return out.getvalue()


def _figure(page: Page, inches: float) -> Any:
    """The page, a millimetre of it as so many inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(page.width * inches, page.height * inches), dpi=DPI, facecolor=WHITE)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, page.width), ylim=(page.height, 0))
    axes.set_axis_off()
    if page.watermark:
        _stamp(axes, page, inches)
    for item in page.items:
        match item:
            case Text():
                _text(axes, item, inches)
            case Bar(box=box, colour=colour):
                _fill(axes, [_corner_and_size(box)], colour, 2)
            case Code():
                _code(axes, item)
    return figure


def _png(page: Page) -> bytes:
    """In a few greys, and with its resolution, so that it is printed at its true size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image  # matplotlib brings it

    canvas: Any = FigureCanvasAgg(_figure(page, page.dots / DPI))
    canvas.draw()
    size = canvas.get_width_height()
    full = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("L")
    step = 255 / (GREYS - 1)
    few = full.point([round(grey / step) for grey in range(256)])
    indexed = Image.frombytes("P", size, few.tobytes())
    indexed.putpalette([round(at * step) for at in range(GREYS) for _ in "rgb"])
    out = BytesIO()
    dpi = page.dots * INCH
    indexed.save(out, "png", optimize=True, bits=4, dpi=(dpi, dpi))
    return out.getvalue()


def _corner_and_size(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right - box.left, box.bottom - box.top


def _text(axes: Any, text: Text, inches: float) -> None:
    axes.text(
        text.x, text.y, text.words, fontproperties=_properties(text.face, text.size * inches), color=text.colour,
        ha="left", va="baseline", parse_math=False, zorder=4,
    )  # fmt: skip


def _stamp(axes: Any, page: Page, inches: float) -> None:
    """Large pale words under everything, as often as it takes."""
    size = 0.9 * page.width / max(1.0, width(page.watermark, "bold", 1))
    copies = max(1, round(page.height / (page.width * 0.5)))
    for at in range(copies):
        axes.text(
            page.width / 2, page.height * (at + 0.5) / copies, page.watermark, color=BLACK, alpha=0.13, rotation=20,
            fontproperties=_properties("bold", size * inches), ha="center", va="center", parse_math=False, zorder=1,
        )  # fmt: skip


def _properties(face: Face, inches: float) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=font_file(face), size=inches * POINTS)


def _code(axes: Any, code: Code) -> None:
    _fill(axes, [_corner_and_size(code.box)], WHITE, 2)
    module = code.module
    runs = [
        (code.x + column * module, code.y + row * module, length * module, module)
        for column, row, length in code.modules.runs
    ]
    _fill(axes, runs, BLACK, 3)


def _fill(axes: Any, boxes: list[tuple[float, float, float, float]], colour: str, order: int) -> None:
    """One path for all of them: no hairline shows where two touch."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners = [
        corner
        for left, top, wide, high in boxes
        for corner in (
            (left, top), (left + wide, top), (left + wide, top + high), (left, top + high), (left, top),
        )
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(boxes)
    axes.add_patch(
        PathPatch(
            Path(corners, codes), facecolor=colour, edgecolor="none", linewidth=0, zorder=order, antialiased=False
        )
    )
