"""From an event to a finished answer; polling and the webhook share it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.channels.base import Receive
from bot.channels.order import Lines, Place
from bot.channels.patience import patiently
from bot.channels.turns import one_turn
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.channels.zalo_bot_parse import Heard
from bot.channels.zalo_bot_render import Json
from bot.errors import SendError
from handlers.context import Message

HOLD_SECONDS = 1.0
"""How long an event waits for its answer to go out: a program that dies in between has not acknowledged it. Whether the
platform then brings it again is not documented, nor how long it waits for us; so no longer than this."""

PATIENCE_SECONDS = 20.0
"""How long an answer tries to get out; it is stored, and /tieptuc shows it again."""

RenderFor = Callable[[str, Sequence[Message]], Awaitable[list[Json]]]
"""A reply to an address as bodies of sends."""

log = structlog.get_logger()


class Intake:
    """Takes events in, one person's in order and different people's beside each other. `sorry` answers a bug."""

    def __init__(self, receive: Receive, client: ZaloBotClient, render: RenderFor, sorry: Message) -> None:
        self._receive = receive
        self._client = client
        self._render = render
        self._sorry = sorry
        # Two lines: while an answer waits to get out, what the person did next is already being stored.
        self._hearing = Lines()
        self._replying = Lines()
        self._answers: set[asyncio.Task[None]] = set()

    async def take(self, heard: Heard) -> None:
        """Returns when it is stored and answered, or stored and its answer takes long. Raises StorageUnavailable."""
        async with self._hearing.join(heard.incoming.address):
            messages = await one_turn(self._receive, heard.incoming, lambda _: self._sorry)
            # Joined before the other line is left, so that answers keep the order of the turns.
            answer = asyncio.create_task(self._answer(self._replying.join(heard.chat), heard, messages))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)
        await asyncio.wait({answer}, timeout=HOLD_SECONDS)

    async def _answer(self, place: Place, heard: Heard, messages: Sequence[Message]) -> None:
        async with place:
            try:
                await self._say_all(heard, await self._render(heard.incoming.address, messages))
            except SendError as error:
                about = {"kind": error.kind, "detail": error.detail, "update_id": heard.incoming.update_id}
                log.warning("an answer did not go out; it is stored", **about)
            except Exception:
                log.exception("an answer could not be made", update_id=heard.incoming.update_id)

    async def _say_all(self, heard: Heard, bodies: Sequence[Json]) -> None:
        """In order; after one that cannot go out the rest would stand without its beginning."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        for body in bodies:
            try:
                await patiently(deadline, lambda body=body: self._client.say(heard.chat, body))  # type: ignore[misc]
            except SendError as error:
                if error.kind != "uncertain":
                    raise
                log.warning("part of an answer may not have arrived", update_id=heard.incoming.update_id)

    async def finish(self, seconds: float) -> None:
        """Wait until every answer has gone out, at most `seconds`."""
        if not self._answers:
            return
        _, left = await asyncio.wait(self._answers, timeout=seconds)
        for answer in left:
            answer.cancel()
        if left:
            log.warning("events were still being answered at the end", count=len(left))
