"""A Message as the body of sendMessage and editMessageText; pure.

Strong passages become entities, never markup: no parse_mode is used anywhere, so nothing that a person typed can become
a link or a tag. Telegram counts lengths and offsets in UTF-16 units.
"""

from __future__ import annotations

import re
from typing import Any

from bot.channels.base import Limits, as_numbered_list, cut, flat, without_marks
from handlers.context import PLAIN, STRONG, Button, Message

LIMITS = Limits(text=4096, caption=1024, buttons=100, data=64, edits=True, pictures=True)
BUTTONS_A_ROW = 8
NOTHING = "…"
"""Stands for a text without a visible character, which Telegram refuses."""

# Colour only repeats what the label says; old clients show none.
_STYLES = {"good": "success", "bad": "danger", "main": "primary"}
_MARK = re.compile(f"([{STRONG}{PLAIN}])")
_NO_PREVIEW = {"is_disabled": True}

Json = dict[str, Any]


def render(message: Message) -> Json:
    """`text`, `entities`, `reply_markup` and `link_preview_options`, within Telegram's limits.

    Buttons that Telegram would refuse (more than 100, data beyond 64 bytes, no label) become a numbered list.
    """
    shown = message if _fits(message) else as_numbered_list(message)
    text, entities = _styled(_fitted(_valid(shown.text)))
    body: Json = {"text": text, "link_preview_options": _NO_PREVIEW}
    if entities:
        body["entities"] = entities
    if rows := _rows(shown):
        body["reply_markup"] = {"inline_keyboard": rows}
    return body


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitted(text: str) -> str:
    if 2 * len(text) <= LIMITS.text or units(text) <= LIMITS.text:  # no letter takes more than two units
        return text
    fitted = cut(text, LIMITS.text, _shown_units)
    # `cut` drops a strong passage that it would have to break; a very long one loses its weight, not its words.
    return fitted if units(fitted) > LIMITS.text // 2 else cut(without_marks(text), LIMITS.text, units)


def _shown_units(text: str) -> int:
    return units(without_marks(text))


def _styled(text: str) -> tuple[str, list[Json]]:
    """The text without marks, and a bold entity for every passage between them; a mark without its partner is dropped
    (a passage that is never closed ends with the text)."""
    if STRONG not in text and PLAIN not in text:
        return text if text.strip() else NOTHING, []
    pieces: list[str] = []
    entities: list[Json] = []
    offset, start = 0, -1
    for piece in (*_MARK.split(text), PLAIN):
        if piece == STRONG:
            start = offset if start < 0 else start
        elif piece == PLAIN:
            if 0 <= start < offset:
                entities.append({"type": "bold", "offset": start, "length": offset - start})
            start = -1
        else:
            pieces.append(piece)
            offset += units(piece)
    plain = "".join(pieces)
    return (plain, entities) if plain.strip() else (NOTHING, [])


def _fits(message: Message) -> bool:
    buttons = flat(message)
    return len(buttons) <= LIMITS.buttons and all(
        button.label.strip() and 1 <= _bytes(button.data) <= LIMITS.data for button in buttons
    )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _rows(message: Message) -> list[list[Json]]:
    return [
        [_button(button) for button in row[at : at + BUTTONS_A_ROW]]
        for row in message.buttons
        for at in range(0, len(row), BUTTONS_A_ROW)
    ]


def _button(button: Button) -> Json:
    shown: Json = {"text": _valid(button.label), "callback_data": _valid(button.data)}
    if style := _STYLES.get(button.tone):
        shown["style"] = style
    return shown


def _valid(text: str) -> str:
    """Half a surrogate pair cannot be sent as UTF-8; it becomes U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
