"""A Telegram update as the handlers' Incoming; pure, and total: any JSON gives a value, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from handlers.context import Incoming, IncomingKind

CHANNEL = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that the bot asks for; `parse` knows no other."""

LARGEST_ID = 2**63 - 1
LONGEST_LANGUAGE = 35

# What a person can send besides text; the first that is present names it. An animation also bears `document`, a venue
# `location`, so the order matters. Service messages (somebody joined, a message was pinned) are not here on purpose.
CONTENTS = (
    *("sticker", "photo", "voice", "video", "video_note", "animation", "audio", "document", "contact", "venue"),
    *("location", "dice", "poll", "game", "story", "paid_media", "checklist", "invoice", "gift", "unique_gift"),
)
_FORWARDED = ("forward_origin", "forward_date", "forward_from", "forward_from_chat", "forward_sender_name", "via_bot")

Json = Mapping[str, Any]


class Heard(Struct, frozen=True):
    """Something a person did. `chat` is where the answer goes, `bubble` the message of ours that may be edited in
    place, `query` the callback that waits to be answered."""

    incoming: Incoming
    chat: int
    bubble: int | None = None
    query: str | None = None


@dataclass(frozen=True)
class Reach:
    """A person blocked the bot, or let it write again."""

    chat: int
    reachable: bool

    @property
    def address(self) -> str:
        return str(self.chat)


def parse(payload: object) -> Heard | Reach | None:
    """What an update means, or None for what is acknowledged and ignored."""
    if not isinstance(payload, dict):
        return None
    number = _id(payload.get("update_id"))
    if number is None:
        return None
    for name, read in _READERS:
        part = payload.get(name)
        if isinstance(part, dict):
            return read(str(number), part)
    return None


def _message(update_id: str, message: Json, *, edited: bool = False) -> Heard | None:
    sender, chat = _id_of(message.get("from")), _id_of(message.get("chat"))
    if sender is None or chat is None:
        return None
    meaning = _meaning(message, edited=edited)
    if meaning is None:
        return None
    kind, text = meaning
    incoming = Incoming(
        channel=CHANNEL,
        update_id=update_id,
        address=str(sender),
        kind=kind,
        text=text,
        language=_language(message["from"]),
        private=_is_private(message["chat"], sender),
        # Words that came through an inline bot are, like forwarded ones, not the person's own.
        fresh=not edited and not any(name in message for name in _FORWARDED),
    )
    return Heard(incoming, chat)


def _meaning(message: Json, *, edited: bool) -> tuple[IncomingKind, str] | None:
    text = message.get("text")
    if isinstance(text, str) and text:
        words = _valid(text).split(maxsplit=1)
        if words and words[0].partition("@")[0].lower() == "/start":
            return "start", words[1].strip() if len(words) > 1 else ""
        return "text", _valid(text)
    # A live location is edited every few seconds, captions now and then: nobody awaits an answer to that.
    name = None if edited else next((name for name in CONTENTS if name in message), None)
    return ("other", name) if name else None


def _edited(update_id: str, message: Json) -> Heard | None:
    return _message(update_id, message, edited=True)


def _press(update_id: str, query: Json) -> Heard | None:
    sender, query_id, data = _id_of(query.get("from")), query.get("id"), query.get("data")
    if sender is None or not isinstance(query_id, str) or not query_id or not isinstance(data, str):
        return None
    message = query.get("message")
    message = message if isinstance(message, dict) else {}
    chat = _id_of(message.get("chat"))
    incoming = Incoming(
        channel=CHANNEL,
        update_id=update_id,
        address=str(sender),
        kind="press",
        text=_valid(data),
        language=_language(query["from"]),
        # Without a message the answer goes to the person alone; an inline message may stand in any chat.
        private=("inline_message_id" not in query) if chat is None else _is_private(message["chat"], sender),
    )
    return Heard(incoming, sender if chat is None else chat, _bubble(message), _valid(query_id))


def _bubble(message: Json) -> int | None:
    """The message's id when its text can be replaced: an inaccessible message has date 0, a picture has no text."""
    if not isinstance(message.get("text"), str) or message.get("date") == 0:
        return None
    return _id(message.get("message_id"))


def _membership(_: str, change: Json) -> Reach | None:
    sender, chat, new = _id_of(change.get("from")), _id_of(change.get("chat")), change.get("new_chat_member")
    if sender is None or chat is None or not _is_private(change["chat"], sender) or not isinstance(new, dict):
        return None
    match new.get("status"):
        case "kicked":
            return Reach(chat, reachable=False)
        case "member":
            return Reach(chat, reachable=True)
        case _:
            return None


_READERS: tuple[tuple[str, Callable[[str, Json], Heard | Reach | None]], ...] = (
    ("callback_query", _press),
    ("message", _message),
    ("edited_message", _edited),
    ("my_chat_member", _membership),
)


def _id(value: object) -> int | None:
    return value if type(value) is int and -LARGEST_ID <= value <= LARGEST_ID else None


def _id_of(thing: object) -> int | None:
    return _id(thing.get("id")) if isinstance(thing, dict) else None


def _is_private(chat: Json, sender: int) -> bool:
    return chat.get("type") == "private" and chat.get("id") == sender


def _language(user: Json) -> str | None:
    code = user.get("language_code")
    return code if isinstance(code, str) and code.isascii() and 0 < len(code) <= LONGEST_LANGUAGE else None


def _valid(text: str) -> str:
    """JSON can spell half a surrogate pair, which neither a database nor UTF-8 can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
