"""A database in which everything that a tick does is due: made by the real handlers, days ago by their clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channels.console import Console
from tests.world import World, world

OFFICIALS = (9_000_001, 9_000_002)
"""Their summary of last week is due."""
SILENT, FINISHED, PAUSED, POISONED = 8_000_001, 8_000_002, 8_000_003, 8_000_004
"""Citizens: silent for eight days; finished eight days ago; silent for a day; one whose session cannot be read."""
PEOPLE = (*OFFICIALS, SILENT, FINISHED, PAUSED, POISONED)
UNIT = "Xã Vũ Hội"


@dataclass(frozen=True)
class Prepared:
    """The bytes of the database, and the way-in code of UNIT."""

    database: bytes
    code: str

    def lay(self, folder: Path) -> None:
        """Put it where `sipas run` in `folder` looks."""
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "sipas.db").write_bytes(self.database)


def prepare(folder: Path) -> Prepared:
    """Made in `folder`."""
    now = datetime.now(UTC)
    with world(folder) as made:
        made.now = now - timedelta(days=8)
        code = str(made.perform("link", unit=UNIT)["code"])
        for official in OFFICIALS:
            _on_telegram(made, official)
            made.official(str(official), UNIT)
        _answer(made, SILENT, code, 2)
        _answer(made, FINISHED, code, 3, finish=True)
        made.now = now - timedelta(hours=25)
        _answer(made, PAUSED, code, 1)
        made.now = now - timedelta(hours=1)
        _answer(made, POISONED, code, 1)
        made.connection.execute(
            "UPDATE session SET state = '{' WHERE person_id = (SELECT id FROM person WHERE address = ?)",
            (str(POISONED),),
        )
        made.connection.execute("UPDATE subscription SET since_day = date('now', '-8 days')")
        made.connection.execute("DELETE FROM inbox")
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Prepared((folder / "world.db").read_bytes(), code)


def _on_telegram(made: World, address: int) -> Console:
    return made.people.setdefault(str(address), Console(str(address), channel="telegram", language="vi"))


def _answer(made: World, address: int, code: str, taps: int, *, finish: bool = False) -> None:
    """Begin and answer that many questions; to finish, leave out the others and send."""
    console, name = _on_telegram(made, address), str(address)
    made.says(name, f"/start {code}")
    made.says(name, "[Bắt đầu]")
    for _ in range(taps):
        made.says(name, "[4]")
    while finish:
        last = next((button.data for button in console.buttons if button.data.endswith(":@send")), "")
        made.says(name, f"[{last or 'Bỏ qua'}]")
        finish = not last
