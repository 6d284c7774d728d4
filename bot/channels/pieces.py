"""A text too long for one message, in pieces that a channel takes."""

from __future__ import annotations

import unicodedata

from bot.channels.base import without_marks
from bot.channels.passages import units
from handlers.context import PLAIN, STRONG

_SKIN_TONES = range(0x1F3FB, 0x1F400)
_JOINER = "\u200d"


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` UTF-16 units each, parted at line breaks, else at blanks, else between letters.

    Never inside a strong passage; one that is longer than a piece loses its weight, not its words. What it was parted
    at (a line break, a blank) is left out.
    """
    pieces: list[str] = []
    while units(without_marks(text)) > limit:
        at = _place(text, limit)
        if at == 0:
            text = without_marks(text)
            at = _place(text, limit) or limit // 2  # nothing but marks upon one letter: no place is a good one
        pieces.append(text[:at].rstrip())
        text = text[at:]
        text = text[1:] if text[:1] in {"\n", " "} else text
    pieces.append(text)
    kept = [piece for piece in pieces if without_marks(piece).strip()]
    return kept or [""]


def _place(text: str, limit: int) -> int:
    """Where the first piece ends: the last line break in reach, else the last blank, else the last whole letter."""
    used, inside = 0, False
    line = blank = letter = 0
    for at, character in enumerate(text):
        if at and not inside and not _joins(text[at - 1], character):
            if character == "\n":
                line = at
            elif character == " ":
                blank = at
            letter = at
        if character in {STRONG, PLAIN}:
            inside = character == STRONG
            continue
        used += 1 if ord(character) < 0x10000 else 2
        if used > limit:
            break
    return line or blank or letter


def _joins(before: str, character: str) -> bool:
    """Whether a character belongs to the letter or picture before it."""
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or _JOINER in {character, before}
        or ord(character) in _SKIN_TONES
    )
