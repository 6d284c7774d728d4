"""A restore is killed at every operation on the disk: the old database is there whole, or the restored one is.

And the next restore does its work, whatever the killed one left lying about. The mutant moves the old database away
first, as one would by hand.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.backup import back_up
from bot.settings import Settings
from tests.faults.figures import Figure, record, size
from tests.faults.io_child import KEY, KILLED, Plan
from tests.faults.test_io_errors import Lives, lives_in
from tests.handlers.visits import Citizen, always
from tests.world import world

STRIDE = size(7, 1)
OPERATIONS = "WTSURL"


def answers(database: Path) -> list[object] | None:
    """All answers; None where no database is, or none that holds together."""
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                return None
            return list(connection.execute("SELECT * FROM answer ORDER BY 1, 2, 3"))
    except sqlite3.DatabaseError:
        return None


def prepared(folder: Path) -> tuple[Path, Path]:
    """A backup, and a folder with the database as it went on after it."""
    home, backup = folder / "home", folder / "away.backup"
    home.mkdir()
    with world(home) as made:
        Citizen(made, "before").visits("340", always("4"))
        back_up(Settings(_env_file=None, database_url=f"sqlite:///{home / 'world.db'}", backup_key=KEY), backup)
        Citizen(made, "after").visits("340", always("2"))
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home / "world.db", backup


@dataclass
class Restores:
    """Restores of one backup over one database, in a folder that is new each time."""

    lives: Lives
    database: Path
    backup: Path

    def once(self, at: int, mutant: str = "", *, fresh: bool = True) -> bool:
        """A restore that is killed at its `at`th operation; whether it was."""
        home, diary = self.lives.folder / "life", self.lives.folder / "diary"
        if fresh:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            shutil.copy(self.database, home / "x.db")
        diary.unlink(missing_ok=True)
        lived = self.lives.ask(Plan(str(home), str(diary), at, OPERATIONS, "kill", 0, mutant, str(self.backup)))
        assert lived.ended in ("", KILLED), lived
        return lived.ended == KILLED

    @property
    def left(self) -> list[object] | None:
        return answers(self.lives.folder / "life" / "x.db")

    def everywhere(self, mutant: str = "") -> tuple[int, list[str]]:
        """How many restores were killed, and what was wrong after them."""
        self.once(0)
        old, restored, at, kills, wrong = answers(self.database), self.left, 1, 0, list[str]()
        assert restored not in (None, [], old)
        while self.once(at, mutant):
            kills += 1
            if self.left not in (old, restored):
                wrong.append(f"killed at {at}: neither the old nor the restored database is there")
            if self.once(0, fresh=False) or self.left != restored:
                wrong.append(f"killed at {at}: the next restore did not succeed")
            at += STRIDE
        return kills, wrong


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_restored_one(tmp_path: Path, library: Path) -> None:
    database, backup = prepared(tmp_path)
    with lives_in(tmp_path, library) as lives:
        restores = Restores(lives, database, backup)
        kills, wrong = restores.everywhere()
        mutant_kills, mutant = restores.everywhere("moved first")
    record(
        Figure(
            "a kill at the Nth operation of a restore",
            kills,
            len(wrong),
            "the old database or the restored one, and the next restore succeeds",
            f"the old database put away first: {len(mutant)} of {mutant_kills} kills leave none",
        )
    )
    assert kills > 3
    assert wrong == []
    assert mutant
