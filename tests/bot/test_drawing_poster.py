"""Posters: nothing is cut, nothing overlaps, all three formats hold the same code, and a phone reads it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from bot.drawing.poster import Poster, Width, lay_out
from bot.drawing.press import FORMS, printed
from bot.drawing.sheet import Box, Code, Page, Text
from bot.posters import poster_of, typed_host
from bot.texts import load_catalogues
from tests.faults.figures import LONG

ROOT = Path(__file__).parents[2]
WIDTHS: tuple[Width, ...] = get_args(Width)
LANGUAGES = (("vi", "en"), ("vi",), ("en",))
KINDS = [(width, languages) for width in WIDTHS for languages in LANGUAGES]
LONG_NAME = "Trung tâm Phục vụ hành chính công xã Nguyễn Lương Bằng - điểm tiếp nhận số 2"
BASE = "https://danhgia.hungyen.gov.vn"
URL = f"{BASE}/s/K7Q24MXD3F"
CATALOGUES = load_catalogues(ROOT / "config" / "locales", "ông/bà")
WAY_IN: dict[str, Any] = {
    "code": "K7Q24MXD3F", "unit": "Xã Vũ Hội", "telegram": "", "minutes": 1, "agency": "Sở Nội vụ tỉnh Hưng Yên",
    "hotline": "0221 1022", "sample": False,
}  # fmt: skip
FULL = WAY_IN | {"unit": LONG_NAME, "telegram": "danhgia_hungyen_bot", "sample": True}


def poster(
    way_in: dict[str, Any], counter: str = "", languages: tuple[str, ...] = ("vi", "en"), base: str = BASE
) -> Poster:
    return poster_of(way_in, base, counter, [CATALOGUES[one] for one in languages])


def shipped_names() -> list[str]:
    found: set[str] = set()
    for file in sorted((ROOT / "config" / "units").glob("*.csv")):
        with file.open(encoding="utf-8-sig") as lines:
            for row in csv.DictReader(lines):
                found |= {value for key, value in row.items() if value and (key == "name" or key.endswith("_name"))}
    return sorted(found)


def check(page: Page) -> None:
    """Every box lies inside the page, and no two of texts and codes meet."""
    paper = Box(0, 0, page.width, page.height)
    printed_on: list[Text | Code] = [*page.texts, *page.codes]
    boxes = [(item, item.box) for item in printed_on]
    for item, box in boxes:
        assert paper.left <= box.left < box.right <= paper.right, (item, box)
        assert paper.top <= box.top < box.bottom <= paper.bottom, (item, box)
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not box.meets(another), (one, other)


def said(page: Page) -> str:
    return " ".join(text.words for text in page.texts)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def rendered(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(printed(page, "png"))).convert("L")


def read(picture: Image.Image) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(np.asarray(picture))}


def some_of(names: list[str], kind: int) -> list[str]:
    """Each name is of one kind of poster at least, the longest ones and those with the longest words are of all."""
    longest = sorted(names, key=len)[-20:] + sorted(names, key=lambda name: max(map(len, name.split())))[-20:]
    return sorted({*longest, *names[kind :: len(KINDS)]})


def test_the_short_form_leaves_no_name_out() -> None:
    names = shipped_names()
    taken = [some_of(names, kind) for kind in range(len(KINDS))]
    assert sorted({name for some in taken for name in some}) == names
    assert all(max(names, key=len) in some for some in taken)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("languages", LANGUAGES)
def test_every_shipped_name_lies_whole_inside_the_page_and_meets_nothing(width: Width, languages: Any) -> None:
    names = shipped_names()
    assert len(names) > 600
    for name in names if LONG else some_of(names, KINDS.index((width, languages))):
        page = lay_out(poster(WAY_IN | {"unit": name}, "12", languages), width)
        check(page)
        assert bare(name) in bare(said(page))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("languages", LANGUAGES)
@pytest.mark.parametrize(
    ("way_in", "counter", "base"),
    [
        (FULL, "12", BASE),
        (FULL | {"unit": " ".join([LONG_NAME] * 2)[:150]}, "Quầy tiếp nhận hồ sơ đất đai và xây dựng", BASE),
        (WAY_IN | {"unit": "X" * 150, "hotline": "", "agency": "A" * 90}, "9" * 80, BASE),
        (WAY_IN | {"unit": 'a\x00b\x1b <b>&"x" \ud800 \ufffe $\\frac{1}{2}$ -- Xã'}, "", BASE),
        (FULL, "3", f"https://{'a' * 60}.{'danhgia' * 8}.dichvucong.hungyen.gov.vn:8443"),
        (WAY_IN | {"code": "X"}, "", "http://127.0.0.1:8080"),
    ],
    ids=["full", "two long names", "without blanks", "odd letters", "a long host", "the shortest"],
)
def test_what_is_very_long_or_odd_is_neither_cut_nor_overlaps(
    width: Width, languages: Any, way_in: dict[str, Any], counter: str, base: str
) -> None:
    made = poster(way_in, counter, languages, base)
    page = lay_out(made, width)
    check(page)
    words = bare(said(page))
    for part in (made.office, *made.counter, *made.title, *made.say, *made.foot, "".join(made.typed), made.code):
        assert bare(part) in words
    if LONG or len(languages) > 1:  # the fuller page; the code is the same one
        assert made.address in read(rendered(page))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way_in", [WAY_IN, FULL], ids=["plain", "full"])
def test_what_is_printed_lies_in_the_boxes(width: Width, way_in: dict[str, Any]) -> None:
    """The boxes are those of the letters as drawn: outside of them the paper is white."""
    page = lay_out(poster(way_in | {"sample": False}, "3"), width)
    ink = np.array(rendered(page)) < 128
    for item in page.items:
        box = item.box
        left, top = int(box.left * page.dots) - 1, int(box.top * page.dots) - 1
        area = ink[max(0, top) : int(box.bottom * page.dots) + 2, max(0, left) : int(box.right * page.dots) + 2]
        if isinstance(item, Text) and item.colour != "#ffffff":
            columns, rows = np.flatnonzero(area.any(axis=0)), np.flatnonzero(area.any(axis=1))
            assert columns[-1] - columns[0] >= area.shape[1] - 0.35 * item.size * page.dots - 6, item
            assert rows[-1] - rows[0] >= area.shape[0] - 6, item
    for item in page.items:
        box = item.box
        ink[
            max(0, int(box.top * page.dots) - 1) : int(box.bottom * page.dots) + 2,
            max(0, int(box.left * page.dots) - 1) : int(box.right * page.dots) + 2,
        ] = False
    assert not ink.any()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way_in", [WAY_IN, FULL], ids=["plain", "sample"])
def test_a_phone_reads_it_small_blurred_and_askew(width: Width, way_in: dict[str, Any]) -> None:
    page = lay_out(poster(way_in, "3"), width)
    picture = rendered(page)
    small = picture.resize((300, round(300 * picture.height / picture.width)), Image.Resampling.LANCZOS)
    askew = picture.rotate(7, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    for seen in (picture, small, small.filter(ImageFilter.GaussianBlur(0.8)), askew):
        assert URL in read(seen)
    blurred = picture.filter(ImageFilter.GaussianBlur(page.codes[0].module * page.dots * 0.4))
    assert URL in read(blurred)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_quarter_of_the_code_may_be_lost(width: Width) -> None:
    page = lay_out(poster(WAY_IN), width)
    picture, code = rendered(page), page.codes[0]
    side = int(code.side * 0.36 * page.dots)  # 13% of the modules: each lost codeword costs two of the spare ones
    left, top = (int((at + code.side * 0.45) * page.dots) for at in (code.x, code.y))
    picture.paste(255, (left, top, left + side, top + side))
    assert URL in read(picture)


@pytest.mark.parametrize("width", WIDTHS)
def test_modules_are_whole_dots_and_the_quiet_zone_is_white(width: Width) -> None:
    page = lay_out(poster(FULL, "3"), width)
    ink = np.array(rendered(page))
    assert ink.shape == (round(page.height * page.dots), round(page.width * page.dots))
    assert len(page.codes) == 2
    for code in page.codes:
        dots = round(code.module * page.dots)
        assert dots >= 3
        assert dots / page.dots == code.module
        left, top = round(code.x * page.dots), round(code.y * page.dots)
        assert (left / page.dots, top / page.dots) == pytest.approx((code.x, code.y))
        count, quiet = code.modules.count, 4
        wide = (count + 2 * quiet) * dots
        seen = ink[top - quiet * dots :, left - quiet * dots :][:wide, :wide]
        assert set(np.unique(seen)) == {0, 255}
        blocks = seen.reshape(count + 2 * quiet, dots, count + 2 * quiet, dots)
        assert (blocks.max(axis=(1, 3)) == blocks.min(axis=(1, 3))).all()
        expected = {(column + at, row) for column, row, length in code.modules.runs for at in range(length)}
        rows, columns = np.nonzero(blocks[:, 0, :, 0] == 0)
        assert {(int(x) - quiet, int(y) - quiet) for y, x in zip(rows, columns, strict=True)} == expected


def runs_of_svg(svg: bytes, page: Page) -> set[tuple[int, int]]:
    """The dark modules of the first code: the path of many rectangles, back from points to modules."""
    code, point = page.codes[0], 72 / 25.4
    paths = [node.get("d", "") for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")]
    path = next(one for one in paths if one.count("z") == len(code.modules.runs))
    found: set[tuple[int, int]] = set()
    for rectangle in path.split("z")[:-1]:
        numbers = np.array(re.findall(r"-?[\d.]+", rectangle), dtype=float).reshape(-1, 2) / point
        (left, top), (right, _) = numbers.min(axis=0), numbers.max(axis=0)
        column, row = round((left - code.x) / code.module), round((top - code.y) / code.module)
        found |= {(column + at, row) for at in range(round((right - left) / code.module))}
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way_in", [WAY_IN, FULL], ids=["plain", "sample"])
def test_the_svg_holds_the_same_modules_at_its_true_size(width: Width, way_in: dict[str, Any]) -> None:
    page = lay_out(poster(way_in, "3"), width)
    svg = printed(page, "svg")
    code = page.codes[0]
    assert runs_of_svg(svg, page) == {(c + at, r) for c, r, length in code.modules.runs for at in range(length)}
    root = ET.fromstring(svg)
    sides = [float(str(root.get(side)).removesuffix("pt")) * 25.4 / 72 for side in ("width", "height")]
    assert sides == pytest.approx([page.width, page.height], abs=0.01)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler draws the PDF")
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pdf_shows_the_same_and_its_words_can_be_searched(width: Width, tmp_path: Path) -> None:
    page = lay_out(poster(FULL, "3"), width)
    file = tmp_path / "poster.pdf"
    file.write_bytes(printed(page, "pdf"))
    subprocess.run(["pdftoppm", "-r", "150", "-gray", str(file), str(tmp_path / "page")], check=True, timeout=60)
    (shown,) = tmp_path.glob("page*.pgm")
    picture = Image.open(shown)
    assert {URL, "https://t.me/danhgia_hungyen_bot?start=K7Q24MXD3F"} <= read(picture)
    assert (picture.width, picture.height) == pytest.approx(
        [side * 150 / 25.4 for side in (page.width, page.height)], abs=1.5
    )
    raw = subprocess.run(["pdftotext", str(file), "-"], check=True, capture_output=True, text=True, timeout=60).stdout
    for word in ("Nguyễn", "Ông/Bà", "K7Q24-MXD3F", "DỮ LIỆU MẪU"):
        assert word in raw


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("form", FORMS)
def test_the_same_words_give_the_same_bytes_and_few_of_them(width: Width, form: Any) -> None:
    page = lay_out(poster(FULL, "3"), width)
    made = printed(page, form)
    assert made == printed(page, form)
    assert made != printed(lay_out(poster(FULL, "4"), width), form)
    assert b"202" not in made[:60]
    assert len(made) < {"pdf": 200_000, "png": 250_000, "svg": 300_000}[form]


def test_a_png_knows_its_size_in_millimetres() -> None:
    for width in WIDTHS:
        page = lay_out(poster(WAY_IN), width)
        picture = Image.open(io.BytesIO(printed(page, "png")))
        assert [
            25.4 * side / dpi for side, dpi in zip(picture.size, picture.info["dpi"], strict=True)
        ] == pytest.approx([page.width, page.height], abs=0.1)


def test_on_a4_the_main_lines_can_be_read_from_two_metres() -> None:
    """Capitals of at least 1/300 of the distance, 6.7 mm, are read easily; capitals are 0.73 of the size."""
    page = lay_out(poster(WAY_IN | {"unit": "Xã Nguyễn Lương Bằng"}, "3"), "a4")
    sizes = {text.words: text.size for text in page.texts}
    assert min(sizes["Xã Nguyễn"], sizes["Ông/Bà vừa làm thủ tục?"], sizes["K7Q24-MXD3F"]) * 0.73 >= 6.7
    assert min(text.size for text in page.texts) >= 4


def test_the_receipt_prints_in_72_of_80_millimetres() -> None:
    for way_in in (WAY_IN, FULL):
        page = lay_out(poster(way_in, "3"), "receipt")
        assert page.width == 80
        assert all(item.box.left >= 4 and item.box.right <= 76 for item in page.items)


def test_telegram_is_a_second_small_code_and_sample_data_is_marked() -> None:
    plain, full = (lay_out(poster(one), "a4") for one in (WAY_IN, FULL))
    assert [code.address for code in plain.codes] == [URL]
    assert {code.address: code.side > 50 for code in full.codes} == {
        URL: True,
        "https://t.me/danhgia_hungyen_bot?start=K7Q24MXD3F": False,
    }
    assert (plain.watermark, full.watermark) == ("", "DỮ LIỆU MẪU")
    assert ("DỮ LIỆU MẪU" in said(plain), "DỮ LIỆU MẪU" in said(full)) == (False, True)
    assert (np.array(rendered(full)) < 250).sum() > (
        np.array(rendered(lay_out(poster(FULL | {"sample": False}), "a4"))) < 250
    ).sum()


def test_the_province_says_how_people_are_addressed() -> None:
    bac = load_catalogues(ROOT / "config" / "locales", "bác")
    made = poster_of(WAY_IN, BASE, "", [bac["vi"]])
    assert made.title == ("Bác vừa làm thủ tục?",)
    assert "ông/bà" not in said(lay_out(made, "a4")).lower()


@pytest.mark.parametrize(
    ("base", "typed"),
    [
        ("https://danhgia.hungyen.gov.vn", "danhgia.hungyen.gov.vn"),
        ("http://10.0.0.7:8080", "10.0.0.7:8080"),
        ("https://danhgia.hungyen.gov.vn:8443", "https://danhgia.hungyen.gov.vn:8443"),
        ("http://mayquay", "http://mayquay"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_scheme_stands_where_a_browser_needs_it(base: str, typed: str) -> None:
    assert typed_host(base) == typed
