"""`sipas doctor`: what is right, what is not, and the mend, one line each."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from bot.log import blank
from bot.settings import load_settings


def doctor() -> None:
    """Look at everything and change nothing: ✓ fine, ! worth knowing, ✗ wrong. Exit 1 when something is wrong."""
    from bot.doctor.patient import patient
    from bot.doctor.table import findings

    settings = load_settings()
    with patient(settings, datetime.now(UTC)) as seen:
        found = list(findings(seen))
    for one in found:
        typer.echo(blank(one.line, settings.secrets))
    if any(one.mark == "✗" for one in found):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)
