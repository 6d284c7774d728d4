"""QR codes of the ways in: as modules to be printed, and for the terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass

QUIET = 4
"""Modules of white that a reader needs on every side."""


@dataclass(frozen=True)
class Modules:
    """A code of `count` by `count` modules; its dark ones as runs (column, row, length)."""

    count: int
    runs: tuple[tuple[int, int, int], ...]


def modules(address: str) -> Modules:
    """At error level Q or better: a quarter of it may be dirty, torn or glared over."""
    import segno

    matrix = segno.make(address, error="q", micro=False).matrix
    return Modules(len(matrix), tuple(run for row, cells in enumerate(matrix) for run in _runs(row, cells)))


def _runs(row: int, cells: bytearray) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for column, dark in enumerate(cells):
        if not dark:
            continue
        if found and sum(found[-1][::2]) == column:
            found[-1] = (found[-1][0], row, found[-1][2] + 1)
        else:
            found.append((column, row, 1))
    return found


def terminal(url: str) -> str:
    """The code in half blocks, for a light-on-dark terminal; it ends with a line break."""
    import segno

    out = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()
