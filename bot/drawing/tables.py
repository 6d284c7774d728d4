"""Long tables written to a file row by row: CSV and .xlsx behind one small interface, whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.drawing.cells import csv_cell
from bot.drawing.workbook import OPTIONS, Formats, put_head, put_row

Form = Literal["csv", "xlsx"]

MOST_ROWS = 1_048_000
"""Rows of one worksheet; Excel holds 1,048,576. What is more goes on the next sheet."""


class Table(Protocol):
    """`explain` first, then `head` once, then rows."""

    def explain(self, names: Sequence[str], lines: Sequence[Sequence[str]], warning: str) -> None:
        """What the columns mean, and a warning that stands before everything else."""
        ...

    def head(self, names: Sequence[str]) -> None: ...
    def row(self, values: Sequence[object]) -> None: ...


class CsvTable:
    """CSV of RFC 4180 in UTF-8 with a BOM, as Excel wants it; explanations are lines that begin with "#"."""

    def __init__(self, file: Any) -> None:
        self._writer = csv.writer(file, dialect="excel")

    def explain(self, names: Sequence[str], lines: Sequence[Sequence[str]], warning: str) -> None:
        if warning:
            self.row([f"# {warning}"])
        for line in ([*names], *lines):
            self.row([f"# {' | '.join(part for part in line if part)}"])

    def head(self, names: Sequence[str]) -> None:
        self.row(names)

    def row(self, values: Sequence[object]) -> None:
        self._writer.writerow([_csv_text(value) for value in values])


def _csv_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case int() | float():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            return csv_cell(str(value))


class SheetTable:
    """Worksheets `name`, `name 2`, ... in a workbook of constant memory, and one of explanations."""

    def __init__(self, workbook: Any, name: str, codes: str, most_rows: int = MOST_ROWS) -> None:
        self._workbook, self._name, self._most_rows = workbook, name, most_rows
        self._formats = Formats(workbook)
        self._sheet = workbook.add_worksheet(name)
        self._codes = workbook.add_worksheet(codes)
        self._head: Sequence[str] = ()
        self._row = 0
        self._sheets = 1

    def explain(self, names: Sequence[str], lines: Sequence[Sequence[str]], warning: str) -> None:
        if warning:
            self._sheet.write_string(0, 0, warning, self._formats.warning)
            self._row = 1
        for column, width in enumerate((18, 14, 8, 70, 90)):
            self._codes.set_column(column, column, width)
        put_head(self._codes, 0, names, self._formats)
        for at, line in enumerate(lines, 1):
            put_row(self._codes, at, line, self._formats)

    def head(self, names: Sequence[str]) -> None:
        self._head = names
        put_head(self._sheet, self._row, names, self._formats)
        self._row += 1
        self._sheet.freeze_panes(self._row, 0)
        self._sheet.set_column(0, len(names), 12)
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def row(self, values: Sequence[object]) -> None:
        if self._row >= self._most_rows:
            self._sheets += 1
            self._sheet, self._row = self._workbook.add_worksheet(f"{self._name} {self._sheets}"), 0
            self.head(self._head)
        put_row(self._sheet, self._row, values, self._formats)
        self._row += 1


@contextmanager
def csv_table(out: Path) -> Iterator[CsvTable]:
    """A CSV that appears at `out` when the block ends well, else nothing does; OSError propagates."""
    with replacing(out) as part, part.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        yield CsvTable(file)


@contextmanager
def workbook(out: Path, **options: Any) -> Iterator[Any]:
    """An XlsxWriter workbook that appears at `out` when the block ends well, else nothing does; OSError propagates."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with (
        replacing(out) as part,
        tempfile.TemporaryDirectory(prefix=".sipas-", dir=part.parent) as scratch,
        io.BufferedRandom(_Disk(part, "w+")) as file,
    ):
        made = Workbook(file, {**OPTIONS, **options, "tmpdir": scratch, "use_zip64": True})
        yield made
        failed: Exception | None = None
        try:
            made.close()
        except FileCreateError as error:
            failed = _cause(error)
        if failed is not None:
            raise failed


class _Disk(io.FileIO):
    """After the first failure it takes everything in silence: zipfile's clean-up would only fail, unseen, once more."""

    failed = False

    def write(self, data: Any) -> int:
        if self.failed:
            return memoryview(data).nbytes
        try:
            return super().write(data) or 0
        except OSError:
            self.failed = True
            raise


def _cause(error: Exception) -> Exception:
    """The disk's own error, without the frames that would keep a half-written archive beyond its file."""
    cause = next((cause for cause in error.args if isinstance(cause, OSError)), error).with_traceback(None)
    cause.__context__ = None
    return cause


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A file beside `out` that takes its place, at once and whole, when the block ends well; only we can read it."""
    target = out.resolve()
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "not a plain file", str(out))
    handle, name = tempfile.mkstemp(prefix=".sipas-", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sync(part: Path) -> None:
    """A disk that is full or broken says so here, before the old file is gone."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
