"""Keyed hashes in letters people can type: of what must be found again and never be read."""

from __future__ import annotations

import hmac

from bot.chance import LETTERS

MOST_LETTERS = 51
"""5 bits each, of sha256's 256."""


def keyed(key: bytes, purpose: str, text: str, letters: int) -> str:
    """HMAC-SHA-256 of `text` for one purpose, as so many letters of Crockford's base 32; ValueError beyond 51."""
    if not 0 < letters <= MOST_LETTERS:
        raise ValueError(f"{letters} letters")
    number = int.from_bytes(hmac.digest(key, f"{purpose}:{text}".encode(), "sha256"), "big") >> 1
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(letters))
