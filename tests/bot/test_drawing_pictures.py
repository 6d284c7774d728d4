"""The bar picture: the same bytes every time, worst first, and nothing outside the page."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from bot.drawing import pictures
from bot.drawing.heat import shade
from bot.drawing.paper import ACCENT, INK, PALE, WHITE, WIDTH, Paper
from bot.drawing.pictures import MOST_BARS, draw_bars
from bot.drawing.work import _draw

GOLDEN = Path(__file__).parent.parent / "golden"
LONG = "Sở Nông nghiệp và Phát triển nông thôn"
PHRASES = (LONG, "Sở Lao động - Thương binh và Xã hội", "Thị trấn Diêm Điền", "Xã Quỳnh Hồng", "Văn phòng UBND tỉnh")


def facts(bars: list[list[Any]], **more: Any) -> dict[str, Any]:
    return {"title": "Huyện Đông Hưng · Quý IV/2026", "bars": bars, "n": 1204, "language": "vi", **more}


FACTORS = facts(
    [
        ["Tiếp cận dịch vụ", 80.12, 76.4, 83.2, 1190],
        ["Thủ tục hành chính", 77.4, 74.0, 80.5, 1188],
        ["Công chức trực tiếp giải quyết công việc", 74.04, 70.0, 78.0, 1201],
        ["Kết quả cung ứng dịch vụ hành chính công", 61.3, 56.0, 66.2, 1100],
        ["Tiếp nhận, giải quyết ý kiến góp ý, phản ánh, kiến nghị", 70.1, 44.2, 88.9, 44],
    ],
    watermark="DỮ LIỆU MẪU",
)
MANY = facts(
    [[f"{PHRASES[i % 5]} {i}", 40.0 + i, 33.2 + i, 47.9 + i, 10 + 37 * i] for i in range(30)],
    title=f"{LONG} tỉnh Thái Bình và các đơn vị trực thuộc · Tuần 46/2026",
)
ENGLISH = facts([["Xã Đông Phương", 100.0, 72.2, 100.0, 10]], language="en", n=10, watermark="SAMPLE DATA")
PICTURES = {"bars_factors": FACTORS, "bars_thirty": MANY, "bars_english": ENGLISH}
WEEKS = [[f"tuần {35 + i}", 80.0 - 2 * i, 70.5 - 2 * i, 88.0 - 2 * i, 30 + i, ""] for i in range(12)]
TREND = {
    "title": "Huyện Đông Hưng · Tuần 35/2026 – tuần 46/2026",
    "points": [*WEEKS[:3], ["tuần 38", None, None, None, None, ""], *WEEKS[4:]],
    "language": "vi",
    "watermark": "DỮ LIỆU MẪU",
}
FEW = {
    "title": "Xã Vũ Hội",
    "points": [["2025", None, None, None, None, ""], ["2026", 95, 72, 100, 10, "≥"]],
    "language": "en",
}
HEAT = {
    "title": "Tỉnh Thái Bình · Quý IV/2026",
    "columns": ["Tiếp cận", "Thủ tục", "Công chức", "Kết quả", "Phản ánh"],
    "heat": [
        [name, 40 + 7 * row, [[48.0 + 8 * ((row + column) % 6), 40.0, 97.0, 40, ""] for column in range(4)] + [last]]
        for row, (name, last) in enumerate(
            [
                ("Huyện Vũ Thư", [None, None, None, None, ""]),
                (LONG, [95, 72.2, 100, 12, "≥"]),
                ("Thành phố Thái Bình", [5, 0, 27.8, 12, "≤"]),
            ]
        )
    ],
    "language": "vi",
}
PICTURES |= {"trend_gap": TREND, "trend_few": FEW, "heat": HEAT}


class Record(Paper):
    """A page that also keeps what is written on it: (x, y, text, left end, right end)."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[float, str, float, float]] = []
        self.stamps: list[str] = []

    def png(self) -> bytes:
        return b""

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: str = INK, bold: bool = False, right: bool = False
    ) -> None:
        width = self.width(text, size, bold=bold)
        self.texts.append((y, text, x - width if right else x, x if right else x + width))
        super().text(x, y, text, size, colour=colour, bold=bold, right=right)

    def stamp(self, text: str, size: float, y: float) -> None:
        self.stamps.append(text)
        super().stamp(text, size, y)


def written(given: dict[str, Any]) -> Record:
    page = Record()
    bars = sorted((pictures._bar(values) for values in given["bars"]), key=lambda bar: bar.score)
    pictures._Chart(page, given, bars).png()
    return page


def said(given: dict[str, Any]) -> list[str]:
    return [text for _, text, _, _ in written(given).texts]


def image(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_the_golden_one(name: str) -> None:
    drawn = _draw("picture", PICTURES[name], GOLDEN)
    golden = (GOLDEN / f"{name}.png").read_bytes()
    if drawn == golden:
        return
    now, then = image(drawn), image(golden)
    assert now.size == then.size, f"{name}.png is {then.size}, now {now.size}: {MEND}"
    changed = ImageChops.difference(now, then).getbbox()
    # Another processor may pack the same pixels into other bytes; nobody can see that.
    assert changed is None, f"{name}.png differs inside the box {changed}: {MEND}"


MEND = (
    "look at the new picture; if it is meant, write it with "
    "python -c 'from tests.bot.test_drawing_pictures import write; write()'. "
    "Without a change of ours, check that matplotlib and pillow are those of requirements.lock."
)


def write() -> None:
    """Write the golden pictures anew."""
    for name, given in PICTURES.items():
        (GOLDEN / f"{name}.png").write_bytes(_draw("picture", given, GOLDEN))


@pytest.mark.parametrize("facts", [{"points": [["2026", None, None, None, None, ""]]}, {"heat": [], "columns": []}])
def test_nothing_to_draw_is_an_error_and_no_empty_picture(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        _draw("picture", {"title": "x", "language": "vi", **facts}, GOLDEN)


def test_fields_differ_in_grey_and_their_letters_can_be_read_on_them() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    shades = [shade(score) for score in (50, 65, 75, 85, 95)]
    lights = [light(field) for field, _ in shades]
    assert lights == sorted(lights)
    assert all(later - earlier > 0.08 for earlier, later in pairwise(lights))
    for field, letters in shades:
        dark, bright = sorted((light(field), light(letters)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_the_same_facts_give_the_same_bytes_and_no_trace_of_when_or_how() -> None:
    first = draw_bars(ENGLISH)
    assert first == draw_bars(dict(ENGLISH))
    assert Image.open(BytesIO(first)).info.keys() <= {"dpi"}
    assert b"matplotlib" not in first
    assert b"tEXt" not in first


def test_a_matplotlibrc_of_the_machine_changes_nothing() -> None:
    import matplotlib as mpl

    plain = draw_bars(ENGLISH)
    with mpl.rc_context({"text.color": "red", "font.size": 40, "lines.antialiased": False, "text.antialiased": False}):
        assert draw_bars(ENGLISH) == plain
        assert mpl.rcParams["font.size"] == 40


def test_worst_first_with_value_interval_and_count() -> None:
    texts = said(FACTORS)
    values = [text for text in texts if text in {"61,3", "70,1", "74,0", "77,4", "80,1"}]
    assert values == ["61,3", "70,1", "74,0", "77,4", "80,1"]
    assert {"n=44", "n=1.201", "44–89", "56–67"} <= set(texts)
    assert {"Khoảng tin cậy 95%", "Tổng số: 1.204 người trả lời"} <= set(texts)


def test_printed_intervals_are_rounded_outward() -> None:
    assert "81–82" in said(facts([["A", 81.3, 81.2, 81.4, 1200]]))


def test_english_words_and_decimals() -> None:
    texts = said(facts([["A", 72.44, 66.0, 79.0, 1044]], language="en"))
    assert {"72.4", "66–79", "n=1,044", "95% confidence interval", "Total: 1,204 respondents"} <= set(texts)


def test_the_watermark_stands_across_sample_data_only() -> None:
    assert written(FACTORS).stamps == ["DỮ LIỆU MẪU"]
    assert written(facts([["A", 50, 40, 60, 44]])).stamps == []


@pytest.mark.parametrize("given", [FACTORS, MANY, ENGLISH], ids=["factors", "thirty", "english"])
def test_nothing_is_written_outside_the_page_or_over_its_neighbour(given: dict[str, Any]) -> None:
    lines: dict[float, list[tuple[float, float]]] = {}
    for y, _, left, right in written(given).texts:
        assert left >= 40
        assert right <= WIDTH - 40
        lines.setdefault(y, []).append((left, right))
    for spans in lines.values():
        ordered = sorted(spans)
        assert all(before[1] + 6 < after[0] for before, after in pairwise(ordered))


def test_very_large_counts_and_full_marks_still_stand_apart() -> None:
    texts = written(facts([["A", 100, 99, 100, 123_456], ["B", 0, 0, 1, 99_999]])).texts
    row = sorted((left, right) for _, text, left, right in texts if text in {"100,0", "99–100", "n=123.456"})
    assert len(row) == 3
    assert row[0][1] < row[1][0]
    assert row[1][1] < row[2][0]


@pytest.mark.parametrize("count", [2, 13])
def test_any_number_of_bars_fits(count: int) -> None:
    drawn = image(draw_bars(facts([[f"Xã {i}", i, max(0, i - 5), i + 5, 44] for i in range(count)])))
    assert drawn.width == WIDTH
    assert drawn.height <= 20 * WIDTH, "Telegram refuses pictures twenty times as high as wide"
    assert drawn.height + drawn.width <= 10_000


def test_more_bars_than_fit_show_the_worst_and_say_so() -> None:
    texts = said(facts([[f"Xã {i:02}", 99 - i, 90 - i, 100 - i, 44] for i in range(MOST_BARS + 5)]))
    assert sum(text.startswith("Xã ") for text in texts) == MOST_BARS
    assert "Xã 34" in texts
    assert "Xã 00" not in texts
    assert "Chỉ vẽ 30 dòng thấp nhất trong 35" in texts


def test_no_bars_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one bar"):
        draw_bars(facts([]))


LABELS = ("$x^{$", "a\nb\tc", "W" * 400, "xã " * 90, "", "\U0001f600", "\\frac{1}{2} _^")


@pytest.mark.filterwarnings("ignore:Glyph")
def test_no_label_breaks_the_picture() -> None:
    given = facts([[label, 50, 40, 60, 44] for label in LABELS], title=LABELS[0], watermark=LABELS[0])
    assert image(draw_bars(given)).width == WIDTH
    assert all(right <= WIDTH - 40 for _, _, _, right in written(given).texts)


@pytest.mark.parametrize("title", LABELS)
def test_no_title_is_wider_than_the_page(title: str) -> None:
    given = facts([["A", 50, 40, 60, 44]], title=title, watermark=title)
    assert all(right <= WIDTH - 40 for _, _, _, right in written(given).texts)


def test_bar_whisker_and_track_differ_in_grey() -> None:
    def grey(colour: str) -> int:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return round(0.299 * red + 0.587 * green + 0.114 * blue)

    tones = sorted(grey(colour) for colour in (INK, ACCENT, PALE, WHITE))
    assert tones[1] - tones[0] > 80, "whisker on bar"
    assert tones[2] - tones[1] > 80, "bar on track"


def test_the_bar_ends_where_its_score_lies() -> None:
    drawn = image(draw_bars(facts([["A", 50, 49.9, 50.1, 44]])))
    accent = tuple(int(ACCENT[at : at + 2], 16) for at in (1, 3, 5))
    xs = [x for x in range(WIDTH) for y in range(200, 270, 2) if drawn.getpixel((x, y)) == accent]
    assert xs, "the bar is drawn in the accent"
    assert (min(xs) - pictures.EDGE) <= 2
    assert abs(max(xs) - pictures._x(50)) <= 8
