"""Satisfaction, index and staffing side by side: people for each 1,000 visits where a year of these is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handlers.books import meeting
from tests.world import World, world

VISITS = 1_200


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        meeting(one)
        one.official("chief", "340", "manager")
        yield one


def feed(made: World, day: str, count: int) -> None:
    cells = {"event": "returned", "unit": "340", "at": day}
    rows = [[line, cells | {"code": f"H{day}-{line}"}] for line in range(2, count + 2)]
    assert made.perform("dossiers", rows=rows)["new"] == count


def test_people_for_visits_are_told_of_a_whole_year_only(made: World) -> None:
    """85 people beside the visits of some weeks would be a hundred times too many."""
    feed(made, "2026-10-15", VISITS - 1)
    assert "1.000 lượt" not in made.says("chief", "/doichieu")
    feed(made, "2025-11-03", 1)
    assert "cứ 1.000 lượt thủ tục có 70,8 người làm" in made.says("chief", "/doichieu")


def test_few_visits_say_nothing(made: World) -> None:
    feed(made, "2025-11-03", 10)
    feed(made, "2026-10-15", 900)
    assert "1.000 lượt" not in made.says("chief", "/doichieu")
