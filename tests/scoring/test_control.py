"""Control limits: the published rule, the exact distribution, and how often a steady week falls outside."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from scoring.alerts import REMEMBERED
from scoring.control import EXACT_UNDER, TAIL, Limits, limits, quantile, shares
from scoring.counts import Moments


def week(satisfied: int, people: int) -> Moments:
    """One answer of each person."""
    return Moments(people, satisfied, people, satisfied, satisfied, people)


@pytest.mark.parametrize("p", [0.02, 0.5, 0.83, 0.9, 0.985])
@pytest.mark.parametrize("n", [10, 29, 60, 120, 199])
def test_the_quantile_is_scipys(p: float, n: int) -> None:
    for share in (TAIL, 0.025, 0.4, 1 - TAIL):
        assert quantile(p, n, share) == binom.ppf(share, n, p)


def test_a_certain_past_expects_nothing_else() -> None:
    assert (quantile(0, 20, TAIL), quantile(1, 20, TAIL)) == (0, 20)
    assert shares(1.0, 20) == (1.0, 1.0)


def test_neither_limit_is_passed_more_often_than_said() -> None:
    for n in (10, 30, 60, 150):
        for p in (0.6, 0.85, 0.95):
            low, high = shares(p, n)
            assert binom.cdf(round(low * n) - 1, n, p) <= TAIL
            assert binom.sf(round(high * n), n, p) <= TAIL


def test_many_answers_get_three_sigma() -> None:
    low, high = shares(0.9, EXACT_UNDER * 5)
    far = 3 * np.sqrt(0.9 * 0.1 / 1000)
    assert (low, high) == pytest.approx((0.9 - far, 0.9 + far))
    assert shares(0.999, EXACT_UNDER) == pytest.approx((0.999 - 3 * np.sqrt(0.999 * 0.001 / 200), 1.0))


def test_the_last_week_is_judged_by_those_before_it() -> None:
    past = [week(16, 20)] * REMEMBERED
    low, high = shares(0.8, 40)
    assert limits([*past, week(32, 40)]) == Limits(100 * low, 100 * high, inside=True)
    assert limits([*past, week(20, 40)]) == Limits(100 * low, 100 * high, inside=False)
    assert limits([*past, week(8, 9)]) is None, "too few this week"
    assert limits([week(16, 20)] * 9 + [week(20, 40)]) is None, "too short a past"
    assert limits([week(40, 40)]) is None
    assert limits([*past, Moments()]) is None


def test_a_steady_office_is_seldom_outside() -> None:
    rng = np.random.default_rng(4)
    outside = 0
    for _ in range(600):
        weeks = [week(int(rng.binomial(60, 0.85)), 60) for _ in range(REMEMBERED + 1)]
        found = limits(weeks)
        assert found is not None
        outside += not found.inside
    assert outside <= 0.01 * 600
