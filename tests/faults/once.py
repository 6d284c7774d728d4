"""Sixty weeks of one province with all that goes wrong with time, and who was sent which week in the end."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core import Core, make_core
from bot.settings import Settings
from tests.faults.weeks import Province
from tests.security.offices import CODE
from tests.world import world

OFFICIALS = ("lan", "hoa", "minh")
UNITS = ("Xã Vũ Hội", "Xã Đông Hưng", "Xã Vũ Hội")
SECOND = "lan-2"
"""The second account of the first of them."""
FIRST_DAY = date(2026, 5, 25)
"""A Monday; the weeks to come hold 2026-W53, a new year and every change of clocks."""
WEEKS = 60
DOWN = (timedelta(hours=1), timedelta(days=3), timedelta(weeks=3))
JUMPS = (timedelta(hours=-1), timedelta(hours=1), timedelta(days=-2), timedelta(days=-400), timedelta(days=400))
JUMPING = 0.05
"""The share of moments at which every clock is wrong."""
STANDING_STILL = 0.03
"""The share of moments after which the machine is down for a while."""
CRASHING = 0.01
"""The chance of an instance to die at any step."""

_NAMED = re.compile(r"[Tt]uần (\d+)/(\d{4})")


@dataclass(frozen=True)
class Founded:
    """A database with three officials who subscribed on FIRST_DAY, and the core to serve it."""

    database: bytes
    core: Core


def found(folder: Path, *, linked: bool = False) -> Founded:
    """Made in `folder`; `linked`: the first official has a second account."""
    with world(folder) as made:
        for name, unit in zip(OFFICIALS, UNITS, strict=True):
            made.official(name, unit)
        if linked:
            code = CODE.search(made.says(OFFICIALS[0], "/taikhoan2"))
            assert code
            made.says(SECOND, f"/vao {code[0]}")
            made.connection.execute("DELETE FROM outbox")
        made.connection.execute("UPDATE subscription SET since_day = ?", (FIRST_DAY.isoformat(),))
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Each instance's start reads the key that lies beside this database.
        settings = Settings(_env_file=None, database_url=f"sqlite:///{folder / 'world.db'}")
        core = make_core(settings, made.connection, sample=True)
        return Founded((folder / "world.db").read_bytes(), core)


@dataclass(frozen=True)
class Story:
    """What happens in one run. A calm one has no crash, no standstill, no wrong clock and no failing send."""

    zone: str
    seed: int = 0
    instances: int = 1
    calm: bool = False
    refused: bool = False
    """Half of what is sent to the first official is refused for good."""


@dataclass(frozen=True)
class Ledger:
    """Reports that were due, those shown twice and those never heard of; `unknown` may or may not have arrived."""

    due: int
    doubled: tuple[str, ...]
    missed: tuple[str, ...]
    unknown: int

    @property
    def wrong(self) -> int:
        return len(self.doubled) + len(self.missed)


async def sixty_weeks(founded: Founded, story: Story, path: Path) -> Ledger:
    """Run a story on a database of its own at `path`, and judge it."""
    path.write_bytes(founded.database)
    rng = random.Random(f"{story}")
    founded.core.settings = founded.core.settings.model_copy(update={"timezone": story.zone})
    zone = ZoneInfo(story.zone)
    province = Province(path, founded.core, rng, story.instances, 0.0 if story.calm else CRASHING)
    if story.calm:
        province.phones.failing = 0.0
    if story.refused:
        province.phones.refusing = frozenset(OFFICIALS[:1])
    try:
        for moment in moments(zone, rng, 0.0 if story.calm else STANDING_STILL):
            wrong = not story.calm and rng.random() < JUMPING
            province.wrong_by = rng.choice(JUMPS) if wrong else timedelta(0)
            await province.moment(moment)
        due = due_weeks(zone, province.now)
        await province.come_to_rest()
        return judged(province, due, named=not story.calm)
    finally:
        province.close()


def moments(zone: ZoneInfo, rng: random.Random, standing_still: float) -> Iterator[datetime]:
    """When a tick comes, in order: around the hour of the summary, where clocks change, at any time; not while down."""
    up_again = datetime(2026, 1, 1, tzinfo=UTC)
    for week in range(WEEKS):
        monday = FIRST_DAY + timedelta(weeks=week)
        times = [
            _local(monday, time(7, 29, 59), zone),
            _local(monday, time(7, 30), zone),
            _local(monday, time(7, 31), zone),
            _local(monday + timedelta(days=6), time(2, 30), zone),
            _local(monday, time(rng.randrange(24), rng.randrange(60)), zone) + timedelta(days=rng.randrange(7)),
        ]
        after_tet = _local(monday + timedelta(days=3), time(8), zone)  # no holiday lasts until the next Monday
        for at in sorted([*rng.sample(times, 3), after_tet]):
            if at < up_again:
                continue
            yield at
            if rng.random() < standing_still and at > up_again + timedelta(weeks=1):
                up_again = at + rng.choice(DOWN)


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def due_weeks(zone: ZoneInfo, now: datetime) -> list[str]:
    """By the calendar alone: the ISO weeks whose next Monday, 07:30 local, has come since FIRST_DAY, as people read."""
    weeks = []
    monday = FIRST_DAY
    while _local(monday, time(7, 30), zone) <= now:
        year, number, _ = (monday - timedelta(days=1)).isocalendar()
        weeks.append(f"{number}/{year}")
        monday += timedelta(weeks=1)
    return weeks


def judged(province: Province, due: Sequence[str], *, named: bool = True) -> Ledger:
    """By what stood on the phones, and the posts whose outcome is unknown; `named`: weeks named as missed count."""
    connection = province.running[0].connection
    unknown = connection.execute(
        """SELECT p.address, o.message FROM outbox o JOIN person p ON p.id = o.person_id
           WHERE o.kind = 'weekly' AND o.state = 'unknown'"""
    ).fetchall()
    doubled, missed = [], []
    for official in OFFICIALS:
        accounts = (official, SECOND) if official == OFFICIALS[0] else (official,)
        shown = [_weeks_in(text) for account in accounts for text in province.phones.got.get(account, [])]
        heads = Counter(weeks[0] for weeks in shown)
        doubled += [f"{official} {week} {times} times" for week, times in heads.items() if times > 1]
        heard_of = {week for weeks in shown for week in (weeks if named else weeks[:1])}
        heard_of |= {week for address, text in unknown if address in accounts for week in _weeks_in(text)}
        missed += [f"{official} {week}" for week in due if week not in heard_of]
    return Ledger(len(due) * len(OFFICIALS), tuple(doubled), tuple(missed), len(unknown))


def _weeks_in(text: str) -> list[str]:
    """The week a summary is about, then those it says were not sent."""
    return [f"{number}/{year}" for number, year in _NAMED.findall(text)]
