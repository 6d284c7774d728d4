"""The table of rules of grades, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.grade import Standing, grade

BEST = Standing(verified=60, assisted=10, walk_in=30, response_rate=0.4)


def test_the_best_has_no_reasons() -> None:
    assert (grade(BEST).letter, grade(BEST).reasons) == ("A", ())


@pytest.mark.parametrize(
    ("standing", "letter", "code"),
    [
        (Standing(59, 0, 0, response_rate=0.4), "B", "people"),
        (Standing(29, 0, 0, response_rate=0.4), "C", "people"),
        (Standing(9, 0, 0, response_rate=0.4), "D", "people"),
        (Standing(39, 0, 61, response_rate=0.4), "B", "verified"),
        (Standing(9, 0, 91, response_rate=0.4), "C", "verified"),
        (Standing(69, 31, 0, response_rate=0.4), "B", "assisted"),
        (replace(BEST, suspected=4), "B", "suspected"),
        (replace(BEST, suspected=11), "C", "suspected"),
        (replace(BEST, flagged=True), "D", "flagged"),
        (replace(BEST, response_rate=0.29), "B", "response_rate"),
        (replace(BEST, response_rate=0.09), "C", "response_rate"),
        (replace(BEST, response_rate=None), "B", "response_unknown"),
    ],
)
def test_each_row(standing: Standing, letter: str, code: str) -> None:
    found = grade(standing)
    assert found.letter == letter
    assert [reason.code for reason in found.reasons] == [code]


@pytest.mark.parametrize(
    "standing",
    [
        Standing(60, 0, 0, response_rate=0.3),
        Standing(40, 30, 30, response_rate=1.0),
        replace(BEST, suspected=3),
    ],
)
def test_a_limit_itself_is_good_enough(standing: Standing) -> None:
    assert grade(standing).letter == "A"


def test_the_worst_rule_decides_and_stands_first() -> None:
    found = grade(Standing(5, 61, 34, suspected=20, flagged=True))
    assert found.letter == "D"
    assert [reason.code for reason in found.reasons] == [
        "flagged", "verified", "assisted", "suspected", "response_unknown"
    ]  # fmt: skip
    assert found.reasons[3].facts == {"share": 0.2, "sittings": 20}


def test_nobody_at_all_is_a_d() -> None:
    assert grade(Standing(0, 0, 0)).letter == "D"


@pytest.mark.parametrize("wrong", [Standing(-1, 5, 5), replace(BEST, suspected=101), replace(BEST, response_rate=1.2)])
def test_numbers_that_cannot_be_are_refused(wrong: Standing) -> None:
    with pytest.raises(ValueError, match="no such"):
        grade(wrong)
