"""How many cheating offices are flagged, and how many honest ones, on seeds that the coefficients were not found on.

The long form (`make faults`) reviews 2,000 honest offices and 200 of each recipe and strength.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from scoring.gaming import ACCOUNTS, CLOSING, COPIES, DETECTORS, HAND, LEAST, LIST, review
from scoring.gaming_base import baseline
from tests.faults.figures import LONG, Figure, record, size
from tests.scoring.cheating import RECIPES, STRENGTHS, cheating
from tests.scoring.citizens import CLOSES, DAYS, OPENS, honest, office
from tests.scoring.gaming_bench import CHEATS, HONEST, Outcome, Province, mean, outcome, outcomes, province

SEED = 20261127
PROVINCES = size(7, 20)
FOUND = 0.90
"""Of the cheating offices of each recipe, where 30% of the sittings are false or more."""
WRONG = 0.01
"""Of the honest offices, at most."""
POINTS = 1.0
"""Of bias left on average, at 30%."""
MEANT = {"accounts": ACCOUNTS, "closing": CLOSING, "list": LIST, "copied": COPIES, "coached": HAND}
"""The detector without which a recipe is not found often enough."""
HARD: Mapping[str, Mapping[str, Any]] = {
    "where 97% are satisfied": {"quality": 0.97},
    "where people take half the time": {"hand": -0.6},
    "where a class came": {"school": 8},
    "with crowds of eight times on market days": {"crowd": 8.0, "market": 2, "bus": 0.9},
}
WEEK = 7 * 86_400_000


@pytest.fixture(scope="module")
def country() -> Sequence[Province]:
    return [province(SEED, number) for number in range(PROVINCES)]


@pytest.fixture(scope="module")
def reviewed(country: Sequence[Province]) -> Mapping[tuple[str, float], Sequence[Outcome]]:
    """By recipe and strength, what became of each office."""
    kinds = [(HONEST, 0.0), *((recipe, strength) for recipe in RECIPES for strength in STRENGTHS)]
    found: dict[tuple[str, float], list[Outcome]] = {kind: [] for kind in kinds}
    for where in country:
        for one in outcomes(where):
            found[one.case.recipe, one.case.strength].append(one)
    return found


def flagged(some: Sequence[Outcome]) -> int:
    return sum(one.finding.flagged for one in some)


def test_honest_offices_are_left_in_peace(reviewed: Mapping[tuple[str, float], Sequence[Outcome]]) -> None:
    some = reviewed[HONEST, 0.0]
    small = [one for one in some if len(one.case.window) < 30]
    lost = mean([abs(one.left) for one in some])
    detail = (
        f"{len(small)} of them with fewer than 30 sittings: {flagged(small)} flagged; scores move by {lost:.2f} points"
    )
    record(Figure("gaming: honest offices flagged", len(some), flagged(some), detail))
    assert flagged(some) <= WRONG * len(some)
    assert flagged(small) <= WRONG * len(small)


@pytest.mark.parametrize("recipe", RECIPES)
def test_cheating_offices_are_found(
    reviewed: Mapping[tuple[str, float], Sequence[Outcome]], country: Sequence[Province], recipe: str
) -> None:
    without = {code: detect for code, detect in DETECTORS.items() if code != MEANT[recipe]}
    blind = [
        review(case.window, where.base, without).flagged
        for where in country
        for case in where.cases
        if (case.recipe, case.strength) == (recipe, 0.3)
    ]
    for strength in STRENGTHS:
        some = reviewed[recipe, strength]
        before, left = mean([one.bias for one in some]), mean([one.left for one in some])
        detail = (
            f"{flagged(some) / len(some):.1%} found; {before:.1f} points too high, {left:.1f} without what is suspected"
        )
        mutant = f"without {MEANT[recipe]}: {mean(blind):.1%} found" if strength == 0.3 else ""
        name = f"gaming: {recipe}, {strength:.0%} false, not flagged"
        record(Figure(name, len(some), len(some) - flagged(some), detail, mutant))
        assert strength < 0.3 or flagged(some) >= FOUND * len(some)
    seen = reviewed[recipe, 0.3]
    assert mean(blind) < (FOUND if LONG else flagged(seen) / len(seen) - 0.03)


def test_little_bias_is_left(reviewed: Mapping[tuple[str, float], Sequence[Outcome]]) -> None:
    some = [one for recipe in RECIPES for one in reviewed[recipe, 0.3]]
    assert mean([one.bias for one in some]) > 4 * POINTS
    assert abs(mean([one.left for one in some])) <= POINTS
    assert mean([one.taken for one in some]) < 0.1, "what honest people said is hardly touched"


def test_honest_weeks_are_left_in_peace(country: Sequence[Province]) -> None:
    weeks = wrong = 0
    for where in country:
        whole = [case.window for case in where.cases if case.recipe == HONEST]
        for begins in range(OPENS, CLOSES, WEEK):
            windows = [[one for one in window if begins <= one.ended < begins + WEEK] for window in whole]
            usual = baseline(windows, begins, begins + WEEK)
            judged = [review(window, usual).flagged for window in windows if len(window) >= LEAST]
            weeks, wrong = weeks + len(judged), wrong + sum(judged)
    record(Figure("gaming: honest weeks flagged", weeks, wrong, f"weeks of {LEAST} sittings or more, of {DAYS} days"))
    assert wrong <= WRONG * weeks


def test_who_knows_the_detectors_is_hardly_found(country: Sequence[Province]) -> None:
    """Not a promise but its limit: the time that people take, and a fault found in one sitting of five."""
    rng = np.random.default_rng([SEED, 999])
    for recipe in RECIPES:
        found = [
            review(cheating(5000 + one, recipe, 0.3, rng, careful=True)[0], where.base).flagged
            for where in country
            for one in range(CHEATS)
        ]
        record(
            Figure(
                f"gaming: {recipe}, 30% false, by careful staff, not flagged",
                len(found),
                len(found) - sum(found),
                f"{mean(found):.0%} found",
            )
        )
    assert mean(found) < 0.5, "at a kiosk nothing else is seen than pace and complaints"


@pytest.mark.parametrize("kind", HARD)
def test_the_honest_who_are_flagged_too_often(country: Sequence[Province], kind: str) -> None:
    """Not a promise but its limit: offices that share a habit with those who fill in for citizens."""
    rng = np.random.default_rng([SEED, 998])
    many = size(10, 30)
    flags = [
        review(honest(replace(office(6000 + one, rng), **HARD[kind]), rng), where.base).flagged
        for where in country
        for one in range(many)
    ]
    record(Figure(f"gaming: honest offices flagged, {kind}", len(flags), sum(flags), f"{mean(flags):.1%}"))
    assert mean(flags) < 0.15


def test_a_province_is_the_same_each_time() -> None:
    one, again = (province(7, 0, 3, 1) for _ in range(2))
    assert one == again
    case = one.cases[-1]
    assert outcome(case, one.base) == outcome(case, again.base)
