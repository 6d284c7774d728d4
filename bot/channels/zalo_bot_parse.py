"""An event of the Zalo Bot Platform as the handlers' Incoming; pure, and total: any JSON gives a value, no exception.

Events come wrapped (`{"ok": true, "result": {...}}`, as webhooks bring them) or bare (as getUpdates gives them).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from bot.channels.passages import sound
from handlers.context import Incoming, IncomingKind

CHANNEL = "zalo-bot"
UNSUPPORTED = "unsupported"
CONTENTS: Mapping[str, str] = {
    "message.image.received": "photo",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": UNSUPPORTED,
}
"""What a person can send besides text, by event. The picture itself (`photo` in the documents, `photo_url` on the wire)
is not looked at."""

TEXT = "message.text.received"
LONGEST_ID = 128

Json = Mapping[str, Any]


class Heard(Struct, frozen=True):
    """Something a person did; `chat` is where the answer goes."""

    incoming: Incoming
    chat: str


def parse(payload: object) -> Heard | None:
    """What an event means; None for one that is malformed, of an unknown kind, or another bot's."""
    event = _unwrapped(payload)
    message = event.get("message")
    if not isinstance(message, dict):
        return None
    sender, chat, update_id = _id_of(message.get("from")), _id_of(message.get("chat")), _id(message.get("message_id"))
    meaning = _meaning(event.get("event_name"), message)
    if not (sender and chat and update_id and meaning) or message["from"].get("is_bot") is True:
        return None
    kind, text = meaning
    private = message["chat"].get("chat_type") == "PRIVATE" and sender == chat
    return Heard(Incoming(CHANNEL, update_id, sender, kind, text, private=private), chat)


def _unwrapped(payload: object) -> Json:
    if not isinstance(payload, dict):
        return {}
    inner = payload.get("result")
    return inner if isinstance(inner, dict) else payload


def _meaning(name: object, message: Json) -> tuple[IncomingKind, str] | None:
    text = message.get("text")
    if name == TEXT:
        return ("text", unicodedata.normalize("NFC", sound(text))) if isinstance(text, str) and text.strip() else None
    content = CONTENTS.get(name) if isinstance(name, str) else None
    return ("other", content) if content else None


def _id(value: object) -> str:
    """An id as Zalo gives them; "" for anything else."""
    fits = isinstance(value, str) and len(value) <= LONGEST_ID and value.isascii() and value.isprintable()
    return value.strip() if fits and isinstance(value, str) else ""


def _id_of(thing: object) -> str:
    return _id(thing.get("id")) if isinstance(thing, dict) else ""
