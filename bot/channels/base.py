"""What every channel is, and what several channels share."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from msgspec.structs import replace
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from handlers.context import PLAIN, STRONG, Attachment, Button, Incoming, Message

Receive = Callable[[Incoming], Awaitable[list[Message]]]
"""Give the shell one event; returns after the commit. Raises StorageUnavailable when nothing was stored."""


@dataclass(frozen=True)
class Drawn:
    """A finished picture or file."""

    content: bytes
    name: str
    media_type: str


class UndeliveredError(Exception):
    """Nothing of the answer went out and nothing of it can have arrived: the update may safely come again."""


Routes = list[BaseRoute]
"""HTTP routes that channels add to the one server."""


class Hook(Route):
    """A POST address for a machine: called past the router and the pages' headers, which cost it a tenth of a tap.

    `app` bounds the body it reads itself.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app, methods=["POST"])
        self.app = app  # also where `app` is a plain function, which Starlette would take for a page


Draw = Callable[[Attachment], Awaitable[Drawn]]


@dataclass(frozen=True)
class Limits:
    """`text` in the channel's own unit (see its render); `buttons` in all; `data` in bytes."""

    text: int
    caption: int
    buttons: int
    data: int = 64
    edits: bool = True
    pictures: bool = True
    numbered: bool = False
    """Whether buttons beyond `buttons` are numbers to type: see `with_numbers`."""


@dataclass(frozen=True)
class Receipt:
    """What the channel calls the message it accepted."""

    id: str


class Channel(Protocol):
    name: str
    limits: Limits

    def open(self, receive: Receive, routes: list[BaseRoute]) -> AbstractAsyncContextManager[None]:
        """Start receiving: append HTTP routes, start polling. Leaving the context stops it gracefully."""
        ...

    async def send(self, address: str, message: Message) -> Receipt:
        """Send unasked; raises SendError(kind)."""
        ...


def without_marks(text: str) -> str:
    """The text as a channel without strong passages shows it."""
    return text.replace(STRONG, "").replace(PLAIN, "")


def with_numbers(messages: Sequence[Message], most: int) -> list[Message]:
    """The first `most` buttons of each message stay, the main ones before others; the rest are lines with a number.

    All are counted through the reply, in their order.

    Where words are expected a number is written "#2": a bare one would be an answer.
    """
    shown: list[Message] = []
    before = 0
    for message in messages:
        buttons = flat(message)
        sign = "#{} " if message.awaits == "words" else "{}. "
        labels = [sign.format(at) + button.label for at, button in enumerate(buttons, before + 1)]
        before += len(buttons)
        if len(buttons) > most:
            order = sorted(range(len(buttons)), key=lambda at: (buttons[at].tone != "main", at))
            kept, rest = order[:most], sorted(order[most:])
            rows = tuple((buttons[at]._replace(label=labels[at]),) for at in kept)
            text = "\n".join([message.text, "", *(labels[at] for at in rest)])
            message = replace(message, text=text, buttons=rows)  # noqa: PLW2901
        shown.append(message)
    return shown


def as_numbered_list(message: Message) -> Message:
    """Buttons as a numbered list in the text, for a channel that cannot show them (or not so many)."""
    buttons = [button for row in message.buttons for button in row]
    if not buttons:
        return message
    lines = [f"{at}. {button.label}" for at, button in enumerate(buttons, 1)]
    return replace(message, text="\n".join([message.text, "", *lines]), buttons=())


def cut(text: str, limit: int, length: Callable[[str], int] = len) -> str:
    """At most `limit` units of `length`, marked with "…"; never cut inside a strong passage or an accented letter."""
    if length(text) <= limit:
        return text
    kept = text
    while kept and length(kept) > limit - 1:
        kept = kept[: -max(1, (length(kept) - limit + 1) // 2)]
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    if kept.count(STRONG) > kept.count(PLAIN):
        kept = kept[: kept.rindex(STRONG)]
    return kept + "…"


def flat(message: Message) -> list[Button]:
    return [button for row in message.buttons for button in row]
