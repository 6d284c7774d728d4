"""`python -m tests.scoring.gaming_fit [PROVINCES]`: the coefficients of scoring.gaming, from the training seed.

Logistic regression of cheating on the shares that detectors point at; every recipe and strength weighs alike, no
coefficient lies below nought. The constant is then set so that HONEST_FLAGGED of the honest offices are flagged.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.optimize import minimize

from scoring.gaming import DETECTORS, share
from tests.scoring.gaming_bench import HONEST, TRAINING, province

HONEST_FLAGGED = 0.006
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
    return found, -float(np.quantile(seen[honest] @ found, 1 - HONEST_FLAGGED))


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        rows = [row for some in pool.map(shares, range(int((sys.argv[1:] or ["40"])[0]))) for row in some]
    weights, constant = fit(rows)
    print(dict(zip(DETECTORS, weights.round(1), strict=True)), round(constant, 2))  # noqa: T201
