"""One-time codes: how they are read, shown and stored."""

from __future__ import annotations

import hashlib
import re

CODE_LETTERS = 16
"""Crockford base 32: 80 bits."""


def normal_code(text: str) -> str:
    """A code as typed: case, blanks and dashes do not matter, and O, I, L are read as 0, 1, 1."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())
    return letters.translate(str.maketrans("OIL", "011"))


def code_digest(province_id: str, code: str) -> str:
    """What is stored instead of the code (80 random bits need no salt or stretching)."""
    return hashlib.sha256(f"{province_id}:{normal_code(code)}".encode()).hexdigest()


def shown_code(code: str) -> str:
    """XXXX-XXXX-XXXX-XXXX"""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
