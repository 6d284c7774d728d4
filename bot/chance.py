"""The only sources of chance: ids, codes and tokens."""

from __future__ import annotations

import secrets
import time

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""


def new_id() -> str:
    """18 letters: 48 bits of time, so that rows that belong together lie together, and 42 random bits."""
    number = (time.time_ns() // 1_000_000) << 42 | secrets.randbits(42)
    return "".join(_LETTERS[number >> shift & 31] for shift in range(85, -1, -5)).lower()


def new_code(letters: int) -> str:
    """Random letters to be typed by people: 5 bits each."""
    return "".join(secrets.choice(_LETTERS) for _ in range(letters))


def new_token() -> str:
    """128 random bits for an address in a link."""
    return secrets.token_urlsafe(16)
