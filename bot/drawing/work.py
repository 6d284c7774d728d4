"""What runs in the drawing process. Importing this must stay light: the libraries are loaded by the first drawing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any


def enter() -> None:
    """The first job of the process: end with the parent however it dies, and leave the keyboard's Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # One thread is enough for a picture, and each further one would take memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def draw(kind: str, facts: Mapping[str, Any], seconds: float, templates: Path) -> bytes:
    """The PNG, .xlsx or .docx of the facts. The kernel ends the process when it takes longer than `seconds`."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return _draw(kind, facts, templates)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _draw(kind: str, facts: Mapping[str, Any], templates: Path) -> bytes:
    match kind:
        case "picture" if "points" in facts:
            from bot.drawing.trend import draw_trend

            return draw_trend(facts)
        case "picture" if "heat" in facts:
            from bot.drawing.heat import draw_heat

            return draw_heat(facts)
        case "picture":
            from bot.drawing.pictures import draw_bars

            return draw_bars(facts)
        case "sheet" if "tables" in facts:
            from bot.drawing.overview_file import overview_file

            return overview_file(facts)
        case "sheet":
            from bot.drawing.sheets import score_sheet

            return score_sheet(facts)
        case "report":
            from bot.drawing.documents import write_report

            return write_report(facts, templates)
        case _:
            raise ValueError(f"nobody draws a {kind}")
