"""The real program over a disk that keeps a diary or fails, and citizens who answer it for a while."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.disk import Marks, watching
from tests.faults.people import answering
from tests.faults.program import ROOT, START_SECONDS, Program
from tests.standins.citizens import Citizen, complete_survey, crowd
from tests.standins.telegram import TelegramStandin

PEOPLE = 20
FIRST_ID = 930_000_000
RUN = "import sys; sys.argv[1:] = ['run']; from bot.cli import main; main()"
NOT_SYNCED = "import bot.storage.database as d; d._WRITER = tuple(p.replace('FULL', 'NORMAL') for p in d._WRITER); "
"""Mutant: commits are not synced before they are acknowledged."""


@dataclass
class Watched(Program):
    """`sipas run`, preloaded. `before` is Python that runs before the program."""

    library: Path = Path()
    diary: Path | None = None
    before: str = ""

    def start(self) -> None:
        """Begin, and wait until it serves or has ended."""
        environment = self.environment | {"PYTHONPATH": str(ROOT)}
        environment |= watching(self.library, self.database.parent, self.diary, switch=self.switch)
        with (self.folder / "program.log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-c", self.before + RUN], cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while self.child.poll() is None and not self.healthy():
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    @property
    def switch(self) -> Path:
        """While this file exists, what stands in it fails (see disk.c)."""
        return self.folder / "broken"

    @property
    def ended(self) -> bool:
        return self.child is None or self.child.poll() is not None


@contextmanager
def marked(standin: TelegramStandin, diary: Path) -> Iterator[None]:
    """Every acknowledgement that the stand-in sees goes into the diary at once."""
    marks, write = Marks(diary), standin.journal.write

    def noted(kind: str, **fields: object) -> object:
        if kind == "ack":
            marks.acknowledged(str(fields["update_id"]))
        return write(kind, **fields)

    standin.journal.write = noted  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        standin.journal.write = write  # type: ignore[method-assign]
        marks.close()


async def people_answer(standin: TelegramStandin, code: str, enough: Callable[[], bool], seconds: float = 120) -> None:
    """Twenty citizens answer survey after survey, whatever the program does, until it is `enough` or time is up."""

    async def live(citizen: Citizen) -> object:
        return await complete_survey(citizen, answering(), code=code, seconds=seconds)

    async def forever() -> None:
        round_ = 0
        while True:
            await crowd(standin, PEOPLE, live, seed=round_, first_id=FIRST_ID + PEOPLE * round_, patience=2.0)
            round_ += 1

    living = asyncio.create_task(forever())
    await standin.wait_until(enough, seconds)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)
