"""Taking in what people rated: from Zalo's events, and by asking for it, because a webhook may be switched off."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.channels.zalo_zbs import Rating
from bot.channels.zalo_zbs_client import MOST_A_PAGE, RatingClient
from bot.core import Core
from bot.errors import SendError, StorageUnavailable
from bot.readers import Readers
from bot.schedule import SYSTEM
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers import rating

log = structlog.get_logger()

LOOK_SECONDS = 60.0
EVERY_MS = 3_600_000
"""Asked for no more often than this, and not at all while nobody may still answer."""
OVERLAP_MS = 3_600_000
"""Asked for again: Zalo's clock is not ours, and what is known is not counted again."""
FIRST_MS = 86_400_000
"""How far back the first pull goes."""


@dataclass(frozen=True)
class RatingDesk:
    """Where ratings are taken in."""

    core: Core
    writer: Writer

    async def take(self, found: Rating) -> bool:
        """Whether it counts. Raises StorageUnavailable; a bug is logged, so that one rating cannot stop the others."""

        def job(connection: sqlite3.Connection) -> bool:
            context = self.core.context(connection, SYSTEM)
            return rating.take(context, found.tracking_id, found.msg_id, found.stars, found.note)

        try:
            return await self.writer.do(job)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("a rating could not be taken in")
            return False


@dataclass
class RatingPull:
    """Asks Zalo for what was rated since it asked last."""

    desk: RatingDesk
    readers: Readers
    client: RatingClient
    template_id: str
    page: int = MOST_A_PAGE

    @asynccontextmanager
    async def pulling(self) -> AsyncIterator[None]:
        """Look every minute whether it is time, until the context ends."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                taken = await self.pull()
                if taken:
                    log.info("ratings were pulled that no event had told of", count=taken)
            except SendError as error:
                log.warning("ratings were not pulled", kind=error.kind, why=error.detail)
            except StorageUnavailable as error:
                log.warning("pulled ratings wait for the database", reason=str(error))
            except Exception:
                log.exception("pulling ratings stumbled; it goes on")
            await asyncio.sleep(LOOK_SECONDS)

    async def pull(self) -> int:
        """How many ratings were new; 0 where it is not time. Raises SendError or StorageUnavailable.

        How far it came is written when everything up to there was taken in.
        """
        now = int(self.desk.core.clock().timestamp() * 1000)
        first = await self.readers.do(lambda connection: self._from(connection, now))
        if first is None:
            return 0
        taken = offset = 0
        while True:
            total, found = await self.client.ratings(self.template_id, first, now, offset, self.page)
            for one in found:
                taken += await self.desk.take(one)
            offset += len(found)
            if not found or offset >= total:
                break
        await self.desk.writer.do(lambda connection: self._note(connection, now))
        return taken

    def _from(self, connection: sqlite3.Connection, now: int) -> int | None:
        """The instant to ask from; None where it is not time or nobody may still answer."""
        province_id = self.desk.core.province.id
        until = SQL.get_rating_pull(connection, province_id=province_id, template_id=self.template_id)
        # A clock that was ahead wrote an instant to come: it is time.
        soon = until is not None and 0 <= now - until < EVERY_MS
        if soon or SQL.awaits_ratings(connection, province_id=province_id) is None:
            return None
        return now - FIRST_MS if until is None else min(int(until), now) - OVERLAP_MS

    def _note(self, connection: sqlite3.Connection, until: int) -> None:
        key = {"province_id": self.desk.core.province.id, "template_id": self.template_id}
        SQL.put_rating_pull(connection, **key, until=until)
