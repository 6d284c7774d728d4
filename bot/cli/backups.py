"""`sipas backup`, `restore`, `migrate`: what stands between a lost disk and a lost answer."""

from __future__ import annotations

import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.backup import Backup, back_up
from bot.cli.perform import perform
from bot.core import utc_now
from bot.errors import SipasError
from bot.settings import Settings, load_settings
from bot.storage.database import Lock, database_path
from bot.storage.migrate import migrate as bring_up
from bot.storage.migrate import pending

AUDIT_SECONDS = 3600
"""Between two audit lines of backups that repeat themselves."""


def backup(
    out: Annotated[Path, typer.Option(help="The file to write; %H, %u and their like stand for the local time.")],
    every: Annotated[int | None, typer.Option(min=1, help="Go on, and make one every so many seconds.")] = None,
) -> None:
    """An encrypted copy of everything, beside a serving program or not. Needs SIPAS_BACKUP_KEY."""
    settings = load_settings()
    # Ended by SIGTERM it still takes away what is half done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    made = _one(settings, out)
    typer.echo(f"{made.file}: {made.bytes} bytes in {made.seconds:.1f} s. Keep its key somewhere else.")
    _tell_audit(settings, made)
    told = began = time.monotonic() - made.seconds
    while every is not None:
        time.sleep(max(0.0, began + every - time.monotonic()))
        began = time.monotonic()
        made = _one(settings, out)
        if began - told > AUDIT_SECONDS:
            told = began
            _tell_audit(settings, made)


def _one(settings: Settings, out: Path) -> Backup:
    return back_up(settings, Path(datetime.now(settings.zone).strftime(str(out))))


def _tell_audit(settings: Settings, made: Backup) -> None:
    """The backup stands without its audit line, so what goes wrong here is only said."""
    try:
        if not pending(database_path(settings.database_url)):
            perform(settings, "backup", {"file": made.file.name})
    except SipasError as error:
        sys.stderr.write(f"sipas: the backup is made, but the audit has no line of it: {error}\n")


def restore(
    file: Annotated[Path, typer.Argument(help="What `sipas backup` wrote.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only read and prove it; beside a serving program, too.")
    ] = False,
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Take it even if counts do not agree with its answers.")
    ] = False,
    resend: Annotated[
        bool, typer.Option("--resend", help="Send what waited: the old machine sent nothing after this backup.")
    ] = False,
) -> None:
    """Put a backup in the database's place, once it is proved whole. The present database is kept."""
    from bot.restore import rehearse
    from bot.restore import restore as bring_back

    settings = load_settings()
    if check:
        found = rehearse(settings, file)
    else:
        found = bring_back(settings, file, accept_differences=accept_differences, resend=resend)
    for line in (*found.faults, *found.differences):
        typer.echo(line)
    if found.faults:
        typer.echo(
            f"{file}: it is damaged, as was the database it was made of. Nothing was changed; take an older one."
        )
    elif found.differences and not found.done:
        typer.echo(f"{file}: its counts do not agree with its answers. `--accept-differences` takes it all the same.")
    moment = found.made_at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M:%S")
    if not found.done and (found.faults or found.differences):
        raise typer.Exit(1)
    if check:
        typer.echo(f"{file}: whole, of {moment}, {found.answers} answers; its counts agree with its answers.")
        return
    typer.echo(f"Restored: {found.answers} answers, as of {moment}.")
    if found.doubtful:
        typer.echo(f"{found.doubtful} messages may have been sent after that; they stand as unknown, not sent again.")
    if found.kept:
        typer.echo(f"The old database is kept as {found.kept}; it holds answers, so delete it when all is well.")


def migrate() -> None:
    """Bring the database to this version's schema; a backup comes first when SIPAS_BACKUP_KEY is set."""
    settings = load_settings()
    path = database_path(settings.database_url)
    lock = Lock(path)
    lock.take()
    try:
        lacking = pending(path)
        if lacking and path.exists() and path.stat().st_size:
            _back_up_first(settings, path, lacking[0])
        applied = bring_up(path)
    finally:
        lock.release()
    typer.echo(f"{path}: " + (f"applied {', '.join(applied)}." if applied else "nothing to apply."))


def _back_up_first(settings: Settings, path: Path, first: str) -> None:
    if not settings.backup_key.get_secret_value():
        typer.echo("SIPAS_BACKUP_KEY is not set, so no backup was made first.")
        return
    stamp = utc_now().strftime("%Y%m%dT%H%M%SZ")
    made = back_up(settings, path.with_name(f"{path.name}.before-{first.partition('.')[0]}-{stamp}.backup"))
    typer.echo(f"Backup: {made.file}. To go back: the old version, then: sipas restore {made.file}")


def add_to(app: typer.Typer) -> None:
    for command in (backup, restore, migrate):
        app.command()(command)
