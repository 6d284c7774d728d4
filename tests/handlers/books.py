"""Official figures for tests: the meeting's sample, signed, and versions that nobody signed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.operations import in_one_transaction
from bot.sample_figures import FOLDER, load_meeting, sheets
from bot.schedule import SYSTEM
from bot.storage.books import BODIES
from scoring.book_sheet import Grid
from scoring.par import ParYear
from scoring.par_sheet import FORMS, read_par
from tests.world import World

CONFIG = Path(__file__).parents[2] / "config"


def par_sheets() -> Mapping[str, Grid]:
    """The sample's workbook, sheet by sheet."""
    return sheets(CONFIG / FOLDER, "par", FORMS)


def meeting(made: World) -> None:
    load_meeting(made.core, in_one_transaction(made.connection))


def par_year(made: World) -> ParYear:
    tree = made.core.context(made.connection, SYSTEM).stores.units.tree()
    found = read_par(par_sheets(), tree).year
    assert found is not None
    return found


def bring_draft(made: World, year: int, warnings: int = 0) -> None:
    """The sample's figures as those of another year, which wait for their signature."""
    read = par_year(made)
    told = replace(read, year=year, country=replace(read.country, source=f"Bản {warnings}"))
    body = BODIES["par"].dump_json(told).decode()
    made.perform("book", kind="par", key=str(year), name="par.xlsx", body=body, warnings=warnings)
