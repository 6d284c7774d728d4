"""`sipas chat`: the conversation in the terminal, through the real writer; `--record` makes a golden dialog of it."""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.channels.console import Console
from bot.core import make_core
from bot.errors import Unusable
from bot.readers import Readers
from bot.settings import load_settings
from bot.storage.database import database_path, open_writer, refuse_own_files
from bot.writer import Writer
from bot.writing import own_database


def chat(
    record: Annotated[Path | None, typer.Option(help="Write the conversation to this file as a golden dialog.")] = None,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
) -> None:
    """Talk to the bot here. \\[1] or \\[label] presses a button, @sticker sends a sticker, an empty line ends."""
    settings = load_settings()
    path = database_path(settings.database_url)
    if record is not None:
        refuse_own_files(record, path)
    with own_database(settings) as connection:
        core = make_core(settings, connection)
        writer = Writer(open_writer(path))
        readers = Readers(path)
        writer.start()
        try:
            asyncio.run(_talk(App(core, writer, readers), language, record))
        finally:
            readers.close()
            writer.stop()


async def _talk(app: App, language: str, record: Path | None) -> None:
    console = Console(f"console-{secrets.token_hex(4)}", language=language)
    script: list[str] = []
    line = "/start"
    while line:
        shown = console.show(await app.receive(console.read(line)))
        script += [f"> {line}", shown, ""]
        sys.stdout.write(shown + "\n")
        sys.stdout.flush()
        line = (await asyncio.to_thread(_ask)).strip()
    if record is not None:
        try:
            record.write_text("\n".join(script), encoding="utf-8")
        except OSError as error:
            raise Unusable(str(record), f"cannot be written ({error.strerror})", "choose another place") from error
        sys.stdout.write(f"Recorded: {record}\n")


def _ask() -> str:
    try:
        line = input("> ")
        line.encode()  # in a plain C locale a byte that is not UTF-8 comes in as half a letter
    except EOFError:
        return ""
    except UnicodeError as error:
        raise Unusable("standard input", "is not UTF-8", "set the terminal or the file to UTF-8") from error
    return line


def add_to(app: typer.Typer) -> None:
    app.command()(chat)
