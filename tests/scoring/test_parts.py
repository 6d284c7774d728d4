from __future__ import annotations

import pytest

from scoring.counts import Item, Tally, of_response, total
from scoring.index import MEAN_OF_CRITERIA, MEAN_OF_FACTORS, OVERALL_ITEM, POOLED, figures
from scoring.parts import Parts, parts
from tests.scoring.people import FACTORS, answered

WITH_D = {**FACTORS, "D": ("D1",)}


def between(now: Tally, before: Tally, method: str = POOLED) -> Parts | None:
    return parts(*(figures(one, WITH_D, 10, method) for one in (now, before)))


@pytest.mark.parametrize("method", [MEAN_OF_CRITERIA, MEAN_OF_FACTORS])
def test_parts_of_means_add_up_too(method: str) -> None:
    found = between(answered(100, a=60, b=90, c=80), answered(100, a=90, b=85, c=80), method)
    assert found is not None
    assert found.points == pytest.approx((-30 + 5) / 3)
    assert sum(one.points for one in found.factors) + found.mixture == pytest.approx(found.points)
    assert found.mixture == pytest.approx(0)


def test_one_question_has_no_parts_and_methods_are_not_mixed() -> None:
    tallies = answered(100, a=60, b=90, c=80), answered(100, a=90, b=85, c=80)
    assert between(*tallies, OVERALL_ITEM) is None
    with pytest.raises(ValueError, match="beside"):
        parts(figures(tallies[0], WITH_D, 10, POOLED), figures(tallies[1], WITH_D, 10, MEAN_OF_FACTORS))


def test_parts_add_up_to_the_difference() -> None:
    found = between(answered(100, a=60, b=90, c=80), answered(100, a=90, b=85, c=80))
    assert found is not None
    assert found.points == pytest.approx(100 * (230 - 255) / 300)
    assert sum(one.points for one in found.factors) + found.mixture == pytest.approx(found.points)
    assert [one.factor for one in found.factors] == ["A", "B", "C"]
    assert found.factors[0].points == pytest.approx(-10)
    assert found.factors[0].clear
    assert found.factors[0].low < -10 < found.factors[0].high < 0
    assert not found.factors[1].clear
    assert found.mixture == pytest.approx(0)
    assert found.whole


def test_what_a_bound_cuts_off_is_not_called_a_mixture() -> None:
    found = between(answered(28, a=28, b=28, c=24), answered(200, a=140, b=140, c=140))
    assert found is not None
    assert not found.whole


def test_a_change_of_weights_alone_is_the_mixture() -> None:
    """Nobody changed her mind; the weak factor was merely answered by more people."""

    def people(n: int) -> list[list[Item]]:
        strong = [[Item("A1", "A", "5")] for _ in range(100)]
        return strong + [[Item("B1", "B", "4" if i % 2 else "2")] for i in range(n)]

    before = total(of_response(items, "verified") for items in people(100))
    now = total(of_response(items, "verified") for items in people(300))
    found = between(now, before)
    assert found is not None
    assert found.points == pytest.approx(-12.5)
    assert found.mixture == pytest.approx(-12.5)
    assert all(one.points == pytest.approx(0) for one in found.factors)


def test_a_withheld_figure_says_nothing() -> None:
    assert between(answered(9, a=1, b=1, c=1), answered(100, a=90, b=90, c=90)) is None
    few = total([answered(40, a=30, b=30, c=30), of_response([Item("D1", "D", "1")], "verified")])
    found = between(few, answered(100, a=90, b=90, c=90))
    assert found is not None
    assert "D" not in [one.factor for one in found.factors]
    assert sum(one.points for one in found.factors) + found.mixture == pytest.approx(found.points)
