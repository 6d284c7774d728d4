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
from bot.channels.passages import sound, units
from bot.channels.pieces import split
from bot.channels.zalo_oa_parse import MOST_DATA_BYTES
from handlers.context import Button, Message

LIMITS = Limits(text=2_000, caption=0, buttons=5, data=MOST_DATA_BYTES, edits=False, pictures=False, numbered=True)
MOST_TITLE = 100
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
    *before, last = split(_whole(without_marks(message.text)), LIMITS.text)
    yield from ({"text": piece} for piece in before)
    body: Json = {"text": last if last.strip() else NOTHING}
    if buttons := flat(message):
        shown = [{"title": _title(one.label), "type": "oa.query.hide", "payload": one.data} for one in buttons]
        body["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    yield body


def _title(label: str) -> str:
    return cut(_whole(label), MOST_TITLE, units)


def _whole(text: str) -> str:
    """As Zalo takes it: composed letters, no half of a surrogate pair."""
    return unicodedata.normalize("NFC", sound(text))
