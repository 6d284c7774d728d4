"""Messages as JSON text: in the inbox's reply column, in the outbox, over the control socket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from handlers.context import Attachment, Button, Message


def dump_messages(messages: Sequence[Message]) -> str:
    return json.dumps([_plain(message) for message in messages], ensure_ascii=False, separators=(",", ":"))


def load_messages(text: str) -> list[Message]:
    """The inverse of `dump_messages`; raises ValueError or KeyError on foreign text."""
    return [_message(item) for item in json.loads(text)]


def _plain(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = {"text": message.text, "awaits": message.awaits}
    if message.buttons:
        plain["buttons"] = [[[b.label, b.data, b.tone] for b in row] for row in message.buttons]
    if message.replaces:
        plain["replaces"] = True
    if message.attachment:
        plain["attachment"] = [message.attachment.kind, message.attachment.name, dict(message.attachment.facts)]
    return plain


def _message(plain: dict[str, Any]) -> Message:
    attachment = plain.get("attachment")
    return Message(
        text=cast("str", plain["text"]),
        buttons=tuple(tuple(Button(*button) for button in row) for row in plain.get("buttons", ())),
        replaces=plain.get("replaces", False),
        attachment=Attachment(*attachment) if attachment else None,
        awaits=plain["awaits"],
    )
