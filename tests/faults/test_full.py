"""The database may grow by so many pages and no further, for every number of them: refused, never half, and back again.

The real handlers over the real writer. Citizens go through whole surveys until one is refused; then space returns, what
was refused is sent again, and every count agrees with the answers. The mutant acknowledges what was not stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import StorageUnavailable
from bot.storage.database import open_writer
from bot.verify import differences
from bot.writer import Writer, _Entry
from handlers.context import Incoming, Message
from tests.faults.figures import Figure, record, size
from tests.handlers.visits import Citizen, always
from tests.world import World, world

PAGES = 180
STRIDE = size(15, 1)
MOST_CITIZENS = 60
UNIT = "340"


class Anyway(Writer):
    """The mutant."""

    def _abandon(self, entries: list[_Entry], error: sqlite3.Error) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


@dataclass
class Stubborn(Citizen):
    """Sends what was refused once more, when there is space again; knows what she was acknowledged."""

    refused: int = 0
    acknowledged: set[str] = field(default_factory=set)

    def sends(self, kind: str, text: str) -> list[Message]:
        self.turn += 1
        incoming = Incoming(self.channel, f"{self.name}.{self.turn}", self.name, kind, text, "vi")  # type: ignore[arg-type]
        try:
            messages = self.world.take(incoming)
        except StorageUnavailable:
            self.refused += 1
            assert not self.world.rows("SELECT 1 FROM inbox WHERE update_id = ?", incoming.update_id)
            self.world.commit(_let_grow)
            messages = self.world.take(incoming)
        self.acknowledged.add(incoming.update_id)
        return messages


def _let_grow(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count=1000000")


@contextmanager
def limited(folder: Path, pages: int, kind: type[Writer]) -> Iterator[World]:
    with world(folder) as made:
        writer = kind(open_writer(folder / "world.db"))
        (count,) = writer.connection.execute("PRAGMA page_count").fetchone()
        writer.connection.execute(f"PRAGMA max_page_count={count + pages}")
        writer.start()
        made.commit = writer.run  # type: ignore[method-assign]
        try:
            yield made
        finally:
            writer.stop()


def wrong_at(folder: Path, pages: int, kind: type[Writer] = Writer) -> list[str]:
    """What must not be, after the database could grow by `pages`; "never full" where the limit was not reached."""
    refused, acknowledged = 0, set[str]()
    with limited(folder, pages, kind) as made:
        for number in range(MOST_CITIZENS):
            citizen = Stubborn(made, f"c{number}")
            citizen.visits(UNIT, always("4"))
            acknowledged |= citizen.acknowledged
            refused += citizen.refused
            if refused:
                break
    with closing(sqlite3.connect(folder / "world.db")) as connection:
        kept = {row[0] for row in connection.execute("SELECT update_id FROM inbox")}
        found = list(differences(connection, "sample"))
        found += [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [f"lost {sorted(acknowledged - kept)}"] if acknowledged - kept else []
    return found + ([] if refused else ["never full"])


def test_at_every_page_limit_nothing_is_acknowledged_that_is_not_stored(tmp_path: Path) -> None:
    limits = range(0, PAGES + 1, STRIDE)
    wrong = {pages: found for pages in limits if (found := wrong_at(tmp_path, pages))}
    mutant = sum(bool(mutant_at(tmp_path, pages)) for pages in limits[:3])
    record(
        Figure(
            "a database that may not grow, at every page limit",
            len(limits),
            len(wrong),
            f"from 0 to {PAGES} pages more than there are",
            f"acknowledged although not stored: caught at {mutant} of 3 limits",
        )
    )
    assert wrong == {}
    assert mutant == 3


def mutant_at(folder: Path, pages: int) -> bool:
    """Whether the mutant is caught: by what it lost, or by falling over what is not there."""
    try:
        return wrong_at(folder, pages, Anyway) not in ([], ["never full"])
    except (AssertionError, TypeError):
        return True
