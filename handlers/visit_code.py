"""The code of one event of a dossier: signed, good until a day, and good for one answer.

23 letters of Crockford's base 32: ten of a reference, three of the last day, ten of a keyed hash over both. It fits a
start link of Telegram and a small QR code, and whoever reads the database cannot make one.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, timedelta

from handlers.context import Context
from handlers.visit_store import Invitation

REF_LETTERS = 10
DAY_LETTERS = 3
SIGN_LETTERS = 10
LETTERS = REF_LETTERS + DAY_LETTERS + SIGN_LETTERS
GOOD_DAYS = 30
"""How long after its event a visit may be answered."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIRST_DAY = date(2020, 1, 1)
_MISREAD: Mapping[int, str] = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": "", " ": ""})


def write(context: Context, invitation: Invitation) -> str:
    """The code of an invitation: the same whenever it is asked for."""
    body = invitation.ref + _day_letters(invitation.expires)
    return body + _sign(context, body)


def grouped(code: str, size: int = 6) -> str:
    """As it is printed: whatever reads it leaves the dashes out."""
    return "-".join(code[at : at + size] for at in range(0, len(code), size))


def read(context: Context, text: str) -> Invitation | None:
    """The invitation of a code that is ours, expired or not; hyphens, blanks and look-alike letters do not matter."""
    code = text.upper().translate(_MISREAD)
    if len(code) != LETTERS or not set(code) <= set(_ALPHABET):
        return None
    body, sign = code[:-SIGN_LETTERS], code[-SIGN_LETTERS:]
    if not hmac.compare_digest(sign, _sign(context, body)):
        return None
    return context.stores.invitations.by_ref(code[:REF_LETTERS])


def good_until(day: date) -> date:
    return day + timedelta(days=GOOD_DAYS)


def _sign(context: Context, body: str) -> str:
    return context.keyed("visit-code", f"{context.province.id}:{body}", SIGN_LETTERS)


def _day_letters(day: date) -> str:
    number = (day - _FIRST_DAY).days
    return "".join(_ALPHABET[number >> shift & 31] for shift in (10, 5, 0))
