"""The drill: citizens answer, the machine is lost whole, and another one goes on from the newest backup.

Nothing that was acknowledged longer before the loss than the window may be missing. The long form has a million answers
and the window of docs/operating.md. In the mutant the backups stopped after the first one, and nobody noticed.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from bot.backup import last_backup
from bot.sealed import unseal
from bot.storage.database import open_writer
from bot.storage.queries import SQL
from tests.faults.figures import Figure, record, size
from tests.faults.lives import Server
from tests.faults.people import answering
from tests.faults.program import ROOT, Program
from tests.standins.checker import is_whole, read_rows
from tests.standins.citizens import Citizen, complete_survey, crowd
from tests.standins.telegram import Patience, TelegramStandin

EVERY = size(1, 30)
WINDOW_SECONDS = size(6, 60)
LIVE_SECONDS = size(9, 150)
RESPONSES = size(0, 100_000)
CITIZENS = 20
RESTORE_SECONDS = 300
KEY = {"SIPAS_BACKUP_KEY": "a key of the drill, kept elsewhere"}

Records = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Loss:
    """What is missing: `too_old` of the `missing` updates were acknowledged longer before the loss than the window."""

    acknowledged: int
    missing: int
    too_old: int
    oldest: float

    @classmethod
    def of(cls, database: Path, records: Records, lost_at: float) -> Loss:
        """Judge by the stand-in's log: each acknowledged update, and each choice's answer."""
        acknowledged = {str(one["update_id"]): float(one["at"]) for one in records if one["kind"] == "ack"}
        kept = {row[0] for row in read_rows(database, "SELECT update_id FROM inbox WHERE channel = 'telegram'")}
        answers = set(read_rows(database, ANSWERED))
        chosen = {str(one["update_id"]): choice(one["update"]) for one in records if one["kind"] == "update"}
        ages = [
            lost_at - at
            for update_id, at in acknowledged.items()
            if update_id not in kept or (chosen[update_id] and chosen[update_id] not in answers)
        ]
        too_old = sum(age > WINDOW_SECONDS for age in ages)
        return cls(len(acknowledged), len(ages), too_old, max(ages, default=0.0))


ANSWERED = """SELECT s.id, a.question FROM session s
              JOIN answer a ON a.province_id = s.province_id AND a.response_id = s.response_id"""


def choice(update: Mapping[str, Any]) -> tuple[str, str] | None:
    """(session, question) of a press that chooses one answer for good; boxes may be unticked again."""
    word = update.get("callback_query", {}).get("data", "").split(":")
    plain = len(word) == 4 and not word[2].startswith("@") and not word[3].startswith("@") and word[2] != "why"
    return (word[1], word[2]) if plain else None


def sipas(program: Program, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=program.folder,
        env=program.environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def fill(program: Program) -> None:
    """A million answers of a year, with the counts that belong to them."""
    command = [sys.executable, "-m", "benchmarks.filled", "--responses", str(RESPONSES)]
    environment = program.environment | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=500)
    connection = open_writer(program.database)
    for query, table in ((SQL.counts_that_differ.sql, "counts"), (SQL.moments_that_differ.sql, "moments")):
        recount = query.partition(",\nkept AS")[0]
        connection.execute(
            f"{recount} INSERT INTO {table} SELECT :province_id, * FROM recount", {"province_id": "sample"}
        )
    connection.close()


async def live_until_lost(program: Program, standin: TelegramStandin, code: str, away: Path) -> float:
    """Citizens answer beside a backup that repeats itself, until both are killed; when that was."""

    async def people() -> None:
        round_ = 0
        while True:
            await crowd(standin, CITIZENS, live, seed=round_, first_id=900_000_000 + CITIZENS * round_, patience=2.0)
            round_ += 1

    async def live(citizen: Citizen) -> object:
        return await complete_survey(citizen, answering(), code=code, seconds=LIVE_SECONDS)

    await asyncio.to_thread(program.start)
    backups = sipas(program, "backup", "--out", str(away), "--every", str(EVERY))
    living = asyncio.create_task(people())
    try:
        while not away.exists():  # an operator, too, waits for the first one
            assert backups.poll() is None
            await asyncio.sleep(0.1)
        shutil.copy(away, away.with_suffix(".first"))
        await asyncio.sleep(LIVE_SECONDS)
        assert backups.poll() is None
    finally:
        program.kill()
        lost_at = time.time()
        backups.kill()
        backups.communicate()
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
    return lost_at


def first_backup(away: Path) -> Path:
    """The database as the mutant has it."""
    plain = away.with_suffix(".db")
    with away.with_suffix(".first").open("rb") as file, plain.open("wb") as out:
        out.writelines(islice(unseal(file, KEY["SIPAS_BACKUP_KEY"]), 1, None))
    return plain


def restore(machine: Program, away: Path) -> float:
    """Seconds from an empty folder to a program that serves the restored answers."""
    began = time.monotonic()
    printed, _ = sipas(machine, "restore", str(away)).communicate(timeout=RESTORE_SECONDS)
    assert printed.startswith("Restored: "), printed
    machine.start()
    seconds = time.monotonic() - began
    machine.kill()
    return seconds


async def test_a_lost_machine_loses_no_more_than_the_window(tmp_path: Path, server: Server) -> None:
    away, folders = tmp_path / "away.backup", [tmp_path / name for name in ("lost", "new")]
    for folder in folders:
        folder.mkdir()
    patience = Patience(timeout=5, first_pause=0.01, longest_pause=0.05)
    async with TelegramStandin(patience=patience) as standin:
        program = Program(folders[0], standin.url, standin.token, extra=KEY, server=server)
        if RESPONSES:
            await asyncio.to_thread(fill, program)
        code = await asyncio.to_thread(program.entry, "Xã Vũ Hội")
        lost_at = await live_until_lost(program, standin, code, away)
        records = list(standin.journal.records)
    newest = last_backup(program.database)
    assert newest is not None
    shutil.rmtree(folders[0])
    new = Program(folders[1], "", "", extra={**KEY, "SIPAS_PUBLIC_URL": ""})
    seconds = await asyncio.to_thread(restore, new, away)
    loss, stopped = (Loss.of(path, records, lost_at) for path in (new.database, first_backup(away)))
    record(
        Figure(
            "a lost machine, restored from a backup",
            loss.acknowledged,
            loss.too_old,
            f"{answers(new.database):,} answers back and serving after {seconds:.0f} s; a backup took "
            f"{newest.seconds:.1f} s every {EVERY} s; the oldest of {loss.missing} lost updates was acknowledged "
            f"{loss.oldest:.0f} s before the loss (window {WINDOW_SECONDS} s)",
            f"backups that stopped after the first: {stopped.too_old} lost beyond the window",
        )
    )
    assert loss.acknowledged > 50
    assert loss.too_old == 0, loss
    assert seconds < RESTORE_SECONDS
    assert is_whole(new.database)
    assert stopped.too_old > 0, stopped


def answers(database: Path) -> int:
    return int(read_rows(database, "SELECT count(*) FROM answer")[0][0])
