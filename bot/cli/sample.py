"""`sipas demo`: sample data in a province of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.perform import perform
from bot.settings import load_settings


def demo(
    weeks: Annotated[int, typer.Option(help="How many past weeks the visits are spread over.")] = 8,
    responses: Annotated[int, typer.Option(help="How many simulated citizens.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same citizens.")] = 1,
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove the sample data, and nothing else.")] = False,
) -> None:
    """Fill watermarked sample data through the real handlers, or wipe it."""
    settings = load_settings()
    if wipe:
        done = perform(settings, "wipe", {})
        typer.echo(f"Wiped the sample data: {done['rows']} rows.")
        return
    done = perform(settings, "demo", {"weeks": weeks, "responses": responses, "seed": seed})
    typer.echo(
        f"Sample data: {done['responses']} simulated visits to {done['units']} units over {done['weeks']} weeks. "
        "Wipe it with: sipas demo --wipe"
    )


def add_to(app: typer.Typer) -> None:
    app.command()(demo)
