"""`sipas poster`: what is hung up at a counter or handed over as a slip, as a file to print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.cli.perform import perform
from bot.core import Lines, make_core
from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.settings import Settings, load_province, load_settings
from bot.storage.database import database_path, refuse_own_files
from bot.texts import LANGUAGES, load_catalogues
from bot.writing import reading
from survey.text import fold

Width = Literal["a4", "receipt"]
Languages = Literal["vi", "en", "both"]


def poster(
    out: Annotated[Path, typer.Option(help="The file to write, .pdf, .svg or .png; with --all a folder.")],
    unit: Annotated[list[str] | None, typer.Argument(help="The unit's name or code.")] = None,
    counter: Annotated[str, typer.Option(help="A counter inside the office, such as 3.")] = "",
    width: Annotated[Width, typer.Option(help="A4, or the 80 mm roll of a receipt printer.")] = "a4",
    language: Annotated[Languages, typer.Option(help="Vietnamese, English, or both.")] = "both",
    every: Annotated[bool, typer.Option("--all", help="A PDF for each commune, into a folder.")] = False,
) -> None:
    """A poster or slip with the QR of an office, to be printed."""
    settings = load_settings()
    name = " ".join(unit or ())
    if every == bool(name):
        raise Unusable("sipas poster", "needs one unit, or --all", 'write: sipas poster "Xã Tân Hưng" --out FILE.pdf')
    if every:
        files = _all(settings, out, counter, width, language)
        typer.echo(f"{out}: {files} posters.")
        return
    check_place(settings, out)
    done = perform(settings, "link", {"unit": name, "counter": counter})
    write_poster(settings, done, counter, out, width, language)
    typer.echo(f"{out}: {done['unit']}{' · ' + counter if counter else ''}")


def _all(settings: Settings, folder: Path, counter: str, width: Width, language: Languages) -> int:
    with reading(settings) as connection:
        context = make_core(settings, connection).context(connection, SYSTEM, audit=Lines())
        every = context.stores.units.tree().units
        communes = [unit for unit in every if unit.level == "commune" and unit.valid(context.today)]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Unusable(str(folder), f"is no folder and cannot be made ({error.strerror})", "choose another") from error
    for unit in communes:
        file = folder / f"{unit.code}-{fold(unit.name).replace(' ', '-').replace('/', '-')}.pdf"
        check_place(settings, file)
        done = perform(settings, "link", {"unit": unit.code, "counter": counter})
        write_poster(settings, done, counter, file, width, language)
    return len(communes)


def check_place(settings: Settings, out: Path) -> None:
    """Raises Unusable where `out` has another ending, or belongs to the program."""
    from bot.drawing.press import FORMS

    if out.suffix.lower().removeprefix(".") not in FORMS:
        raise Unusable(str(out), "has an ending that is not known", f"one of: .{', .'.join(FORMS)}")
    refuse_own_files(out, database_path(settings.database_url))


def write_poster(
    settings: Settings, way_in: dict[str, Any], counter: str, out: Path, width: Width, language: Languages
) -> None:
    """`way_in` is what the operation `link` answered; `out` has been checked. Raises Unusable."""
    from bot.drawing.poster import lay_out
    from bot.drawing.press import FORMS, printed
    from bot.posters import poster_of

    form = FORMS[[f".{one}" for one in FORMS].index(out.suffix.lower())]
    catalogues = load_catalogues(settings.config_dir / "locales", load_province(settings.config_dir).address_form)
    languages = [catalogues[one] for one in (LANGUAGES if language == "both" else (language,))]
    poster = poster_of(way_in, base_for(settings, sample=way_in["sample"]), counter, languages)
    try:
        out.write_bytes(printed(lay_out(poster, width), form))
    except OSError as error:
        raise Unusable(str(out), f"cannot be written ({error.strerror})", "choose another place") from error


def base_for(settings: Settings, *, sample: bool) -> str:
    """The address people reach; raises Unusable where only this machine could open what is printed."""
    if settings.public_url:
        return settings.public_url
    if not sample:
        raise Unusable(
            "SIPAS_PUBLIC_URL", "is not set, so a poster would lead nowhere", "set it to the https address people reach"
        )
    return f"http://{settings.host}:{settings.port}"


def add_to(app: typer.Typer) -> None:
    app.command()(poster)
