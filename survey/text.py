"""Typed text: one folding for comparing, one cleaning for keeping, one masking for what must not be kept."""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT = 1000
"""Longest text answer, in characters as typed."""

MASK = "•••"
"""Stands where a phone number, an identity number or an e-mail address stood."""

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})  # control, bidi and zero-width, private use, lone surrogates
_MARKS = frozenset({"Mn", "Me"})


def fold(text: str) -> str:
    """The form in which two typings of one word meet: no case, no accents, đ as d, plain digits, single spaces."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", text).lower().replace("đ", "d")
    kept = [c for c in unicodedata.normalize("NFD", plain) if _category(c) not in _MARKS]
    return " ".join(_visible("".join(kept)).split())


def clean(text: str) -> str:
    """What a person typed, as it may be kept and shown: Vietnamese in NFC, one line, nothing invisible."""
    return " ".join(_visible(unicodedata.normalize("NFC", text)).split())


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(c) for c in text)


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if _category(character) in _INVISIBLE or _is_noncharacter(ord(character)):
        return ""
    return character


def _is_noncharacter(code: int) -> bool:
    """Code points that Unicode reserves for ever; XML (and so a spreadsheet) cannot hold them."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


_category = unicodedata.category

# Digits may stand apart by one blank, dot or hyphen. Amounts ("150.000.000") and dates ("03-01-2020 15h") must survive,
# so only what begins like a phone number or comes in the groups of an identity or bank card may hold separators.
_NOT_A_DATE = r"(?!\d{1,2}[.\-]\d{1,2}[.\-]\d{4}(?!\d))"
_GAP = r"[ .\-]?"
_PRIVATE = re.compile(
    "|".join(
        (
            r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}",  # e-mail
            rf"(?<!\d){_NOT_A_DATE}0{_GAP}[135789](?:{_GAP}\d){{8,9}}(?!\d)",  # mobile, the old eleven digits too
            rf"(?<!\d){_NOT_A_DATE}0{_GAP}2(?:{_GAP}\d){{9}}(?!\d)",  # landline
            rf"(?<!\d)(?:\+|00){_GAP}84{_GAP}(?:\(0\){_GAP})?[1-9](?:{_GAP}\d){{7,9}}(?!\d)",
            r"(?<!\d)84[ \-]?[35789](?:[ \-]?\d){8}(?!\d)",
            r"(?<!\d)0\d{2}(?:[ .\-]\d{3}){3}(?!\d)",  # CCCD, 3-3-3-3
            r"(?<!\d)\d{3}(?: \d{3}){2}(?!\d)",  # CMND, 3-3-3
            r"(?<!\d)\d{4}(?:[ \-]\d{4}){2,3}(?!\d)",  # bank card
            r"\d{9,}",  # any long run: CMND has 9 digits, CCCD 12, accounts up to 16
        )
    )
)


def mask(text: str) -> str:
    """`text` with phone, CCCD, CMND, card and account numbers and e-mail addresses each replaced by MASK."""
    return _PRIVATE.sub(MASK, text)
