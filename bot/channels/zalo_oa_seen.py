"""When each person last did something on the account: what Zalo's window of seven days begins with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.zalo_oa_parse import CHANNEL
from bot.readers import Readers
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers.context import to_ms

NEAR_MS = 10 * 60_000
"""An action that is noted already and no older: not written again."""


@dataclass(frozen=True)
class LastActions:
    """Of one province's people."""

    writer: Writer
    readers: Readers
    province_id: str
    zone: ZoneInfo
    clock: Callable[[], datetime]

    async def note(self, address: str, at: int) -> None:
        """She did something at `at` (Unix ms), so she can be reached again. Raises StorageUnavailable."""
        key = {"province_id": self.province_id, "channel": CHANNEL, "address": address}
        at = min(at, to_ms(self.clock()))

        def job(connection: sqlite3.Connection) -> None:
            SQL.put_last_action(connection, **key, at=at, earlier=at - NEAR_MS)
            SQL.set_reachable_again(connection, **key)

        await self.writer.do(job)

    async def of(self, address: str) -> int | None:
        """Unix ms of the last one; None where there is none in eight days."""
        key = {"province_id": self.province_id, "channel": CHANNEL, "address": address}

        def job(connection: sqlite3.Connection) -> int | None:
            found = SQL.get_last_action(connection, **key)
            return int(found) if found is not None else None

        return await self.readers.do(job)
