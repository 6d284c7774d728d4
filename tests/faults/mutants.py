"""Builds with one rule taken out, by name: a child of the fork server puts one on before it lives.

A harness that does not catch them proves nothing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import bot.draining
import bot.ending
import bot.program
import bot.storage.database
import bot.storage.migrate
from bot.alarm import alarm
from bot.settings import Settings
from bot.writer import Writer, _Entry
from bot.writing import ready

EARLY_SECONDS = 0.005
"""How long before the commit somebody is told: an answer leaves in that time."""
QUICK_SECONDS = 6.0


class _Deaf:
    """Was told already."""

    def cancelled(self) -> bool:
        return True

    def set_result(self, result: object) -> None: ...

    def set_exception(self, exception: BaseException) -> None: ...


def tell_first() -> None:
    """Rule 1 of the writer: whoever waits is told before the commit."""
    run_one = Writer._one

    def one(self: Writer, entry: _Entry) -> None:
        run_one(self, entry)
        self._settle([replace(entry)])  # a copy, so that the loop still finds whom to tell
        entry.future = _Deaf()
        time.sleep(EARLY_SECONDS)

    Writer._one = one  # type: ignore[method-assign]


def repeat_orphans() -> None:
    """A send under way when the program died is simply sent again."""

    def repeating(connection: sqlite3.Connection, settings: Settings) -> None:
        connection.execute("UPDATE outbox SET state = 'queued' WHERE state = 'sending'")
        ready(connection, settings)

    bot.program.ready = repeating  # type: ignore[attr-defined]


def no_key() -> None:
    """The inbox has no unique key: that is the database's doing, and the program no longer looks at the schema."""
    setattr(bot.storage.migrate, "_check_schema", lambda _: None)  # noqa: B010 - as below


def no_deadline() -> None:
    """Ending waits for the Bot API as long as its calls may take."""
    setattr(bot.ending.Ending, "left", lambda _: 60.0)  # noqa: B010 - a plain assignment would not pass the types
    bot.draining.END_SECONDS = 60.0


def quick_alarm() -> None:
    """No rule is broken: a hang is ended after seconds instead of a minute."""
    setattr(bot.program, "alarm", partial(alarm, QUICK_SECONDS))  # noqa: B010 - as above


def swallow() -> None:
    """A batch that could not be stored is acknowledged, and savepoints need files: ours keep them in memory, so that a
    program without descriptors stores on."""
    in_files = [pragma for pragma in bot.storage.database._WRITER if "temp_store" not in pragma]
    setattr(bot.storage.database, "_WRITER", in_files)  # noqa: B010 - as above

    def abandon(self: Writer, entries: list[_Entry], error: Exception) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    Writer._abandon = abandon  # type: ignore[method-assign]


MUTANTS: Mapping[str, Callable[[], None]] = {
    f.__name__: f for f in (tell_first, repeat_orphans, no_key, no_deadline, quick_alarm, swallow)
}
