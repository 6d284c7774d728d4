"""B22. A thousand files of dossiers, each with one broken cell: it is named by line and title, and the rest goes in.

The mutator knows which cell it broke. Everything else varies: encoding, delimiter, line ends, blank lines, the order of
columns and how their titles are written, what stands in columns that are not ours.
"""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from csv import QUOTE_ALL, QUOTE_MINIMAL
from dataclasses import dataclass
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from bot.cli.dossiers import word
from bot.cli.rows import sentence
from bot.table_file import read_table
from scoring.dossier_sheet import COLUMNS, REQUIRED, columns_of
from scoring.titled_rows import Fault
from tests.faults.figures import Figure, record, size
from tests.world import World, world

FILES = size(250, 1_000)
EVERY = 12
"""One file in so many is an Excel file: they take longer to write and read."""

TITLES = {
    "code": ("Mã hồ sơ", "Số hồ sơ"),
    "event": ("Trạng thái", "Tình trạng"),
    "unit": ("Đơn vị tiếp nhận", "Nơi tiếp nhận"),
    "decided_by": ("Đơn vị giải quyết", "Cơ quan giải quyết"),
    "procedure": ("Tên thủ tục", "Lĩnh vực"),
    "at": ("Thời điểm", "Ngày giờ"),
    "due": ("Ngày hẹn trả", "Hẹn trả"),
    "done": ("Ngày trả kết quả", "Ngày trả"),
    "channel": ("Kênh liên hệ", "Kênh"),
    "address": ("Địa chỉ kênh", "Mã người nhận"),
}
EVENTS = ("Tiếp nhận", "Yêu cầu bổ sung", "Từ chối", "Đã trả kết quả")
UNITS = ("Huyện Đông Hưng", "huyện vũ thư", "Xã Vũ Hội", "Thành phố Thái Bình", "340")
PROCEDURES = ("Đăng ký khai sinh", "chứng thực", "", "Thủ tục đăng ký khai sinh")
DAYS = ("2026-11-13 09:30", "13/11/2026 14h05", "2026-11-14", "15-11-2026", "16.11.2026 8:00")
BESIDE = ("", "có; dấu, và\tnữa", '"x"', "=1+1")
"""What stands in columns that are not ours."""
CHANNELS = ("telegram", "Zalo OA", "zalo-bot")

Row = Mapping[str, str]
Break = Callable[[random.Random, str], str]

BREAKS: Mapping[str, Sequence[Break]] = {
    "code": (lambda _, __: "", lambda _, text: text * 8, lambda rng, _: rng.choice("-./#") * rng.randint(1, 9)),
    "event": (lambda _, __: "", lambda _, text: text + "x", lambda rng, _: str(rng.random())),
    "unit": (lambda _, __: "", lambda _, __: "Xã Trên Mây", lambda rng, _: str(rng.randint(10**7, 10**8))),
    "decided_by": (lambda _, __: "Sở Mặt Trăng", lambda _, text: text + ", 9", lambda _, __: "#N/A"),
    "procedure": (lambda rng, _: "".join(rng.choices("bcdfgqw", k=9)), lambda _, __: "Bay lên trời; hạ cánh, nhé"),
    "at": (
        lambda _, __: "",
        lambda rng, _: f"2026-{rng.randint(13, 99)}-01",
        lambda rng, _: f"{rng.randint(32, 99)}/11/2026",
        lambda rng, _: f"2027-0{rng.randint(1, 9)}-11",
        lambda _, __: "hôm qua",
        lambda _, text: text + "h",
    ),
    "due": (lambda rng, _: f"2026-11-{rng.randint(31, 99)}", lambda _, __: "mai", lambda _, __: "46345.6"),
    "done": (lambda rng, _: f"{rng.randint(32, 99)}/1/2026", lambda _, __: "30.02.2026", lambda _, __: "chưa trả"),
    "channel": (lambda _, __: "", lambda _, text: text + "s", lambda _, __: "sms"),
    "address": (
        lambda _, __: "",
        lambda _, text: text + " 1",
        lambda _, text: "9" * 65 + text,
        lambda _, text: text + "é",
        lambda _, __: "5,51019E+18",
        lambda _, text: f"-{text}",
    ),
}


@dataclass(frozen=True)
class Given:
    """A file on disk, and where each of its rows stands: `lines` of the rows, `titles` by our names of the columns."""

    path: Path
    lines: Sequence[int]
    titles: Mapping[str, str]


def good_row(rng: random.Random, number: int) -> dict[str, str]:
    return {
        "code": f"H53.12-{number:06d}",
        "event": rng.choice(EVENTS),
        "unit": rng.choice(UNITS),
        "decided_by": rng.choice(("Tỉnh Thái Bình", "Huyện Vũ Thư")),
        "procedure": rng.choice(PROCEDURES),
        "at": rng.choice(DAYS),
        "due": rng.choice(("", "2026-11-20", "20/11/2026")),
        "done": rng.choice(("", "13/11/2026")),
        "channel": rng.choice(CHANNELS),
        "address": str(rng.randint(10**18, 10**19)),
    }


def broken(rng: random.Random, column: str, text: str) -> str:
    """Another text, which is no value of that column; a blank one only where nothing may be left out."""
    return rng.choice(BREAKS[column])(rng, text)


def dressed(rng: random.Random, text: str) -> str:
    """The same, as somebody else might have typed it."""
    match rng.randrange(6):
        case 0:
            return f"  {text} "
        case 1:
            return unicodedata.normalize("NFD", text)
        case 2:
            return text.replace(" ", " \u00a0")
        case _:
            return text


def title(rng: random.Random, name: str) -> str:
    text = rng.choice(TITLES[name])
    match rng.randrange(6):
        case 0:
            return text.upper()
        case 1:
            return unicodedata.normalize("NFD", text)
        case 2:
            plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
            return "".join(letter for letter in plain if not unicodedata.combining(letter))
        case 3:
            return f" {text}  "
        case 4:
            return name
        case _:
            return text


def written(rng: random.Random, path: Path, rows: Sequence[Row]) -> Given:
    """The rows as some office would send them, with what is none of ours around them."""
    ours = list(COLUMNS)
    rng.shuffle(ours)
    shown = {name: title(rng, name) for name in ours}
    for place in sorted(rng.sample(range(len(ours) + 1), rng.randint(0, 2)), reverse=True):
        ours.insert(place, "")
    header = [shown[name] if name else rng.choice(("Ghi chú", "STT", "Họ tên", "")) for name in ours]
    table = [header, *([row[name] if name else rng.choice(BESIDE) for name in ours] for row in rows)]
    if path.suffix == ".xlsx":
        return Given(path, _excel(rng, path, table), shown)
    if "" in ours and rng.random() < 0.5:
        # Lines are counted as an editor counts them, not as rows.
        for cells in table[1:]:
            cells[ours.index("")] = "dòng một\ndòng hai" if rng.random() < 0.5 else ""
    return Given(path, _csv(rng, path, table), shown)


def _csv(rng: random.Random, path: Path, table: Sequence[Sequence[str]]) -> list[int]:
    delimiter, end = rng.choice(",;\t"), rng.choice(("\r\n", "\n"))
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16"))
    quoted = rng.random() < 0.2
    text, starts = "", []
    for cells in table:
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            text += rng.choice(("", "  ", delimiter * (len(cells) - 1))) + end
        starts.append(text.count("\n") + 1)
        line = io.StringIO()
        csv.writer(
            line, delimiter=delimiter, lineterminator=end, quoting=QUOTE_ALL if quoted else QUOTE_MINIMAL
        ).writerow(cells)
        text += line.getvalue()
    path.write_bytes(text.encode(encoding))
    return starts[1:]


def _excel(rng: random.Random, path: Path, table: Sequence[Sequence[str]]) -> list[int]:
    starts, at = [], 0
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for cells in table:
            at += rng.choice((0, 0, 0, 1, 2))
            sheet.write_row(at, 0, cells)
            at += 1
            starts.append(at)
    return starts[1:]


def brought(made: World, given: Given) -> tuple[int, list[Fault], Mapping[str, str]]:
    """What `sipas dossiers import` does: how many rows were new, all faults, and the file's titles by our names."""
    table = read_table(given.path)
    columns = columns_of(table.header)
    assert not isinstance(columns, list), (columns, given.path.read_bytes())
    rows = [[line, {name: cells[at] for at, name in columns.items() if at < len(cells)}] for line, cells in table.rows]
    done = made.perform("dossiers", rows=rows)
    titles = {name: table.header[at] for at, name in columns.items()}
    return done["new"], [Fault(**fault) for fault in done["faults"]], titles


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("files")) as one:
        yield one


def some(rng: random.Random, first: int) -> list[dict[str, str]]:
    return [good_row(rng, first * 10 + number) for number in range(rng.randint(5, 8))]


def place(tmp_path: Path, number: int) -> Path:
    return tmp_path / f"feed.{'xlsx' if number % EVERY == 0 else 'csv'}"


def test_the_broken_cell_and_no_other_is_named_and_all_other_rows_go_in(made: World, tmp_path: Path) -> None:
    wrong = 0
    for number in range(FILES):
        rng = random.Random(number)
        rows = some(rng, number)
        at, column = rng.randrange(len(rows)), rng.choice(sorted(BREAKS))
        rows[at][column] = broken(rng, column, rows[at][column])
        given = written(rng, place(tmp_path, number), rows)
        new, faults, titles = brought(made, given)
        named = [(fault.line, fault.column) for fault in faults]
        told = f"line {given.lines[at]}, column {given.titles[column]}: "
        right = (
            new == len(rows) - 1
            and named == [(given.lines[at], column)]
            and sentence(word, faults[0], titles).startswith(told)
        )
        if not right:
            wrong += 1
            print(number, given, column, rows[at][column], new, faults)  # noqa: T201
    record(Figure("spoilt dossier files", FILES, wrong, "one cell broken in each, CSV and Excel in all their shapes"))
    assert wrong == 0


def test_what_means_the_same_goes_in_whole(made: World, tmp_path: Path) -> None:
    """The same generator without a broken cell, but with every cell as somebody else might have typed it."""
    for number in range(FILES, FILES + 100):
        rng = random.Random(number)
        rows = some(rng, number)
        shown = [{name: dressed(rng, text) for name, text in row.items()} for row in rows]
        given = written(rng, place(tmp_path, number), shown)
        new, faults, _ = brought(made, given)
        assert (new, faults) == (len(rows), []), (number, given.path.read_bytes())
        assert [line for line, _ in read_table(given.path).rows] == list(given.lines)
        assert brought(made, written(rng, place(tmp_path, number), rows))[0] == 0, number  # each was known already


def test_each_column_is_broken_and_every_title_is_one_of_ours() -> None:
    assert set(BREAKS) == set(TITLES) == set(COLUMNS)
    assert set(REQUIRED) <= set(BREAKS)
