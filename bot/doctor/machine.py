"""What the machine must be: SQLite, free space, clock, time zone."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.doctor.finding import Finding, fine, mib, span, worth_knowing, wrong
from bot.doctor.patient import Patient
from bot.key import KEY_LETTERS, key_file
from bot.storage.queries import SQL

Version = tuple[int, ...]

LITTLE_SPACE = 2**30
NO_SPACE = 200 * 2**20
SMALL_DRIFT_SECONDS = 5.0
GREAT_DRIFT_SECONDS = 60.0


def has_wal_fault(version: Version) -> bool:
    """Whether two writers can lose commits in this SQLite (sqlite.org/wal.html#walresetbug).

    3.7.0 to 3.51.2, but for the repaired 3.44.6 and 3.50.7 and what follows them in their lines.
    """
    repaired = (version[:2] == (3, 44) and version >= (3, 44, 6)) or (version[:2] == (3, 50) and version >= (3, 50, 7))
    return (3, 7, 0) <= version < (3, 51, 3) and not repaired


def sqlite(patient: Patient, version: Version = sqlite3.sqlite_version_info) -> Iterator[Finding]:
    name = ".".join(str(part) for part in version)
    strangers = [one for one in patient.openers if one.writes and not one.ours]
    for one in strangers:
        harm = "may lose commits (the WAL-reset fault)" if has_wal_fault(version) else "can hold up every answer"
        yield wrong(
            "SQLite",
            f"process {one.pid} ({one.name}) has the database open for writing: with SQLite {name} that {harm}",
            "close it; look at a copy instead",
        )
    if strangers:
        return
    if has_wal_fault(version):
        yield fine("SQLite", f"{name}; its WAL-reset fault needs two writers, there is one writer: not concerned")
    else:
        yield fine("SQLite", f"{name}, without the WAL-reset fault; one writer")


def disk(patient: Patient) -> Iterator[Finding]:
    folder = next(folder for folder in patient.path.parents if folder.exists())
    free = shutil.disk_usage(folder).free
    says = f"{mib(free)} free in {folder}"
    if free < NO_SPACE:
        yield wrong("disk", says, "free some now: without space no answer can be taken")
    elif free < LITTLE_SPACE:
        yield worth_knowing("disk", says, "free some soon; below 200 MiB it is urgent")
    else:
        yield fine("disk", says)


def clock(patient: Patient) -> Iterator[Finding]:
    """Against what the database has seen, against the platforms, and by the machine's own word."""
    yield from _against_database(patient)
    ahead = None
    for whose, seen in (("Telegram", patient.telegram), ("Zalo", patient.zalo_bot)):
        if seen is not None and seen.ahead is not None:
            ahead = seen.ahead
            yield _against(whose, ahead)
    match clock_is_synchronised():
        case True:
            yield fine("clock", "the machine says that it is synchronised")
        case False:
            yield worth_knowing("clock", "the machine says that it is not synchronised", "timedatectl set-ntp true")
        case None if ahead is None:
            yield worth_knowing("clock", "nothing here can tell whether it is right", "compare it with another: date")


def _against_database(patient: Patient) -> Iterator[Finding]:
    newest = SQL.newest_update(patient.database) if patient.database else None
    if newest is None:
        return
    behind = newest / 1000 - patient.now.timestamp()
    if behind > GREAT_DRIFT_SECONDS:
        yield wrong(
            "clock",
            f"it stands {span(behind)} before the newest update in the database: it was set back",
            "set it right (timedatectl), then restart sipas",
        )
    else:
        yield fine("clock", f"not before the newest update in the database ({span(max(0.0, -behind))} ago)")


def _against(whose: str, ahead: float) -> Finding:
    says = f"{span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} {whose}'s"
    if abs(ahead) > GREAT_DRIFT_SECONDS:
        return wrong("clock", says, "timedatectl set-ntp true, or set it by hand")
    if abs(ahead) > SMALL_DRIFT_SECONDS:
        return worth_knowing("clock", says, "timedatectl set-ntp true")
    return fine("clock", f"agrees with {whose}'s")


def clock_is_synchronised() -> bool | None:
    """None where the machine cannot say."""
    command = shutil.which("timedatectl")
    if command is None:
        return None
    shown = subprocess.run(  # noqa: S603
        [command, "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() == "yes" if shown.returncode == 0 and shown.stdout.strip() else None


def zone(patient: Patient, machine: datetime | None = None) -> Iterator[Finding]:
    """Days, weeks and Mondays are the province's; the machine's zone only matters to its own timers."""
    ours = patient.now.astimezone(patient.settings.zone)
    theirs = machine or patient.now.astimezone()
    says = f"{patient.settings.timezone}, where it is {ours:%A %H:%M}; the Monday summary goes out at 07:30 there"
    if ours.utcoffset() != theirs.utcoffset():
        says += f". This machine counts in {theirs:%Z} ({theirs:%H:%M}): only its timers and logs go by that"
    yield fine("time zone", says)


def rights(patient: Patient, env_file: Path = Path(".env")) -> Iterator[Finding]:
    """Who else on the machine may read answers or secrets, or put another file in their place."""
    name = patient.path.name
    files = [patient.path.with_name(name + end) for end in ("", "-wal", "-shm", ".lock", ".sock", ".key")]
    open_ones = [file for file in (*files, env_file) if file.exists() and file.stat().st_mode & 0o077]
    for file in open_ones:
        yield wrong("rights", f"others on this machine may use {file}", f"chmod 600 '{file}'")
    folder = patient.path.parent
    mode = folder.stat().st_mode if folder.exists() else 0
    if mode & 0o002:
        yield wrong("rights", f"everybody may put files into {folder}", f"chmod o-w '{folder}'")
    elif not open_ones and patient.path.exists():
        yield fine("rights", "the database and what lies beside it belong to one account alone (0600)")


def secret_key(patient: Patient) -> Iterator[Finding]:
    """What makes officials' cookies and seals the audit: set, or kept beside the database."""
    configured = patient.settings.secret_key.get_secret_value()
    file = key_file(patient.path)
    if configured and len(configured) < KEY_LETTERS:
        yield worth_knowing("secret key", "SIPAS_SECRET_KEY is short", "make one with: openssl rand -hex 32")
    elif configured:
        yield fine("secret key", "set by SIPAS_SECRET_KEY")
    elif file.exists():
        yield fine("secret key", f"kept in {file}")
    else:
        yield fine("secret key", f"will be made at the first start, in {file}")
