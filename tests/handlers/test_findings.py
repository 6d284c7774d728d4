"""Who answered a week: looked at once it is over, told to whoever answers for the desk, and nothing else changes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.schedule import SYSTEM
from bot.verify import differences
from tests.handlers.test_invited import feed
from tests.handlers.visits import Citizen, always
from tests.test_registry import dump
from tests.world import World, world

DESKS = ("12427", "12430", "12433", "12436", "12439", "12442", "12445", "12448")
CHEATING = DESKS[0]
MONDAY = datetime(2026, 11, 16, 1, tzinfo=UTC)
NEXT = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
"""Monday 00:05 in Việt Nam."""


def desks(made: World) -> list[str]:
    rows = made.rows("SELECT id FROM unit WHERE level = 'commune' AND valid_to IS NULL ORDER BY id LIMIT 8")
    return [row[0] for row in rows]


def answers(made: World, citizen: Citizen, unit: str, seconds: float, rng: random.Random) -> None:
    """A walk-in who takes her time over every question."""

    def choose(_: str, choices: list[str]) -> str:
        made.wait(seconds=seconds * rng.uniform(0.6, 1.6))
        return rng.choice(["3", "4", "4", "5"]) if "4" in choices else choices[0]

    citizen.visits(unit, choose)


_PLAYED: list[tuple[sqlite3.Connection, datetime, int, int]] = []


def plays(made: World) -> list[str]:
    """That week: played once a process and copied after that."""
    if not _PLAYED:
        played(made)
        kept = sqlite3.connect(":memory:")
        made.connection.backup(kept)
        _PLAYED.append((kept, made.now, made.ids, made.codes))
    else:
        kept, made.now, made.ids, made.codes = _PLAYED[0]
        kept.backup(made.connection)
    return desks(made)


def played(made: World) -> None:
    """A week of honest desks, and of one whose clerk takes her own two telephones down the list of dossiers."""
    rng = random.Random(11)
    units = desks(made)
    for at, unit in enumerate(units):
        for number in range(20):
            made.now = MONDAY + timedelta(days=number % 5, hours=rng.uniform(0, 7), seconds=at)
            answers(made, Citizen(made, f"{unit}-{number}", "telegram"), unit, rng.uniform(4, 9), rng)
    clerks = [Citizen(made, f"clerk{number}", "telegram") for number in range(2)]
    made.now = MONDAY + timedelta(days=4, hours=6)
    codes = [feed(made, f"H53-{number:03}", unit=units[0]) for number in range(24)]
    for number, code in enumerate(codes):
        made.wait(seconds=rng.uniform(60, 200))
        clerk = clerks[number % 2]
        clerk.goes_on(clerk.sends("start", code), always("5"))
    made.now = NEXT


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, step=10) as one:
        yield one


def test_the_desk_whose_clerk_answered_is_named_and_no_other(made: World) -> None:
    units = plays(made)
    assert made.tick()["flagged"] == 1
    assert made.rows("SELECT unit_id, sittings FROM finding WHERE flagged = 1") == [(units[0], 44)]
    assert made.rows("SELECT count(*) FROM finding") == [(8,)]
    assert made.rows("SELECT suspected FROM finding WHERE flagged = 1")[0][0] >= 20
    assert list(differences(made.connection, made.core.province.id)) == []


def test_a_second_look_changes_nothing(made: World) -> None:
    plays(made)
    made.tick()
    before = dump(made)
    assert made.tick()["flagged"] == 0
    assert dump(made) == before


def test_the_manager_reads_why_and_answers(made: World) -> None:
    units = plays(made)
    made.tick()
    name = made.rows("SELECT name FROM unit WHERE id = ?", units[0])[0][0]
    made.official("chief", units[0], "manager")
    said = made.says("chief", "/xemlai")
    assert "trong 44 phiếu" in said
    assert "tài khoản" in said
    assert "Đơn vị giải thích: Cho mượn máy" in made.says("chief", f"/xemlai {name}: Cho mượn máy 0912345678")
    assert "0912345678" not in made.says("chief", "/xemlai")
    assert "Độ tin cậy: D: có tuần đang chờ xem lại" in made.says("chief", f"/score {name}")


def test_the_summary_names_the_desk(made: World) -> None:
    units = plays(made)
    made.official("chief", "Tỉnh Thái Bình", "admin")
    made.official("near", made.rows("SELECT parent_id FROM unit WHERE id = ?", units[0])[0][0])
    made.tick()
    made.wait(hours=8)
    assert "Nên xem lại phiếu: " in made.says("near", "/tuan")


def test_what_is_kept_leads_to_nobody_and_goes_with_an_erasure(made: World) -> None:
    plays(made)
    made.tick()
    people = {row[0] for row in made.rows("SELECT id FROM person")}
    assert not people & {str(value) for row in made.rows("SELECT * FROM finding") for value in row}
    before = made.rows("SELECT count(*) FROM suspicion")[0][0]
    Citizen(made, "clerk0", "telegram", turn=9_000).press("c:xoa dong-y")
    assert made.rows("SELECT count(*) FROM suspicion")[0][0] < before


def test_who_reviews_sees_the_figure_with_and_without_them(made: World) -> None:
    units = plays(made)
    made.tick()
    findings = made.core.context(made.connection, SYSTEM).stores.findings
    figure, without = findings.figures(units[0], date(2026, 11, 16), date(2026, 11, 22))
    people = made.rows("SELECT suspected FROM finding WHERE flagged = 1")[0][0]
    assert figure.endswith("; 44 people)")
    assert without.endswith(f"; {44 - people} people)")
    assert float(figure.split()[0]) > float(without.split()[0]) + 5
    assert findings.figures("34", date(2026, 11, 16), date(2026, 11, 22)) == ("", "")


def test_a_week_that_was_cleared_stands_beside_no_score(made: World) -> None:
    units = plays(made)
    made.tick()
    made.official("chief", units[0], "manager")
    made.perform("review-week", unit=units[0], week="2026-W47", decision="cleared")
    assert "không có gì phải xem lại" in made.says("chief", "/xemlai")
    assert "xem lại" not in made.says("chief", "/score").split("Phản hồi")[0]
    with pytest.raises(Unusable):
        made.perform("review-week", unit=units[1], week="2026-W47", decision="cleared")


def test_a_week_that_nobody_looked_at_in_time_is_left_alone(made: World) -> None:
    plays(made)
    made.wait(days=8)
    assert made.tick()["flagged"] == 0
    assert made.rows("SELECT count(*) FROM finding") == [(0,)]
