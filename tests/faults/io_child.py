"""A process over a watched disk that forks one short life for each line of standard input: the writer under a fault.

A life brings a database up, takes updates one after another and says which it acknowledged. `python -m
tests.faults.io_child`, preloaded with the library of disk.c; its answer to a line is one line.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SipasError, StorageUnavailable
from bot.log import set_up
from bot.restore import restore
from bot.settings import Settings
from bot.storage import migrate as migrating
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.turn import Turn
from bot.writer import Writer
from handlers.context import Incoming, Message
from tests.faults.disk import Marks

KILLED = "killed"
KEY = "a key for the tests, long enough"
CHECKPOINT_PAGES = 24
"""So that a short life has several checkpoints; the program's is 1000."""


@dataclass(frozen=True)
class Plan:
    """Where one life lives and what befalls it."""

    folder: str
    diary: str
    at: int
    kinds: str
    how: str
    updates: int
    mutant: str = ""
    restore: str = ""
    """A backup: then the life is its restoring, and nothing else."""


@dataclass(frozen=True)
class Lived:
    """How far a life came: `ended` is "" when it took all updates, else what it said when it stopped."""

    acknowledged: list[str]
    refused: list[str]
    ended: str


def respond(connection: sqlite3.Connection, incoming: Incoming) -> list[Message]:
    connection.execute(
        "INSERT INTO audit (province_id, id, at, actor, action, subject, outcome) VALUES ('p', ?, 0, '', '', ?, '')",
        (incoming.update_id, "x" * 600),
    )
    return [Message(incoming.update_id)]


def live(plan: Plan) -> Lived:
    lived, marks = Lived([], [], ""), Marks(Path(plan.diary))
    path = Path(plan.folder) / "x.db"
    if plan.restore:
        return _restore(path, Path(plan.restore), moved_first=plan.mutant == "moved first")
    if plan.mutant == "marked apart":
        migrating._apply = _marked_apart
    try:
        migrate(path)
        writer = Writer(open_writer(path))
        writer.connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        MUTANTS[plan.mutant](writer)
        writer.start()
        for number in range(plan.updates):
            incoming = Incoming("test", str(number), "1", "text")
            try:
                writer.run(Turn("p", incoming, respond, Message("sorry"), 0))
            except StorageUnavailable:
                lived.refused.append(str(number))
            else:
                marks.acknowledged(str(number))
                lived.acknowledged.append(str(number))
    except (SipasError, sqlite3.Error, OSError) as error:
        return Lived(lived.acknowledged, lived.refused, f"{type(error).__name__}: {error}")
    return lived


def _restore(path: Path, backup: Path, *, moved_first: bool) -> Lived:
    """Mutant `moved_first`: the old database is put away before the new one is ready, as one would by hand."""
    if moved_first and path.exists():
        path.rename(path.with_name("put-away.db"))
    settings = Settings(_env_file=None, database_url=f"sqlite:///{path}", backup_key=KEY)
    try:
        found = restore(settings, backup)
    except (SipasError, sqlite3.Error) as error:
        return Lived([], [], str(error))
    return Lived([], [], "" if found.done else "not done")


def _acknowledge_anyway(writer: Writer) -> None:
    """Mutant: a commit that failed is acknowledged like any other."""
    writer._abandon = lambda entries, error: writer.connection.rollback()  # type: ignore[method-assign]


def _not_synced(writer: Writer) -> None:
    """Mutant: a commit is not synced."""
    writer.connection.execute("PRAGMA synchronous=NORMAL")


def _marked_apart(path: Path, names: list[str]) -> None:
    """Mutant: a migration and its mark are two transactions."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in names:
            script = (migrating.MIGRATIONS / f"{name}.sql").read_text(encoding="utf-8")
            connection.executescript(f"BEGIN; {script}; COMMIT")
            connection.execute(migrating._MARK, (name, name, ""))


MUTANTS: dict[str, Callable[[Writer], None]] = {
    "": lambda _: None,
    "acknowledge anyway": _acknowledge_anyway,
    "not synced": _not_synced,
    "marked apart": lambda _: None,
}


def main() -> None:
    set_up(())
    library = ctypes.CDLL(None)
    for line in sys.stdin:
        plan = Plan(**json.loads(line))
        child = os.fork()
        if child == 0:
            library.disk_life(plan.diary.encode(), plan.at, plan.kinds.encode(), plan.how.encode())
            answer = json.dumps(live(plan).__dict__)
            os.write(1, answer.encode() + b"\n")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            assert status == signal.SIGKILL, status
            os.write(1, json.dumps(Lived([], [], KILLED).__dict__).encode() + b"\n")


if __name__ == "__main__":
    main()
