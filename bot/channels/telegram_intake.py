"""From a raw update to a finished answer; polling and the webhook share it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.channels.base import Receive, UndeliveredError
from bot.channels.order import Lines, Place
from bot.channels.telegram_answers import Answers
from bot.channels.telegram_parse import Heard, Reach
from bot.channels.telegram_reply import MarkReachable, Replies, plan, riding
from bot.channels.turns import one_turn
from bot.errors import StorageUnavailable
from handlers.context import Message

Json = dict[str, Any]
log = structlog.get_logger()

MOST_HELD = 60
"""So many of Telegram's connections may wait for an answer that needs a call, so that the update comes again where the
call fails. Further ones are acknowledged as soon as they are stored: while the Bot API is silent, people who only tap
find one free. Should the program die before such an answer is out, nothing of theirs is lost, but they see nothing
until they write again."""


def _nothing() -> None:
    """For callers that need not know when an update was stored."""


class Intake:
    """Takes updates in. `busy` counts those that are not finished; `sorry` answers a turn that broke outside itself."""

    def __init__(
        self,
        receive: Receive,
        replies: Replies,
        answers: Answers,
        mark_reachable: MarkReachable,
        sorry: Callable[[str | None], Message],
    ) -> None:
        self._receive = receive
        self._replies = replies
        self._answers = answers
        self._mark_reachable = mark_reachable
        self._sorry = sorry
        # Two lines: while an answer waits to get out, what the person did next is already being stored.
        self._hearing = Lines()
        self._replying = Lines()
        self._held = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self.busy = 0

    async def take(
        self, meaning: Heard | Reach | None, *, rides: bool, stored: Callable[[], None] = _nothing
    ) -> Json | None:
        """Store it, call `stored`, answer it. With `rides`, an answer that is one edit is returned and not called.

        Raises StorageUnavailable when nothing was stored, UndeliveredError when nothing of the answer went out.
        """
        self._begin()
        try:
            match meaning:
                case Heard():
                    return await self._heard(meaning, rides=rides, stored=stored)
                case Reach(chat, reachable):
                    async with self._hearing.join(chat):
                        await self._mark(meaning.address, reachable)
            stored()
            return None
        finally:
            self._end()

    async def _heard(self, heard: Heard, *, rides: bool, stored: Callable[[], None]) -> Json | None:
        async with self._hearing.join(heard.chat):
            messages = await one_turn(self._receive, heard.incoming, self._sorry)
            stored()
            if heard.query:
                self._answers.put(heard.query)
            # Joined before the other line is left, so that answers keep the order of the turns.
            place = self._replying.join(heard.chat)
        if not rides:
            await self._calling(place, heard, messages)
            return None
        call = _edit_alone(heard, messages)
        if call is not None and place.free:
            async with place:
                return call
        if self._held >= MOST_HELD:
            self._beside(self._calling_alone(place, heard, messages))
            return None
        self._held += 1
        try:
            await self._calling(place, heard, messages)
        finally:
            self._held -= 1
        return None

    async def _calling(self, place: Place, heard: Heard, messages: list[Message]) -> None:
        """Carry the answer out by calls, when it is its turn. Raises UndeliveredError."""
        async with place:
            try:
                await self._replies.carry_out(heard, plan(heard, messages))
            except UndeliveredError:
                raise
            except Exception:
                # Stored it is; coming again would break again.
                log.exception("an answer could not be made", update_id=heard.incoming.update_id)

    async def _calling_alone(self, place: Place, heard: Heard, messages: list[Message]) -> None:
        self._begin()
        try:
            await self._calling(place, heard, messages)
        except UndeliveredError as error:
            log.warning("an answer did not go out; it is stored", update_id=heard.incoming.update_id, why=str(error))
        finally:
            self._end()

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _begin(self) -> None:
        self.busy += 1
        self._idle.clear()

    def _end(self) -> None:
        self.busy -= 1
        if not self.busy:
            self._idle.set()

    async def _mark(self, address: str, reachable: bool) -> None:
        try:
            await self._mark_reachable(address, reachable)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("who can be reached was not noted")

    async def finish(self, seconds: float) -> None:
        """Wait until every update that was taken in is finished, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("updates were still being answered at the end", busy=self.busy)


def _edit_alone(heard: Heard, messages: list[Message]) -> Json | None:
    """`riding`, but a message that cannot be rendered is left to the way that logs it."""
    try:
        return riding(heard, messages)
    except Exception:  # noqa: BLE001 - told where it is tried again
        return None
