"""A Zalo OA event as the handlers' Incoming; pure, and total: any JSON gives a value, never an exception."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from handlers import NAMES
from handlers.context import Incoming, IncomingKind

CHANNEL = "zalo-oa"
CONTENTS = (
    *("image", "file", "sticker", "location", "audio", "video", "gif"),
    *("link", "business_card"),
)
"""What a person can send besides text: the events `user_send_...`."""

LATER = frozenset({"user_feedback", "user_click_response_button"})
"""Answers to templates sent to a telephone number: no turn of a conversation (see `zalo_zbs.feedback`)."""

MOST_DATA_BYTES = 64
_ID = re.compile(r"[0-9]{1,32}")
_MESSAGE_ID = re.compile(r"[!-~]{1,128}")
_STAMP = re.compile(r"[0-9]{1,15}")
_PART = r"[!-9;-~]+"
_NAME = r"[0-9A-Za-z._-]+"
_PRESS = re.compile(rf"s:{_NAME}:{_PART}(:{_PART})?|o:{_NAME}|p:{_NAME}:({_NAME})?|c:(?P<command>[a-z]+)( [ -~]+)?")
_WAY_IN = re.compile(r"# ?((?:[0-9A-Za-z][ -]?){6,16})")
"""A poster's code as it may be typed; a number behind the sign has three digits at most and is a button's."""

Json = Mapping[str, Any]


class Heard(Struct, frozen=True):
    """Something a person did, `at` Unix ms as Zalo says. The answer goes to `incoming.address`."""

    incoming: Incoming
    at: int

    @property
    def line(self) -> int:
        return int(self.incoming.address)


@dataclass(frozen=True)
class Left:
    """A person no longer follows the account."""

    address: str

    @property
    def line(self) -> int:
        return int(self.address)


def parse(payload: object) -> Heard | Left | None:
    """What an event means, or None for what is acknowledged and ignored."""
    if not isinstance(payload, dict):
        return None
    name, at = payload.get("event_name"), stamp(payload)
    if not isinstance(name, str) or at is None:
        return None
    if name.startswith("user_send_") and not name.startswith("user_send_group"):
        return _sent(name.removeprefix("user_send_"), payload, at)
    read = _READERS.get(name)
    return read(name, payload, at) if read else None


def stamp(payload: Json) -> int | None:
    """When Zalo says that it happened, Unix ms: a string of digits or a number."""
    found = payload.get("timestamp")
    if type(found) is int:
        return found if 0 <= found < 10**15 else None
    return int(found) if isinstance(found, str) and _STAMP.fullmatch(found) else None


def _sent(content: str, payload: Json, at: int) -> Heard | None:
    address, message = _id_of(payload.get("sender")), payload.get("message")
    if address is None or not isinstance(message, dict):
        return None
    name = message.get("msg_id")
    update_id = name if isinstance(name, str) and _MESSAGE_ID.fullmatch(name) else _named("message", address, at)
    if content != "text":
        return _heard(update_id, address, "other", content if content in CONTENTS else "unknown", at)
    text = message.get("text")
    if not isinstance(text, str) or not text:
        return None
    kind, words = _meaning(_valid(text))
    return _heard(update_id, address, kind, words, at)


def _meaning(text: str) -> tuple[IncomingKind, str]:
    """Text is what was typed, or the payload of a button: a press only where we could have made it."""
    if _is_data(text):
        return "press", text
    typed = text.strip()
    if way_in := _WAY_IN.fullmatch(typed):
        return "start", way_in[1].strip()
    words = typed.split(maxsplit=1)
    if words and words[0].lower() == "/start":
        return "start", words[1].strip() if len(words) > 1 else ""
    return "text", unicodedata.normalize("NFC", text)


def _is_data(text: str) -> bool:
    found = _PRESS.fullmatch(text) if len(text) <= MOST_DATA_BYTES and text.isascii() else None
    return found is not None and (found["command"] is None or found["command"] in NAMES)


def _follow(name: str, payload: Json, at: int) -> Heard | None:
    address = _id_of(payload.get("follower"))
    return None if address is None else _heard(_named(name, address, at), address, "start", "", at)


def _chat(name: str, payload: Json, at: int) -> Heard | None:
    address = _id(payload.get("user_id"))
    return None if address is None else _heard(_named(name, address, at), address, "start", "", at)


def _unfollow(_: str, payload: Json, __: int) -> Left | None:
    address = _id_of(payload.get("follower"))
    return None if address is None else Left(address)


_READERS: Mapping[str, Callable[[str, Json, int], Heard | Left | None]] = {
    "follow": _follow,
    "unfollow": _unfollow,
    "user_click_chatnow": _chat,
}


def _heard(update_id: str, address: str, kind: IncomingKind, text: str, at: int) -> Heard:
    return Heard(Incoming(CHANNEL, update_id, address, kind, text), at)


def _named(name: str, address: str, at: int) -> str:
    """The name of an event that has none. Names of events stand in logs, so no person's id may be read from it."""
    return f"{name}:{hashlib.sha256(f'{name}:{address}:{at}'.encode()).hexdigest()[:32]}"


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _id_of(thing: object) -> str | None:
    return _id(thing.get("id")) if isinstance(thing, dict) else None


def _valid(text: str) -> str:
    """JSON can spell half a surrogate pair, which neither a database nor UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
