from __future__ import annotations

import random
from contextlib import suppress

import pytest

from scoring.counts import (
    FACTORS,
    INDEX,
    OVERALL,
    PROVENANCES,
    Item,
    Moments,
    Tally,
    add,
    digest,
    from_json,
    of_response,
    subtract,
    to_json,
    total,
)

ONE = of_response(
    [
        Item("Q0", OVERALL, "5"),
        Item("A1", "A", "4"),
        Item("A2", "A", "3"),
        Item("B1", "B", "dk"),
        Item("C1", "C", "5"),
        Item("TRIPS", None, "2"),
        Item("CAUSE", None, "late"),
        Item("CAUSE", None, "rude"),
    ],
    "verified",
)


def some_response(rng: random.Random) -> Tally:
    items = [
        Item(f"{letter}{i}", letter, rng.choice(["1", "2", "3", "4", "5", "dk"])) for letter in FACTORS for i in (1, 2)
    ]
    return of_response(rng.sample(items, rng.randint(0, 10)), rng.choice(PROVENANCES))


def test_one_response() -> None:
    assert ONE.n == 1
    assert ONE.values["CAUSE"] == {"late": 1, "rude": 1}
    assert ONE.values["B1"] == {"dk": 1}
    assert ONE.moments == {
        "A": Moments(1, 1, 2, 1, 2, 4),
        "C": Moments(1, 1, 1, 1, 1, 1),
        INDEX: Moments(1, 2, 3, 4, 6, 9),
    }
    assert ONE.provenance == {"verified": 1}
    assert ONE.valid("A2") == (0, 1)
    assert ONE.valid("B1") == (0, 0)
    assert ONE.valid("nothing") == (0, 0)


def test_who_answers_only_dont_know_is_a_respondent_without_moments() -> None:
    tally = of_response([Item("A1", "A", "dk")], "walk_in")
    assert (tally.n, tally.moments) == (1, {})


def test_sums_do_not_depend_on_order_and_parts_can_be_taken_out() -> None:
    rng = random.Random(7)
    people = [some_response(rng) for _ in range(60)]
    whole = total(people)
    rng.shuffle(people)
    assert total(people) == whole
    assert digest(total(people)) == digest(whole)
    assert subtract(whole, people[0]) == total(people[1:])
    assert subtract(subtract(whole, total(people[1:])), people[0]) == Tally()
    assert add(Tally(), whole) == whole


def test_every_kind_of_count_is_guarded_against_going_below_zero() -> None:
    with pytest.raises(ValueError, match="never added"):
        subtract(Tally(), ONE)
    others = [
        Tally(1, {"A1": {"5": 1}}, ONE.moments, ONE.provenance),
        Tally(1, ONE.values, {"A": Moments(1, 2, 2, 4, 4, 4)}, ONE.provenance),
        Tally(1, ONE.values, ONE.moments, {"assisted": 1}),
    ]
    for other in others:
        with pytest.raises(ValueError, match="never added"):
            subtract(ONE, other)


def test_json_is_canonical_and_comes_back() -> None:
    assert from_json(to_json(ONE)) == ONE


@pytest.mark.parametrize("letter", range(0, len(to_json(ONE)), 7))
def test_a_damaged_letter_is_a_value_error_or_another_tally(letter: int) -> None:
    text = to_json(ONE)
    with suppress(ValueError):
        from_json(text[:letter] + chr(ord(text[letter]) ^ 4) + text[letter + 1 :])
    with pytest.raises(ValueError):
        from_json(text[:letter])
    assert to_json(Tally()) == '{"moments":{},"n":0,"provenance":{},"values":{}}'
    turned = Tally(ONE.n, dict(reversed(list(ONE.values.items()))), ONE.moments, ONE.provenance)
    assert to_json(turned) == to_json(ONE)
    assert len(digest(ONE)) == 64
    assert digest(ONE) != digest(add(ONE, ONE))
