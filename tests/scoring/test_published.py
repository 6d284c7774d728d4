"""Figures that others have published, by our arithmetic: counts as printed give the percentages as printed."""

from __future__ import annotations

import pytest

from scoring.compare import change
from scoring.counts import Item, Tally, of_response, total
from scoring.index import MEAN_OF_CRITERIA, MEAN_OF_FACTORS, METHODS, POOLED, figures, share
from tests.scoring.people import answered


@pytest.mark.parametrize(
    ("part", "of", "printed"),
    [
        (208, 209, 99.5),  # a one-stop centre's month, by criterion
        (202, 209, 96.7),
        (178, 209, 85.2),
        (209, 6_120, 3.4),  # those who answered, of all dossiers
        (39_765, 40_230, 98.8),  # valid forms of the survey of 2023
        (35_268, 36_630, 96.3),  # and of 2019
    ],
)
def test_shares_as_printed(part: int, of: int, printed: float) -> None:
    found = share(part, of, 10)
    assert found.score is not None
    assert round(found.score, 1) == printed


def test_shares_of_all_choices_add_up_to_a_hundred() -> None:
    early, on_time = share(178, 209, 10), share(31, 209, 10)
    assert (early.score or 0) + (on_time.score or 0) == pytest.approx(100)


@pytest.mark.parametrize(
    ("now", "before", "points"),
    [(82.66, 80.08, 2.58), (83.94, 82.66, 1.28), (95.26, 91.15, 4.11), (87.59, 72.54, 15.05)],
)
def test_differences_as_printed(now: float, before: float, points: float) -> None:
    """Of national and provincial indices over years; 10,000 people make shares of two decimals."""
    moved = change(share(round(now * 100), 10_000, 10), share(round(before * 100), 10_000, 10))
    assert moved is not None
    assert round(moved.points, 2) == points


def test_the_mean_of_parts_is_not_the_index() -> None:
    """2023: the five factors were 83, 83.02, 83.12, 83.03 and 82.27, the index 82.66 and not their mean 82.89."""
    tally = total([answered(100, a=90, b=50, c=70), _one_more_factor(900, 700)])
    by = {
        method: figures(tally, {"A": ("A1",), "B": ("B1",), "C": ("C1",), "D": ("D1",)}, 10, method)
        for method in METHODS[:3]
    }
    assert by[POOLED].overall.score != pytest.approx(by[MEAN_OF_FACTORS].overall.score)
    assert by[MEAN_OF_FACTORS].overall.score == pytest.approx((90 + 50 + 70 + 100 * 700 / 900) / 4)
    assert len({found.method for found in by.values()}) == 3, "which one it is stands beside each"
    assert by[MEAN_OF_CRITERIA].method == MEAN_OF_CRITERIA


def _one_more_factor(people: int, satisfied: int) -> Tally:
    return total(
        of_response([Item("D1", "D", "4" if number < satisfied else "2")], "verified") for number in range(people)
    )


def test_the_middle_of_the_scale_is_not_satisfied_and_the_mean_of_the_scale_is_no_index() -> None:
    """Each level equally often: 40%, where a mean of 3.0 of 5 would say 60."""
    tally = total(of_response([Item("A1", "A", str(1 + number % 5))], "verified") for number in range(50))
    assert figures(tally, {"A": ("A1",)}, 10).overall.score == pytest.approx(40)


def test_dont_know_and_silence_are_no_answers() -> None:
    answers = ("4", "5", "dk", None) * 20
    tally = total(of_response([Item("A1", "A", one)] if one else [], "verified") for one in answers)
    found = figures(tally, {"A": ("A1",)}, 10).criteria["A1"]
    assert (found.score, found.n) == (100.0, 40)
