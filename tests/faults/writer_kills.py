"""`python -m tests.faults.writer_kills FOLDER KILLS [MUTANT]`: kill the writer and the turn, print what was seen.

One process without threads that has imported them and forks a child for each life: the storage layer of the program,
with real commits to a real disk, without channels and web server.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
import traceback
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.writer_child import MOST_BYTES, Service
from tests.standins.checker import Verdict, classify

KILLS_A_DATABASE = 1_000
UPDATES_A_LIFE = 100
REPEATS_A_LIFE = 10
AT_FIRST = 40
FIRST_SECONDS = 30.0
"""How long the first acknowledgement may take."""
START_SECONDS = 0.004
SERVING_SECONDS = 0.006
"""A kill comes at a random instant of so long: one in ten from the beginning of a life on, else after an answer."""


@dataclass
class Seen:
    """All that happened; the last three must stay nought."""

    kills: int = 0
    acknowledged: int = 0
    recovered: int = 0
    lost: int = 0
    duplicated: int = 0
    unexpected: int = 0

    @property
    def wrong(self) -> int:
        return self.lost + self.duplicated + self.unexpected


@dataclass
class Database:
    """Feeds updates to one life after another, notes what was acknowledged, and sends again what was not."""

    path: Path
    mutant: str
    rng: random.Random
    acknowledged: set[str] = field(default_factory=set)
    waiting: list[str] = field(default_factory=list)
    next_id: int = 1
    recovered: int = 0

    def life(self) -> None:
        """Begin one, feed it, kill it, read what it still said."""
        script = self._script()
        come, give = os.pipe()
        hear, say = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(give)
            os.close(hear)
            _live(self.path, self.mutant, come, say)
        os.close(come)
        os.close(say)
        with suppress(BrokenPipeError):
            self._feed(script, give, hear)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(give)
        self._listen(hear)
        self.waiting = [one for one in dict.fromkeys(script) if one not in self.acknowledged]

    def _script(self) -> list[str]:
        """What was not acknowledged, then new ids that now and then jump lower, with repeats of old ones strewn in."""
        fresh = [str(self.next_id + n) for n in range(max(UPDATES_A_LIFE - len(self.waiting), 0))]
        self.next_id += len(fresh)
        self.rng.shuffle(fresh)
        old = sorted(self.acknowledged) if len(self.acknowledged) < UPDATES_A_LIFE else list(self._some())
        mixed = fresh + self.rng.sample(old, min(REPEATS_A_LIFE, len(old)))
        self.rng.shuffle(mixed)
        return self.waiting + mixed

    def _some(self) -> set[str]:
        """A few of many acknowledged ids; sorting them all would take longer than the life."""
        guesses = {str(self.rng.randrange(1, self.next_id)) for _ in range(REPEATS_A_LIFE * 2)}
        return guesses & self.acknowledged

    def _feed(self, script: list[str], give: int, hear: int) -> None:
        os.write(give, _lines(script[:AT_FIRST]))
        if self.rng.random() < 0.1:
            time.sleep(self.rng.uniform(0, START_SECONDS))
            return
        assert select.select([hear], [], [], FIRST_SECONDS)[0], "the child never answered"
        os.write(give, _lines(script[AT_FIRST:]))
        time.sleep(self.rng.uniform(0, SERVING_SECONDS))

    def _listen(self, hear: int) -> None:
        said = b""
        while some := os.read(hear, MOST_BYTES):
            said += some
        os.close(hear)
        for line in said.decode().split("\n")[:-1]:
            update_id, _, again = line.partition(" ")
            if again and update_id not in self.acknowledged:
                self.recovered += 1
            self.acknowledged.add(update_id)

    def verdict(self) -> Verdict:
        """What was acknowledged against what stands in the database, which must be whole."""
        with closing(sqlite3.connect(self.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = [row[0] for row in connection.execute("SELECT update_id FROM effect")]
        return classify((str(n) for n in range(1, self.next_id)), self.acknowledged, found)


def _lines(updates: list[str]) -> bytes:
    return "".join(f"{update_id}\n" for update_id in updates).encode()


def _live(path: Path, mutant: str, coming: int, going: int) -> None:
    """In the child: never returns."""
    try:
        asyncio.run(Service(path, mutant, coming, going).serve())
    except BaseException:  # noqa: BLE001 - a child that came back would go on as a second parent
        traceback.print_exc()
    finally:
        os._exit(70)


def kill(folder: Path, kills: int, mutant: str = "") -> Seen:
    """As many kills as told, on a new database now and then; a mutant is left as soon as it is caught."""
    seen = Seen()
    rng = random.Random(f"{mutant}-{folder.name}")
    while seen.kills < kills and not seen.wrong:
        database = Database(folder / f"a b {seen.kills}.db", mutant, rng)
        for _ in range(min(KILLS_A_DATABASE if not mutant else 5, kills - seen.kills)):
            database.life()
            seen.kills += 1
        verdict = database.verdict()
        seen.acknowledged += len(database.acknowledged)
        seen.recovered += database.recovered
        seen.lost += len(verdict.lost)
        seen.duplicated += len(verdict.duplicated)
        seen.unexpected += len(verdict.unexpected)
        database.path.unlink()
    return seen


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    asked = kill(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
    sys.stdout.write(json.dumps(asdict(asked)) + "\n")
