from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from scoring.counts import INDEX, Item, Moments, Tally, of_response, total
from scoring.index import METHOD, MIN_RESPONDENTS, Figure, Z, effective_n, figures, outward, share, wilson

FACTORS = {"overall": ("Q0",), "A": ("A1", "A2"), "B": ("B1",)}


def people(*rows: str) -> Tally:
    """One row a person: its answers to Q0, A1, A2, B1; "-" is blank, "k" don't-know."""
    names = [("Q0", "overall"), ("A1", "A"), ("A2", "A"), ("B1", "B")]
    return total(
        of_response(
            [
                Item(code, factor, "dk" if c == "k" else c)
                for (code, factor), c in zip(names, row, strict=True)
                if c != "-"
            ],
            "verified",
        )
        for row in rows
    )


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.255289, 0.366210), (15, 148, 0.062386, 0.160487), (0, 20, 0, 0.161125), (1, 29, 0.006113, 0.171755)],
)
def test_wilson_on_published_vectors(x: int, n: int, low: float, high: float) -> None:
    assert wilson(x / n, n) == pytest.approx((low, high), abs=1e-6)


def test_wilson_agrees_with_statsmodels() -> None:
    for n in (1, 2, 10, 30, 263, 10_000):
        for x in {0, 1, n // 3, n - 1, n}:
            assert wilson(x / n, n) == pytest.approx(proportion_confint(x, n, method="wilson"), abs=1e-9)


def test_wilson_stays_between_nought_and_one_and_holds_the_share() -> None:
    for n in (1, 3, 10, 999_999):
        for x in (0, n):
            low, high = wilson(x / n, n)
            assert 0 <= low <= x / n <= high <= 1
    assert pytest.approx(1.959964, abs=1e-6) == Z


def test_pooled_is_not_the_mean_of_criteria() -> None:
    rows = ["-5--"] * 30 + ["--1-"] * 270
    found = figures(people(*rows), FACTORS)
    assert found.factors["A"].score == pytest.approx(10.0)
    assert (found.criteria["A1"].score, found.criteria["A2"].score) == (100.0, 0.0)
    assert found.method == METHOD


def test_the_middle_of_the_scale_is_not_satisfied() -> None:
    tally = people("-1--", "-2--", "-3--", "-4--", "-5--")
    assert figures(tally, FACTORS, 1).overall.score == pytest.approx(40.0)


def test_dont_know_and_blank_leave_both_sides_of_the_fraction() -> None:
    found = figures(people(*["-4--", "-5--", "-k--", "----"] * 15), FACTORS)
    assert (found.criteria["A1"].score, found.criteria["A1"].n, found.n) == (100.0, 30, 60)
    assert (found.overall.n, found.overall.base) == (30, 30)


def test_the_overall_question_is_a_criterion_outside_the_index() -> None:
    found = figures(people(*["5111"] * 30), FACTORS)
    assert found.criteria["Q0"].score == 100.0
    assert found.overall.score == 0.0
    assert set(found.factors) == {"A", "B"}


def test_one_respondent_too_few_and_there_is_no_number() -> None:
    nine = figures(people(*["5544"] * 9), FACTORS)
    assert nine.overall == Figure(None, None, None, 9, 27, reason="too_few")
    assert all(figure.score is None for figure in [*nine.factors.values(), *nine.criteria.values()])
    ten = figures(people(*["5544"] * 9, "5111"), FACTORS)
    assert ten.overall.score == 90.0
    assert MIN_RESPONDENTS == 10


@pytest.mark.parametrize(
    ("satisfied", "of", "score", "bound"),
    [
        (10, 10, 95.0, "≥"),
        (29, 29, 95.0, "≥"),
        (28, 29, 95.0, "≥"),
        (19, 20, 95.0, ""),
        (9, 10, 90.0, ""),
        (30, 30, 100.0, ""),
        (0, 10, 5.0, "≤"),
        (1, 20, 5.0, ""),
        (1, 29, 5.0, "≤"),
        (0, 30, 0.0, ""),
    ],
)
def test_what_a_small_group_agrees_on_is_only_bounded(satisfied: int, of: int, score: float, bound: str) -> None:
    found = share(satisfied, of, 10)
    assert (found.score, found.bound) == (score, bound)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= score <= found.high


def test_the_interval_of_a_bounded_figure_tells_no_more_than_the_bound() -> None:
    everybody, all_but_one = share(25, 25, 10), share(24, 25, 10)
    assert everybody.score == all_but_one.score == 95.0
    assert (everybody.low, everybody.high) == (all_but_one.low, all_but_one.high)
    assert everybody.effective == all_but_one.effective
    nobody, one = share(0, 25, 10), share(1, 25, 10)
    assert (nobody.score, nobody.low, nobody.high) == (one.score, one.low, one.high) == (5.0, 0.0, nobody.high)


def test_a_criterion_is_withheld_though_its_factor_is_printed() -> None:
    found = figures(people(*["-5k-"] * 9, "-55-"), FACTORS)
    assert (found.factors["A"].score, found.factors["A"].bound) == (95.0, "≥")
    assert found.criteria["A2"] == Figure(None, None, None, 1, 1, reason="too_few")


def test_nobody_is_too_few_even_in_the_sample() -> None:
    assert figures(Tally(), FACTORS, 0).overall.reason == "too_few"
    assert share(0, 0, 0).reason == "too_few"


def test_a_figure_carries_its_interval_and_its_effective_number() -> None:
    found = figures(people(*["5544"] * 20, *["1122"] * 10), FACTORS)
    # Everybody answered all items alike: 90 answers are worth 30.
    assert found.overall.effective == pytest.approx(30.0)
    low, high = wilson(2 / 3, 30)
    assert (found.overall.low, found.overall.high) == pytest.approx((100 * low, 100 * high))
    # One item a person: exactly Wilson on n, as for a criterion.
    assert found.factors["B"] == found.criteria["B1"]


def test_all_satisfied_counts_each_person_once() -> None:
    assert effective_n(Moments(30, 660, 660, 30 * 22 * 22, 30 * 22 * 22, 30 * 22 * 22)) == pytest.approx(30.0)
    assert effective_n(Moments(30, 0, 660, 0, 0, 30 * 22 * 22)) == pytest.approx(30.0)
    assert effective_n(Moments()) == 0.0


def test_deff_is_the_linearised_variance_of_the_ratio_with_two_more_respondents() -> None:
    s, m = [2, 3, 0, 3, 1, 3, 2, 3], [3, 3, 3, 3, 2, 3, 2, 3]
    moments = Moments(
        8, sum(s), sum(m), sum(a * a for a in s), sum(a * b for a, b in zip(s, m, strict=True)), sum(b * b for b in m)
    )
    average = sum(m) / 8
    longer_s, longer_m = [*s, average, 0.0], [*m, average, average]
    p = sum(longer_s) / sum(longer_m)
    spread = sum((a - p * b) ** 2 for a, b in zip(longer_s, longer_m, strict=True))
    variance = 10 / 9 * spread / sum(longer_m) ** 2
    deff = variance / (p * (1 - p) / sum(longer_m))
    assert effective_n(moments) == pytest.approx(sum(m) / deff)
    assert 1 < deff < 3


def test_unrelated_answers_are_worth_no_more_than_their_number() -> None:
    # Each person is satisfied with exactly half: deff would be far below 1.
    assert effective_n(Moments(50, 50, 100, 50, 100, 200)) == 100.0


def test_shares_of_people_follow_the_same_rule() -> None:
    assert share(31, 44, 10).score == pytest.approx(70.4545, abs=1e-4)
    assert share(1, 9, 10).score is None
    assert (share(208, 209, 10).score, share(178, 209, 10).score) == pytest.approx((99.5215, 85.1675), abs=1e-4)


def test_index_key_is_never_a_factor() -> None:
    assert INDEX not in FACTORS


def test_a_printed_interval_is_never_narrower_than_the_true_one() -> None:
    assert outward(79.51, 83.21, 1) == (79.5, 83.3)
    assert outward(79.5, 83.3, 1) == (79.5, 83.3)
    assert outward(0.29, 0.58, 2) == (0.29, 0.58)
    assert outward(81.2, 81.4, 0) == (81, 82)
    assert outward(0, 100, 0) == (0, 100)
