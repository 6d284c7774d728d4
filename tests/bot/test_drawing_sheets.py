"""The Excel file of scores: what an official reads in it, and that no cell is a formula."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from bot.drawing.cells import sheet_cell
from bot.drawing.sheets import HEAD_ROW, heading, score_sheet

COLUMNS = ["code", "unit", "level", "period", "n", "score", "low", "high", "A", "A_low", "A_high", "A_n"]
ROWS: list[list[object]] = [
    ["34", "Tỉnh Thái Bình", "province", "2026-Q4", 1204, 81.42, 79.5, 83.3, 80.1, 77.0, 83.0, 1200],
    ["34-VP", "Văn phòng UBND tỉnh", "department", "2026-Q4", 44, 61.5, 50.1, 71.2, None, None, None, None],
    ["338", "Xã Đông Phương", "commune", "2026-Q4", None, None, None, None, None, None, None, None],
]


def facts(rows: list[list[object]] = ROWS, **more: object) -> dict[str, Any]:
    return {"title": "2026-Q4", "columns": COLUMNS, "rows": rows, "note": "sipas-2017/pooled/1 A: Tiếp cận", **more}


def opened(given: dict[str, Any]) -> Any:
    return openpyxl.load_workbook(BytesIO(score_sheet(given)))


def part(content: bytes, ending: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(ending))
        return archive.read(name).decode()


def test_the_table_stands_under_its_headings() -> None:
    sheet = opened(facts())["Điểm"]
    values = list(sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True))
    assert values[0][:8] == (
        "Mã", "Đơn vị", "Cấp", "Kỳ", "Số người trả lời", "Tỷ lệ hài lòng (%)", "Cận dưới 95%", "Cận trên 95%",
    )  # fmt: skip
    assert values[0][8:] == ("A (%)", "A: cận dưới 95%", "A: cận trên 95%", "A: số người")
    assert values[1][:6] == ("34", "Tỉnh Thái Bình", "tỉnh", "2026-Q4", 1204, 81.42)
    assert values[3][4:] == (None,) * 8
    assert sheet.freeze_panes == "C6"
    assert sheet.cell(HEAD_ROW + 2, 6).number_format == "0.00"
    assert sheet.cell(HEAD_ROW + 2, 5).number_format == "#,##0"
    assert sheet.column_dimensions["B"].width > len("Văn phòng UBND tỉnh")


def test_english_headings_and_levels() -> None:
    sheet = opened(facts(language="en"))["Scores"]
    assert [cell.value for cell in sheet[HEAD_ROW + 1]][2:6] == ["Level", "Period", "Respondents", "Satisfied (%)"]
    assert sheet.cell(HEAD_ROW + 4, 3).value == "commune"


def test_the_note_and_the_watermark_stand_on_top() -> None:
    sheet = opened(facts(watermark="DỮ LIỆU MẪU"))["Điểm"]
    assert sheet["A1"].value == "2026-Q4"
    assert sheet["A2"].value == "DỮ LIỆU MẪU"
    assert sheet["A3"].value == "sipas-2017/pooled/1 A: Tiếp cận"
    assert opened(facts())["Điểm"]["A2"].value is None


def test_a_native_chart_of_the_scores_with_their_intervals() -> None:
    content = score_sheet(facts())
    chart = part(content, "charts/chart1.xml")
    assert "<c:barChart>" in chart
    assert "Tỷ lệ hài lòng (%) · 2026-Q4" in chart
    assert "$F$6:$F$8" in chart
    assert "$B$6:$B$8" in chart
    assert "<c:errBars>" in chart
    assert "1.88" in chart, "83.3 - 81.42 above the score"


def test_no_chart_where_every_figure_is_withheld() -> None:
    assert opened(facts([ROWS[2]])).sheetnames == ["Điểm"]


def test_a_table_without_rows_is_a_file_too() -> None:
    assert opened(facts([]))["Điểm"].max_row == HEAD_ROW + 1


@pytest.mark.parametrize("hostile", ["=1+1", '=HYPERLINK("http://x","y")', "{=1}", "http://a.vn", "007", "<r>x</r>"])
def test_texts_are_strings_whatever_they_say(hostile: str) -> None:
    row: list[object] = ["34", hostile, hostile, *ROWS[0][3:]]
    book = opened(facts([row], title=hostile, note=hostile, watermark=hostile))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert str(book["Điểm"].cell(HEAD_ROW + 2, 2).value).strip() == hostile
    content = score_sheet(facts([row], title=hostile, note=hostile))
    assert "<f>" not in part(content, "worksheets/sheet1.xml")
    assert "<c:tx><c:strRef>" not in part(content, "charts/chart1.xml").split("<c:plotArea>")[0], (
        "a title is no reference"
    )


def test_what_xml_and_excel_cannot_hold_is_cut_or_replaced() -> None:
    assert sheet_cell("a\ud800\ufffe\uffffb") == "a???b"
    assert len(sheet_cell("\U0001f600" * 40_000).encode("utf-16-le")) <= 2 * 32_767
    assert sheet_cell("chữ " * 100) == "chữ " * 100
    assert opened(facts([["34", "\ud800" + "\U0001f600" * 40_000, *ROWS[0][2:]]]))["Điểm"].cell(HEAD_ROW + 2, 2).value


def test_headings_of_factors_and_of_unknown_columns() -> None:
    assert heading("B_low", "vi") == "B: cận dưới 95%"
    assert heading("C", "en") == "C (%)"
    assert heading("unit", "fr") == "Đơn vị"
