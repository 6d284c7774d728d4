"""`sipas par`, `sipas staffing`: official figures that come as workbooks; a template to fill in, a check, an import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.book_file import read_book
from bot.cli.perform import perform
from bot.core import Lines, make_core
from bot.drawing.templates import write_template
from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.settings import Settings, load_settings
from bot.storage.books import BODIES
from bot.storage.database import database_path, refuse_own_files
from bot.texts import load_catalogues
from bot.writing import reading
from handlers.book_store import Book, BookKind
from handlers.context import Context
from scoring import par_sheet, staffing_sheet
from scoring.book_line import Fault
from scoring.book_sheet import Form, Grid
from scoring.units import Tree

MOST_LISTED = 60
FAULT_FOUND = 1


@dataclass(frozen=True)
class Kind:
    """One kind of workbook. `read`: its sheets to (key, body, faults, warnings)."""

    name: BookKind
    forms: Sequence[Form]
    read: Callable[[dict[str, Grid], Tree], tuple[str, Any, Sequence[Fault], Sequence[Fault]]]
    help: str


def _par(sheets: dict[str, Grid], tree: Tree) -> tuple[str, Any, Sequence[Fault], Sequence[Fault]]:
    found = par_sheet.read_par(sheets, tree)
    return str(found.year.year) if found.year else "", found.year, found.faults, found.warnings


def _staffing(sheets: dict[str, Grid], tree: Tree) -> tuple[str, Any, Sequence[Fault], Sequence[Fault]]:
    found = staffing_sheet.read_staffing(sheets, tree)
    return found.staffing.day.isoformat() if found.staffing else "", found.staffing, found.faults, found.warnings


KINDS = (
    Kind("par", par_sheet.FORMS, _par, "The administrative reform index (PAR INDEX) of a year."),
    Kind("staffing", staffing_sheet.FORMS, _staffing, "Staffing (biên chế) on a day."),
)


def add_to(app: typer.Typer) -> None:
    for kind in KINDS:
        app.add_typer(_family(kind), name=kind.name)


def _family(kind: Kind) -> typer.Typer:
    family = typer.Typer(help=kind.help, no_args_is_help=True)

    @family.command("template")
    def template(
        out: Annotated[Path, typer.Option(help="The .xlsx to write.")],
        on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Units as of that day.")] = None,
    ) -> None:
        """Write an empty workbook with the sheets and titles that import reads, and the codes of the units of a day.

        Codes pass to other units when the map changes: for figures of 2024 write --on 2024-12-31.
        """
        settings = load_settings()
        refuse_own_files(out, database_path(settings.database_url))
        if out.suffix.lower() != ".xlsx":
            raise Unusable(str(out), "is no .xlsx", f"name it like {kind.name}.xlsx")
        with reading(settings) as connection:
            context = _context(settings, connection)
            day = on.date() if on else context.today
            units = [unit for unit in context.stores.units.tree().units if unit.valid(day)]
            try:
                write_template(kind.name, kind.forms, units, out)
            except OSError as error:
                raise Unusable(str(out), f"cannot be written ({error.strerror})", "choose another place") from error
        typer.echo(f"Wrote {out}. Fill it in, then: sipas {kind.name} import {out}")

    @family.command("check")
    def check(file: Annotated[Path, typer.Argument(help="A filled workbook (.xlsx).")]) -> None:
        """List every fault with its sheet, row and column; changes nothing."""
        _read(kind, load_settings(), file)
        typer.echo(f"{file}: no faults.")

    @family.command("import")
    def bring(file: Annotated[Path, typer.Argument(help="A filled workbook (.xlsx).")]) -> None:
        """Take a workbook in as the next version, whole or not at all. A manager signs it in the chat: /kyduyet"""
        settings = load_settings()
        key, body, warnings = _read(kind, settings, file)
        text = BODIES[kind.name].dump_json(body).decode()
        told = [asdict(one) for one in warnings[:MOST_LISTED]]
        done = perform(
            settings,
            "book",
            {
                "kind": kind.name,
                "key": key,
                "name": file.name,
                "body": text,
                "warnings": told,
            },
        )
        if not done["version"]:
            typer.echo(f"{kind.name} {key}: the newest version says the same already.")
            return
        typer.echo(f"{kind.name} {key}: version {done['version']} is in. A manager of the province signs it: /kyduyet")

    @family.command("list")
    def show() -> None:
        """What is in: the newest signed version of each, and what waits for its signature."""
        settings = load_settings()
        with reading(settings) as connection:
            books = _context(settings, connection).stores.books
            waiting = [book for book in books.waiting() if book.kind == kind.name]
            for book in sorted([*books.signed(kind.name), *waiting], key=_order):
                typer.echo(
                    f"{book.key}  version {book.version}  {'signed' if book.signed_at else 'waits'}  {book.name}"
                )

    return family


def _order(book: Book) -> tuple[str, int]:
    return book.key, book.version


def _context(settings: Settings, connection: Any) -> Context:
    return make_core(settings, connection).context(connection, SYSTEM, audit=Lines())


def _read(kind: Kind, settings: Settings, file: Path) -> tuple[str, Any, Sequence[Fault]]:
    """(key, body, warnings); prints every fault and ends with exit code 1 where there is one."""
    _, sheets = read_book(file)
    with reading(settings) as connection:
        tree = _context(settings, connection).stores.units.tree()
    key, body, faults, warnings = kind.read(sheets, tree)
    for fault in warnings[:MOST_LISTED]:
        typer.echo(f"{file}: warning: {sentence(fault, settings)}")
    if len(warnings) > MOST_LISTED:
        typer.echo(f"{file}: and {len(warnings) - MOST_LISTED} more warnings.")
    for fault in faults[:MOST_LISTED]:
        typer.echo(f"{file}: {sentence(fault, settings)}")
    if len(faults) > MOST_LISTED:
        typer.echo(f"{file}: and {len(faults) - MOST_LISTED} more.")
    if faults:
        typer.echo(f"{len(faults)} faults: nothing was taken in.")
        raise typer.Exit(FAULT_FOUND)
    return key, body, warnings


def sentence(fault: Fault, settings: Settings) -> str:
    """sheet Điểm, row 7, column E (Thẩm định): is no number: mười"""
    say = load_catalogues(settings.config_dir / "locales", "ông/bà")["en"]
    title = f" ({fault.title})" if fault.title else ""
    column = f", column {fault.column}{title}" if fault.column else f", column{title}" if title else ""
    return f"sheet {fault.sheet}, row {fault.row}{column}: {say(f'book_fault.{fault.reason}', value=fault.value)}"
