from __future__ import annotations

import numpy as np
import pytest

from scoring.compare import change, difference, ranks, too_few
from scoring.index import Figure, share, wilson
from scoring.unit import Unit


def figure(x: int, n: int) -> Figure:
    return share(x, n, 10)


def unit(name: str) -> Unit:
    return Unit(name, name, "district", f"Huyện {name}", name, "34")


WITHHELD = figure(5, 9)


@pytest.mark.parametrize(
    ("one", "other", "interval"), [((56, 70), (48, 80), (0.052431, 0.333873)), ((9, 10), (3, 10), (0.170523, 0.809018))]
)
def test_newcombe_on_published_vectors(
    one: tuple[int, int], other: tuple[int, int], interval: tuple[float, float]
) -> None:
    p, q = one[0] / one[1], other[0] / other[1]
    assert difference(p, wilson(p, one[1]), q, wilson(q, other[1])) == pytest.approx(interval, abs=1e-6)
    found = change(figure(*one), figure(*other))
    assert found is not None
    assert (found.low / 100, found.high / 100) == pytest.approx(interval, abs=1e-6)


def test_a_change_is_clear_when_its_interval_leaves_out_zero() -> None:
    better = change(figure(90, 100), figure(60, 100))
    worse = change(figure(60, 100), figure(90, 100))
    same = change(figure(90, 100), figure(89, 100))
    assert better is not None
    assert worse is not None
    assert same is not None
    assert (better.clear, worse.clear, same.clear) == (True, True, False)
    assert better.points == pytest.approx(30.0)
    assert worse.points == pytest.approx(-30.0)
    assert (worse.low, worse.high) == pytest.approx((-better.high, -better.low))


def test_nothing_is_said_beside_a_withheld_figure() -> None:
    assert change(figure(9, 10), WITHHELD) is None
    assert change(WITHHELD, figure(9, 10)) is None


def test_ends_of_the_scale() -> None:
    found = change(figure(10, 10), figure(10, 10))
    assert found is not None
    assert (found.points, found.low, found.high, found.clear) == pytest.approx((0, found.low, found.high, 0), abs=0.001)
    assert found.low < -20
    assert found.high > 20
    assert change(figure(0, 10), figure(0, 10)) is not None


def test_ranks_say_what_is_sure_and_what_is_tied() -> None:
    units = [
        (unit("b"), figure(600, 1000)),
        (unit("a"), figure(950, 1000)),
        (unit("c"), figure(610, 1000)),
        (unit("d"), WITHHELD),
    ]
    ranked = ranks(units)
    assert [(place.unit.id, place.best, place.worst, place.tied) for place in ranked] == [
        ("a", 1, 1, False),
        ("c", 2, 3, True),
        ("b", 2, 3, True),
    ]
    assert [one.id for one in too_few(units)] == ["d"]
    assert ranks([]) == []
    assert [(place.best, place.worst) for place in ranks(units[:1])] == [(1, 1)]


def test_few_answers_leave_every_place_open() -> None:
    units = [(unit(name), figure(x, 12)) for name, x in (("a", 11), ("b", 10), ("c", 8))]
    assert {(place.best, place.worst) for place in ranks(units)} == {(1, 3)}


def test_the_true_place_lies_in_the_set() -> None:
    rng = np.random.default_rng(3)
    truth = np.array([0.95, 0.9, 0.88, 0.85, 0.8, 0.78, 0.7, 0.6])
    names = [unit(str(i)) for i in range(8)]
    missed = np.zeros(8)
    widths = []
    for _ in range(1000):
        x = rng.binomial(120, truth)
        ranked = ranks([(name, figure(int(k), 120)) for name, k in zip(names, x, strict=True)])
        widths.append(np.mean([place.worst - place.best for place in ranked]))
        for place in ranked:
            missed[int(place.unit.id)] += not place.best <= int(place.unit.id) + 1 <= place.worst
    assert (missed / 1000 <= 0.05).all()
    assert np.mean(widths) < 6.0


def test_beside_a_bounded_figure_a_change_is_at_least_so_large() -> None:
    found = change(figure(12, 12), figure(84, 120))
    assert found is not None
    assert found.at_least
    assert found.points == pytest.approx(25)
    plain = change(figure(60, 120), figure(84, 120))
    assert plain is not None
    assert not plain.at_least
