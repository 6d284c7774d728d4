"""Messages as bodies of sendMessage; pure.

The platform has no buttons, no edits and no files: buttons are numbers to type, a changed bubble is a new one, and a
picture or file is a sentence that says where it can be seen. It counts up to 2,000 characters without saying of which
kind: UTF-16 units are never fewer. Strong passages are `text_styles`, never markup: nothing that a person typed can
become a link or a tag.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from bot.channels.base import Limits, with_numbers, without_marks
from bot.channels.passages import passages, sound, units
from handlers.context import PLAIN, STRONG, Message

LIMITS = Limits(text=2000, caption=2000, buttons=0, edits=False, pictures=False, numbered=True)
NOTHING = "…"
"""Stands for a text without a visible character, which Zalo refuses."""

_SKIN_TONES = range(0x1F3FB, 0x1F400)
_JOINER = "\u200d"

Json = dict[str, Any]


def render(messages: Sequence[Message], elsewhere: str = "") -> list[Json]:
    """A reply as `text` and `text_styles` of one or more sends, in order.

    `elsewhere` is the sentence that stands for a picture or file.
    """
    return [
        _body(piece)
        for message in with_numbers(messages, LIMITS.buttons)
        for piece in split(unicodedata.normalize("NFC", sound(_words(message, elsewhere))))
    ]


def _words(message: Message, elsewhere: str) -> str:
    if not message.attachment:
        return message.text
    return "\n\n".join(part for part in (message.text, elsewhere) if part.strip())


def _body(piece: str) -> Json:
    text, strong = passages(piece)
    if not text.strip():
        return {"text": NOTHING}
    body: Json = {"text": text}
    if strong:
        body["text_styles"] = [{"start": start, "len": length, "st": ["b"]} for start, length in strong]
    return body


def split(text: str, limit: int = LIMITS.text) -> list[str]:
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
