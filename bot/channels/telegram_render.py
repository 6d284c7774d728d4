"""A Message as the body of sendMessage and editMessageText; pure.

Strong passages become entities, never markup: no parse_mode is used anywhere, so nothing that a person typed can become
a link or a tag. Telegram counts lengths and offsets in UTF-16 units.
"""

from __future__ import annotations

from typing import Any

from bot.channels.base import Limits, as_numbered_list, cut, flat, without_marks
from bot.channels.passages import passages, sound, units
from handlers.context import Button, Message

LIMITS = Limits(text=4096, caption=1024, buttons=100, data=64, edits=True, pictures=True)
BUTTONS_A_ROW = 8
NOTHING = "…"
"""Stands for a text without a visible character, which Telegram refuses."""

# Colour only repeats what the label says; old clients show none.
_STYLES = {"good": "success", "bad": "danger", "main": "primary"}
_NO_PREVIEW = {"is_disabled": True}

Json = dict[str, Any]


def render(message: Message) -> Json:
    """`text`, `entities`, `reply_markup` and `link_preview_options`, within Telegram's limits.

    Buttons that Telegram would refuse (more than 100, data beyond 64 bytes, no label) become a numbered list.
    """
    shown = message if _fits(message) else as_numbered_list(message)
    text, entities = _styled(_fitted(sound(shown.text)))
    body: Json = {"text": text, "link_preview_options": _NO_PREVIEW}
    if entities:
        body["entities"] = entities
    if rows := _rows(shown):
        body["reply_markup"] = {"inline_keyboard": rows}
    return body


def _fitted(text: str) -> str:
    if 2 * len(text) <= LIMITS.text or units(text) <= LIMITS.text:  # no letter takes more than two units
        return text
    fitted = cut(text, LIMITS.text, _shown_units)
    # `cut` drops a strong passage that it would have to break; a very long one loses its weight, not its words.
    return fitted if units(fitted) > LIMITS.text // 2 else cut(without_marks(text), LIMITS.text, units)


def _shown_units(text: str) -> int:
    return units(without_marks(text))


def _styled(text: str) -> tuple[str, list[Json]]:
    """The text without marks, and a bold entity for every strong passage."""
    plain, strong = passages(text)
    if not plain.strip():
        return NOTHING, []
    return plain, [{"type": "bold", "offset": offset, "length": length} for offset, length in strong]


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
    shown: Json = {"text": sound(button.label), "callback_data": sound(button.data)}
    if style := _STYLES.get(button.tone):
        shown["style"] = style
    return shown
