"""A unit's index in which each part counts by the dossiers it had, and not by who happened to answer.

Post-stratification by office (Holt and Smith, JRSS A 142, 1979): p = sum of W_h p_h with W_h = N_h / N. Its variance
is the sum of W_h² v_h, with v_h = q(1-q)/n_h at q = (n_h p_h + 1)/(n_h + 2), so that a part in which all agree has
some; the interval is Wilson's on the effective number p(1-p)/variance (Korn and Graubard, JRSS A 162, 1999). Weights
by procedure are not made: its figures are of closed quarters and leave out who was drawn by lot (scoring/crossing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.index import Figure, bounded, wilson

LEAST_COVERED = 0.8
"""The share of all dossiers whose offices must have a figure: else too much is guessed from the others."""
LEAST_PARTS = 2


@dataclass(frozen=True)
class Part:
    """An office's released figure and how many dossiers it had in the period."""

    figure: Figure
    visits: int


def weighted(parts: Sequence[Part]) -> Figure | None:
    """The weighted figure; None where fewer than two offices have one, or these had too few of all dossiers."""
    every = sum(part.visits for part in parts)
    shown = [(part.figure, part.visits) for part in parts if part.figure.exact is not None and part.visits > 0]
    covered = sum(visits for _, visits in shown)
    if len(shown) < LEAST_PARTS or covered < LEAST_COVERED * every:
        return None
    p = variance = 0.0
    for figure, visits in shown:
        assert figure.exact is not None
        weight, n = visits / covered, figure.effective
        share = figure.exact / 100
        q = (n * share + 1) / (n + 2)
        p += weight * share
        variance += weight * weight * q * (1 - q) / n
    people = sum(figure.n for figure, _ in shown)
    base = sum(figure.base for figure, _ in shown)
    middle = (people * p + 1) / (people + 2)  # of a share of 0 or 1 the effective number would be none
    effective = middle * (1 - middle) / variance
    low, high = wilson(p, effective)
    return bounded(Figure(100 * p, 100 * low, 100 * high, people, base, effective, exact=100 * p))
