"""The only sources of chance: ids, codes, tokens and lots."""

from __future__ import annotations

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""


def new_id() -> str:
    """18 letters, 90 random bits. No time in it: an id must not lead from an answer to an address."""
    number = secrets.randbits(90)
    return "".join(LETTERS[number >> shift & 31] for shift in range(85, -1, -5)).lower()


def new_code(letters: int) -> str:
    """Random letters to be typed by people: 5 bits each."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def below(number: int) -> int:
    """A lot drawn among so many."""
    return secrets.randbelow(number)


def new_token() -> str:
    """128 random bits for an address in a link."""
    return secrets.token_urlsafe(16)
