"""`sipas dossiers`, `sipas review`: the feed of visits, who may send it, and answers that wait to be looked at."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.perform import perform
from bot.cli.rows import FAULT_FOUND, columns_or_exit, english, parts_of, tell, tell_differing
from bot.core import Lines, make_core
from bot.errors import Unusable
from bot.operations import a_week
from bot.schedule import SYSTEM
from bot.settings import Settings, load_settings
from bot.storage.database import database_path, refuse_own_files
from bot.storage.queries import SQL
from bot.table_file import Table, read_table
from bot.writing import reading
from handlers import findings_shown
from handlers.visit_code import grouped
from scoring.dossier_sheet import MOST_READ, columns_of
from scoring.period import containing, previous
from scoring.titled_rows import Fault

dossiers = typer.Typer(
    help="The feed of dossiers: who was served where, so that answers can be tied to visits.", no_args_is_help=True
)
sender = typer.Typer(help="Who may send dossiers over HTTP (POST /api/dossiers).", no_args_is_help=True)
review = typer.Typer(help="Answers that wait for somebody to look at them.", no_args_is_help=True)
dossiers.add_typer(sender, name="sender")


@dossiers.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="CSV or Excel: see docs/operating.md for its columns.")],
    slips: Annotated[
        Path | None, typer.Option(help="Also write each dossier's code and link, to print on receipts.")
    ] = None,
) -> None:
    """Take dossiers in. Good rows go in, faulty ones are listed (exit 1); the same file twice changes nothing."""
    settings = load_settings()
    if slips is not None:
        _refuse_place(slips, file, settings)
    table = read_table(file)
    columns = columns_or_exit(file, word, columns_of(table.header))
    total: Counter[str] = Counter()
    faults: list[Fault] = []
    codes: dict[int, str] = {}
    differing: list[int] = []
    parts = list(parts_of(table, columns, faults, MOST_READ))
    with typer.progressbar(parts, label=f"{len(table.rows)} rows", width=40) as bar:
        for rows in bar:
            done = perform(settings, "dossiers", {"rows": rows})
            total.update({name: done[name] for name in ("new", "known", "late", "no_phones")})
            faults += [Fault(**fault) for fault in done["faults"]]
            codes |= dict(done["codes"])
            differing += done["differing"]
    if slips is not None:
        _write_slips(slips, table, columns, codes, settings.public_url)
    titles = {name: table.header[place] for place, name in columns.items()}
    tell(file, word, faults, titles, new=total["new"], known=total["known"])
    if total["late"]:
        typer.echo(f"{total['late']} came too late to be asked by message; their codes are good.")
    if total["no_phones"]:
        typer.echo(f"{total['no_phones']} telephone numbers were left out: Zalo's rating template is not set up.")
    tell_differing(differing)
    if faults:
        raise typer.Exit(FAULT_FOUND)


def word(fault: Fault) -> str:
    return english()(f"dossier_fault.{fault.reason}", value=fault.value)


def _write_slips(
    out: Path, table: Table, columns: Mapping[int, str], codes: Mapping[int, str], public_url: str
) -> None:
    """For the office's own printer: it knows its dossiers' codes, we do not."""
    place = next(at for at, name in columns.items() if name == "code")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["dossier", "code", "link"])
    for line, cells in table.rows:
        if line in codes:
            link = f"{public_url}/s/{codes[line]}" if public_url else ""
            writer.writerow([_harmless(cells[place]), grouped(codes[line]), link])
    try:
        out.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        mend = "choose another place: the dossiers are in, bring the same file again"
        raise Unusable(str(out), f"cannot be written ({error.strerror})", mend) from error


def _refuse_place(slips: Path, file: Path, settings: Settings) -> None:
    """Before anything is taken in. Raises Unusable."""
    refuse_own_files(slips, database_path(settings.database_url))
    if slips.resolve() == file.resolve():
        raise Unusable(str(slips), "is the file of the dossiers itself", "choose another name")
    if not slips.resolve().parent.is_dir():
        raise Unusable(str(slips), "lies in a folder that is not there", "make the folder, or choose another place")


def _harmless(cell: str) -> str:
    """A code that a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(("=", "+", "-", "@")) else cell


@sender.command("add")
def add(name: Annotated[str, typer.Argument(help="For example the one-stop software of an office.")]) -> None:
    """Print a key, once; the sender puts it into `Authorization: Bearer KEY`."""
    done = perform(load_settings(), "sender-add", {"name": name})
    typer.echo(f"{done['key']}\nKey of {name}, shown once. POST /api/dossiers with: Authorization: Bearer KEY")


@sender.command("list")
def senders() -> None:
    """Who may send dossiers now."""
    settings = load_settings()
    with reading(settings) as connection:
        core = make_core(settings, connection)
        for name, at in SQL.senders(connection, province_id=core.province.id):
            typer.echo(f"{name}  since {datetime.fromtimestamp(at / 1000, UTC).date()}")


@sender.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="From `dossiers sender list`.")]) -> None:
    """End a key; it takes effect at once."""
    perform(load_settings(), "sender-revoke", {"name": name})
    typer.echo("Revoked.")


@review.command("list")
def held() -> None:
    """What waits: two answers about one visit from two accounts. No answer and no person is shown."""
    settings = load_settings()
    with reading(settings) as connection:
        context = make_core(settings, connection).context(connection, SYSTEM, audit=Lines())
        tree, found = context.stores.units.tree(), context.stores.responses.held()
        for one in found:
            unit = tree.get(one.response.unit_id)
            day = one.response.local_day
            name = unit.name if unit else one.response.unit_id
            typer.echo(f"{one.response.id}  pair {one.pair}  {name}  {day}  by {one.channel}  {one.reason}")
        if not found:
            typer.echo("Nothing waits.")


@review.command("decide")
def decide(
    response_id: Annotated[str, typer.Argument(metavar="ID", help="From `review list`.")],
    decision: Annotated[Literal["count", "leave-out"], typer.Argument(help="Whether it counts.")],
) -> None:
    """Let an answer count, or leave it out for good; nothing is deleted."""
    perform(load_settings(), "review", {"id": response_id, "decision": decision})
    typer.echo("Decided.")


@review.command("week")
def week(
    name: Annotated[str | None, typer.Argument(metavar="WEEK", help="Like 2026-W46; default: the last one.")] = None,
) -> None:
    """Desks whose answers of a week look as if staff gave them: why, and the figure with and without those answers."""
    settings = load_settings()
    with reading(settings) as connection:
        context = make_core(settings, connection).context(connection, SYSTEM, audit=Lines())
        period = a_week(name) if name else previous(containing(context.today)[0])
        assert period is not None, "weeks have no first one"
        found = [one for one in findings_shown.found_in(context, period) if one.flagged]
        for one in found:
            unit = context.stores.units.tree().get(one.unit_id)
            typer.echo(f"{unit.name if unit else one.unit_id}  {period.id}: {one.suspected} of {one.sittings} answers")
            for reason in one.reasons:
                typer.echo(f"  - {findings_shown.said(context.in_language('en'), reason)}")
            figure, without = context.stores.findings.figures(one.unit_id, period.first, period.last)
            typer.echo(f"  figure {figure or 'withheld'}, without them {without or 'withheld'}")
            if one.words:
                typer.echo(f"  the office says: {one.words}")
        if not found:
            typer.echo(f"Nothing to look at in {period.id}.")


@review.command("settle")
def settle(
    unit: Annotated[str, typer.Argument(help="Code or name of the desk, from `review week`.")],
    name: Annotated[str, typer.Argument(metavar="WEEK", help="Like 2026-W46.")],
    decision: Annotated[Literal["cleared", "confirmed"], typer.Argument(help="What came of looking at it.")],
) -> None:
    """Say what came of looking at a desk's week: a cleared one no longer stands beside its score."""
    week_id = a_week(name).id
    done = perform(load_settings(), "review-week", {"unit": unit, "week": week_id, "decision": decision})
    typer.echo(f"{done['unit']}, {week_id}: {decision}.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(dossiers, name="dossiers")
    app.add_typer(review, name="review")
