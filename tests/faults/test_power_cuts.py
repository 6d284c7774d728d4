"""The power goes, many times: what the real program wrote and synced is recorded once, cuts are rebuilt offline.

Each image is opened by the standard sqlite3, must be whole, and must hold every update that the Bot API stand-in had
seen acknowledged before the cut. The mutant is the same program with synchronous=NORMAL.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.verify import differences
from tests.faults.disk import ACKNOWLEDGED, Disk, Entry, read_diary
from tests.faults.figures import Figure, record, size
from tests.faults.watched import NOT_SYNCED, Watched, marked, people_answer
from tests.standins.telegram import Patience, TelegramStandin

IMAGES = size(200, 10_000)
MUTANT_IMAGES = size(40, 500)
ACKNOWLEDGEMENTS = size(1_000, 10_000)
RECOUNT_EVERY = 25
"""An image in so many is recounted from its answers, which takes longer than opening it."""


@dataclass(frozen=True)
class Recorded:
    """What lay in the folder at the beginning, and everything that happened to it since."""

    files: dict[str, bytes]
    diary: list[Entry]
    database: str

    def check(self) -> None:
        """With nothing lost the diary leads to the very files that lie there now."""
        disk = Disk(self.files)
        for entry in self.diary:
            disk.follow(entry)
        for name in (self.database, self.database + "-wal"):
            assert disk.all()[name] == Path(name).read_bytes()

    @property
    def first(self) -> int:
        """Where the first acknowledgement stands."""
        return next(at for at, entry in enumerate(self.diary) if entry.kind == ACKNOWLEDGED)

    @property
    def checkpoints(self) -> int:
        """How often, since then, the database file itself was written and synced."""
        opened = {entry.id for entry in self.diary if entry.kind == b"O" and entry.data.decode() == self.database}
        return sum(entry.kind == b"S" and entry.id in opened for entry in self.diary[self.first :])


@dataclass
class Cuts:
    """What the images showed."""

    images: int = 0
    acknowledged: int = 0
    lost: int = 0
    losing: int = 0
    damaged: int = 0
    recovered: int = 0

    @property
    def wrong(self) -> int:
        return self.losing + self.damaged


async def recorded(folder: Path, library: Path, before: str = "") -> Recorded:
    """A program that citizens answer for a while and that is then killed."""
    diary = folder / "diary"
    async with TelegramStandin(patience=Patience(timeout=5, first_pause=0.01, longest_pause=0.05)) as standin:
        program = Watched(folder, standin.url, standin.token, library=library, diary=diary, before=before)
        code = await asyncio.to_thread(program.entry, "Xã Vũ Hội")
        files = {str(path): path.read_bytes() for path in program.database.parent.iterdir() if path.is_file()}
        with marked(standin, diary):
            await asyncio.to_thread(program.start)
            assert not program.ended, program.log()
            await people_answer(standin, code, lambda: len(standin.journal.acknowledged) >= ACKNOWLEDGEMENTS)
            await _still(diary)
            program.kill()
    found = Recorded(files, read_diary(diary), str(program.database))
    found.check()
    return found


async def _still(diary: Path) -> None:
    """Until nothing is written any more: a kill between a write and its note would look like a fault of the diary."""
    before, now = -1, diary.stat().st_size
    while before != now:
        await asyncio.sleep(0.3)
        before, now = now, diary.stat().st_size


def cut(seen: Recorded, images: int, folder: Path, seed: int) -> Cuts:
    """Cut the power at so many moments after the first acknowledgement, and judge what is left."""
    rng = random.Random(seed)
    moments = iter(sorted(rng.randrange(seen.first, len(seen.diary)) for _ in range(images)))
    disk, acknowledged, found, moment = Disk(seen.files), set[str](), Cuts(), next(moments, None)
    for at, entry in enumerate(seen.diary):
        disk.follow(entry)
        if entry.kind == ACKNOWLEDGED:
            acknowledged.add(entry.data.decode())
        while moment == at:
            _judge(disk.cut(rng), acknowledged, folder, found)
            moment = next(moments, None)
    return found


def _judge(image: dict[str, bytes], acknowledged: set[str], folder: Path, found: Cuts) -> None:
    for old in folder.iterdir():
        old.unlink()
    for name, content in image.items():
        (folder / Path(name).name).write_bytes(content)
    found.images += 1
    found.acknowledged += len(acknowledged)
    try:
        with closing(sqlite3.connect(folder / "sipas.db")) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            kept = {row[0] for row in connection.execute("SELECT update_id FROM inbox WHERE channel = 'telegram'")}
            if found.images % RECOUNT_EVERY == 0:
                whole = whole and list(differences(connection, "sample")) == []
    except sqlite3.DatabaseError:
        whole, kept = False, set()
    lost = len(acknowledged - kept)
    found.damaged += not whole
    found.losing += lost > 0
    found.lost += lost
    found.recovered += len(kept - acknowledged)


async def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, library: Path) -> None:
    images = tmp_path / "images"
    images.mkdir()
    folders = {before: tmp_path / name for before, name in (("", "real"), (NOT_SYNCED, "mutant"))}
    for folder in folders.values():
        folder.mkdir()
    seen = await recorded(folders[""], library)
    real = cut(seen, IMAGES, images, seed=1)
    mutant = cut(await recorded(folders[NOT_SYNCED], library, NOT_SYNCED), MUTANT_IMAGES, images, seed=2)
    record(
        Figure(
            "power cuts, rebuilt from recorded writes",
            real.images,
            real.wrong,
            f"{real.acknowledged // IMAGES:,} updates acknowledged before a cut on average, {real.lost} of all lost; "
            f"{seen.checkpoints} checkpoints",
            f"synchronous=NORMAL: {mutant.losing} of {mutant.images} images lose answers",
        )
    )
    assert real.images == IMAGES
    assert seen.checkpoints > 0
    assert real.acknowledged > 100 * IMAGES
    assert (real.lost, real.damaged) == (0, 0), real
    assert mutant.losing > 0, mutant
