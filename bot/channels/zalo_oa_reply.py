"""The answer to one event, as messages of its own: Zalo edits nothing.

A message is repeated only when it certainly did not arrive: a question asked twice is worse than one that must be asked
for (`/tieptuc`), and the answer itself is stored already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.channels.patience import patiently
from bot.channels.zalo_oa_client import OaClient
from bot.channels.zalo_oa_render import Json, render
from bot.errors import SendError
from handlers.context import Message

PATIENCE_SECONDS = 20.0

NoFiles = Callable[[str], Awaitable[str]]
"""The sentence, in the language of an address, that stands for a picture or file."""
log = structlog.get_logger()


class Replies:
    """Shows messages to a person."""

    def __init__(self, client: OaClient, no_files: NoFiles) -> None:
        self._client = client
        self._no_files = no_files

    async def rendered(self, address: str, messages: Sequence[Message]) -> list[Json]:
        """What to send, in order."""
        has_files = any(message.attachment for message in messages)
        return render(messages, instead=await self._no_files(address) if has_files else "")

    async def carry_out(self, address: str, messages: Sequence[Message], update_id: str) -> bool:
        """Send all in order; whether none of it is known to be missing."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        for body in await self.rendered(address, messages):
            try:
                await patiently(deadline, lambda body=body: self._client.say(address, body))  # type: ignore[misc]
            except SendError as error:
                log.warning("an answer did not go out whole", kind=error.kind, why=error.detail, update_id=update_id)
                if error.kind != "uncertain":
                    return False
        return True
