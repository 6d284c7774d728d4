"""The answer to one update: which messages are edits and which are sends, and what happens when one does not go out.

Edits may be repeated. A send is repeated only when it certainly did not arrive: a question asked twice is worse than
one that must be asked for (`/tieptuc`), and the answer itself is stored already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.base import UndeliveredError
from bot.channels.patience import patiently
from bot.channels.telegram_client import TelegramClient
from bot.channels.telegram_files import Files
from bot.channels.telegram_parse import Heard
from bot.channels.telegram_render import render
from bot.errors import SendError, StorageUnavailable
from handlers.context import Attachment, Message

PATIENCE_SECONDS = 20.0
"""How long an answer tries to get out; well below the 60 s after which Telegram sends the update again."""

MarkReachable = Callable[[str, bool], Awaitable[None]]
"""Note that an address can or cannot be written to."""

Json = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True)
class Edit:
    """Replace the text of `bubble`."""

    bubble: int
    body: Json


@dataclass(frozen=True)
class Send:
    """A message of its own."""

    body: Json


Step = Edit | Send | Attachment


def plan(heard: Heard, messages: Sequence[Message]) -> list[Step]:
    """What to do, in order; pure. Only the first message may replace the bubble: a second would wipe the first."""
    steps: list[Step] = []
    for at, message in enumerate(messages):
        if message.text.strip() or message.buttons or not message.attachment:
            body = render(message)
            in_place = at == 0 and message.replaces and heard.bubble is not None
            steps.append(Edit(heard.bubble, body) if in_place and heard.bubble is not None else Send(body))
        if message.attachment:
            steps.append(message.attachment)
    return steps


def riding(heard: Heard, messages: Sequence[Message]) -> Json | None:
    """The one edit as the answer to the webhook, or None: the result of a send must be seen, so it never rides."""
    if len(messages) != 1 or not messages[0].replaces or messages[0].attachment or heard.bubble is None:
        return None
    return {
        "method": "editMessageText",
        "chat_id": heard.chat,
        "message_id": heard.bubble,
        **render(messages[0]),
    }


class Replies:
    """Carries out plans."""

    def __init__(self, client: TelegramClient, files: Files, mark_reachable: MarkReachable) -> None:
        self._client = client
        self._files = files
        self._mark_reachable = mark_reachable

    async def carry_out(self, heard: Heard, steps: Sequence[Step]) -> None:
        """All steps in order. Raises UndeliveredError when the update may come again."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        shown = 0
        for step in steps:
            try:
                await self._step(heard, step, deadline)
            except SendError as error:
                about = {"kind": error.kind, "detail": error.detail, "update_id": heard.incoming.update_id}
                if error.kind in {"throttled", "unreachable", "misconfigured"} and not shown:
                    raise UndeliveredError(str(error)) from None
                if error.kind == "gone":
                    return await self._gone(heard)
                log.warning("part of an answer did not go out", **about)
                if error.kind == "uncertain":
                    shown += 1
            else:
                shown += 1
        return None

    async def _step(self, heard: Heard, step: Step, deadline: float) -> None:
        match step:
            case Edit(bubble, body):
                try:
                    await patiently(deadline, lambda: self._client.edit(heard.chat, bubble, body))
                except SendError as error:
                    if error.kind != "rejected":
                        raise
                    # The bubble is gone or is no text any more.
                    await self._step(heard, Send(body), deadline)
            case Send(body):
                await patiently(deadline, lambda: self._client.say(heard.chat, body))
            case Attachment():
                drawn = await self._files.draw(step)
                await patiently(deadline, lambda: self._files.post(heard.chat, drawn, heard.incoming.language))

    async def _gone(self, heard: Heard) -> None:
        if not heard.incoming.private:
            return
        try:
            await self._mark_reachable(heard.incoming.address, False)
        except StorageUnavailable:
            # The next message to this person will find out again.
            log.warning("a person who is gone could not be marked", update_id=heard.incoming.update_id)
