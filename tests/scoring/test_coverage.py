"""Do the printed intervals hold the truth as often as they say? Seeded simulation through the printing code."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binom

from scoring.counts import Moments
from scoring.index import moments_figure, outward, share, wilson

LEAST = 0.93
SHARES = (0.6, 0.75, 0.85, 0.95)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """How people answer: `items` each, satisfied with probability p, two answers of one person correlated by rho."""

    items: int
    p: float
    rho: float
    model: str = "beta"
    blank: float = 0.0


def people(rng: np.random.Generator, world: World, repetitions: int, n: int) -> tuple[Ints, Ints]:
    """(satisfied, valid) items of each of n people, in each repetition."""
    shape, p, rho = (repetitions, n), world.p, world.rho
    own: npt.NDArray[np.floating]
    if rho == 0:
        own = np.full(shape, p)
    elif world.model == "beta":
        own = rng.beta(p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho, shape)
    else:  # a common opinion that each item follows or not: skewed as hard as rho allows
        follow = sqrt(rho)
        own = follow * (rng.random(shape) < p) + (1 - follow) * p
    valid = rng.binomial(world.items, 1 - world.blank, shape)
    return rng.binomial(valid, own), valid


def all_moments(s: Ints, m: Ints) -> list[Moments]:
    sums = [(m > 0).sum(1), s.sum(1), m.sum(1), (s * s).sum(1), (s * m).sum(1), (m * m).sum(1)]
    return [Moments(*row) for row in np.stack(sums, axis=1).tolist()]


def covered(moments: list[Moments], p: float, *, pooled: bool = False) -> float:
    """Share of repetitions whose printed interval holds p; `pooled` is the mutant: plain Wilson over all answers."""
    hits = 0
    for sums in moments:
        if pooled:
            low, high = wilson(sums.s / sums.m, sums.m)
            hits += 100 * low <= 100 * p <= 100 * high
        else:
            figure = moments_figure(sums, 10)
            assert figure.low is not None
            assert figure.high is not None
            hits += figure.low <= 100 * p <= figure.high
    return hits / len(moments)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("items", [3, 6, 22])
def test_small_and_middling_numbers(rho: float, items: int) -> None:
    rng = np.random.default_rng(20261122)
    for model in ("beta", "follow"):
        for n, blank in ((30, 0.0), (60, 0.2), (150, 0.0)):
            for p in SHARES:
                s, m = people(rng, World(items, p, rho, model, blank), 2500, n)
                assert covered(all_moments(s, m), p) >= LEAST, (model, n, p)


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.5])
def test_large_numbers(rho: float) -> None:
    rng = np.random.default_rng(20261123)
    for items in (4, 22):
        for n in (400, 1200):
            for p in (0.6, 0.95):
                s, m = people(rng, World(items, p, rho), 1500, n)
                assert covered(all_moments(s, m), p) >= LEAST, (items, n, p)


def test_one_item_exactly() -> None:
    """A factor with one item is Wilson on n: exact coverage by the binomial, no simulation."""
    for n in (30, 60, 150, 400, 1200):
        for p in SHARES:
            covers = 0.0
            for x in range(n + 1):
                figure = moments_figure(Moments(n, x, n, x, x, n), 10)
                assert figure.low is not None
                assert figure.high is not None
                covers += chance(x, n, p) * (figure.low <= 100 * p <= figure.high)
            assert covers >= LEAST, (n, p)


GRID = np.arange(0.50, 0.9801, 0.005)


def exact(n: int, *, printed: bool) -> float:
    """The worst exact coverage over GRID of a criterion's interval, as computed or as printed in whole points."""
    x = np.arange(n + 1)
    ends = [share(int(one), n, 10) for one in x]
    intervals = [outward(one.low or 0.0, one.high or 0.0, 0) if printed else (one.low, one.high) for one in ends]
    low, high = np.array(intervals, dtype=float).T / 100
    inside = (low[None, :] <= GRID[:, None] + 1e-12) & (GRID[:, None] <= high[None, :] + 1e-12)
    return float((binom.pmf(x[None, :], n, GRID[:, None]) * inside).sum(1).min())


NUMBERS = [*range(30, 201), 250, 300, 400, 600, 1000]


def test_every_printed_criterion_covers_92_percent_from_thirty_people_on() -> None:
    """Enumerated, not simulated: every count of every n up to 200, and some beyond, at every share of the grid."""
    assert [n for n in NUMBERS if exact(n, printed=True) < 0.92] == []


def test_two_decimals_of_wilson_fall_short_of_92_percent_at_four_numbers() -> None:
    """In files and JSON it is Wilson's interval itself: at 34, 35, 41 and 51 people, near 0.97, it covers 91.7%."""
    short = {n: exact(n, printed=False) for n in NUMBERS}
    assert [n for n, least in short.items() if least < 0.92] == [34, 35, 41, 51]
    assert min(short.values()) > 0.917


def test_the_enumeration_gives_the_published_worst_cases_of_wilson() -> None:
    assert [round(exact(n, printed=False), 4) for n in (30, 100)] == [0.9244, 0.9275]


def chance(x: int, n: int, p: float) -> float:
    """The binomial probability of x among n."""
    return exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log(1 - p))


def test_items_of_unlike_difficulty() -> None:
    rng = np.random.default_rng(5)
    shares = np.linspace(0.55, 0.99, 22)
    for n in (30, 120):
        mood = rng.normal(0, 0.25, (2500, n, 1))
        s = (rng.random((2500, n, 22)) < np.clip(shares + mood, 0, 1)).sum(2)
        truth = float(np.clip(shares + rng.normal(0, 0.25, (200_000, 1)), 0, 1).mean())
        assert covered(all_moments(s, np.full_like(s, 22)), truth) >= LEAST


def test_the_mutant_that_pools_answers_fails() -> None:
    rng = np.random.default_rng(1)
    for rho, at_most in ((0.2, 0.75), (0.5, 0.55)):
        s, m = people(rng, World(22, 0.85, rho), 2000, 200)
        moments = all_moments(s, m)
        assert covered(moments, 0.85, pooled=True) < at_most
        assert covered(moments, 0.85) >= LEAST


def test_the_mutant_without_the_two_added_respondents_fails() -> None:
    """Plainly estimated, the design effect misses the rare dissatisfied person; this is why two are added."""
    rng = np.random.default_rng(2)
    s, m = people(rng, World(22, 0.95, 0.5, "follow"), 2000, 30)
    hits = 0
    for sums in all_moments(s, m):
        p = sums.s / sums.m
        spread = sums.ss - 2 * p * sums.sm + p * p * sums.mm
        variance = 30 / 29 * spread / sums.m**2
        effective = p * (1 - p) / variance if variance > 0 and 0 < p < 1 else 30.0
        low, high = wilson(p, min(effective, sums.m))
        hits += low <= 0.95 <= high
    assert hits / 2000 < 0.85
    assert covered(all_moments(s, m), 0.95) >= LEAST


def test_whole_points_cover_when_rounded_outward_and_fail_to_the_nearest() -> None:
    rng = np.random.default_rng(4)
    p = 0.8099
    s, m = people(rng, World(22, p, 0.0), 1500, 1200)
    printed = nearest = 0
    for sums in all_moments(s, m):
        figure = moments_figure(sums, 10)
        assert figure.low is not None
        assert figure.high is not None
        low, high = outward(figure.low, figure.high, 0)
        printed += low <= 100 * p <= high
        nearest += round(figure.low) <= 100 * p <= round(figure.high)
    assert printed / 1500 >= LEAST
    assert nearest / 1500 < LEAST
