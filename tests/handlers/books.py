"""Official figures for tests: the meeting's sample, signed, and versions that nobody signed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.core import Lines
from bot.operations import in_one_transaction
from bot.sample_figures import FOLDER, load_meeting, sheets
from bot.schedule import SYSTEM
from bot.storage.books import BODIES
from handlers.context import Context, Incoming
from scoring import par_sheet, staffing_sheet
from scoring.book_sheet import Grid
from scoring.par_sheet import read_par
from scoring.par_year import ParYear
from scoring.staffing import People, Staffing
from scoring.staffing_sheet import read_staffing
from tests.world import World

CONFIG = Path(__file__).parents[2] / "config"


def par_sheets() -> Mapping[str, Grid]:
    """The sample's workbook, sheet by sheet."""
    return sheets(CONFIG / FOLDER, "par", par_sheet.FORMS)


def staffing_sheets() -> Mapping[str, Grid]:
    return sheets(CONFIG / FOLDER, "staffing", staffing_sheet.FORMS)


def asks(made: World, name: str) -> Context:
    """The turn of somebody who asks, for what reads only."""
    return made.core.context(made.connection, Incoming("console", "", name, "text"), audit=Lines())


def meeting(made: World) -> None:
    load_meeting(made.core, in_one_transaction(made.connection))


def par_year(made: World) -> ParYear:
    tree = made.core.context(made.connection, SYSTEM).stores.units.tree()
    found = read_par(par_sheets(), tree).year
    assert found is not None
    return found


def warned(count: int) -> list[dict[str, object]]:
    """So many warnings, as the command line tells them."""
    return [
        {"sheet": "Điểm", "row": 7 + at, "column": "H", "reason": "parts_differ", "title": "Điểm đạt", "value": "77"}
        for at in range(count)
    ]


def bring_draft(made: World, year: int, warnings: int = 0) -> None:
    """The sample's figures as those of another year, which wait for their signature."""
    read = par_year(made)
    told = replace(read, year=year, country=replace(read.country, source=f"Bản {warnings}"))
    body = BODIES["par"].dump_json(told).decode()
    made.perform("book", kind="par", key=str(year), name="par.xlsx", body=body, warnings=warned(warnings))


def staffing_day(made: World) -> Staffing:
    tree = made.core.context(made.connection, SYSTEM).stores.units.tree()
    found = read_staffing(staffing_sheets(), tree).staffing
    assert found is not None
    return found


def bring_staffing(made: World, day: date, fewer: int = 0, warnings: int = 0) -> None:
    """The sample's staffing as that of another day, with so many fewer people told of the province and Đông Hưng."""
    read = staffing_day(made)
    rows = tuple(
        replace(row, people=_fewer(row.people, fewer if row.unit in {"34", "340"} else 0)) for row in read.rows
    )
    body = BODIES["staffing"].dump_json(replace(read, day=day, rows=rows)).decode()
    made.perform(
        "book", kind="staffing", key=day.isoformat(), name="bien-che.xlsx", body=body, warnings=warned(warnings)
    )


def _fewer(people: People, fewer: int) -> People:
    present = None if people.present is None else people.present - fewer
    short = None if people.assigned is None or present is None else people.assigned - present
    return replace(people, present=present, short=people.short if short is None else short)
