"""Channels that show buttons as numbers: what a person types is a press on what she saw last.

The last screen is kept in the database, so that "2" means the same after a restart; and which event meant which button,
so that an event that arrives again means what it meant the first time.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from bot.channels.base import flat
from bot.storage.queries import SQL
from handlers.context import Incoming, Message
from survey.text import fold

MOST_PICKS = 20
"""Events that are remembered: channels repeat the last ones, not the last hundred."""

_NUMBER = re.compile(r"(?P<sure>#)?\s*(?P<number>\d{1,3})\s*[.)]?", re.ASCII)
_BOX = "☐☑ "


class _Shown(NamedTuple):
    """A button as it was shown; `free`: its screen takes words, where a bare number is an answer."""

    label: str
    data: str
    free: bool


def note(
    connection: sqlite3.Connection, province_id: str, channel: str, address: str, messages: Sequence[Message], at: int
) -> None:
    """Keep the buttons of a reply, in the order of their numbers; one without buttons leaves the older ones."""
    buttons = [
        _Shown(fold(button.label.strip(_BOX)), button.data, message.awaits == "words")
        for message in messages
        for button in flat(message)
    ]
    if buttons:
        key = {"province_id": province_id, "channel": channel, "address": address}
        SQL.put_shown(connection, **key, buttons=json.dumps(buttons, ensure_ascii=False), at=at)


def meant(connection: sqlite3.Connection, province_id: str, incoming: Incoming, *, choosing: bool) -> Incoming:
    """A typed number or label as the press it means; everything else as it came.

    `choosing`: she is picking an office, so that a bare number is no answer although words are expected.
    """
    if incoming.kind != "text" or not incoming.private or not incoming.fresh:
        return incoming
    key = {"province_id": province_id, "channel": incoming.channel, "address": incoming.address}
    row = SQL.get_shown(connection, **key)
    if row is None:
        return incoming
    picks: list[list[str]] = json.loads(row[1])
    data = next((known for update_id, known in picks if update_id == incoming.update_id), None)
    if data is None:
        data = _picked([_Shown(*button) for button in json.loads(row[0])], incoming.text, choosing=choosing)
        picks = [*picks, [incoming.update_id, data]][-MOST_PICKS:]
        SQL.put_picks(connection, **key, picks=json.dumps(picks))
    return replace(incoming, kind="press", text=data) if data else incoming


def _picked(buttons: Sequence[_Shown], typed: str, *, choosing: bool) -> str:
    """The data of the button that is meant, "" where none is."""
    number = _NUMBER.fullmatch(typed.strip())
    if number:
        place = int(number["number"]) - 1
        if not 0 <= place < len(buttons):
            return ""
        button = buttons[place]
        return "" if button.free and not number["sure"] and not choosing else button.data
    words = fold(typed)
    return next((button.data for button in buttons if words and button.label == words), "")
