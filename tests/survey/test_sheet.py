"""Excel files and markdown tables as cells."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from survey.cells import MAX_COLUMNS, MAX_ROWS
from survey.markdown import read_markdown
from survey.sheet import MAX_FILE, read_xlsx, write_xlsx
from tests.survey.sheets import sound


def workbook(*rows: list[Any], title: str = "survey") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def codes(data: bytes) -> list[str]:
    result = read_xlsx(data)
    return [fault.code for fault in result] if isinstance(result, list) else []


# --- Excel ---


def test_cells_return_from_excel() -> None:
    back = read_xlsx(write_xlsx(sound()))
    assert isinstance(back, dict)
    trimmed = {name: [_trim(row) for row in rows] for name, rows in sound().items()}
    assert back == trimmed


def _trim(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def test_equal_cells_give_equal_bytes() -> None:
    assert write_xlsx(sound()) == write_xlsx(sound())


def test_nothing_becomes_a_formula_or_a_link() -> None:
    cells = {"survey": [["=1+1", "http://example.org"], ["@x", "+84"]]}
    assert read_xlsx(write_xlsx(cells)) == cells


def test_the_header_stays_in_sight_and_columns_are_wide() -> None:
    book = load_workbook(BytesIO(write_xlsx(sound())))
    sheet = book["survey"]
    assert sheet.freeze_panes == "C2"
    assert sheet.column_dimensions["C"].width > 50
    assert sheet["A1"].font.bold


def test_values_come_as_people_see_them() -> None:
    moment = datetime(2026, 1, 2, 3)  # noqa: DTZ001 - Excel knows no time zone
    data = workbook([1, 2.0, 2.5, True, False, None, date(2026, 1, 2), moment, " x "], [], [None, None])
    assert read_xlsx(data) == {"survey": [["1", "2", "2.5", "yes", "no", "", "2026-01-02", "2026-01-02", " x "]]}


def test_a_whole_number_written_as_a_decimal_is_whole() -> None:
    whole = BytesIO(workbook([2]))
    decimal = BytesIO()
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(decimal, "w") as written:
        for name in parts.namelist():
            written.writestr(name, parts.read(name).replace(b"<v>2</v>", b"<v>2.0</v>"))
    assert read_xlsx(decimal.getvalue()) == {"survey": [["2"]]}


@pytest.mark.parametrize("data", [b"", b"PK", b"not a workbook", write_xlsx(sound())[:-200]])
def test_a_broken_file_is_one_fault(data: bytes) -> None:
    assert codes(data) == ["bad_file"]


def test_another_zip_is_not_a_workbook() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:
        parts.writestr("readme.txt", "x")
    assert codes(buffer.getvalue()) == ["bad_file"]


def test_a_bomb_is_not_opened() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (10 * MAX_FILE + 1))
    assert codes(buffer.getvalue()) == ["too_big"]


def test_one_row_and_column_too_many_are_read_so_that_they_can_be_refused() -> None:
    tall = read_xlsx(workbook(*[["x"]] * (MAX_ROWS + 9)))
    wide = read_xlsx(workbook(["x"] * (MAX_COLUMNS + 9)))
    assert isinstance(tall, dict)
    assert isinstance(wide, dict)
    assert len(tall["survey"]) == MAX_ROWS + 1
    assert len(wide["survey"][0]) == MAX_COLUMNS + 1


@settings(max_examples=40)
@given(st.integers(0, 9000), st.binary(min_size=1, max_size=4))
def test_a_damaged_file_never_raises(place: int, damage: bytes) -> None:
    whole = write_xlsx({"survey": [["type"], ["text"]]})
    place %= len(whole)
    assert isinstance(read_xlsx(whole[:place] + damage + whole[place + len(damage) :]), dict | list)


# --- markdown ---


def test_markdown_tables_become_cells() -> None:
    text = """
# Title with words
prose | with a bar

| lost | before | any sheet |

## survey
| type | name |
|:---|---:|
| text | a \\| b |
| text |  |

more prose
### choices
| name |
|------|
| two<br>lines |
"""
    assert read_markdown(text) == {
        "survey": [["type", "name"], ["text", "a | b"], ["text", ""]],
        "choices": [["name"], ["two\nlines"]],
    }
