from __future__ import annotations

import random

import pytest

from scoring.alerts import REMEMBERED, WATCHED, cusum, discoveries, moves
from scoring.counts import INDEX, Item, Moments, of_response, total
from tests.faults.figures import size

BENJAMINI_HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip
TRIALS = size(80, 150)


def test_the_published_example_rejects_four() -> None:
    assert discoveries(BENJAMINI_HOCHBERG_1995) == {0, 1, 2, 3}
    assert discoveries(list(reversed(BENJAMINI_HOCHBERG_1995))) == {11, 12, 13, 14}
    assert discoveries([]) == frozenset()
    assert discoveries([1.0, 0.9]) == frozenset()


def test_discoveries_agree_with_scipy() -> None:
    from scipy.stats import false_discovery_control

    chance = random.Random(5)
    for _ in range(200):
        p_values = [chance.random() ** chance.choice((1, 4, 9)) for _ in range(chance.randrange(1, 60))]
        adjusted = false_discovery_control(p_values)
        assert discoveries(p_values) == {place for place, one in enumerate(adjusted) if one <= 0.05}


def week(people: int, satisfied: float, chance: random.Random, items: int = 5) -> Moments:
    """A week of people whose answers go together: one's own leaning is beta-distributed, correlation 0.3."""
    strength = 1 / 0.3 - 1
    tallies = []
    for _ in range(people):
        leaning = chance.betavariate(satisfied * strength, (1 - satisfied) * strength)
        tallies.append(
            of_response(
                [Item(f"{letter}1", letter, "4" if chance.random() < leaning else "2") for letter in "ABCDE"[:items]],
                "verified",
            )
        )
    return total(tallies).moments.get(INDEX, Moments())


def steady(people: int, satisfied: float, chance: random.Random, weeks: int) -> list[Moments]:
    return [week(people, satisfied, chance) for _ in range(weeks)]


def test_a_drop_is_named_with_its_points_and_its_weeks() -> None:
    chance = random.Random(1)
    history = steady(60, 0.8, chance, REMEMBERED + WATCHED - 3) + steady(60, 0.6, chance, 3)
    quiet = {f"q{number}": steady(60, 0.8, chance, REMEMBERED + WATCHED) for number in range(20)}
    found = moves({"b": history, **quiet})
    assert set(found) == {"b"}
    assert found["b"].points < -10
    assert 3 <= found["b"].weeks <= WATCHED  # it may seem to have begun before


def test_a_rise_is_named_too() -> None:
    chance = random.Random(2)
    history = steady(60, 0.6, chance, REMEMBERED + WATCHED - 4) + steady(60, 0.85, chance, 4)
    assert moves({"b": history})["b"].points > 15


def test_nothing_is_said_of_too_few_people_or_of_silence() -> None:
    chance = random.Random(3)
    before, after = steady(60, 0.9, chance, REMEMBERED), steady(60, 0.5, chance, WATCHED)
    assert moves({"b": [*before, *after]})
    assert moves({"b": after}) == {}  # used to nothing yet
    assert moves({"b": [*before, *after, Moments()]}) == {}  # this week nobody answered
    assert moves({"b": [*before, *steady(60, 0.9, chance, WATCHED - 1), week(12, 0.1, chance)]}) == {}  # 12 people
    assert moves({"b": []}) == {}
    assert moves({}) == {}


def test_a_small_change_is_no_news_however_sure() -> None:
    sure = Moments(10_000, 40_000, 50_000, 160_000, 200_000, 250_000)
    less = Moments(10_000, 39_000, 50_000, 156_000, 195_000, 250_000)
    assert moves({"b": [*[sure] * REMEMBERED, *[less] * WATCHED]}) == {}


def test_evidence_starts_afresh_after_a_good_week() -> None:
    good, bad = Moments(50, 50, 50, 50, 50, 50), Moments(50, 25, 50, 25, 25, 50)
    assert cusum(0.9, [bad, good, good, good], -0.1)[1] == 0
    evidence, length = cusum(0.9, [good, good, bad, bad], -0.1)
    assert length == 2
    assert evidence == pytest.approx(2 * cusum(0.9, [bad], -0.1)[0])
    assert cusum(0.9, [Moments()], -0.1) == (0.0, 0)


def test_everybody_satisfied_is_no_fault() -> None:
    full = Moments(50, 50, 50, 50, 50, 50)
    none = Moments(50, 0, 50, 0, 0, 50)
    assert moves({"b": [full] * (REMEMBERED + WATCHED)}) == {}
    assert moves({"b": [none] * (REMEMBERED + WATCHED)}) == {}
    assert moves({"b": [*[full] * REMEMBERED, *[none] * WATCHED]})["b"].points == -100


def test_false_alarms_over_a_year_of_communes() -> None:
    """300 communes whose share of satisfied never changes, 52 summaries: hardly an alarm, and all would be false."""
    chance = random.Random(4)
    people = {f"u{number}": (chance.choice((12, 20, 60)), chance.uniform(0.6, 0.95)) for number in range(300)}
    weeks = {unit: steady(*facts, chance, 16) for unit, facts in people.items()}
    alarms = 0
    for _ in range(20):
        for unit, facts in people.items():
            weeks[unit].append(week(*facts, chance))
        alarms += len(moves(weeks))
    assert alarms <= 1  # 6,000 judgements


def test_a_drop_of_ten_points_is_seen_within_weeks() -> None:
    """One of a hundred communes loses ten points at 60 people a week: three weeks in the median, five in 95%."""
    chance = random.Random(6)
    quiet = {f"q{number}": [Moments(60, 240, 300, 1000, 1200, 1500)] * (REMEMBERED + WATCHED) for number in range(99)}
    taken = []
    for _ in range(40):
        history = steady(60, 0.82, chance, REMEMBERED)
        for late in range(1, WATCHED + 1):
            history.append(week(60, 0.72, chance))
            if "b" in moves({**quiet, "b": history}):
                taken.append(late)
                break
        else:
            taken.append(99)
    taken.sort()
    assert taken[len(taken) // 2] <= 3
    assert taken[int(0.95 * len(taken)) - 1] <= 5


@pytest.mark.parametrize(
    ("past", "people", "satisfied"), [(30, 60, 0.75), (60, 30, 0.85), (100, 60, 0.8), (240, 60, 0.8)]
)
def test_a_short_past_raises_no_false_alarm(past: int, people: int, satisfied: float) -> None:
    """What a unit is used to is an estimate: known from 30 people it alone called 31% of steady units changed."""
    chance = random.Random(8)
    alarms = 0
    for _ in range(TRIALS):
        before = [Moments()] * (REMEMBERED - 1) + [week(past, satisfied, chance)]
        alarms += bool(moves({"b": [*before, *steady(people, satisfied, chance, WATCHED)]}))
    assert alarms <= 0.05 * TRIALS
