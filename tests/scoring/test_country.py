"""A simulated year of the 3,321 communes of the country: who is called changed, how soon, and where the true rank lies.

Each province is a family of its own, as its summary is: 34 of them, 52 weeks, in `make faults`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scoring.alerts import REMEMBERED, WATCHED, moves
from scoring.compare import ranks
from scoring.counts import Moments
from scoring.index import moments_figure
from scoring.unit import Unit
from tests.faults.figures import Figure, record, size

COMMUNES = size(390, 3321)
PROVINCES = size(4, 34)
WEEKS = size(26, 52)
DROPPING = 0.1
"""The share of communes that lose ten points at some week of the year, for good."""
LOST = 0.10
RHO = 0.3
"""How far two answers of one person go together."""
PEOPLE = 60
ITEMS = 5
FAR = 99

Floats = npt.NDArray[np.floating]


def week(rng: np.random.Generator, share: Floats, people: npt.NDArray[np.integer]) -> list[Moments]:
    """One week of every commune: people whose own leaning is beta-distributed about the commune's share."""
    strength = 1 / RHO - 1
    most = int(people.max())
    leaning = rng.beta(share[:, None] * strength, (1 - share[:, None]) * strength, (len(share), most))
    came = np.arange(most) < people[:, None]
    s = np.where(came, rng.binomial(ITEMS, leaning), 0)
    n, total, squares = people, s.sum(1), (s * s).sum(1)
    return [
        Moments(int(k), int(a), int(k) * ITEMS, int(b), int(a) * ITEMS, int(k) * ITEMS * ITEMS)
        for k, a, b in zip(n, total, squares, strict=True)
    ]


def test_a_year_of_the_country() -> None:
    rng = np.random.default_rng(20261127)
    provinces = np.array_split(np.arange(COMMUNES), PROVINCES)
    called = wrong = summaries = 0
    taken: list[int] = []
    for province in provinces:
        share = rng.uniform(0.65, 0.95, len(province))
        people = rng.choice([20, 40, PEOPLE], len(province))
        drops = rng.random(len(province)) < DROPPING
        people[drops] = PEOPLE
        # So late in the year that it can still be seen for five weeks.
        begins = np.where(drops, rng.integers(0, WEEKS - WATCHED, len(province)), FAR)
        history = [
            list(one) for one in zip(*(week(rng, share, people) for _ in range(REMEMBERED + WATCHED)), strict=True)
        ]
        first: dict[int, int] = {}
        for number in range(WEEKS):
            now = np.where(number >= begins, share - LOST, share)
            for commune, moments in enumerate(week(rng, now, people)):
                history[commune] = [*history[commune][1:], moments]
            found = moves({str(commune): weeks for commune, weeks in enumerate(history)})
            summaries += 1
            for name, move in found.items():
                commune = int(name)
                true = number >= begins[commune] and move.points < 0
                called += 1
                wrong += not true
                if true:
                    first.setdefault(commune, number - int(begins[commune]) + 1)
        taken += [first.get(int(commune), FAR) for commune in np.flatnonzero(drops)]
    taken.sort()
    median, most = taken[len(taken) // 2], taken[int(0.95 * len(taken)) - 1]
    detail = (
        f"{COMMUNES} communes, {summaries} summaries; {len(taken)} lose 10 points: median {median} weeks, 95% {most}"
    )
    record(Figure("alerts: false among called", called, wrong, detail, ""))
    assert wrong <= 0.05 * called
    assert median <= 3
    assert most <= 5


def test_the_true_rank_lies_in_the_printed_set() -> None:
    rng = np.random.default_rng(7)
    inside = printed = 0
    for province in np.array_split(np.arange(COMMUNES), PROVINCES):
        share = rng.uniform(0.65, 0.95, len(province))
        people = rng.integers(PEOPLE, 600, len(province))
        place = {int(one): rank for rank, one in enumerate(np.argsort(-share), start=1)}
        units = [Unit(str(one), str(one), "commune", str(one), str(one), None) for one in range(len(province))]
        shown = [(unit, moments_figure(m, 10)) for unit, m in zip(units, week(rng, share, people), strict=True)]
        for one in ranks(shown):
            printed += 1
            inside += one.best <= place[int(one.unit.id)] <= one.worst
    record(Figure("rank sets: true rank outside", printed, printed - inside, f"{PROVINCES} provinces", ""))
    assert inside >= 0.95 * printed
