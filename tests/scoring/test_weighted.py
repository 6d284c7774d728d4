"""Weights by dossiers: by hand, against the plain figure, and how often the interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.index import Figure, share
from scoring.weighted import Part, weighted


def of(satisfied: int, people: int) -> Figure:
    return share(satisfied, people, 10)


def test_two_offices_by_hand() -> None:
    """900 dossiers at 90%, 100 at 50%: .9 * 90 + .1 * 50 = 86."""
    found = weighted([Part(of(90, 100), 900), Part(of(50, 100), 100)])
    assert found is not None
    assert found.score == pytest.approx(86)
    assert found.n == 200
    # q = 91/102 and 51/102: .81 * .096116/100 + .01 * .25/100
    variance = 0.81 * (91 / 102) * (11 / 102) / 100 + 0.01 * 0.25 / 100
    middle = (200 * 0.86 + 1) / 202
    assert found.effective == pytest.approx(middle * (1 - middle) / variance)


def test_weights_as_the_people_are_leave_the_share_as_it_is() -> None:
    found = weighted([Part(of(45, 60), 600), Part(of(20, 40), 400)])
    assert found is not None
    assert found.score == pytest.approx(65)


def test_offices_without_a_figure_are_left_out_as_long_as_they_are_few() -> None:
    hidden = of(3, 5)
    assert weighted([Part(of(90, 100), 450), Part(of(50, 100), 400), Part(hidden, 150)]) is not None
    assert weighted([Part(of(90, 100), 400), Part(of(50, 100), 350), Part(hidden, 250)]) is None
    assert weighted([Part(of(90, 100), 900), Part(hidden, 10)]) is None
    assert weighted([]) is None


def test_an_office_in_which_all_agree_has_an_interval() -> None:
    found = weighted([Part(of(40, 40), 500), Part(of(35, 35), 500)])
    assert found is not None
    assert found.low is not None
    assert 90 < found.low < 100


@pytest.mark.parametrize("people", [(30, 30, 30), (15, 60, 120), (12, 12, 300)])
def test_the_interval_holds_the_truth(people: tuple[int, ...]) -> None:
    """At least 93% of 3,000 simulated periods, with answers spread quite otherwise than dossiers."""
    rng = np.random.default_rng(20261127)
    shares, visits = (0.92, 0.75, 0.55), (700, 200, 100)
    truth = 100 * sum(p * v for p, v in zip(shares, visits, strict=True)) / 1_000
    held = 0
    for _ in range(3_000):
        parts = [Part(of(int(rng.binomial(n, p)), n), v) for n, p, v in zip(people, shares, visits, strict=True)]
        found = weighted(parts)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert held / 3_000 >= 0.93
