"""B24: `sipas par` and `sipas staffing` on real workbooks: one fault takes nothing in; Excel has ways of its own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.drawing.templates import GUIDE
from scoring import par_sheet, staffing_sheet
from scoring.book_sheet import Grid
from tests.handlers.books import par_sheets, staffing_sheets
from tests.scoring.book_mutants import broken, harmless

FORMS = {"par": par_sheet.FORMS, "staffing": staffing_sheet.FORMS}
SHEETS: Mapping[str, Callable[[], Mapping[str, Grid]]] = {"par": par_sheets, "staffing": staffing_sheets}


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIPAS_DATABASE_URL", f"sqlite:///{tmp_path / 'one.db'}")


def sipas(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def stored(folder: Path) -> int:
    connection = sqlite3.connect(folder / "one.db")
    try:
        return int(connection.execute("SELECT count(*) FROM book").fetchone()[0])
    finally:
        connection.close()


def write(path: Path, sheets: Mapping[str, Grid], change: Callable[[Any], None] = lambda _: None) -> Path:
    """Numbers as numbers, as people fill them in; `change` does something to the workbook before it is saved."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for title, grid in sheets.items():
        sheet = book.create_sheet(title)
        for row in grid:
            sheet.append([_typed(cell) for cell in row] or [None])
    change(book)
    book.save(path)
    return path


def _typed(cell: str) -> object:
    if re.fullmatch(r"\d+(?:\.\d+)?", cell) and not re.fullmatch(r"\d\.\d{1,2}|\d", cell):
        return float(cell) if "." in cell else int(cell)
    return cell or None


def staffing(path: Path, change: Callable[[Any], None] = lambda _: None) -> Path:
    return write(path, staffing_sheets(), change)


def people(book: Any) -> Any:
    return book["Biên chế"]


@pytest.mark.parametrize(("kind", "key"), [("par", "2017"), ("staffing", "2018-06-30")])
def test_the_sample_as_a_workbook_goes_in_once(tmp_path: Path, kind: str, key: str) -> None:
    file = write(tmp_path / "book.xlsx", SHEETS[kind]())
    done = sipas(kind, "check", str(file))
    assert (done.exit_code, "no faults" in done.output) == (0, True), done.output
    assert stored(tmp_path) == 0
    done = sipas(kind, "import", str(file))
    assert (done.exit_code, f"{kind} {key}: version 1 is in" in done.output) == (0, True), done.output
    assert "says the same already" in sipas(kind, "import", str(file)).output
    assert f"{key}  version 1  waits  book.xlsx" in sipas(kind, "list").output


@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize("seed", range(3))
def test_one_broken_cell_and_nothing_is_taken_in(tmp_path: Path, kind: str, seed: int) -> None:
    rng = Random(f"file {kind} {seed}")
    book = {title: [list(row) for row in grid] for title, grid in SHEETS[kind]().items()}
    spot = broken(rng, kind, FORMS[kind], book)
    file = write(tmp_path / "book.xlsx", book)
    done = sipas(kind, "import", str(file))
    assert done.exit_code == 1, (spot, done.output)
    lines = [line for line in done.output.splitlines() if "sheet " in line]
    column = f", column {spot.column} " if spot.column else ","
    assert len(lines) == 1, done.output
    assert f"sheet {spot.sheet}, row {spot.row}" in lines[0]
    assert column.rstrip() in lines[0]
    assert "1 faults: nothing was taken in." in done.output
    assert stored(tmp_path) == 0


@pytest.mark.parametrize("kind", SHEETS)
def test_a_workbook_written_in_another_way_says_the_same(tmp_path: Path, kind: str) -> None:
    assert sipas(kind, "import", str(write(tmp_path / "one.xlsx", SHEETS[kind]()))).exit_code == 0
    book = {title: [list(row) for row in grid] for title, grid in SHEETS[kind]().items()}
    harmless(Random(kind), FORMS[kind], book)
    done = sipas(kind, "check", str(write(tmp_path / "two.xlsx", book)))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_has_every_sheet_and_is_empty(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "new.xlsx"
    assert sipas(kind, "template", "--out", str(file)).exit_code == 0
    book = load_workbook(file)
    assert {GUIDE, "Đơn vị"} | {form.vi for form in FORMS[kind]} == set(book.sheetnames)
    words = " ".join(str(cell.value) for row in book[GUIDE].iter_rows() for cell in row)
    assert ("tiêu chí" in words.lower(), "Có mặt" in words) == (kind == "par", kind == "staffing")
    done = sipas(kind, "import", str(file))
    assert done.exit_code == 1
    assert "there are no rows" in done.output


# --- what Excel does by itself ---


def formula(book: Any) -> None:
    people(book)["D2"] = "=SUM(D3:D4)"  # saved by a program that computes nothing


def percent(book: Any) -> None:
    people(book)["D3"].number_format = "0%"


def fraction(book: Any) -> None:
    people(book)["D2"] = 1.823


def merged(book: Any) -> None:
    people(book).merge_cells("D3:D4")


def text_day(book: Any) -> None:
    book["Ngày"]["A2"] = "30 tháng 6"


def error(book: Any) -> None:
    people(book)["A5"] = "#REF!"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (formula, "sheet Biên chế, row 2, column D (Có mặt): the formula in this cell comes to no value"),
        (percent, "sheet Biên chế, row 3, column D (Có mặt): is no number that can be used: 115300%"),
        (fraction, "sheet Biên chế, row 2, column D (Có mặt): is no number that can be used: 1.8230"),
        (merged, "sheet Biên chế, row 4, column D (Có mặt): is empty"),
        (text_day, "sheet Ngày, row 2, column A (Ngày): is no day, write it like 30/6/2018: 30 tháng 6"),
        (error, "sheet Biên chế, row 5, column A (Mã đơn vị): the formula in this cell comes to no value"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_a_cell_cannot_mean_is_named(tmp_path: Path, change: Callable[[Any], None], where: str) -> None:
    done = sipas("staffing", "import", str(staffing(tmp_path / "book.xlsx", change)))
    assert done.exit_code == 1
    assert where in done.output
    assert "1 faults: nothing was taken in." in done.output
    assert stored(tmp_path) == 0


def real_day(book: Any) -> None:
    book["Ngày"]["A2"] = datetime(2018, 6, 30)  # noqa: DTZ001  (a spreadsheet's day has no zone)
    book["Ngày"]["A2"].number_format = "dd/mm/yyyy"


def grouped(book: Any) -> None:
    for row in people(book)["C2:F5"]:
        for cell in row:
            cell.number_format = '#,##0" người (0% giả định)"'


def words(book: Any) -> None:
    people(book)["D2"] = "1.823"


@pytest.mark.parametrize("change", [real_day, grouped, words])
def test_a_day_as_a_day_and_numbers_as_they_look(tmp_path: Path, change: Callable[[Any], None]) -> None:
    assert sipas("staffing", "import", str(staffing(tmp_path / "one.xlsx"))).exit_code == 0
    done = sipas("staffing", "import", str(staffing(tmp_path / "two.xlsx", change)))
    assert (done.exit_code, "says the same already" in done.output) == (0, True), done.output


def test_a_share_in_percent_is_the_share_it_shows(tmp_path: Path) -> None:
    def share(book: Any) -> None:
        book["Năm"]["E2"] = 0.7566
        book["Năm"]["E2"].number_format = "0.00%"

    assert sipas("par", "import", str(write(tmp_path / "one.xlsx", par_sheets()))).exit_code == 0
    done = sipas("par", "import", str(write(tmp_path / "two.xlsx", par_sheets(), share)))
    assert (done.exit_code, "says the same already" in done.output) == (0, True), done.output


def test_parts_that_do_not_add_up_are_told_and_taken(tmp_path: Path) -> None:
    def other(book: Any) -> None:
        people(book)["D2"] = 1824

    done = sipas("staffing", "import", str(staffing(tmp_path / "book.xlsx", other)))
    assert done.exit_code == 0
    assert "warning: sheet Biên chế, row 2, column D (Có mặt): is not what its parts come to: 1824" in done.output
    assert stored(tmp_path) == 1


@pytest.mark.parametrize("content", [b"", b"PK", b"<html>", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_workbook_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(content)
    done = sipas("staffing", "check", str(file))
    assert done.exit_code != 0
    assert str(file) in str(done.exception or done.output)
