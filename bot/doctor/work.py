"""What was to go out and has not, and when the last summary and the last backup were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.backup import last_backup
from bot.core import Lines
from bot.doctor.finding import Finding, fine, span, worth_knowing, wrong
from bot.doctor.patient import Patient
from bot.schedule import SYSTEM
from bot.storage.queries import SQL
from handlers.due import due, newest_due

DAY_MS = 86_400_000
LOOK_BACK_DAYS = 30
LATE_SECONDS = 3_600.0
BACKUP_SECONDS = 2 * 86_400.0
NO_BACKUP_SECONDS = 8 * 86_400.0
MOST_NAMED = 5
BACKUP = "sipas backup --out FILE"
Trouble = tuple[str, str, str, str, str, str, str | None]
"""A row of `troubled_posts`."""


def outbox(patient: Patient) -> Iterator[Finding]:
    """Messages that wait, failed, or may have arrived."""
    if patient.database is None:
        return
    now_ms = patient.now.timestamp() * 1000
    waiting = {state: (count, oldest) for state, count, oldest in SQL.waiting_posts(patient.database)}
    queued, oldest = waiting.get("queued", (0, now_ms))
    age = (now_ms - oldest) / 1000
    says = f"{queued} messages wait to be sent" + (f", the oldest for {span(age)}" if queued else "")
    if queued and patient.running and age > LATE_SECONDS:
        yield worth_knowing("outbox", says, "they are tried for 72 hours; see Telegram above and the program's log")
    elif queued and not patient.running:
        yield worth_knowing("outbox", says, "they go out when sipas runs")
    else:
        yield fine("outbox", says)
    yield from _troubled(patient)


def _troubled(patient: Patient) -> Iterator[Finding]:
    since = int(patient.now.timestamp() * 1000) - LOOK_BACK_DAYS * DAY_MS
    rows = list(SQL.troubled_posts(patient.database, since=since))
    unknown = [f"{_name(row)}" for row in rows if row[0] == "unknown"]
    failed = Counter(str(row[2]) or "no reason given" for row in rows if row[0] == "failed" and not row[3])
    if unknown:
        named = "; ".join(unknown[:MOST_NAMED]) + (" …" if len(unknown) > MOST_NAMED else "")
        yield worth_knowing(
            "outbox",
            f"{len(unknown)} messages of the last {LOOK_BACK_DAYS} days may or may not have arrived ({named})",
            "they are never repeated by themselves: ask that office, and send the text of sipas push --preview by hand",
        )
    yield from _lost([row for row in rows if row[0] == "failed" and row[3]])
    for reason, count in failed.most_common(MOST_NAMED):
        yield worth_knowing(
            "outbox",
            f"{count} messages of the last {LOOK_BACK_DAYS} days were not delivered ({reason})",
            "an official who blocked the bot or left gets none until she writes to it again",
        )


def _lost(rows: Sequence[Trouble]) -> Iterator[Finding]:
    """Summaries that reached neither account of their reader, the newest first."""
    for row in rows[:MOST_NAMED]:
        _, _, why, _, _, official, first_why = row
        said = why if first_why is None else f"{first_why}; second account: {why}"
        yield worth_knowing(
            "outbox",
            f"{_name(row)} did not reach official {official} ({said or 'no reason given'})",
            "tell her, with the text of sipas push --preview; she can link a second account by /taikhoan2",
        )
    if len(rows) > MOST_NAMED:
        more = len(rows) - MOST_NAMED
        yield worth_knowing("outbox", f"{more} more summaries of the last {LOOK_BACK_DAYS} days reached nobody")


def _name(row: Trouble) -> str:
    """A summary by its newest week and office; anything else by its kind."""
    _, kind, _, period, unit, _, _ = row
    return f"{kind} {period} {unit}".strip()


def summaries(patient: Patient) -> Iterator[Finding]:
    """The Monday summary: what was sent last, and whether any is overdue."""
    if patient.database is None or patient.core is None:
        return
    context = patient.core.context(patient.database, SYSTEM, now=patient.now, audit=Lines())
    row = SQL.newest_summary(patient.database, province_id=context.province.id)
    subscribed = len({official.person_id for official, *_ in context.stores.officials.subscribed(context.today)})
    if row is None:
        yield fine("summaries", f"none was sent yet; {subscribed} officials have subscribed")
    else:
        yield fine("summaries", f"the last was {row[0]}, to {row[1]} officials; {subscribed} have subscribed")
    late = sum(1 for _ in due(context))
    week = newest_due(context)
    if late and week:
        mend = "within a minute; if not, see its log for: tick" if patient.running else "they go out when sipas runs"
        yield worth_knowing("summaries", f"{late} of {week.id} are due and not written yet", mend)


def holidays(patient: Patient) -> Iterator[Finding]:
    """Whether the calendar reaches over the year to come: summaries and the reminders of orders go by it."""
    if patient.core is None:
        return
    last = max((day.year for day in patient.core.quiet_days), default=0)
    if last > patient.now.astimezone(patient.settings.zone).year:
        yield fine("holidays", f"known until {last}")
    else:
        says = f"config/quiet_days.csv has none {f'after {last}' if last else 'at all'}: they count as working days"
        yield worth_knowing("holidays", says, "add them from the government's notice and restart")


def backup(patient: Patient) -> Iterator[Finding]:
    """The last one that this machine made, or of which the audit tells. Sample data needs none."""
    if patient.database is None or patient.core is None:
        return
    sample = patient.core.province.sample
    if not patient.settings.backup_key.get_secret_value() and not sample:
        yield worth_knowing("backup", "SIPAS_BACKUP_KEY is not set, so none can be made", "openssl rand -hex 32")
    made = last_backup(patient.path)
    told = SQL.newest_audit(patient.database, action="backup") or 0
    newest = max(told, made.at.timestamp() * 1000 if made else 0)
    if not newest:
        yield fine("backup", "sample data needs none") if sample else worth_knowing("backup", "none yet", BACKUP)
        return
    age = patient.now.timestamp() - newest / 1000
    says = f"the last was made {span(age)} ago"
    if age > NO_BACKUP_SECONDS and not sample:
        yield wrong("backup", says, f"{BACKUP}; then see why the timer does not run")
    elif age > BACKUP_SECONDS and not sample:
        yield worth_knowing("backup", says, BACKUP)
    else:
        yield fine("backup", says)
    if made and not made.file.exists():
        yield worth_knowing("backup", f"its file {made.file} is not there now", "see that its disk is there")
