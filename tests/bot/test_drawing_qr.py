"""QR codes hold the address, on a poster that is sound XML and in the terminal."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from bot.drawing.qr import MOST_TITLE_LINES, PAGE, svg, terminal

URL = "https://danhgia.hungyen.gov.vn/s/K7Q24MXD"
NS = "{http://www.w3.org/2000/svg}"


def dark(url: str, error: str) -> set[tuple[int, int]]:
    matrix = segno.make(url, error=error, micro=False).matrix
    return {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


def drawn(poster: str, border: int) -> set[tuple[int, int]]:
    """The dark modules of segno's path: runs of h (draw) and m (move), y at the middle of a line."""
    path = re.search(r'd="([^"]+)"', poster)
    assert path is not None
    found, x, y = set(), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.group(1)):
        values = [float(value) for value in re.findall(r"-?[\d.]+", numbers)]
        match command:
            case "M":
                x, y = values
            case "m":
                x, y = x + values[0], y + values[1]
            case _:
                found |= {(int(x) + at - border, int(y) - border) for at in range(int(values[0]))}
                x += values[0]
    return found


def test_the_poster_holds_the_address_with_a_quarter_to_spare() -> None:
    poster = svg(URL, "UBND huyện Đông Hưng")
    assert drawn(poster, 4) == dark(URL, "q")
    assert segno.make(URL, error="q", micro=False).error in {"Q", "H"}


def test_the_poster_is_a4_and_names_the_office_and_the_address() -> None:
    root = ET.fromstring(svg(URL, "Mời Ông/Bà đánh giá\nUBND huyện Đông Hưng"))
    assert (root.get("width"), root.get("height")) == ("210mm", "297mm")
    texts = [element.text for element in root.iter(f"{NS}text")]
    assert texts == ["Mời Ông/Bà đánh giá", "UBND huyện Đông Hưng", URL]


@pytest.mark.parametrize("title", ['<b> & "x"', "a\x00b\x1bc", "\ud800", "\ufffe", "", "x" * 500, "Xã " * 200])
def test_no_title_breaks_the_poster(title: str) -> None:
    poster = svg(URL, title)
    root = ET.fromstring(poster.encode())
    lines = list(root.iter(f"{NS}text"))[:-1]
    assert len(lines) <= MOST_TITLE_LINES
    for line in lines:
        assert len(line.text or "") * float(line.get("font-size", "0")) * 0.6 <= PAGE[0]
        assert float(line.get("y", "0")) > 5


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
