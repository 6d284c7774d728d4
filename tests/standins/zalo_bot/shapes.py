"""Which fields each method takes, and of which shape; anything else is refused."""

import re
from collections.abc import Callable, Mapping

from tests.standins.zalo_bot.refusals import Json, bad_request

LONGEST_TEXT = 2000
STYLES = frozenset(
    {"b", "i", "u", "s", "c_15a85f", "c_db342e", "c_f27806", "c_f7b503", "lst_1", "lst_2"}
    | {f"f_{size}" for size in range(13, 21)}
    | {f"ind_{depth}" for depth in range(1, 6)}
)
_PUBLIC = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/\S*)?|http://127\.0\.0\.1:\d+/\S*")

Check = Callable[[object], bool]


def length(text: str) -> int:
    """UTF-16 units: the documents say "characters", and these are never fewer."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(value: object) -> bool:
    return isinstance(value, str) and 1 <= length(value) <= LONGEST_TEXT and bool(value.strip())


def _caption(value: object) -> bool:
    return isinstance(value, str) and length(value) <= LONGEST_TEXT


def _name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _address(value: object) -> bool:
    return isinstance(value, str) and bool(_PUBLIC.fullmatch(value))


def _secret(value: object) -> bool:
    return isinstance(value, str) and 8 <= len(value) <= 256


def _seconds(value: object) -> bool:
    return str(value).isdecimal() and not isinstance(value, bool)


def _style(one: object) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"start", "len", "st"}
        and type(one["start"]) is int
        and type(one["len"]) is int
        and one["start"] >= 0
        and one["len"] >= 1
        and isinstance(one["st"], list)
        and bool(one["st"])
        and all(name in STYLES for name in one["st"])
    )


def _styles(value: object) -> bool:
    return isinstance(value, list) and all(_style(one) for one in value)


def _one_of(*words: str) -> Check:
    return lambda value: value in words


SHAPES: Mapping[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "getMe": ({}, {}),
    "getUpdates": ({}, {"timeout": _seconds}),
    "setWebhook": ({"url": _address, "secret_token": _secret}, {}),
    "deleteWebhook": ({}, {}),
    "getWebhookInfo": ({}, {}),
    "sendMessage": (
        {"chat_id": _name, "text": _text},
        {"parse_mode": _one_of("markdown", "html"), "text_styles": _styles},
    ),
    "sendPhoto": ({"chat_id": _name, "photo": _address}, {"caption": _caption}),
    "sendSticker": ({"chat_id": _name, "sticker": _name}, {}),
    "sendVoice": ({"chat_id": _name, "voice_url": _address}, {}),
    "sendChatAction": ({"chat_id": _name, "action": _one_of("typing")}, {}),
}
"""Required and optional fields by method."""


def check(method: str, params: Json) -> None:
    """Raises RefusedError for a field that is missing, unknown or of the wrong shape."""
    required, optional = SHAPES[method]
    if missing := sorted(set(required) - set(params)):
        raise bad_request(f"{missing[0]} is missing")
    if unknown := sorted(set(params) - set(required) - set(optional)):
        raise bad_request(f"{unknown[0]} is not a field of {method}")
    for name, value in params.items():
        if not {**required, **optional}[name](value):
            raise bad_request(f"{name} is not valid")
    if any(one["start"] + one["len"] > length(params["text"]) for one in params.get("text_styles", ())):
        raise bad_request("text_styles reach beyond the text")
