"""The Word report: the office's own template, filled with plain words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from struct import unpack
from typing import Any

PICTURE_MM = 160
"""Between the margins of Decree 30/2020 (30 and 15 mm on A4)."""
TALLEST_MM = 215
"""A page has 257 mm, and its picture a heading."""
REPORT = "report_{language}.docx"


def write_report(facts: Mapping[str, Any], templates: Path) -> bytes:
    """The .docx made of `report_vi.docx` or `report_en.docx` in `templates`; raises what a bad template raises.

    The template is the office's: it is trusted to name what it likes. What fills it is not, so every value is escaped.
    """
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2.sandbox import SandboxedEnvironment

    from bot.drawing.pictures import draw_bars

    template = DocxTemplate(templates / REPORT.format(language=facts["language"]))
    picture = facts.get("picture")
    shown: object = ""
    if picture:
        drawn = draw_bars(picture)
        size = {"height": Mm(TALLEST_MM)} if _share(drawn) > TALLEST_MM / PICTURE_MM else {"width": Mm(PICTURE_MM)}
        shown = InlineImage(template, BytesIO(drawn), **size)
    template.render(
        {**facts, "picture": shown, "number": _numbers(facts)},
        jinja_env=SandboxedEnvironment(autoescape=True),
        autoescape=True,
    )
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def _numbers(facts: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of the sections after the first: of those that there is something to say in."""
    there = {
        "attention": facts["attention"],
        "factors": True,
        "units": facts["units"] or facts["unranked"],
        "how": True,
    }
    shown = [name for name, something in there.items() if something]
    return {name: number for number, name in enumerate(shown, 2)}


def _share(png: bytes) -> float:
    """How many times as high as wide a PNG is: its header says so (width at byte 16, height at 20)."""
    width, height = unpack(">II", png[16:24])
    return float(height / width)
