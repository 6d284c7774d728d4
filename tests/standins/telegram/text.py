"""Text as Telegram measures it: lengths and entity offsets count UTF-16 units, after the markup has been read."""

import html
import re
from typing import Any

from tests.standins.telegram.refusals import Json, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_ANSWER = 200

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}
_TOKEN = re.compile(r"<(?P<end>/)?(?P<tag>[A-Za-z-]*)(?P<attributes>[^<>]*)>|(?P<text>[^<]+)|(?P<stray><)")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def utf16_length(text: str) -> int:
    """The number of UTF-16 units in a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_html(source: str) -> tuple[str, list[Json]]:
    """The plain text and the entities of Telegram's HTML subset; refuses what Telegram cannot parse."""
    plain: list[str] = []
    length = 0
    open_tags: list[tuple[str, int, str]] = []
    entities: list[Json] = []
    for token in _TOKEN.finditer(source):
        if token["text"]:
            piece = html.unescape(token["text"])
            plain.append(piece)
            length += utf16_length(piece)
        elif token["stray"] or token["tag"] not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{token["tag"] or ""}"')
        elif not token["end"]:
            open_tags.append((token["tag"], length, token["attributes"]))
        elif not open_tags or open_tags[-1][0] != token["tag"]:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{token["tag"]}"')
        else:
            entities.extend(_closed(*open_tags.pop(), length))
    if open_tags:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag {open_tags[-1][0]}")
    return "".join(plain), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _closed(tag: str, start: int, attributes: str, end: int) -> list[Json]:
    if end == start:
        return []
    entity: Json = {"type": _TAGS[tag], "offset": start, "length": end - start}
    link = _HREF.search(attributes)
    if tag == "a":
        if not link:
            return []
        entity["url"] = html.unescape(link[1] or link[2] or "")
    return [entity]


def check_entities(text: str, entities: Any) -> list[Json]:
    """The given entities, or a refusal when one lies outside the text or cuts a surrogate pair."""
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array")
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse entities: expected an Object with a type")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {offset}")
        if not isinstance(length, int) or length <= 0:
            raise bad_request(f"receive an entity with incorrect length {length}")
        end = offset + length
        if end * 2 > len(units):
            raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
        if any(_cuts_pair(units, edge) for edge in (offset, end)):
            raise bad_request(f"entity beginning at UTF-16 offset {offset} cuts a UTF-16 symbol")
    return list(entities)


def _cuts_pair(units: bytes, edge: int) -> bool:
    """True when the unit at this edge is the second half of a surrogate pair."""
    unit = units[edge * 2 : edge * 2 + 2]
    return len(unit) == 2 and 0xDC <= unit[1] <= 0xDF


def read_text(raw: Any, entities: Any, parse_mode: Any, limit: int, too_long: str) -> tuple[str, list[Json]]:
    """The text and entities of a message or caption, measured after parsing; `too_long` is the refusal's words."""
    text = raw if isinstance(raw, str) else ""
    found: list[Json] = []
    if isinstance(parse_mode, str) and parse_mode.casefold() == "html":
        text, found = read_html(text)
    elif parse_mode:
        raise bad_request(f"unsupported parse_mode (this stand-in reads only HTML, not {parse_mode})")
    elif entities:
        found = check_entities(text, entities)
    if utf16_length(text) > limit:
        raise bad_request(too_long)
    return text, found
