"""The same counts by four methods, and how sure each is."""

from __future__ import annotations

import random

import pytest

from scoring.counts import Item, Tally, of_response, total
from scoring.index import MEAN_OF_CRITERIA, MEAN_OF_FACTORS, METHODS, OVERALL_ITEM, POOLED, Figures, figures

FACTORS = {"overall": ("Q0",), "A": ("A1", "A2"), "B": ("B1",)}


def people(*rows: str) -> Tally:
    """One letter each for Q0, A1, A2, B1; - for no answer."""
    codes = (("Q0", "overall"), ("A1", "A"), ("A2", "A"), ("B1", "B"))
    return total(
        of_response(
            [Item(code, factor, value) for (code, factor), value in zip(codes, row, strict=True) if value != "-"],
            "verified",
        )
        for row in rows
    )


def by(tally: Tally, method: str) -> Figures:
    return figures(tally, FACTORS, 10, method)


def test_the_published_case_in_which_methods_differ_most() -> None:
    """A factor with one criterion all satisfied of 30, the other none of 270: pooled 10, mean of criteria 50."""
    tally = people(*["-5--"] * 30, *["--1-"] * 270)
    assert by(tally, POOLED).factors["A"].score == pytest.approx(10.0)
    assert by(tally, MEAN_OF_CRITERIA).factors["A"].score == pytest.approx(50.0)
    assert by(tally, MEAN_OF_CRITERIA).overall.score == pytest.approx(50.0)
    assert by(tally, MEAN_OF_FACTORS).factors["A"].score == pytest.approx(10.0)


def test_each_method_by_hand() -> None:
    tally = people(*["4551"] * 30, *["2515"] * 30, *["25--"] * 40)
    # Q0 30/100; A1 100/100, A2 30/60, B1 30/60; A pooled 130/160.
    assert by(tally, POOLED).overall.score == pytest.approx(100 * 160 / 220)
    assert by(tally, MEAN_OF_CRITERIA).overall.score == pytest.approx((100 + 50 + 50) / 3)
    assert by(tally, MEAN_OF_FACTORS).overall.score == pytest.approx((81.25 + 50) / 2)
    assert by(tally, OVERALL_ITEM).overall.score == pytest.approx(30.0)
    for method in METHODS:
        found = by(tally, method)
        assert found.method == method
        assert found.overall.n == 100
        assert (found.overall.low or 0) < (found.overall.score or 0) < (found.overall.high or 0)


def test_with_equal_numbers_of_answers_the_three_agree() -> None:
    tally = people(*["4551"] * 30, *["2515"] * 30)
    scores = {method: by(tally, method).overall.score for method in (POOLED, MEAN_OF_CRITERIA)}
    assert scores[POOLED] == pytest.approx(scores[MEAN_OF_CRITERIA])


def test_withheld_parts_leave_the_mean_and_too_few_people_leave_nothing() -> None:
    tally = people(*["455-"] * 30, *["2514"] * 9, *["251-"] * 21)
    found = by(tally, MEAN_OF_FACTORS)
    assert found.factors["B"].score is None
    assert found.overall.score == found.factors["A"].score
    assert by(people(*["4555"] * 9), MEAN_OF_CRITERIA).overall.reason == "too_few"
    assert by(people(*["-555"] * 40), OVERALL_ITEM).overall.reason == "too_few"


def test_means_are_made_of_true_shares_and_bounded_themselves() -> None:
    everybody = by(people(*["4555"] * 12), MEAN_OF_FACTORS)
    assert (everybody.overall.score, everybody.overall.bound) == (95.0, "≥")
    half = by(people(*["4555"] * 6, *["4551"] * 6), MEAN_OF_FACTORS)
    assert half.factors["A"].bound == "≥"
    assert (half.overall.score, half.overall.bound) == (75.0, "")


def test_an_unknown_method_is_no_figure() -> None:
    with pytest.raises(ValueError, match="no method"):
        by(people("4555"), "sipas-2030/best/1")


@pytest.mark.parametrize("together", [0.0, 0.5, 0.95])
def test_the_interval_of_a_mean_is_never_too_narrow(together: float) -> None:
    """1,000 samples of 60 people whose answers go together by so much; the true mean is (.9 + .7 + .8) / 3."""
    chance = random.Random(7)
    truth = {"A1": 0.9, "A2": 0.7, "B1": 0.8}
    inside = 0
    for _ in range(1_000):
        rows = []
        for _ in range(60):
            mood = chance.random()
            draw = {code: mood if chance.random() < together else chance.random() for code in truth}
            rows.append("-" + "".join("5" if draw[code] < share else "1" for code, share in truth.items()))
        found = by(people(*rows), MEAN_OF_CRITERIA).overall
        inside += (found.low or 0) <= 80 <= (found.high or 0)
    assert inside >= 930
