"""Sending what nobody asked for at that moment: rows written in the transaction that caused them, sent plainly.

A send whose outcome is not known is marked `unknown` and shown to the operator; it is never silently repeated. One
whose outcome is known and could not be written is written as soon as storage takes it, before anything else is sent.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

import aiosqlite
import structlog

from bot import shown
from bot.channels.base import Channel, Receipt
from bot.codec import load_messages
from bot.core import Clock
from bot.draining import Queue
from bot.ending import Ending
from bot.errors import SendError, StorageUnavailable
from bot.failpoints import reach
from bot.readers import Readers
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers.context import to_ms

log = structlog.get_logger()

AT_ONCE = 30
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 3_600_000
GIVE_UP_MS = 72 * 3_600_000
"""How long an unreachable channel is tried."""
FEWEST_TRIES = 8
"""Two hours' worth: what was queued before days of standstill is not given up at its first try."""
LONGEST_WAIT_MS = 24 * 3_600_000
"""Nothing is put off for longer; what seems to be was put off by a clock that has been set back since, and is due."""

_DUE = SQL.due_posts.sql


class _Post(NamedTuple):
    """A row of `due_posts`."""

    province_id: str
    id: str
    message: str
    attempts: int
    created_at: int
    person_id: str
    channel: str
    address: str
    kind: str

    @property
    def key(self) -> dict[str, str]:
        return {"province_id": self.province_id, "post_id": self.id}


class _Outcome(NamedTuple):
    """What became of a post: `later` may go out from `at` on, the others have ended then. `gone`: so is the person."""

    post: _Post
    ended: Literal["sent", "unknown", "failed", "later"]
    at: int
    receipt: str | None = None
    reason: str | None = None
    gone: bool = False


Rule = Callable[[str, str], Awaitable[None]]
"""(address, kind of post): raises SendError where a channel's own rules forbid to send it, now or at all."""


@dataclass
class Outbox:
    """Drains the outbox through the open channels."""

    writer: Writer
    readers: Readers
    channels: Mapping[str, Channel]
    clock: Clock
    ending: Ending = field(default_factory=Ending)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many sends on a channel ended how: sent, unknown, failed, later."""
    _unwritten: _Outcome | None = None
    """Never more than one: until it is written, nothing else is claimed."""
    _pauses: dict[str, range] = field(default_factory=dict)
    """The milliseconds in which a throttled channel is not used; a clock that is set back has left them."""

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Look for due posts every second until the context ends."""
        async with aiosqlite.connect(f"{self.readers.path.as_uri()}?mode=ro", uri=True) as connection:
            queue = Queue("outbox", partial(self.drain, connection), self._catch_up, self.stopping, self.ending)
            async with queue.draining():
                yield

    async def drain(self, connection: aiosqlite.Connection) -> int:
        """Send what is due now but for paused channels; how many posts were handled. Raises StorageUnavailable."""
        await self._catch_up()
        now = to_ms(self.clock())
        paused = json.dumps([name for name in self._pauses if self._paused(name)])
        parameters = {"now": now, "beyond": now + LONGEST_WAIT_MS, "paused": paused, "limit": AT_ONCE}
        async with connection.execute(_DUE, parameters) as cursor:
            posts = [_Post(*row) for row in await cursor.fetchall()]
        reach("outbox.looked")
        handled = 0
        for post in posts:
            if self.stopping.is_set():
                break
            if not self._paused(post.channel):
                await self._one(post)
                handled += 1
        return handled

    def _paused(self, channel: str) -> bool:
        return to_ms(self.clock()) in self._pauses.get(channel, ())

    async def _catch_up(self) -> None:
        """Write what was known and could not be written; raises StorageUnavailable as long as it cannot."""
        outcome, self._unwritten = self._unwritten, None
        if outcome is not None:
            await self._write(outcome)

    async def _one(self, post: _Post) -> None:
        channel = self.channels.get(post.channel)
        if channel is None:
            reason = f"channel {post.channel} is not configured"
            await self._write(_Outcome(post, "failed", to_ms(self.clock()), reason=reason))
            return
        claimed = await self.writer.do(lambda connection: SQL.claim_post(connection, **post.key))
        if claimed is None:
            return
        reach("outbox.claimed")
        outcome = await self._sent(channel, post)
        self.ended[post.channel, outcome.ended] += 1
        await self._write(outcome)

    async def _sent(self, channel: Channel, post: _Post) -> _Outcome:
        try:
            if rule := self.rules.get(post.channel):
                await rule(post.address, post.kind)
            receipts = [await channel.send(post.address, message) for message in load_messages(post.message)]
            reach("outbox.sent")
        except SendError as error:
            return self._not_sent(post, error)
        except Exception as error:
            # Not foreseen: whether it went out cannot be known, so it is not repeated.
            log.exception("a send broke", post=post.id)
            return self._not_sent(post, SendError("uncertain", type(error).__name__))
        return _Outcome(post, "sent", to_ms(self.clock()), _receipt(receipts))

    def _not_sent(self, post: _Post, error: SendError) -> _Outcome:
        now = to_ms(self.clock())
        reach("outbox.not-sent")
        log.warning("post not sent", post=post.id, kind=error.kind)
        attempts = post.attempts + 1
        asked = min(int(error.retry_after * 1000), LONGEST_WAIT_MS)
        if error.kind == "throttled":
            self._pauses[post.channel] = range(now, now + asked)
        match error.kind:
            case "throttled" | "unreachable" | "misconfigured" if (
                now - post.created_at < GIVE_UP_MS or attempts < FEWEST_TRIES
            ):
                wait = asked or min(FIRST_PAUSE_MS * 2 ** min(attempts, 6), LONGEST_PAUSE_MS)
                return _Outcome(post, "later", now + wait, reason=error.detail)
            case "uncertain":
                return _Outcome(post, "unknown", now, reason=error.detail)
        return _Outcome(post, "failed", now, reason=error.detail, gone=error.kind == "gone")

    async def _write(self, outcome: _Outcome) -> None:
        """Raises StorageUnavailable, and keeps the outcome for the next drain."""
        try:
            await self.writer.do(lambda connection: self._store(connection, outcome))
        except StorageUnavailable:
            self._unwritten = outcome
            raise
        if outcome.ended == "later":
            reach("outbox.requeued")
        else:
            reach("outbox.settled")

    def _store(self, connection: sqlite3.Connection, outcome: _Outcome) -> None:
        """In one transaction: what is kept for later must be whole."""
        post, reason, at = outcome.post, outcome.reason, outcome.at
        if outcome.ended == "later":
            SQL.requeue_post(connection, **post.key, not_before=at, reason=reason)
            return
        if outcome.gone:
            SQL.set_reachable(connection, province_id=post.province_id, person_id=post.person_id, value=0)
            reach("outbox.marked-gone")
        if outcome.ended == "sent" and self.channels[post.channel].limits.numbered:
            shown.note(connection, post.province_id, post.channel, post.address, load_messages(post.message), at)
        SQL.settle_post(connection, **post.key, state=outcome.ended, receipt=outcome.receipt, reason=reason, at=at)


def _receipt(receipts: Sequence[Receipt]) -> str:
    return ",".join(receipt.id for receipt in receipts)
