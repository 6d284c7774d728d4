"""What was done stands beside the figures of its days and of the unit that took the office over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from handlers import page
from handlers.context import Context
from tests.handlers.visits import Citizen, always
from tests.security.year import Year
from tests.world import World, world

AN_CHAU, DONG_CAC = "12700", "12703"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, publishes=True) as made:
        made.official("chief", "340", "manager")
        yield made


def context(made: World) -> Context:
    return made.core.context(made.connection, SYSTEM, now=made.now)


def done(made: World, unit: str, period: str) -> tuple[str, ...]:
    board = page.board(context(made), unit, period, "score")
    assert board is not None
    return board.done


def test_the_page_of_everything_above_shows_it_in_its_period(made: World) -> None:
    made.says("chief", f"/dalam {AN_CHAU}: mở thêm quầy số 2")
    for unit in (AN_CHAU, "340", "34"):
        assert [line.split(" · ")[1] for line in done(made, unit, "2026-W47")] == ["16/11: mở thêm quầy số 2"]
        assert done(made, unit, "2026-W46") == ()
    made.wait(days=7)
    assert done(made, "34", "2026-W48") == ()
    assert len(done(made, "34", "2026-Q4")) == 1


def test_it_stays_with_what_took_the_office_over(made: World) -> None:
    for number in range(12):
        Citizen(made, f"p{number}").visits(AN_CHAU, always("4"))
    made.says("chief", f"/dalam {AN_CHAU}: trước khi hợp nhất")
    made.now += timedelta(days=2)
    tree = context(made).stores.units.tree()
    year = Year(made, 1, [unit for unit in tree.units if unit.id in {AN_CHAU, DONG_CAC}])
    year.merge({"m1": (AN_CHAU, DONG_CAC)})
    assert [line.split(": ")[1] for line in done(made, "34", "2026-W47")] == ["trước khi hợp nhất"]
    assert "trước khi hợp nhất" in made.says("chief", "/score m1 tuần này")


@pytest.mark.parametrize("words", [f"{AN_CHAU} quý 3: việc cũ", f"{AN_CHAU} 2026-W40: việc cũ"])
def test_only_today_can_be_noted(made: World, words: str) -> None:
    assert "ngày hôm nay" in made.says("chief", f"/dalam {words}")
    assert made.rows("SELECT * FROM improvement") == []


@pytest.mark.parametrize("words", ["Thái Bình: mở quầy", "đã mở thêm quầy số 2", "zzz: mở quầy", "343: mở quầy"])
def test_what_was_not_noted_says_how(made: World, words: str) -> None:
    assert "/dalam TÊN ĐƠN VỊ: việc đã làm" in made.says("chief", f"/dalam {words}")
    assert made.rows("SELECT * FROM improvement") == []


def test_everything_that_is_shown_can_be_taken_back(made: World) -> None:
    for number in range(25):
        made.says("chief", f"/dalam {AN_CHAU}: việc {number}")
    said = made.says("chief", f"/dalam {AN_CHAU}")
    assert said.count("[Xoá việc") == len(done(made, AN_CHAU, "2026-Q4")) == 20
