"""The command `sipas`: one file for each family of subcommands, and the one place where errors become exit codes."""

from __future__ import annotations

import sqlite3
import sys

import typer

from bot.cli import backups, books, chat, connect, doctor, dossiers, figures, offices, orders, posters, sample, serving
from bot.errors import AlreadyRunning, StorageUnavailable, Unusable
from bot.log import set_up
from bot.writer import is_storage_failure

app = typer.Typer(
    name="sipas",
    help="Chat survey after a one-stop visit, and satisfaction scores officials can trust.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for family in (serving, sample, figures, offices, posters, dossiers, books, orders, chat, connect, backups, doctor):
    family.add_to(app)


def main() -> None:
    """Exit codes: 0 done, 1 a check found a fault, 2 unusable arguments or configuration, 3 another instance runs."""
    set_up(())
    try:
        app()
    except Unusable as error:
        _fail(error, 2)
    except AlreadyRunning as error:
        _fail(error, 3)
    except StorageUnavailable as error:
        _fail(error, 2)
    except sqlite3.Error as error:
        if not is_storage_failure(error):
            raise
        _fail(Unusable("the database", f"cannot be used ({error})", "run sipas doctor, or restore a backup"), 2)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: Exception, code: int) -> None:
    sys.stderr.write(f"sipas: {error}\n")
    sys.exit(code)
