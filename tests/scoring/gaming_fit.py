"""`python -m tests.scoring.gaming_fit [PROVINCES]`: the coefficients of scoring.gaming, from the training seed.

Logistic regression of cheating on the shares that detectors point at; every recipe and strength weighs alike, no
coefficient lies below nought. The constants are then set so that HONEST_FLAGGED of the honest offices, and of their
weeks, are flagged.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.optimize import minimize

from scoring.gaming import DETECTORS, LEAST, share
from scoring.gaming_base import WEEK, baseline
from tests.scoring.citizens import CLOSES, OPENS
from tests.scoring.gaming_bench import HONEST, TRAINING, province

HONEST_FLAGGED = 0.007
RIDGE = 1e-4
"""Keeps a coefficient finite where its detector never errs on the training seed."""
CHEATING_WEIGHS = 0.3
"""All cheating offices together, of the honest ones together."""

Row = tuple[str, list[float]]


def shares(number: int) -> list[Row]:
    """Of each office of a training province its recipe and its shares by detector."""
    where = province(TRAINING, number)
    return [
        (case.recipe, [share(detect(case.window, where.base), len(case.window)) for detect in DETECTORS.values()])
        for case in where.cases
    ]


def weeks(number: int) -> list[list[float]]:
    """The shares of each honest office of a training province in each of its weeks that is judged."""
    honest = [case.window for case in province(TRAINING, number).cases if case.recipe == HONEST]
    rows = []
    for begins in range(OPENS, CLOSES, WEEK):
        windows = [[one for one in window if begins <= one.ended < begins + WEEK] for window in honest]
        base = baseline(windows, begins, begins + WEEK)
        rows += [
            [share(detect(window, base), len(window)) for detect in DETECTORS.values()]
            for window in windows
            if len(window) >= LEAST
        ]
    return rows


def fit(rows: list[Row]) -> tuple[np.ndarray, float]:
    """(the coefficients, the constant) in nats."""
    honest = np.array([recipe == HONEST for recipe, _ in rows])
    seen = np.array([numbers for _, numbers in rows])
    weight = np.where(honest, 1 / honest.sum(), CHEATING_WEIGHS / (~honest).sum())

    def loss(guess: np.ndarray) -> float:
        nats = seen @ guess[:-1] + guess[-1]
        return float(weight @ (np.logaddexp(0, nats) - ~honest * nats) + RIDGE * np.sum((guess[:-1] / 5) ** 2) / 6)

    many = seen.shape[1]
    found = minimize(loss, [*[5.0] * many, -3.0], bounds=[*[(0, None)] * many, (None, None)]).x[:-1]
    return found, constant(seen[honest], found)


def constant(honest: np.ndarray, weights: np.ndarray) -> float:
    """The constant with which HONEST_FLAGGED of these rows of shares are flagged."""
    return -float(np.quantile(honest @ weights, 1 - HONEST_FLAGGED))


if __name__ == "__main__":
    provinces = range(int((sys.argv[1:] or ["40"])[0]))
    with ProcessPoolExecutor(2) as pool:
        months = [row for some in pool.map(shares, provinces) for row in some]
        short = np.array([row for some in pool.map(weeks, provinces) for row in some])
    weights, nothing = fit(months)
    print({code: round(float(weight), 1) for code, weight in zip(DETECTORS, weights, strict=True)})  # noqa: T201
    print(f"a month {nothing:.2f}, a week {constant(short, weights):.2f}")  # noqa: T201
