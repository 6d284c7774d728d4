"""`sipas orders` on real files: a template filled in, faults with line and column, the same file twice."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from xlsxwriter import Workbook

from bot.cli import app

HEADER = ["Nhiệm vụ", "Chủ trì", "Phối hợp", "Nơi giao", "Ngày giao", "Hạn", "Căn cứ", "Nhằm cải thiện", "Ghi chú"]
ROWS = [
    ["Báo cáo số còn thiếu", "Sở Nội vụ", "Huyện Đông Hưng; 343", "34", "20/7/2018", "30/8/2018", "TB 25", "A", "x"],
    ["Kiểm tra thường xuyên", "Huyện Đông Hưng", "", "", "2018-07-20", "Thường xuyên", "", "", ""],
]


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIPAS_DATABASE_URL", f"sqlite:///{tmp_path / 'one.db'}")


def sipas(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_sheet_goes_in_once(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "orders.csv", [HEADER, *ROWS])
    done = sipas("orders", "import", str(file))
    assert done.exit_code == 0, done.output
    assert "2 new, 0 known already, 0 with faults" in done.output
    changed = [[*ROWS[0][:5], "30/9/2018", *ROWS[0][6:]], ROWS[1]]
    again = sipas("orders", "import", str(write_csv(file, [HEADER, *changed])))
    assert again.exit_code == 0
    assert "0 new, 2 known already" in again.output
    assert "stay as they were: lines 2" in again.output


def test_good_rows_go_in_and_faulty_cells_are_named(tmp_path: Path) -> None:
    bad = ["", "Sở Ngoại vụ", "", "", "20/7/2018", "mai", "", "Z", ""]
    long = [*ROWS[0][:9], "một ô thừa"]
    file = write_csv(tmp_path / "orders.csv", [HEADER, bad, ROWS[1], long])
    done = sipas("orders", "import", str(file))
    assert done.exit_code == 1
    assert "line 2, column Nhiệm vụ: this cell is empty" in done.output
    assert "line 2, column Chủ trì: Sở Ngoại vụ is no office" in done.output
    assert "line 2, column Hạn: mai is no day" in done.output
    assert "line 2, column Nhằm cải thiện: Z is no factor" in done.output
    assert "line 4: the row has more cells than there are columns, from một ô thừa" in done.output
    assert "1 new, 0 known already, 2 with faults (not taken)." in done.output


def test_missing_columns_are_named(tmp_path: Path) -> None:
    done = sipas("orders", "import", str(write_csv(tmp_path / "f.csv", [["Nhiệm vụ"], ["1"]])))
    assert done.exit_code == 1
    assert done.output.count("this column is missing") == 2


def test_an_excel_file_with_real_dates_and_the_list(tmp_path: Path) -> None:
    file = tmp_path / "orders.xlsx"
    with Workbook(file) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([HEADER, *ROWS]):
            sheet.write_row(number, 0, row)
        sheet.write_datetime(1, 4, date(2018, 7, 20), day)
        sheet.write_datetime(1, 5, date(2018, 8, 30), day)
    assert "2 new" in sipas("orders", "import", str(file)).output
    late = (date.today() - date(2018, 8, 30)).days  # noqa: DTZ011  (the operator's own clock)
    assert late > timedelta(days=365).days
    listed = sipas("orders", "list").output.splitlines()
    assert [line[:2] for line in listed] == ["1 ", "2 "]
    (overdue,) = sipas("orders", "list", "--overdue").output.splitlines()
    assert overdue.startswith("1 · Sở Nội vụ · hạn 30/8/2018 (quá hạn ")


def test_an_empty_list_says_so() -> None:
    sipas("orders", "import", "missing.csv")
    sipas("official", "invite", "--unit", "34", "--role", "viewer")
    assert sipas("orders", "list").output == "None.\n"


def test_the_template_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "template.csv"
    assert sipas("orders", "template", "--out", str(file)).exit_code == 0
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (header,) = csv.reader(opened)
    assert header == HEADER[:-1]
    done = sipas("orders", "import", str(write_csv(file, [header, ROWS[0][:8]])))
    assert "1 new" in done.output
    assert sipas("orders", "template", "--out", str(tmp_path / "one.db")).exception is not None
