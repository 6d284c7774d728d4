"""Empty workbooks that officials fill in: the sheets and titles which the import reads, and every unit's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.drawing.cells import sheet_cell
from bot.drawing.workbook import OPTIONS, Formats, put_head, put_row, set_widths
from handlers.book_store import BookKind
from scoring.book_sheet import Form
from scoring.par_sheet import LEVEL_NAMES
from scoring.units import Unit

GUIDE, UNITS = "Hướng dẫn", "Đơn vị"
HOW = (
    "Điền số liệu vào các trang bên cạnh. Không đổi tên trang và tên cột; thứ tự cột và dòng trống không quan trọng.",
    "Ô nào chưa biết thì để trống: để trống nghĩa là chưa rõ, không phải là 0.",
    "Mã đơn vị lấy ở trang Đơn vị. Cột Số giả định: ghi x nếu số ấy không có thật.",
)
OF_KIND: Mapping[BookKind, Sequence[str]] = {
    "par": (
        "Số lẻ viết 11,35 hoặc 11.35.",
        "Mã tiêu chí có dạng 1, 1.2, 1.2.3: định dạng ô là văn bản, vì bảng tính đọc 1.10 thành 1.1.",
        "Dòng có mã tiêu chí để trống là tổng điểm của đơn vị.",
    ),
    "staffing": (
        "Mỗi tệp là số liệu của một ngày; ngày viết 30/6/2018 ở trang Ngày.",
        "Dòng của một đơn vị là số của đơn vị ấy cùng mọi đơn vị bên dưới; dòng của tỉnh là số toàn tỉnh.",
        "Số chung của các sở, các huyện hoặc các xã: ghi Sở, Huyện hoặc Xã ở cột Mã đơn vị.",
        "Thiếu = Được giao trừ Có mặt, thừa người thì ghi số âm; để trống thì máy tự tính khi đã biết hai số kia.",
    ),
}
"""In the language of the administration whose workbooks these are; the import reads English titles, too."""


def write_template(kind: BookKind, forms: Sequence[Form], units: Sequence[Unit], out: Path) -> None:
    """OSError propagates."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    try:
        with Workbook(str(out), dict(OPTIONS)) as made:
            formats = Formats(made)
            guide = made.add_worksheet(GUIDE)
            guide.set_column(0, 0, 110)
            guide.write_string(0, 0, f"sipas {kind} import", formats.title)
            for at, line in enumerate((*HOW, *OF_KIND[kind]), 2):
                guide.write_string(at, 0, line, formats.note)
            text = made.add_format({"num_format": "@"})
            for form in forms:
                sheet = made.add_worksheet(form.vi)
                titles = [column.vi for column in form.columns]
                put_head(sheet, 0, titles, formats)
                set_widths(sheet, titles, [])
                for at, column in enumerate(form.columns):
                    if column.name in {"code", "criterion", "unit"}:
                        sheet.set_column(at, at, 16, text)
                sheet.freeze_panes(1, 0)
            _units(made.add_worksheet(UNITS), units, formats)
    except FileCreateError as error:
        raise error.args[0] if isinstance(error.args[0], OSError) else OSError(*error.args) from error


def _units(sheet: object, units: Sequence[Unit], formats: Formats) -> None:
    put_head(sheet, 0, ["Mã đơn vị", "Tên đơn vị", "Nhóm"], formats)
    rows = [[unit.code, sheet_cell(unit.name), LEVEL_NAMES[unit.level][0]] for unit in units]
    for at, row in enumerate(rows, 1):
        put_row(sheet, at, row, formats)
    set_widths(sheet, ["Mã đơn vị", "Tên đơn vị", "Nhóm"], rows)
