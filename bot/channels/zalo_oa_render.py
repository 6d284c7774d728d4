"""Messages as bodies of `message/cs`; pure.

At most five buttons, and the rest as numbers to type; nothing is bold, nothing is edited, no picture is sent. Lengths
are counted in UTF-16 units: whatever Zalo means by a character, it is no more than that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from bot.channels.base import Limits, cut, flat, with_numbers, without_marks
from bot.channels.zalo_oa_parse import MOST_DATA_BYTES
from handlers.context import Button, Message

LIMITS = Limits(text=2_000, caption=0, buttons=5, data=MOST_DATA_BYTES, edits=False, pictures=False, numbered=True)
MOST_TITLE = 100
MOST_PARTS = 5
"""Messages that one long text may become; what is longer is cut."""
NOTHING = "…"
"""Stands for a text without a visible character."""

Json = dict[str, Any]


def render(messages: Sequence[Message], *, instead: str = "") -> list[Json]:
    """The `message` of each call, in order. `instead`: a sentence in the place of every picture or file."""
    whole = [_with_sentence(message, instead) for message in messages]
    most = LIMITS.buttons if all(_fits(button) for message in whole for button in flat(message)) else 0
    return [body for message in with_numbers(whole, most) for body in _bodies(message)]


def _with_sentence(message: Message, instead: str) -> Message:
    if message.attachment is None or not instead:
        return message
    return replace(message, text=f"{message.text}\n\n{instead}".lstrip())


def _fits(button: Button) -> bool:
    return bool(button.label.strip()) and 1 <= len(button.data.encode()) <= LIMITS.data


def _bodies(message: Message) -> Iterator[Json]:
    text = _valid(unicodedata.normalize("NFC", without_marks(message.text)))
    buttons = flat(message)
    if not text.strip():
        if message.attachment is not None and not buttons:
            return
        text = NOTHING
    *before, last = parts(cut(text, MOST_PARTS * (LIMITS.text - 100), units))
    yield from ({"text": part} for part in before)
    body: Json = {"text": last}
    if buttons:
        shown = [{"title": _title(one.label), "type": "oa.query.hide", "payload": one.data} for one in buttons]
        body["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    yield body


def _title(label: str) -> str:
    return cut(_valid(unicodedata.normalize("NFC", label)), MOST_TITLE, units)


def parts(text: str) -> list[str]:
    """The text in pieces that Zalo takes, broken behind a line, else behind a word, else anywhere but in a letter."""
    found = []
    while units(text) > LIMITS.text:
        at = _break(text)
        found.append(text[:at])
        text = text[at:]
    return [*found, text]


def _break(text: str) -> int:
    longest = LIMITS.text
    while units(text[:longest]) > LIMITS.text:
        longest -= 1 + (units(text[:longest]) - LIMITS.text) // 2
    for sign in ("\n", " "):
        at = text.rfind(sign, longest // 2, longest)
        if at > 0 and text[:at].strip() and text[at:].strip():
            return at + 1
    while longest > 1 and unicodedata.combining(text[longest]):
        longest -= 1
    return longest


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _valid(text: str) -> str:
    """Half a surrogate pair cannot be sent as UTF-8; it becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
