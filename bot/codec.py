"""Messages as JSON text: in the inbox's reply column, in the outbox, over the control socket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder

from handlers.context import Attachment, Button, Message

_encode = Encoder().encode
_decode = Decoder(list[dict[str, Any]]).decode


def dump_messages(messages: Sequence[Message]) -> str:
    """Raises ValueError for text that is no Unicode."""
    return _encode([_plain(message) for message in messages]).decode()


def load_messages(text: str) -> list[Message]:
    """The inverse of `dump_messages`, but for what may be shown only once; raises ValueError or KeyError."""
    try:
        plain = _decode(text)
    except MsgspecError as error:
        raise ValueError(f"no stored messages: {error}") from None
    return [_message(item) for item in plain]


def _plain(message: Message) -> dict[str, Any]:
    text = message.text if message.kept is None else message.kept
    plain: dict[str, Any] = {"text": text, "awaits": message.awaits}
    if message.buttons:
        plain["buttons"] = message.buttons
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
