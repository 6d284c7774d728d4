"""`sipas rescore`: the same counts, another method, in every figure and in the cells' own digests."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.verify import differences
from scoring.counts import Item, of_response, total
from scoring.index import MEAN_OF_FACTORS, OVERALL_ITEM, POOLED
from scoring.release import Cell
from tests.handlers.test_weekly import DONG_HUNG, last_week
from tests.world import World, world

UNEVEN = total(
    of_response(
        [Item("OVERALL", "overall", "4"), Item("A", "A", "5"), *([Item("B", "B", "1")] if number < 40 else [])],
        "verified",
    )
    for number in range(80)
)
"""Factor A: 80 of 80; factor B: 0 of 40; pooled 66.7, mean of the factors 50."""


def publish(made: World, weeks: int) -> None:
    from bot.schedule import SYSTEM
    from handlers.context import to_ms
    from scoring.period import span

    cells = made.core.context(made.connection, SYSTEM, now=made.now).stores.cells
    for period in span(last_week(), weeks):
        cells.put(Cell(DONG_HUNG, "all", period.id, "sipas-quick", 6, UNEVEN, closed=True), to_ms(made.now))


def test_history_is_made_anew_and_says_by_which_method(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        publish(made, 700)
        made.official("boss", "Tỉnh Thái Bình", "admin")
        assert "Điểm: 66,7 (" in made.says("boss", "/score đông hưng tuần trước")
        done = made.perform("rescore", method=MEAN_OF_FACTORS)
        assert done == {"cells": 700, "method": MEAN_OF_FACTORS, "next": POOLED}
        assert "Điểm: 50,0 (" in made.says("boss", "/score đông hưng tuần trước")
        assert "không đổi rõ rệt" in made.says("boss", "/score đông hưng tuần trước")
        assert list(differences(made.connection, made.core.province.id)) == []
        assert made.perform("rescore", method=MEAN_OF_FACTORS)["cells"] == 0
        assert made.rows("SELECT DISTINCT method FROM cell") == [(MEAN_OF_FACTORS,)]
        assert made.rows("SELECT subject FROM audit WHERE action = 'rescore'") == [(MEAN_OF_FACTORS,)] * 2
        assert made.perform("rescore", method=POOLED)["cells"] == 700
        assert "Điểm: 66,7 (" in made.says("boss", "/score đông hưng tuần trước")


def test_cells_to_come_are_made_by_the_provinces_method(tmp_path: Path) -> None:
    with world(tmp_path, sample=True, step=1, method=OVERALL_ITEM) as made:
        made.perform("demo", weeks=2, responses=60, seed=1)
        assert made.rows("SELECT DISTINCT method FROM cell") == [(OVERALL_ITEM,)]
        made.official("boss", "Tỉnh Thái Bình", "admin")
        assert "một câu hỏi chung" in made.says("boss", "/score @how")
        said = made.says("boss", "/visao")
        assert "•" not in said


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    with world(tmp_path) as made, pytest.raises(Unusable, match="is not known"):
        made.perform("rescore", method="best")


def test_two_methods_are_never_set_beside_each_other(tmp_path: Path) -> None:
    """The week before was released by another method: it is made anew for the comparison."""
    with world(tmp_path, sample=False, step=10) as made:
        publish(made, 2)
        made.perform("rescore", method=MEAN_OF_FACTORS)
        made.connection.execute("UPDATE cell SET method = ? WHERE period = '2026-W45'", (POOLED,))
        made.official("boss", "Tỉnh Thái Bình", "admin")
        assert "So với tuần 45/2026: không đổi rõ rệt." in made.says("boss", "/score đông hưng tuần trước")
        assert "không khác nhau rõ rệt" in made.says("boss", "/compare đông hưng tuần 46 vs tuần 45")
