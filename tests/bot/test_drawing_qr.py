"""QR codes hold the address, in print and in the terminal."""

from __future__ import annotations

import segno

from bot.drawing.qr import modules, terminal

URL = "https://danhgia.hungyen.gov.vn/s/K7Q24MXD"


def dark(url: str, error: str) -> set[tuple[int, int]]:
    matrix = segno.make(url, error=error, micro=False).matrix
    return {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


def test_the_modules_are_those_of_the_address_with_a_quarter_to_spare() -> None:
    made = modules(URL)
    assert {(column + at, row) for column, row, length in made.runs for at in range(length)} == dark(URL, "q")
    assert made.count == len(segno.make(URL, error="q", micro=False).matrix)
    assert segno.make(URL, error="q", micro=False).error in {"Q", "H"}


def test_runs_are_as_long_as_they_can_be() -> None:
    runs = modules(URL).runs
    assert not [(c, r) for c, r, length in runs if any(c + length == other and r == row for other, row, _ in runs)]


def test_the_terminal_shows_the_same_code_in_half_blocks() -> None:
    lines = terminal(URL).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= 80
    assert set("".join(lines)) <= set(" █▀▄")
    light = {(x, 2 * y) for y, line in enumerate(lines) for x, mark in enumerate(line) if mark in "█▀"}
    light |= {(x, 2 * y + 1) for y, line in enumerate(lines) for x, mark in enumerate(line) if mark in "█▄"}
    size = len(segno.make(URL, error="m", micro=False).matrix)
    shown = {(x, y) for x in range(size) for y in range(size) if (x + 2, y + 2) not in light}
    assert shown == dark(URL, "m")
