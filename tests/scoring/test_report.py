from __future__ import annotations

import pytest

from scoring.counts import Item, Tally, of_response, total
from scoring.index import figures
from scoring.period import Period, by_id
from scoring.report import Summary, driver, late_share, summary
from scoring.units import Tree
from tests.scoring.people import FACTORS, answered


def week() -> Period:
    found = by_id("2026-W46")
    assert found is not None
    return found


def summed(tree: Tree, unit_id: str, now: dict[str, Tally], before: dict[str, Tally] | None = None) -> Summary:
    unit = tree.get(unit_id)
    assert unit is not None
    return summary(tree, unit, week(), now=now, before=before or {}, factors=FACTORS, minimum=10)


GOOD, FAIR, BAD = (
    answered(200, a=190, b=190, c=190),
    answered(200, a=160, b=160, c=160),
    answered(200, a=120, b=60, c=120),
)


def test_worst_first_best_last_and_those_with_too_few(thai_binh: Tree) -> None:
    now = {"34": total([GOOD, FAIR, BAD]), "340": BAD, "341": GOOD, "342": FAIR, "343": answered(9, a=9, b=9, c=9)}
    found = summed(thai_binh, "34", now)
    assert [one.unit.id for one in found.children] == ["340", "342", "341"]
    assert [one.unit.id for one in found.worst] == ["340", "342"]
    assert found.best is not None
    assert found.best.unit.id == "341"
    assert "343" in [unit.id for unit in found.too_few]
    assert "34-SNV" in [unit.id for unit in found.too_few]
    assert not found.alike
    assert found.figure.n == 600
    assert found.worst[0].driver is not None
    assert (found.worst[0].driver.factor, found.worst[0].driver.kind) == ("B", "lowest")


def test_no_more_than_three_are_called_worst(thai_binh: Tree) -> None:
    districts = [unit.id for unit in thai_binh.units if unit.level == "district"]
    now = dict.fromkeys(districts[1:], BAD) | {districts[0]: GOOD}
    assert len(summed(thai_binh, "34", now).worst) == 3


def test_children_that_do_not_surely_differ_are_not_called_worst_or_best(thai_binh: Tree) -> None:
    now = {"340": answered(20, a=15, b=15, c=15), "341": answered(20, a=16, b=16, c=16)}
    found = summed(thai_binh, "34", now)
    assert (found.worst, found.best, found.alike) == ((), None, True)
    assert len(found.children) == 2


def test_a_week_without_answers(thai_binh: Tree) -> None:
    found = summed(thai_binh, "340", {}, {"340": GOOD})
    assert (found.change, found.driver, found.late, found.best) == (None, None, None, None)
    assert len(found.too_few) == 44


def test_an_office_without_children_still_has_its_own_week(thai_binh: Tree) -> None:
    found = summed(thai_binh, "12688", {"12688": BAD}, {"12688": GOOD})
    assert (found.children, found.too_few) == ((), ())
    assert found.change is not None
    assert found.change.clear
    assert found.driver is not None
    assert (found.driver.factor, found.driver.kind) == ("B", "fell")
    assert found.driver.change is not None
    assert found.driver.change.points < -50


def test_a_factor_that_rose_is_no_driver() -> None:
    rose = driver(figures(FAIR, FACTORS), figures(BAD, FACTORS))
    assert rose is not None
    assert rose.kind == "lowest"
    only_a = total(of_response([Item("A1", "A", "1")], "verified") for _ in range(10))
    assert driver(figures(only_a, FACTORS), figures(GOOD, FACTORS)) is None


def test_the_share_told_late_counts_those_who_were_asked(thai_binh: Tree) -> None:
    late = answered(44, a=40, b=40, c=20, late=31)
    found = summed(thai_binh, "12688", {"12688": late})
    assert found.late is not None
    assert (found.late.n, round(found.late.score or 0, 2)) == (44, 70.45)
    unsure = total(of_response([Item("ONTIME", None, "dk")], "verified") for _ in range(20))
    assert late_share(unsure, 10) is None


@pytest.mark.parametrize(("people", "late"), [(9, 9), (40, 9), (40, 0), (40, 31), (40, 40)])
def test_a_fact_that_few_share_or_few_do_not_is_not_counted(people: int, late: int) -> None:
    """It is known of people: the one in "1 of 30 were late" is she, so she is among the 30 whose answers are told."""
    assert late_share(answered(people, a=people, b=people, c=people, late=late), 10) is None
