"""Sending what nobody asked for at that moment: rows written in the transaction that caused them, sent plainly.

A send whose outcome is not known is marked `unknown` and shown to the operator; it is never silently repeated.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiosqlite
import structlog

from bot.channels.base import Channel, Receipt
from bot.codec import load_messages
from bot.core import Clock
from bot.ending import Ending
from bot.errors import SendError, StorageUnavailable
from bot.failpoints import reach
from bot.readers import Readers
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers.context import to_ms

log = structlog.get_logger()

LOOK_SECONDS = 1.0
AT_ONCE = 30
SEND_SECONDS = 2.0
"""How long ending waits for the send under way: people who tapped come next."""
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 3_600_000
GIVE_UP_MS = 72 * 3_600_000
"""How long an unreachable channel is tried."""
FEWEST_TRIES = 8
"""Two hours' worth: what was queued before days of standstill is not given up at its first try."""
LONGEST_WAIT_MS = 24 * 3_600_000
"""Nothing is put off for longer; what seems to be was put off by a clock that has been set back since, and is due."""

_DUE = SQL.due_posts.sql


@dataclass
class Outbox:
    """Drains the outbox through the open channels."""

    writer: Writer
    readers: Readers
    channels: Mapping[str, Channel]
    clock: Clock
    ending: Ending = field(default_factory=Ending)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many sends on a channel ended how: sent, unknown, failed, later."""

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Look for due posts every second until the context ends; the one under way is finished first, if in time.

        One that is cut off stays "sending" and is `unknown` at the next start.
        """
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self.stopping.set()
            await asyncio.wait([task], timeout=min(SEND_SECONDS, self.ending.left()))
            if task.cancel():
                log.warning("a send was cut off; what became of it is unknown")
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        async with aiosqlite.connect(f"{self.readers.path.as_uri()}?mode=ro", uri=True) as connection:
            while not self.stopping.is_set():
                try:
                    sent = await self.drain(connection)
                except StorageUnavailable as error:
                    log.warning("outbox waits for the database", reason=str(error))
                    sent = 0
                except Exception:
                    log.exception("outbox stumbled; it goes on")
                    sent = 0
                if sent == 0:
                    try:
                        await asyncio.wait_for(self.stopping.wait(), LOOK_SECONDS)
                    except TimeoutError:
                        continue

    async def drain(self, connection: aiosqlite.Connection) -> int:
        """Send what is due now; how many posts were handled."""
        now = to_ms(self.clock())
        parameters = {"now": now, "beyond": now + LONGEST_WAIT_MS, "limit": AT_ONCE}
        async with connection.execute(_DUE, parameters) as cursor:
            rows = list(await cursor.fetchall())
        reach("outbox.looked")
        for row in rows:
            if self.stopping.is_set():
                break
            await self._one(row)
        return len(rows)

    async def _one(self, row: Sequence[Any]) -> None:
        province_id, post_id, text, attempts, created_at, person_id, channel_name, address = row
        key = {"province_id": province_id, "post_id": post_id}
        channel = self.channels.get(channel_name)
        if channel is None:
            await self._settle(key, "failed", None, f"channel {channel_name} is not configured")
            return
        claimed = await self.writer.do(lambda connection: SQL.claim_post(connection, **key))
        if claimed is None:
            return
        reach("outbox.claimed")
        try:
            receipts = [await channel.send(address, message) for message in load_messages(text)]
            reach("outbox.sent")
        except Exception as error:
            if not isinstance(error, SendError):
                # Not foreseen: whether it went out cannot be known, so it is not repeated.
                log.exception("a send broke", post=post_id)
                error = SendError("uncertain", type(error).__name__)
            ended = await self._failed(key, error, attempts + 1, created_at, person_id)
        else:
            ended = "sent"
            await self._settle(key, ended, _receipt(receipts), None)
        self.ended[channel_name, ended] += 1

    async def _failed(
        self, key: dict[str, str], error: SendError, attempts: int, created_at: int, person_id: str
    ) -> str:
        """What becomes of the post: "later", "unknown" or "failed"."""
        now = to_ms(self.clock())
        reach("outbox.not-sent")
        log.warning("post not sent", post=key["post_id"], kind=error.kind)
        match error.kind:
            case "throttled" | "unreachable" | "misconfigured" if (
                now - created_at < GIVE_UP_MS or attempts < FEWEST_TRIES
            ):
                asked = min(int(error.retry_after * 1000), LONGEST_WAIT_MS)
                wait = asked or min(FIRST_PAUSE_MS * 2 ** min(attempts, 6), LONGEST_PAUSE_MS)
                await self.writer.do(
                    lambda connection: SQL.requeue_post(connection, **key, not_before=now + wait, reason=error.detail)
                )
                reach("outbox.requeued")
                return "later"
            case "uncertain":
                await self._settle(key, "unknown", None, error.detail)
                return "unknown"
            case "gone":
                await self.writer.do(
                    lambda connection: SQL.set_reachable(
                        connection, province_id=key["province_id"], person_id=person_id, value=0
                    )
                )
                reach("outbox.marked-gone")
        await self._settle(key, "failed", None, error.detail)
        return "failed"

    async def _settle(self, key: dict[str, str], state: str, receipt: str | None, reason: str | None) -> None:
        at = to_ms(self.clock())
        await self.writer.do(
            lambda connection: SQL.settle_post(connection, **key, state=state, receipt=receipt, reason=reason, at=at)
        )
        reach("outbox.settled")


def _receipt(receipts: Sequence[Receipt]) -> str:
    return ",".join(receipt.id for receipt in receipts)
