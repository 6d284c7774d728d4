"""The answer to one event, as messages of its own: Zalo edits nothing.

A message is repeated only when it certainly did not arrive: a question asked twice is worse than one that must be asked
for (`/tieptuc`), and the answer itself is stored already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.channels.zalo_oa_client import OaClient
from bot.channels.zalo_oa_render import Json, render
from bot.errors import SendError
from handlers.context import Message

PATIENCE_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

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
                await self._patiently(deadline, address, body)
            except SendError as error:
                log.warning("an answer did not go out whole", kind=error.kind, why=error.detail, update_id=update_id)
                if error.kind != "uncertain":
                    return False
        return True

    async def _patiently(self, deadline: float, address: str, body: Json) -> None:
        """Send until it goes out, while another try is safe and before `deadline` (loop time)."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._client.say(address, body)
            except SendError as error:
                wait = max(error.retry_after, pause)
                in_time = asyncio.get_running_loop().time() + wait < deadline
                if error.kind not in {"throttled", "unreachable"} or not in_time:
                    raise
                await asyncio.sleep(wait)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            else:
                return
