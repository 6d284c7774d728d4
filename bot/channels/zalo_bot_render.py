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

from bot.channels.base import Limits, with_numbers
from bot.channels.passages import passages, sound
from bot.channels.pieces import split
from handlers.context import Message

LIMITS = Limits(text=2000, caption=2000, buttons=0, edits=False, pictures=False, numbered=True)
NOTHING = "…"
"""Stands for a text without a visible character, which Zalo refuses."""

Json = dict[str, Any]


def render(messages: Sequence[Message], elsewhere: str = "") -> list[Json]:
    """A reply as `text` and `text_styles` of one or more sends, in order.

    `elsewhere` is the sentence that stands for a picture or file.
    """
    return [
        _body(piece)
        for message in with_numbers(messages, LIMITS.buttons)
        for piece in split(unicodedata.normalize("NFC", sound(_words(message, elsewhere))), LIMITS.text)
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
