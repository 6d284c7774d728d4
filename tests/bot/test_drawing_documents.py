"""The Word report: Decree 30/2020's page, every figure in its place, and nothing in it that a name could break."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from bot.drawing.documents import write_report
from bot.settings import SHIPPED_CONFIG

TEMPLATES = SHIPPED_CONFIG / "reports"
MM = 36_000
"""English Metric Units of a millimetre."""


def facts(**more: Any) -> dict[str, Any]:
    row = {"name": "Tiếp cận", "score": "71,4", "low": "56", "high": "83", "n": "42"}
    unit = {"name": "Xã Vũ Hội", "score": "61,5", "low": "50", "high": "72", "n": "1.204"}
    bars = [["Xã Vũ Hội", 61.5, 50.0, 72.0, 1204, ""], ["Xã Đông Các", 81.0, 70.0, 90.0, 60, ""]]
    return {
        "language": "vi",
        "agency": "Sở Nội vụ tỉnh Hưng Yên", "place": "Hưng Yên",
        "unit": "Huyện Đông Hưng", "period": "Quý III/2026",
        "unit_within": "huyện Đông Hưng", "period_within": "quý III/2026", "unranked": [], "ranked_from": 60,
        "open": False, "day": 5, "month": 10, "year": 2026, "score": "73,2", "low": "70", "high": "76", "n": "1.310",
        "sentences": ["So với quý II/2026: giảm 4,1 điểm (rõ rệt; 1,0–7,2)."],
        "attention": ["▼ Xã Vũ Hội 61,5 (50–72; 1.204 người): yếu nhất là Kết quả 40 (30–51)"],
        "factors": [row], "units": [unit], "too_few": "Xã A, Xã B", "how": ["Điểm là phần trăm.", "Khoảng tin cậy."],
        "label": "Phản hồi sau giao dịch, theo phương pháp SIPAS.", "watermark": "",
        "picture": {"title": "Huyện Đông Hưng · Quý III/2026", "language": "vi", "bars": bars, "n": 1310},
        **more,
    }  # fmt: skip


def opened(given: dict[str, Any]) -> Any:
    return Document(BytesIO(write_report(given, TEMPLATES)))


def words(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_is_that_of_decree_30(language: str) -> None:
    document = opened(facts(language=language))
    section = document.sections[0]
    assert (section.page_width // MM, section.page_height // MM) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / MM) for margin in margins] == [20, 20, 30, 15]
    assert section.different_first_page_header_footer, "no page number on the first page"
    assert "PAGE" in section.header._element.xml
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert 13 <= document.styles["Normal"].font.size.pt <= 14


def test_every_figure_comes_with_its_interval_and_its_people() -> None:
    document = opened(facts())
    said = words(document)
    assert "đạt 73,2 điểm trên 100 (khoảng tin cậy 95%: 70–76), theo trả lời của 1.310 người" in said
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Tiếp cận", "71,4", "56–83", "42"] in rows
    assert ["Xã Vũ Hội", "61,5", "50–72", "1.204"] in rows
    for text in ("giảm 4,1 điểm", "▼ Xã Vũ Hội", "Chưa đủ phiếu để có điểm: Xã A, Xã B.", "Phản hồi sau giao dịch"):
        assert text in said
    assert "{" not in said, "nothing of the template is left"
    assert "%}" not in said
    assert len(document.inline_shapes) == 1


def test_what_there_is_nothing_to_say_of_is_left_out() -> None:
    document = opened(facts(units=[], too_few="", attention=[], picture=None, watermark="DỮ LIỆU MẪU", open=True))
    said = words(document)
    for heading in ("Điều cần chú ý", "Theo đơn vị", "Chưa đủ phiếu để có điểm"):
        assert heading not in said
    assert [line for line in said.split("\n") if line[:2] in {"1.", "2.", "3.", "4."}] == [
        "1. Kết quả chung", "2. Theo nhóm tiêu chí", "3. Cách tính",
    ]  # fmt: skip
    assert "DỮ LIỆU MẪU" in said
    assert "(kỳ chưa kết thúc)" in said
    assert not document.inline_shapes


def test_names_are_words_and_nothing_else() -> None:
    hostile = "Xã <w:p>&amp; {{ 7*7 }} {% raw %}"
    said = words(opened(facts(unit_within=hostile, too_few=hostile)))
    assert said.count(hostile) >= 2
    assert "49" not in said


def test_the_office_may_edit_its_template(tmp_path: Path) -> None:
    document = Document(str(TEMPLATES / "report_vi.docx"))
    document.add_paragraph("Kính gửi: {{ place }}")
    document.save(str(tmp_path / "report_vi.docx"))
    assert "Kính gửi: Hưng Yên" in words(Document(BytesIO(write_report(facts(), tmp_path))))


def test_a_template_reaches_nothing_but_its_facts(tmp_path: Path) -> None:
    document = Document(str(TEMPLATES / "report_vi.docx"))
    document.add_paragraph("{{ unit.__class__.__mro__ }}")
    document.save(str(tmp_path / "report_vi.docx"))
    with pytest.raises(Exception, match="unsafe"):
        write_report(facts(), tmp_path)
