"""`sipas orders`: orders and their deadlines, many at once from a sheet, and how they stand."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.perform import perform
from bot.cli.rows import FAULT_FOUND, columns_or_exit, english, parts_of, tell, tell_differing
from bot.core import Lines, make_core
from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.settings import load_settings
from bot.storage.database import database_path, refuse_own_files
from bot.table_file import read_table
from bot.texts import load_catalogues
from bot.writing import reading
from handlers.order_words import line as order_line
from handlers.order_words import titles
from scoring.order_sheet import MOST_READ, columns_of
from scoring.orders import LIVE, is_overdue
from scoring.titled_rows import Fault

orders = typer.Typer(
    help="Orders (nhiệm vụ được giao): who is to do what by when, and how it stands.", no_args_is_help=True
)

NOT_IN_A_SHEET = frozenset({"number", "state", "days_late", "note", "link"})
"""Columns of the table of orders that nobody fills in."""


@orders.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="CSV or Excel: see `orders template` and docs/operating.md.")],
) -> None:
    """Take orders in. Good rows go in, faulty ones are listed (exit 1); the same file twice changes nothing."""
    settings = load_settings()
    table = read_table(file)
    columns = columns_or_exit(file, word, columns_of(table.header))
    faults: list[Fault] = []
    new, known, differing = 0, 0, list[int]()
    for rows in parts_of(table, columns, faults, MOST_READ):
        done = perform(settings, "orders", {"rows": rows})
        new, known = new + len(done["new"]), known + done["known"]
        differing += done["differing"]
        faults += [Fault(**fault) for fault in done["faults"]]
    names = {name: table.header[place] for place, name in columns.items()}
    tell(file, word, faults, names, new=new, known=known)
    tell_differing(differing)
    if faults:
        raise typer.Exit(FAULT_FOUND)


def word(fault: Fault) -> str:
    return english()(f"order_fault.{fault.reason}", value=fault.value)


@orders.command("list")
def listed(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their deadline.")] = False,
) -> None:
    """Orders that are not over, the soonest deadline first."""
    settings = load_settings()
    with reading(settings) as connection:
        context = make_core(settings, connection).context(connection, SYSTEM, audit=Lines())
        found = [one for state in LIVE for one in context.stores.orders.of_state(state)]
        if overdue:
            found = [one for one in found if is_overdue(one.state, one.given.deadline, context.today)]
        for order in found:
            sys.stdout.write(order_line(context, order) + "\n")
        if not found:
            typer.echo("None.")


@orders.command("template")
def template(
    out: Annotated[Path, typer.Option(help="The CSV file to write; open it in Excel and fill it in.")],
) -> None:
    """An empty sheet with the titles that `orders import` reads."""
    settings = load_settings()
    refuse_own_files(out, database_path(settings.database_url))
    say = load_catalogues(settings.config_dir / "locales", "ông/bà")["vi"]
    text = io.StringIO()
    csv.writer(text).writerow(title for name, title in titles(say).items() if name not in NOT_IN_A_SHEET)
    try:
        out.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise Unusable(str(out), f"cannot be written ({error.strerror})", "choose another place") from error
    typer.echo(f"{out}: written.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(orders, name="orders")
