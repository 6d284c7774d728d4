"""The meeting of 10 July 2018 as sample data: what its report says, and invented figures that are marked as such."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core import Core
from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.storage.books import store_book
from bot.table_file import read_table
from handlers.context import Context, to_ms
from handlers.orders_taken import take_rows
from scoring import par_sheet, staffing_sheet
from scoring.book_line import Fault
from scoring.book_sheet import Form, Grid
from scoring.order_sheet import columns_of
from scoring.par_sheet import read_par
from scoring.staffing_sheet import read_staffing

FOLDER = Path("samples") / "thai-binh-2017"
MEETING = (2018, 7, 10, 10, 0)
SIGNER = "sample"
"""In place of a person: the report itself vouches for what it says."""

Write = Callable[[Callable[[sqlite3.Connection], Any]], Any]


def load_meeting(core: Core, write: Write) -> None:
    """Take the figures in, signed on the day of the meeting; the same call again changes nothing."""

    def job(connection: sqlite3.Connection) -> None:
        context = core.context(connection, SYSTEM)
        at = to_ms(datetime(*MEETING, tzinfo=core.settings.zone))
        folder, tree = core.settings.config_dir / FOLDER, context.stores.units.tree()
        par = read_par(sheets(folder, "par", par_sheet.FORMS), tree)
        year = _sound(par.year, par.faults)
        store_book(connection, core.province.id, "par", str(year.year), str(FOLDER), year, par.warnings, at)
        staff = read_staffing(sheets(folder, "staffing", staffing_sheet.FORMS), tree)
        day = _sound(staff.staffing, staff.faults)
        key, warnings = day.day.isoformat(), staff.warnings
        store_book(connection, core.province.id, "staffing", key, str(FOLDER), day, warnings, at)
        for book in context.stores.books.waiting():
            if book.name == str(FOLDER):
                context.stores.books.sign(book, SIGNER, at)
        _orders(context, folder / "orders.csv")

    write(job)


def _orders(context: Context, path: Path) -> None:
    """What the chairman ordered, each with its lead and, where the report names one, its deadline."""
    table = read_table(path)
    columns = columns_of(table.header)
    if isinstance(columns, list):
        raise Unusable(str(path), f"has a fault ({columns[0].reason})", "restore it from the release")
    rows = [(line, {columns[at]: cell for at, cell in enumerate(cells) if at in columns}) for line, cells in table.rows]
    for fault in take_rows(context, rows, SIGNER).faults:
        raise Unusable(f"{path}, row {fault.line}", f"has a fault ({fault.reason})", "restore it from the release")


def _sound(found: Any, faults: Sequence[Fault]) -> Any:
    if found is None:
        where = f"{FOLDER}, sheet {faults[0].sheet}, row {faults[0].row}"
        raise Unusable(where, f"has a fault ({faults[0].reason})", "restore it from the release")
    return found


def sheets(folder: Path, kind: str, forms: Sequence[Form]) -> Mapping[str, Grid]:
    """The workbook of a kind, kept as a CSV file for each sheet: par-points.csv and so on."""
    found: dict[str, Grid] = {}
    for form in forms:
        path = folder / f"{kind}-{form.en.lower()}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                found[form.vi] = list(csv.reader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Unusable(str(path), f"cannot be read ({error})", "restore it from the release") from error
    return found
