"""Weekly summaries never twice and never missing: in every time zone, over sixty weeks that hold 2026-W53.

By a clock that is told: wrong clocks, standstill, failing sends, crashes between any two steps, and up to eight
instances on one database without the lock. `weeks.py` says how; the judgement reads what stood on the phones.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import zoneinfo
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import handlers.due
from bot.storage.queries import SQL
from handlers.context import Context
from scoring.period import Period
from tests.faults.figures import LONG, Figure, record, size
from tests.faults.once import DOWN, FIRST_DAY, OFFICIALS, Founded, Ledger, Story, due_weeks, found, judged, sixty_weeks
from tests.faults.weeks import Province

HOME = "Asia/Ho_Chi_Minh"
ZONES = (
    HOME, "UTC", "Europe/Helsinki", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "Asia/Kathmandu", "America/Santiago",
)  # fmt: skip
"""Both ends of the day, half and quarter hours, clocks that change at midnight, by half an hour, or four times."""
HARNESS = "weekly summaries"
SEEDS = size(1, 5)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("founded"))


def tell(founded: Founded, stories: Iterable[Story], folder: Path, name: str = "", mutant: str = "") -> list[Ledger]:
    """Run the stories and record what they came to."""
    ledgers = [asyncio.run(sixty_weeks(founded, story, folder / "weeks.db")) for story in stories]
    wrong = sum(ledger.wrong for ledger in ledgers)
    detail = f"{len(ledgers)} runs of 60 weeks, {sum(ledger.unknown for ledger in ledgers):,} ended unknown"
    record(Figure(f"{HARNESS}{name}", sum(ledger.due for ledger in ledgers), wrong, "" if mutant else detail, mutant))
    return ledgers


def faults(ledgers: Iterable[Ledger]) -> list[str]:
    return [line for ledger in ledgers for line in (*ledger.doubled, *ledger.missed)]


def test_in_every_zone_no_week_is_missed_or_doubled(founded: Founded, tmp_path: Path) -> None:
    zones = sorted(zoneinfo.available_timezones()) if LONG else ZONES
    ledgers = tell(founded, (Story(zone) for zone in zones), tmp_path, f", {len(zones)} time zones")
    assert faults(ledgers) == []
    assert all(ledger.due > 55 * len(OFFICIALS) for ledger in ledgers)


def test_in_a_calm_year_every_week_has_a_summary_of_its_own(founded: Founded, tmp_path: Path) -> None:
    ledgers = tell(founded, (Story(zone, calm=True) for zone in ZONES[: size(2, 12)]), tmp_path, ", undisturbed")
    assert faults(ledgers) == []
    assert sum(ledger.unknown for ledger in ledgers) == 0


def test_without_the_lock_the_keys_alone_keep_it_once(founded: Founded, tmp_path: Path) -> None:
    instances = range(2, 9) if LONG else (2, 5)
    stories = [Story(HOME, seed, number) for seed in range(SEEDS) for number in instances]
    assert faults(tell(founded, stories, tmp_path, ", 2 to 8 instances without the lock")) == []


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("linked"), linked=True)


@pytest.mark.parametrize("refused", [False, True], ids=["taken", "refused"])
def test_a_crash_at_any_step_of_a_monday_loses_and_doubles_nothing(
    founded: Founded, linked: Founded, tmp_path: Path, refused: bool
) -> None:
    """`refused`: the first official's first account refuses everything, so that it goes on to her second."""
    founded = linked if refused else founded
    monday = datetime(2026, 6, 1, 1, tzinfo=UTC)

    async def crash_at(step: int) -> tuple[Ledger, int]:
        path = tmp_path / "monday.db"
        path.write_bytes(founded.database)
        province = Province(path, founded.core, random.Random(step))
        province.phones.failing, province.turnstile.crash_at = 0.0, step
        if refused:
            province.phones.refusing, province.phones.refused = frozenset(OFFICIALS[:1]), 1.0
        try:
            await province.moment(monday)
            steps = province.turnstile.steps
            await province.moment(monday + timedelta(minutes=1))
            due = due_weeks(zoneinfo.ZoneInfo(HOME), province.now)
            await province.come_to_rest()
            return judged(province, due), steps
        finally:
            province.close()

    founded.core.settings = founded.core.settings.model_copy(update={"timezone": HOME})
    found, last = [], 0
    for step in range(1, 1_000):
        ledger, steps = asyncio.run(crash_at(step))
        found.append(ledger)
        last = max(last, steps)
        if step > last:
            break
    wrong = faults(found)
    detail = f"every one of {len(found)} steps of the tick and the outbox, {sum(one.unknown for one in found)} unknown"
    name = ", refused by one account" if refused else ""
    record(Figure(f"{HARNESS}, a crash at each step{name}", len(found), len(wrong), detail))
    assert wrong == []
    assert len(found) > 30


@pytest.mark.parametrize("down", DOWN, ids=str)
def test_after_standstill_each_official_gets_one_message(founded: Founded, tmp_path: Path, down: timedelta) -> None:
    before = datetime(2026, 7, 6, 0, 29, tzinfo=UTC)  # a Monday, 07:29 there

    async def stand_still() -> tuple[dict[str, list[str]], list[str]]:
        path = tmp_path / "down.db"
        path.write_bytes(founded.database)
        province = Province(path, founded.core, random.Random(1))
        province.phones.failing = 0.0
        await province.moment(before)
        known = due_weeks(zoneinfo.ZoneInfo(HOME), before)
        province.phones.got.clear()
        for minutes in (2, 3, 4):
            await province.moment(before + down + timedelta(minutes=minutes))
        province.close()
        return province.phones.got, due_weeks(zoneinfo.ZoneInfo(HOME), province.now)[len(known) :]

    founded.core.settings = founded.core.settings.model_copy(update={"timezone": HOME})
    got, due = asyncio.run(stand_still())
    assert len(due) == {"1:00:00": 1, "3 days, 0:00:00": 1, "21 days, 0:00:00": 4}[str(down)]
    for official in OFFICIALS:
        (text,) = got[official]
        assert all(f"uần {week}" in text for week in due)


# What the first account refuses goes to the second.


def refused(seeds: int = SEEDS) -> list[Story]:
    return [Story(HOME, seed, instances, refused=True) for seed in range(seeds) for instances in (1, 3)]


def test_what_one_account_refuses_reaches_the_other_once(linked: Founded, tmp_path: Path) -> None:
    ledgers = tell(linked, refused(), tmp_path, ", half of one official's refused by her first account")
    assert faults(ledgers) == []


def test_without_the_second_account_those_weeks_would_be_missed(founded: Founded, tmp_path: Path) -> None:
    ledgers = tell(founded, refused(1)[:1], tmp_path, mutant="no second account: caught")
    assert any(ledger.missed for ledger in ledgers)


# Builds with one rule taken out.


def test_the_mutant_that_sees_to_nothing_is_caught(
    linked: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "no_key.db"
    path.write_bytes(linked.database)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP INDEX outbox_instead; PRAGMA wal_checkpoint(TRUNCATE);")
    monkeypatch.setattr(SQL, "see_to_post", lambda connection, **key: None)
    broken = replace(linked, database=path.read_bytes())
    ledgers = tell(broken, refused(1)[:1], tmp_path, mutant="no note of what was sent on: caught")
    assert any(ledger.doubled for ledger in ledgers)


def test_the_mutant_that_sends_on_what_may_have_arrived_is_caught(
    linked: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = SQL.undelivered_posts.sql.replace("o.state = 'failed'", "o.state IN ('failed', 'unknown')")
    monkeypatch.setattr(SQL, "undelivered_posts", lambda connection, **values: connection.execute(sql, values))
    ledgers = tell(linked, refused(3), tmp_path, mutant="unknown sends sent on: caught")
    assert any(ledger.doubled for ledger in ledgers)


def without_a_key(founded: Founded, folder: Path) -> Founded:
    path = folder / "no_key.db"
    path.write_bytes(founded.database)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """CREATE TABLE plain AS SELECT * FROM report; DROP TABLE report; ALTER TABLE plain RENAME TO report;
               PRAGMA wal_checkpoint(TRUNCATE);"""
        )
    return replace(founded, database=path.read_bytes())


def test_the_mutant_without_a_key_on_the_ledger_is_caught(founded: Founded, tmp_path: Path) -> None:
    stories = [Story(HOME, 0, 2)]
    ledgers = tell(without_a_key(founded, tmp_path), stories, tmp_path, mutant="no_key on the ledger: caught")
    assert any(ledger.doubled for ledger in ledgers)


def test_the_mutant_that_sends_without_a_claim_is_caught(
    founded: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SQL, "claim_post", lambda connection, **key: (1,))
    ledgers = tell(founded, [Story(HOME, 0, 2)], tmp_path, mutant="sends unclaimed posts: caught")
    assert any(ledger.doubled for ledger in ledgers)


def test_the_mutant_that_counts_weeks_with_strftime_is_caught(
    founded: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newest_due(context: Context, _: object = "week") -> Period:
        day: date = (context.now.astimezone(context.zone) - timedelta(days=7, hours=7, minutes=30)).date()
        monday = day - timedelta(days=day.weekday())
        return Period(day.strftime("%Y-W%W"), "week", monday, monday + timedelta(days=6))

    assert FIRST_DAY.weekday() == 0
    monkeypatch.setattr(handlers.due, "newest_due", newest_due)
    ledgers = tell(founded, [Story(HOME, calm=True)], tmp_path, mutant="weeks by %Y-W%W: caught")
    assert any(ledger.missed for ledger in ledgers)
