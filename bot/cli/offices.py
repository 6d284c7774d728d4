"""`sipas official`, `units`, `survey`, `link`: who may look, what there is, what is asked, the ways in."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.perform import perform
from bot.cli.posters import check_place, write_poster
from bot.core import Lines, make_core
from bot.errors import Unusable
from bot.given_file import read_file
from bot.schedule import SYSTEM
from bot.settings import load_settings
from bot.setup import check_sheet, check_units, rows_of
from bot.texts import load_catalogues
from bot.writing import reading
from scoring.lineage import read_lineage
from scoring.unit_sheet import Fault as UnitFault
from scoring.units import Unit
from survey.faults import Fault

official = typer.Typer(help="One-time codes and who holds a role.", no_args_is_help=True)
units = typer.Typer(help="The tree of offices, from CSV.", no_args_is_help=True)
survey = typer.Typer(help="Questionnaires, as XLSForm.", no_args_is_help=True)


@official.command("invite")
def invite(
    unit: Annotated[str, typer.Option(help="Code or name of the unit.")],
    role: Annotated[Literal["viewer", "manager", "admin"], typer.Option(help="What she may do.")],
) -> None:
    """Print a one-time code: single use, 72 hours. She types it in the chat: /vao CODE"""
    done = perform(load_settings(), "invite", {"unit": unit, "role": role})
    typer.echo(f"{done['code']}\n{role} of {done['unit']}; once, within 72 hours. In the chat: /vao {done['code']}")


@official.command("list")
def listing() -> None:
    """Everyone who holds a role now."""
    settings = load_settings()
    with reading(settings) as connection:
        context = make_core(settings, connection).context(connection, SYSTEM, audit=Lines())
        tree = context.stores.units.tree()
        for one in context.stores.officials.all(context.today):
            unit = tree.get(one.unit_id)
            until = f" until {one.until_day}" if one.until_day else ""
            typer.echo(f"{one.id}  {one.role:8}  {unit.name if unit else one.unit_id}{until}")


@official.command("revoke")
def revoke(official_id: Annotated[str, typer.Argument(metavar="ID", help="From `official list`.")]) -> None:
    """End a role; it takes effect on the next message."""
    perform(load_settings(), "revoke", {"id": official_id})
    typer.echo("Revoked.")


FILE_OF_LINEAGE = typer.Option(help="CSV of which old office went into which new one: see docs/operating.md.")


@units.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="CSV: code,parent,level,name,short_name")],
    lineage: Annotated[Path | None, FILE_OF_LINEAGE] = None,
) -> None:
    """List every fault of a unit file, and of a file of lineage; exit 1 when there is one."""
    found = check_units(file)
    faults = [one for one in found if isinstance(one, UnitFault)]
    _print_unit_faults(file, faults)
    if not faults and lineage is not None:
        came = read_lineage(rows_of(lineage), [one for one in found if isinstance(one, Unit)])
        faults = came if isinstance(came, list) else []
        _print_unit_faults(lineage, faults)
        if not isinstance(came, list):
            typer.echo(f"{lineage}: {len(came.ended)} ended units, {len(came.successions)} successions, no faults.")
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{file}: {len(found)} units, no faults.")


def _print_unit_faults(file: Path, faults: list[UnitFault]) -> None:
    say = load_catalogues(load_settings().config_dir / "locales", "ông/bà")["en"]
    for fault in faults:
        sentence = say(f"unit_fault.{fault.reason}", value=fault.value)
        typer.echo(f"{file}: row {fault.row}, column {fault.column}: {sentence}")


@units.command("import")
def bring(
    file: Annotated[Path, typer.Argument(help="A file that `units check` finds no fault in.")],
    lineage: Annotated[Path | None, FILE_OF_LINEAGE] = None,
) -> None:
    """Load the province's units (config/province.toml names the province). Restart to serve a new province."""
    faults = [one for one in check_units(file) if isinstance(one, UnitFault)]
    if faults:
        raise Unusable(str(file), f"has {len(faults)} faults", f"see: sipas units check {file}")
    sheets = {"rows": rows_of(file), "name": str(file)}
    if lineage is not None:
        sheets |= {"lineage": rows_of(lineage), "lineage_name": str(lineage)}
    done = perform(load_settings(), "units", sheets)
    ended = f", and {done['ended']} that ended," if done["ended"] else ""
    note = "" if done["serving"] == done["province"] else " Restart `sipas run` to serve them."
    typer.echo(f"{done['units']} units{ended} of province {done['province']}.{note}")


@survey.command("check")
def check_survey(file: Annotated[Path, typer.Argument(help="An XLSForm (.xlsx).")]) -> None:
    """List every fault of a questionnaire at once, with its sheet, row and column; exit 1 when there is one."""
    found = check_sheet(read_file(file))
    if isinstance(found, list):
        _print_faults(file, found)
        raise typer.Exit(1)
    typer.echo(f"{file}: {found.id} {found.version}, {len(found.questions)} questions, no faults.")


def _print_faults(file: Path, faults: list[Fault]) -> None:
    say = load_catalogues(load_settings().config_dir / "locales", "ông/bà")["en"]
    for fault in faults:
        sentence = say(f"fault.{fault.code}", detail=fault.detail)
        typer.echo(f"{file}: sheet {fault.sheet}, row {fault.row}, column {fault.column}: {sentence}")


@survey.command("publish")
def publish(
    file: Annotated[Path, typer.Argument(help="A questionnaire that `survey check` finds no fault in.")],
) -> None:
    """Make an immutable version of a questionnaire; running surveys stay on theirs."""
    content = base64.b64encode(read_file(file)).decode()
    done = perform(load_settings(), "publish", {"content": content, "name": str(file)})
    typer.echo(f"Published {done['survey']} {done['version']}.")


def link(
    unit: Annotated[list[str], typer.Argument(help="The unit's name or code.")],
    counter: Annotated[str, typer.Option(help="A counter inside the office, such as 3.")] = "",
) -> None:
    """The ways in: web link, Telegram link, a QR here and a printable one as SVG."""
    from bot.drawing.qr import terminal

    settings = load_settings()
    done = perform(settings, "link", {"unit": " ".join(unit), "counter": counter})
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    address = f"{base}/s/{done['code']}"
    typer.echo(
        f"{done['unit']}{' · ' + counter if counter else ''}\nWeb       {address}\nKiosk     {base}/k/{done['code']}"
    )
    if not settings.public_url:
        typer.echo("          only this machine can open these: set SIPAS_PUBLIC_URL before you print posters")
    if done["telegram"]:
        typer.echo(f"Telegram  https://t.me/{done['telegram']}?start={done['code']}")
    elif not settings.telegram_token.get_secret_value():
        typer.echo("Telegram  not connected; see: sipas connect telegram")
    if settings.zalo_bot_token.get_secret_value():
        typer.echo(f"Zalo bot  type to it: {done['code']}")
    if settings.zalo_oa_app_id:
        typer.echo(f"Zalo      no link can carry the code: people write #{done['code']} to the Official Account")
    typer.echo(terminal(address))
    if settings.public_url or done["sample"]:
        file = Path(f"link-{done['code']}.svg")
        check_place(settings, file)
        write_poster(settings, done, counter, file, "a4", "both")
        typer.echo(f"Printable QR: {file} (as PDF or PNG, or for a receipt printer: sipas poster)")


def add_to(app: typer.Typer) -> None:
    app.add_typer(official, name="official")
    app.add_typer(units, name="units")
    app.add_typer(survey, name="survey")
    app.command()(link)
