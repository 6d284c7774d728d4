"""Provinces of honest and cheating offices, and what the review makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.gaming import DETECTORS, Detector, Finding, review
from scoring.gaming_base import Baseline, baseline
from scoring.sitting import Sitting
from tests.scoring.cheating import RECIPES, STRENGTHS, cheating
from tests.scoring.citizens import CLOSES, OPENS, honest, office

TRAINING = 1
"""The seed of the provinces that the coefficients were found on; every other is for testing."""
HONEST = "honest"
OFFICES = 100
CHEATS = 10
"""Offices of each recipe and strength that are reviewed in a province of so many honest ones."""
AMONG_US = 10
"""How many cheating offices are part of what is usual in a province."""


@dataclass(frozen=True)
class Case:
    """An office's window, and the places in it that its staff filled in."""

    recipe: str
    strength: float
    window: Sequence[Sitting]
    false: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Province:
    base: Baseline
    cases: Sequence[Case]


def province(seed: int, number: int, offices: int = OFFICES, cheats: int = CHEATS) -> Province:
    """A province by its seed and number: the same whatever else is made."""
    rng = np.random.default_rng([seed, number])
    cases = [Case(HONEST, 0.0, honest(office(one, rng), rng)) for one in range(offices)]
    cases += [
        Case(recipe, strength, *cheating(offices + one, recipe, strength, rng))
        for one in range(cheats)
        for recipe in RECIPES
        for strength in STRENGTHS
    ]
    known = [*range(offices), *rng.choice(np.arange(offices, len(cases)), min(AMONG_US, len(cases) - offices), False)]
    return Province(baseline([cases[one].window for one in known], OPENS, CLOSES), cases)


@dataclass(frozen=True)
class Outcome:
    """`bias`: points by which the office's score lies above that of its citizens alone; `left`, after the review."""

    case: Case
    finding: Finding
    bias: float
    left: float
    caught: float
    """Share of the false sittings that are suspected."""
    taken: float
    """Share of the honest ones that are."""


def outcomes(where: Province, detectors: Mapping[str, Detector] = DETECTORS) -> Iterator[Outcome]:
    """The review of every office of a province."""
    for case in where.cases:
        yield outcome(case, where.base, detectors)


def outcome(case: Case, base: Baseline, detectors: Mapping[str, Detector] = DETECTORS) -> Outcome:
    finding = review(case.window, base, detectors)
    whole = frozenset(range(len(case.window)))
    true = whole - case.false
    score = satisfied(case.window, true)
    kept = whole - finding.suspected or whole
    return Outcome(
        case,
        finding,
        satisfied(case.window, whole) - score,
        satisfied(case.window, kept) - score,
        len(finding.suspected & case.false) / max(len(case.false), 1),
        len(finding.suspected & true) / len(true),
    )


def satisfied(window: Sequence[Sitting], places: frozenset[int]) -> float:
    """The percentage of satisfied levels."""
    said = [level >= 4 for place in places for level in window[place].levels]
    return 100 * sum(said) / max(len(said), 1)


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
