"""A table that somebody gives us as CSV or Excel: its header, and its rows with their lines."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bot.errors import Unusable
from bot.given_file import read_file

MOST_BYTES = 50_000_000
"""Of a file, and, ten times that, of what an Excel file unpacks to."""
MOST_ROWS = 200_000
MOST_COLUMNS = 100
EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number: a larger one is shown as rounded as it is."""
DELIMITERS = ",;\t"

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Table:
    """`rows`: (line in the file, cells as people see them); blank rows are left out."""

    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_table(path: Path) -> Table:
    """Raises Unusable for what is no table: what, where and the mend."""
    content = read_file(path)
    if len(content) > MOST_BYTES:
        raise Unusable(str(path), f"is larger than {MOST_BYTES // 1_000_000} MB", "send it in parts")
    if path.suffix.lower() == ".xlsx":
        lines = _excel(path, content)
    elif path.suffix.lower() == ".csv":
        lines = _csv(path, content)
    else:
        raise Unusable(str(path), "is neither .csv nor .xlsx", "save it as one of these")
    filled = [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise Unusable(str(path), "is empty", "the first row names the columns, each other row is one entry")
    if len(filled) > MOST_ROWS:
        raise Unusable(str(path), f"has more than {MOST_ROWS:,} rows", "send it in parts")
    return Table(filled[0][1], filled[1:])


def _csv(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _text(path, content)
    delimiter = max(DELIMITERS, key=_unquoted(_first_line(text)).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unusable(
            f"{path}:{line}", f"cannot be read ({error})", "mend the quotation marks of that line"
        ) from error


def _first_line(text: str) -> str:
    """The first that is not blank: where nothing else is wrong, the titles."""
    return text.lstrip("\r\n ").partition("\n")[0]


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _text(path: Path, content: bytes) -> str:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unusable(str(path), f"is not UTF-8 ({error.reason})", "save it as CSV UTF-8") from error


def _excel(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet."""
    from openpyxl import load_workbook

    with excel_parts(path, content):
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 2, values_only=True)
        for line, cells in enumerate(islice(rows, MOST_ROWS + 2), 1):
            yield line, [_cell(value) for value in cells]


@contextmanager
def excel_parts(path: Path, content: bytes) -> Iterator[None]:
    """Around everything that takes an Excel file apart: a broken one makes openpyxl raise nearly anything."""
    try:
        _refuse_bombs(path, content)
        yield
    except (Unusable, GeneratorExit):
        raise
    except Exception as error:
        raise Unusable(
            str(path), f"cannot be read ({type(error).__name__})", "open it in Excel and save it again"
        ) from error


def _refuse_bombs(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > 10 * MOST_BYTES:
        raise Unusable(str(path), "unpacks to too much", "send it in parts")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.hour == value.minute == 0:
            return value.date().isoformat()
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case int() | float() if abs(value) >= EXACT:
            return f"{value:.14E}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
