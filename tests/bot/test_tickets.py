from __future__ import annotations

import random

import pytest

from bot.tickets import name_of, person_of, ticket

KEY, OTHER = b"k" * 32, b"o" * 32
PERSON = "0123456789abcdefgh"


def test_a_ticket_names_its_person_until_it_ends() -> None:
    made = ticket(KEY, "link", PERSON, 1_000)
    assert person_of(KEY, "link", made, 999) == PERSON
    assert person_of(KEY, "link", made, 1_000) is None
    assert person_of(OTHER, "link", made, 999) is None
    assert person_of(KEY, "cookie", made, 999) is None, "a link is no cookie"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "x" * 500, "é.1.A", "\x00", f"{PERSON}.3e8."])
def test_what_is_no_ticket_names_nobody(text: str) -> None:
    assert person_of(KEY, "link", text, 0) is None


def test_no_changed_letter_passes() -> None:
    chance = random.Random(1)
    made = ticket(KEY, "cookie", PERSON, 10**12)
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_."
    for _ in range(2_000):
        place = chance.randrange(len(made))
        changed = made[:place] + chance.choice(letters) + made[place + 1 :]
        assert changed == made or person_of(KEY, "cookie", changed, 0) is None


def test_what_a_used_ticket_is_remembered_by_lets_nobody_in() -> None:
    made = ticket(KEY, "link", PERSON, 10**12)
    assert PERSON not in name_of(made)
    assert person_of(KEY, "link", name_of(made), 0) is None
