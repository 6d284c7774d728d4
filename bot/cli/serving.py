"""`sipas run`: serve every configured channel until told to stop."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from bot.settings import load_settings
from bot.storage.database import Lock, database_path


def run(
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill sample data first when there is none, and show how to try it.")
    ] = False,
) -> None:
    """Serve the web chat, and Telegram when a token is set, until Ctrl-C or SIGTERM."""
    settings = load_settings()
    # Whoever is one too many learns it before the rest is imported, which takes longer than everything else here.
    lock = Lock(database_path(settings.database_url))
    lock.take()
    lock.release()
    from bot.program import main
    from bot.server import new_loop

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main(settings, sample=sample, out=sys.stdout))


def add_to(app: typer.Typer) -> None:
    app.command()(run)
