"""Every check, in the order in which it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.doctor import database, machine, serving, telegram, work, zalo_bot, zalo_oa, zalo_zbs
from bot.doctor.finding import Finding, wrong
from bot.doctor.patient import Patient

Check = Callable[[Patient], Iterable[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("program", database.program),
    ("writer", database.writer),
    ("SQLite", machine.sqlite),
    ("database", database.database),
    ("province", serving.province),
    ("address", serving.address),
    ("disk", machine.disk),
    ("rights", machine.rights),
    ("secret key", machine.secret_key),
    ("clock", machine.clock),
    ("time zone", machine.zone),
    ("Telegram", telegram.telegram),
    ("Zalo bot", zalo_bot.zalo_bot),
    ("Zalo OA", zalo_oa.zalo_oa),
    ("Zalo ZBS", zalo_zbs.zalo_zbs),
    ("outbox", work.outbox),
    ("summaries", work.summaries),
    ("holidays", work.holidays),
    ("backup", work.backup),
)
"""What it is about, and the check."""


def findings(patient: Patient) -> Iterator[Finding]:
    """What all checks say. One that breaks says so and does not keep the others from being heard."""
    for about, check in CHECKS:
        try:
            yield from check(patient)
        except Exception as error:  # noqa: BLE001 - a damaged file may break any of them; that is what doctor is for
            yield wrong(about, f"could not be looked at ({type(error).__name__}: {error})", "mend what is said above")
