"""A Vietnamese mobile number as people write it."""

from __future__ import annotations

import re

_PHONE = re.compile(r"(?:(?:\+|00)?84|0)([35789][0-9]{8})")


def phone_of(typed: str) -> str | None:
    """A Vietnamese mobile number as Zalo wants it, 84 and nine digits; None for anything else."""
    found = _PHONE.fullmatch(re.sub(r"[ .()-]", "", typed))
    return f"84{found[1]}" if found else None
