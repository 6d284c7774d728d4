"""From a Zalo OA event to a finished answer: the event is stored while Zalo waits, the answer follows beside.

One person's events and answers keep their order, different people's go at the same time. Two lines for each: while an
answer waits to get out, what she did next is already being stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from bot.channels.base import Receive
from bot.channels.order import Lines, Place
from bot.channels.turns import one_turn
from bot.channels.zalo_oa_parse import Heard, Left
from bot.channels.zalo_oa_reply import Replies
from bot.errors import StorageUnavailable
from handlers.context import Message

MOST_WAITING = 2_000
"""Answers that wait to get out; beyond that nothing more is taken in, and Zalo brings it again."""
MOST_REMEMBERED = 4_096
"""Events whose answer is out: when one comes again it is not shown a second time."""

Touch = Callable[[str, int], Awaitable[None]]
"""(address, Unix ms): note that a person did something; she can be written to again."""
MarkReachable = Callable[[str, bool], Awaitable[None]]
log = structlog.get_logger()


class Intake:
    """Takes events in; `sorry` answers a turn that broke outside its own net."""

    def __init__(
        self, receive: Receive, replies: Replies, touch: Touch, mark_reachable: MarkReachable, sorry: Message
    ) -> None:
        self._receive = receive
        self._replies = replies
        self._touch = touch
        self._mark_reachable = mark_reachable
        self._sorry = sorry
        self._hearing = Lines()
        self._replying = Lines()
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered: dict[str, None] = {}

    async def take(self, meaning: Heard | Left) -> None:
        """Store it; the answer leaves beside. Raises StorageUnavailable when nothing was stored."""
        if len(self._tasks) >= MOST_WAITING:
            raise StorageUnavailable("too many answers wait to get out")
        async with self._hearing.join(meaning.line):
            match meaning:
                case Left(address):
                    await self._mark_reachable(address, False)
                case Heard():
                    await self._heard(meaning)

    async def _heard(self, heard: Heard) -> None:
        if heard.incoming.update_id in self._answered:
            return
        messages = await one_turn(self._receive, heard.incoming, lambda _: self._sorry)
        # Joined before the other line is left, so that answers keep the order of the turns.
        self._beside(self._answer(self._replying.join(heard.line), heard, messages))

    async def _answer(self, place: Place, heard: Heard, messages: list[Message]) -> None:
        async with place:
            update_id = heard.incoming.update_id
            try:
                await self._touch(heard.incoming.address, heard.at)
            except StorageUnavailable:
                log.warning("when a person last wrote was not noted", update_id=update_id)
            if update_id in self._answered:
                return
            try:
                out = await self._replies.carry_out(heard.incoming.address, messages, update_id)
            except Exception:
                log.exception("an answer could not be made", update_id=update_id)
                return
            if out:
                self._remember(update_id)

    def _remember(self, update_id: str) -> None:
        self._answered[update_id] = None
        if len(self._answered) > MOST_REMEMBERED:
            del self._answered[next(iter(self._answered))]

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Wait until every answer is out, at most `seconds`."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
        if late:
            log.warning("answers were still on their way at the end; they are stored", count=len(late))
