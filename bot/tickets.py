"""Signed tickets that name a person, until when: the link to the page of scores, and the browser that opened it."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from typing import Literal

Purpose = Literal["link", "cookie"]
SIGN_BYTES = 18

_TICKET = re.compile(r"(?P<person>[0-9A-Za-z]{1,64})\.(?P<until>[0-9a-f]{1,12})\.(?P<sign>[\w-]{24})", re.ASCII)


def ticket(key: bytes, purpose: Purpose, person_id: str, until_ms: int) -> str:
    """Letters, digits, dots, dashes: fit for a path and a cookie."""
    body = f"{person_id}.{until_ms:x}"
    return f"{body}.{_sign(key, purpose, body)}"


def person_of(key: bytes, purpose: Purpose, text: str, now_ms: int) -> str | None:
    """The person of a ticket that is ours, for this purpose and still good."""
    found = _TICKET.fullmatch(text)
    if found is None:
        return None
    signed = hmac.compare_digest(found["sign"], _sign(key, purpose, f"{found['person']}.{found['until']}"))
    return found["person"] if signed and int(found["until"], 16) > now_ms else None


def name_of(text: str) -> str:
    """What a used ticket is remembered by: nobody can use it who reads that."""
    return hashlib.sha256(text.encode()).hexdigest()


def _sign(key: bytes, purpose: Purpose, body: str) -> str:
    digest = hmac.digest(key, f"ticket:{purpose}:{body}".encode(), "sha256")
    return urlsafe_b64encode(digest[:SIGN_BYTES]).decode()
