"""`sipas dossiers` on real files: CSV as Excel writes it, Excel itself, slips, and what cannot be read."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from xlsxwriter import Workbook

from bot.cli import app
from bot.errors import Unusable
from bot.table_file import read_table
from tests.faults.lives import ROOT

HEADER = ["Mã hồ sơ", "Trạng thái", "Đơn vị tiếp nhận", "Thủ tục", "Thời điểm", "Ghi chú"]
ROWS = [
    ["H53-1", "Đã trả kết quả", "Huyện Đông Hưng", "Đăng ký khai sinh", "19/11/2026 14:30", "a"],
    ["H53-2", "từ chối", "huyện vũ thư", "", "2026-11-19", "có; dấu"],
]


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIPAS_DATABASE_URL", f"sqlite:///{tmp_path / 'one.db'}")
    monkeypatch.setenv("SIPAS_PUBLIC_URL", "https://danhgia.example")


def sipas(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def write_csv(path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_a_csv_as_excel_writes_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    file = write_csv(tmp_path / "feed.csv", [HEADER, *ROWS], delimiter, encoding)
    done = sipas("dossiers", "import", str(file))
    assert done.exit_code == 0, done.output
    assert "2 new, 0 known already, 0 with faults" in done.output
    assert "0 new, 2 known already" in sipas("dossiers", "import", str(file)).output


def test_an_excel_file_and_its_slips(tmp_path: Path) -> None:
    file, slips = tmp_path / "feed.xlsx", tmp_path / "slips.csv"
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *ROWS, [], ["=H53", "x", "", "", "", ""]]):
            sheet.write_row(number, 0, row)
    done = sipas("dossiers", "import", str(file), "--slips", str(slips))
    assert done.exit_code == 1
    assert "line 5, column Trạng thái: x is none of received" in done.output
    with slips.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.DictReader(opened))
    assert [row["dossier"] for row in table] == ["H53-1", "H53-2"]
    assert all(row["link"].endswith("/s/" + row["code"].replace("-", "")) for row in table)


def test_slips_never_replace_the_database(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "feed.csv", [HEADER, *ROWS])
    done = sipas("dossiers", "import", str(file), "--slips", str(tmp_path / "one.db"))
    assert isinstance(done.exception, Unusable)


def test_slips_never_replace_the_feed_and_lie_in_no_folder_that_is_not_there(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "feed.csv", [HEADER, *ROWS])
    before = file.read_bytes()
    for slips in (file, tmp_path / "x" / ".." / "feed.csv", tmp_path / "none" / "slips.csv"):
        done = sipas("dossiers", "import", str(file), "--slips", str(slips))
        assert isinstance(done.exception, Unusable)
    assert file.read_bytes() == before
    assert "2 new" in sipas("dossiers", "import", str(file)).output


def test_a_long_number_that_excel_rounded_is_refused_and_not_written_to(tmp_path: Path) -> None:
    """Of nineteen digits a number's cell keeps fifteen: the rest would be another person."""
    file = tmp_path / "feed.xlsx"
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Mã hồ sơ", "Trạng thái", "Nơi tiếp nhận", "Ngày", "Kênh", "Mã người nhận"])
        row = ["Đã trả kết quả", "Huyện Vũ Thư", "2026-11-19", "zalo-oa"]
        sheet.write_row(1, 0, ["H53-1", *row, 5510185758261927916])
        sheet.write_row(2, 0, [251120001212345678, *row, "5510185758261927916"])
        sheet.write_row(3, 0, [251120001212345, *row, "5510185758261927916"])
    done = sipas("dossiers", "import", str(file))
    assert "line 2, column Mã người nhận: " in done.output
    assert "line 3, column Mã hồ sơ: 2.51120001212346E+17 is no dossier's code" in done.output
    assert "1 new, 0 known already, 2 with faults" in done.output


@pytest.mark.parametrize("head", ["\r\n \r\n", '"a, b, c, d, e, f";', ";"])
def test_the_delimiter_is_seen_behind_blank_lines_and_quoted_titles(tmp_path: Path, head: str) -> None:
    file = tmp_path / "f.csv"
    file.write_text(f"{head}code;event;unit;at\r\n", encoding="utf-8")
    assert list(read_table(file).header)[-4:] == ["code", "event", "unit", "at"]


def test_missing_columns_are_named_and_nothing_is_taken(tmp_path: Path) -> None:
    done = sipas("dossiers", "import", str(write_csv(tmp_path / "f.csv", [["Mã hồ sơ"], ["1"]])))
    assert done.exit_code == 1
    assert done.output.count("this column is missing") == 3


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("f.txt", b"a", "neither .csv nor .xlsx"),
        ("f.csv", b"", "is empty"),
        ("f.csv", b"a,b\n\n ,\n", None),
        ("f.csv", "mã".encode("utf-16-le")[:3], "is not UTF-8"),
        ("f.csv", b'a,b\n"x', "cannot be read"),
        ("f.xlsx", b"PK", "cannot be read"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, content: bytes | None, what: str | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    if what is None:
        assert read_table(path).rows == []
        return
    with pytest.raises(Unusable, match=what):
        read_table(path)


def test_a_row_with_more_cells_than_columns_is_named(tmp_path: Path) -> None:
    done = sipas("dossiers", "import", str(write_csv(tmp_path / "f.csv", [HEADER, [*ROWS[0], "zuviel"], ROWS[1]])))
    assert "line 2: there are more cells than columns, from zuviel on" in done.output
    assert "1 new" in done.output


def test_a_terminal_sees_how_far_it_is_and_a_log_one_line(tmp_path: Path) -> None:
    rows = [[f"H53-{number}", *ROWS[0][1:]] for number in range(1, 451)]
    file = write_csv(tmp_path / "feed.csv", [HEADER, *rows])
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "dossiers", "import", str(file)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "SIPAS_CONFIG_DIR": str(ROOT / "config")}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as shown:
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # how a terminal's end is told
            while piece := os.read(ours, 4096):
                seen += piece
    os.close(ours)
    assert shown.returncode == 0, seen.decode()
    assert [part in seen for part in (b"450 rows", b" 33%", b"100%", b"450 new")] == [True] * 4, seen.decode()
    logged = sipas("dossiers", "import", str(file)).output
    assert logged.splitlines()[:2] == ["450 rows", "0 new, 450 known already, 0 with faults (not taken)."]


def test_a_sender_has_one_key_until_it_is_revoked() -> None:
    first = sipas("dossiers", "sender", "add", "motcua")
    assert len(first.output.split()[0]) == 32
    assert "motcua" in sipas("dossiers", "sender", "list").output
    assert isinstance(sipas("dossiers", "sender", "add", "motcua").exception, Unusable)
    assert sipas("dossiers", "sender", "revoke", "motcua").exit_code == 0
    assert sipas("dossiers", "sender", "list").output == ""
    assert isinstance(sipas("dossiers", "sender", "revoke", "motcua").exception, Unusable)
    assert sipas("dossiers", "sender", "add", "motcua").exit_code == 0


def test_nothing_waits_and_nothing_can_be_decided() -> None:
    assert "Nothing waits" in sipas("review", "list").output
    assert isinstance(sipas("review", "decide", "x", "count").exception, Unusable)
