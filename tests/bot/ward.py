"""A patient for the doctor's tests: a world whose every check is fine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.backup import Backup
from bot.channels.telegram_look import Look
from bot.channels.telegram_parse import KINDS
from bot.doctor.finding import Finding
from bot.doctor.patient import Patient
from bot.doctor.running import Running
from bot.doctor.table import CHECKS
from bot.schedule import SYSTEM
from bot.storage.database import database_path, open_reader
from handlers.context import to_ms
from tests.world import MONDAY, World, world

TOKEN = "123456:AA-token-of-this-test"
NOW = MONDAY.timestamp()
PUBLIC = "https://sipas.example"
WELL = Running({"journal_mode": "wal", "synchronous": 2}, "", "127.0.0.1:8080", "ok", 3.0)
TAKEN = Look(name="hungyen_bot", url=f"{PUBLIC}/telegram/webhook", kinds=tuple(KINDS), ahead=0.4)


@dataclass
class Ward:
    """A world and the healthy patient over it."""

    made: World
    patient: Patient

    def says(self, about: str, patient: Patient | None = None) -> list[Finding]:
        return list(dict(CHECKS)[about](patient or self.patient))

    def set(self, **changes: Any) -> Patient:
        """The patient with other settings."""
        return replace(self.patient, settings=self.patient.settings.model_copy(update=changes))


@contextmanager
def healthy(folder: Path) -> Iterator[Ward]:
    """The ward over a fresh world in `folder`."""
    with world(folder, sample=False) as made:
        settings = made.core.settings.model_copy(
            update={
                "telegram_token": SecretStr(TOKEN),
                "telegram_mode": "webhook",
                "public_url": PUBLIC,
                "backup_key": SecretStr("k" * 64),
            }
        )
        path = database_path(settings.database_url)
        path.chmod(0o600)
        for beside in folder.glob("world.db-*"):
            beside.chmod(0o600)
        database = open_reader(path)
        backed_up(path, made.now, hours=3)
        ward = Ward(made, Patient(settings, path, made.now, WELL, (), TAKEN, database, made.core))
        yield ward
        database.close()


def audit(made: World, action: str, hours: float) -> None:
    context = made.core.context(made.connection, SYSTEM)
    at = to_ms(made.now - timedelta(hours=hours))
    context.stores.audit.write("operator", action, "x", "done", audit_id=context.new_id(), at=at)


def backed_up(path: Path, now: datetime, hours: float) -> Path:
    """As `sipas backup` leaves it; the backup's file."""
    file = path.with_name("away.backup")
    file.touch()
    note = Backup(file=file, at=now - timedelta(hours=hours), bytes=1, seconds=1)
    path.with_name(path.name + ".last-backup").write_text(note.model_dump_json(), encoding="utf-8")
    return file


def post(made: World, state: str, hours: float, kind: str = "weekly", reason: str | None = None) -> str:
    """A post to an official of Huyện Đông Hưng; its id."""
    if not made.rows("SELECT 1 FROM official"):
        made.official("chi-lan", "340")
    person = made.rows("SELECT id FROM person WHERE address = 'chi-lan'")[0][0]
    at = to_ms(made.now - timedelta(hours=hours))
    name = f"{state}{hours}"
    made.connection.execute(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, '[]', ?, 0, 0, NULL, ?, ?, ?, NULL, NULL)",
        (made.core.province.id, name, person, kind, state, reason, at, None if state == "queued" else at),
    )
    return name
