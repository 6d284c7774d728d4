"""`sipas score`, `push`, `export`, `verify`: reading figures, and sending the summary now."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.perform import perform
from bot.core import Core, Lines, make_core
from bot.errors import Unusable
from bot.key import known_key
from bot.named_units import find_unit
from bot.operations import a_week
from bot.schedule import SYSTEM
from bot.settings import load_settings
from bot.storage.audit import walk
from bot.storage.database import database_path, refuse_own_files
from bot.verify import damage, differences, provinces
from bot.writing import reading
from handlers import turnout, weekly
from handlers.bubble import score_lines
from handlers.context import PLAIN, STRONG, Context
from handlers.criteria import criterion_name
from handlers.figures import default_period, factor_names, index_survey, read, read_apart
from scoring.compare import change
from scoring.index import METHODS
from scoring.period import Period, parse, previous
from scoring.score_json import score_json


def _context(core: Core, connection: sqlite3.Connection) -> Context:
    return core.context(connection, SYSTEM, audit=Lines())


def _period(context: Context, text: str | None, default: Period) -> Period:
    if not text:
        return default
    period = parse(text, context.today)
    if period is None:
        raise Unusable(f"period {text!r}", "does not exist", "write it like 2026-W46, 2026-11, 2026-Q4 or 2026")
    return period


def score(
    unit: Annotated[list[str], typer.Argument(help="The unit's name or code.")],
    period: Annotated[str | None, typer.Option(help="2026-W46, 2026-11, 2026-Q4, 2026, or words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    method: Annotated[str | None, typer.Option(help=f"Another one of {', '.join(METHODS)}.")] = None,
) -> None:
    """One unit's score, from released figures."""
    if method is not None and method not in METHODS:
        raise Unusable(f"method {method}", "is not known", f"one of: {', '.join(METHODS)}")
    settings = load_settings()
    with reading(settings) as connection:
        context = _context(make_core(settings, connection), connection)
        found = find_unit(context, " ".join(unit))
        reading_ = read(context, found, _period(context, period, default_period(context, found)), method=method)
        if not as_json:
            sys.stdout.write("\n".join(score_lines(context, reading_)).replace(STRONG, "").replace(PLAIN, "") + "\n")
            return
        before = previous(reading_.period)
        earlier = read(context, found, before, method=reading_.figures.method) if before else None
        moved = change(reading_.figures.overall, earlier.figures.overall) if earlier else None
        names = dict(factor_names(context))
        names |= {one.criterion: criterion_name(context, one) for one in index_survey(context).questions}
        apart = read_apart(context, reading_)
        plain = score_json(
            found,
            reading_.period,
            reading_.figures,
            names,
            today=context.today,
            change=moved,
            before=before,
            apart=apart,
            answered=turnout.of_reading(context, reading_, apart),
            by_visits=turnout.by_visits(context, reading_),
        )
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def push(
    week: Annotated[
        str | None, typer.Option(help="An ISO week such as 2026-W46; default: the last closed one.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show it and send nothing.")] = False,
) -> None:
    """The weekly summary now. Nobody gets the same week twice."""
    settings = load_settings()
    if not preview:
        done = perform(settings, "push", {"week": week})
        typer.echo(f"Queued {done['queued']} summaries.")
        return
    if week:
        a_week(week)
    with reading(settings) as connection:
        context = _context(make_core(settings, connection), connection)
        for text in weekly.preview_all(context, week):
            sys.stdout.write(text.replace(STRONG, "").replace(PLAIN, "") + "\n\n")


def rescore(
    method: Annotated[str, typer.Option(help=f"One of {', '.join(METHODS)}.")],
) -> None:
    """Make every released figure anew, by another method, from the counts it was made of."""
    done = perform(load_settings(), "rescore", {"method": method})
    typer.echo(f"{done['cells']} released cells are now by {method}.")
    if done["next"] != method:
        typer.echo(f"Cells to come will be by {done['next']}: set method in config/province.toml and restart.")


def export(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    what: Annotated[Literal["responses", "scores"], typer.Option(help="Answers, or released scores.")] = "scores",
    form: Annotated[Literal["csv", "xlsx"], typer.Option("--format", help="File format.")] = "xlsx",
    period: Annotated[str | None, typer.Option(help="Scores of this period; default: this quarter.")] = None,
) -> None:
    """Write answers or released scores to a file: local time, cells safe from formulas, every row."""
    from bot.drawing.exports import export_responses, export_scores

    settings = load_settings()
    refuse_own_files(out, database_path(settings.database_url))
    with reading(settings) as connection:
        core = make_core(settings, connection)
        context = _context(core, connection)
        root = context.stores.units.tree().root(context.today)
        if root is None:
            raise Unusable("units", "there are none", "run: sipas units import FILE")
        try:
            if what == "scores":
                rows = export_scores(context, _period(context, period, default_period(context, root)), out, form)
            else:
                rows = export_responses(connection, context, out, form)
        except OSError as error:
            raise Unusable(str(out), f"cannot be written ({error.strerror})", "choose another place") from error
    typer.echo(f"{out}: {rows} rows.")


def verify(
    seen: Annotated[str, typer.Option(help="A head printed earlier: is its line still there?")] = "",
) -> None:
    """Look for damage, recount everything from the answers, walk the audit; exit 1 and one line for each fault."""
    settings = load_settings()
    key = known_key(settings, database_path(settings.database_url))
    with reading(settings) as connection:
        found = damage(connection)
        known = provinces(connection)
        found += [line for province_id in known for line in differences(connection, province_id)]
        chains = {one: walk(connection, one, key.encode() if key else None, seen) for one in known}
    found += [fault for chain in chains.values() for fault in chain.faults]
    if seen and not any(chain.seen for chain in chains.values()):
        found.append(f"no line of the audit is {seen} any more: its end was cut off, or it was written anew")
    for line in found:
        typer.echo(line)
    for province_id, chain in chains.items():
        if chain.head.number:
            typer.echo(f"Audit of {province_id}: {chain.head.number} lines, keys {chain.keys}, head {chain.head}")
    if found:
        raise typer.Exit(1)
    typer.echo(
        "Every count and moment agrees with the answers; every released cell carries the digest of what it says."
    )


def add_to(app: typer.Typer) -> None:
    for command in (score, push, rescore, export, verify):
        app.command()(command)
