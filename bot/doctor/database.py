"""What the database file must be."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from bot.doctor.finding import Finding, fine, mib, worth_knowing, wrong
from bot.doctor.patient import Patient
from bot.storage.migrate import pending

FULL = 2
"""What `PRAGMA synchronous` says of FULL."""
CHECK_SECONDS = 20.0
LARGE_WAL = 100 * 2**20
STEPS = 100_000
"""Of SQLite's own machine between two looks at the clock."""


def database(patient: Patient) -> Iterator[Finding]:
    """Ours, of this version, in the mode that keeps what was acknowledged."""
    if patient.refusal:
        yield wrong("database", patient.refusal, "nothing else of it was looked at")
    if patient.database is None:
        if not patient.refusal:
            yield worth_knowing("database", f"there is none at {patient.path} yet", "sipas run makes it")
        return
    if waiting := pending(patient.path):
        yield worth_knowing("database", f"migrations wait ({', '.join(waiting)})", "stop sipas, then: sipas migrate")
    (mode,) = patient.database.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        yield wrong("database", f"its journal mode is {mode}, not wal", "restart sipas run; it sets the mode")
    yield from _sizes(patient)
    yield whole(patient.database)


def _sizes(patient: Patient) -> Iterator[Finding]:
    wal = patient.path.with_name(patient.path.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    says = f"{mib(patient.path.stat().st_size)}, and {mib(size)} of log (WAL)"
    if size > LARGE_WAL:
        yield worth_knowing(
            "database", says, "a reader that never ends keeps the log from being emptied: restart sipas"
        )
    else:
        yield fine("database", says)


def whole(connection: sqlite3.Connection, seconds: float = CHECK_SECONDS, steps: int = STEPS) -> Finding:
    """SQLite's own quick check, given up after `seconds`: a reader that stays keeps the log growing."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, steps)
    try:
        rows = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.DatabaseError as error:
        if "interrupted" not in str(error):
            return _damaged(str(error))
        return worth_knowing("database", f"too large to check in {seconds:.0f} s beside the serving", "check a backup")
    finally:
        connection.set_progress_handler(None, 0)
    return fine("database", "the file is whole (quick_check)") if rows == ["ok"] else _damaged(rows[0])


def _damaged(how: str) -> Finding:
    return wrong("database", f"the file is damaged: {how}", "stop sipas, keep the file, restore the last backup")


def writer(patient: Patient) -> Iterator[Finding]:
    """The running program's one writing connection, as it says itself."""
    running = patient.running
    if running is None:
        return
    mend = "stop it and start it again; see its log"
    if running.silence:
        yield wrong("writer", f"the running program's writer did not answer ({running.silence})", mend)
    elif running.pragmas.get("synchronous") != FULL or running.pragmas.get("journal_mode") != "wal":
        yield wrong("writer", f"it does not keep what it acknowledges ({running.pragmas})", mend)
    else:
        yield fine("writer", "each answer is on the disk before it is acknowledged (WAL, synchronous=FULL)")


def program(patient: Patient) -> Iterator[Finding]:
    """Whether it serves."""
    running = patient.running
    holders = [one for one in patient.openers if one.ours]
    if running is None and holders:
        yield worth_knowing(
            "program", f"process {holders[0].pid} holds the database but takes no calls", "it is starting or stopping"
        )
    elif running is None:
        yield worth_knowing("program", "none is running on this database", "start it: sipas run")
    elif running.health == "ok":
        tick = f"; last tick {running.tick_age:.0f} s ago" if running.tick_age is not None else ""
        yield fine("program", f"runs and serves at {running.address}{tick}")
    elif running.health == "schedule":
        yield wrong("program", "it serves, but its minute tick fails: no reminder, no summary", "see its log for: tick")
    elif running.health == "storage":
        yield wrong("program", "it cannot write to the database", "see disk and rights here, then its log")
    else:
        yield wrong(
            "program",
            f"runs, but nothing sensible answers at {running.address}/healthz",
            "give doctor the program's SIPAS_HOST and SIPAS_PORT; if they are right, restart it",
        )
