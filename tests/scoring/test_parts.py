from __future__ import annotations

import pytest

from scoring.counts import Item, of_response, total
from scoring.parts import parts
from tests.scoring.people import answered


def test_parts_add_up_to_the_difference() -> None:
    found = parts(answered(100, a=60, b=90, c=80), answered(100, a=90, b=85, c=80), 10)
    assert found is not None
    assert found.points == pytest.approx(100 * (230 - 255) / 300)
    assert sum(one.points for one in found.factors) + found.mixture == pytest.approx(found.points)
    assert [one.factor for one in found.factors] == ["A", "B", "C"]
    assert found.factors[0].points == pytest.approx(-10)
    assert found.factors[0].clear
    assert found.factors[0].low < -10 < found.factors[0].high < 0
    assert not found.factors[1].clear
    assert found.mixture == pytest.approx(0)


def test_a_change_of_weights_alone_is_the_mixture() -> None:
    """Nobody changed her mind; the weak factor was merely answered by more people."""

    def people(n: int) -> list[list[Item]]:
        strong = [[Item("A1", "A", "5")] for _ in range(100)]
        return strong + [[Item("B1", "B", "4" if i % 2 else "2")] for i in range(n)]

    before = total(of_response(items, "verified") for items in people(100))
    now = total(of_response(items, "verified") for items in people(300))
    found = parts(now, before, 10)
    assert found is not None
    assert found.points == pytest.approx(-12.5)
    assert found.mixture == pytest.approx(-12.5)
    assert all(one.points == pytest.approx(0) for one in found.factors)


def test_a_withheld_figure_says_nothing() -> None:
    assert parts(answered(9, a=1, b=1, c=1), answered(100, a=90, b=90, c=90), 10) is None
    few = total([answered(40, a=30, b=30, c=30), of_response([Item("D1", "D", "1")], "verified")])
    found = parts(few, answered(100, a=90, b=90, c=90), 10)
    assert found is not None
    assert "D" not in [one.factor for one in found.factors]
    assert sum(one.points for one in found.factors) + found.mixture == pytest.approx(found.points)
