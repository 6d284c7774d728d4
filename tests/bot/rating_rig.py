"""A core with a writer and readers, a clock that obeys, and numbers that wait to be asked, before the OA stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.zalo_oa_http import Http
from bot.channels.zalo_zbs_client import RatingClient
from bot.core import Core, make_core
from bot.feed_operations import taking
from bot.rating_sender import RatingSender
from bot.ratings import RatingDesk, RatingPull
from bot.readers import Readers
from bot.schedule import look_after
from bot.settings import Settings
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from bot.writer import Writer
from bot.writing import ready
from tests.bot.test_zalo_oa_client import Given
from tests.standins.zalo_oa import ZaloOaStandin

MORNING = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
"""Monday 16 November 2026, 09:00 in Việt Nam."""
TEMPLATE = "7895417"
FIELDS = {"co_quan", "ngay", "thu_tuc"}
PHONE = "0912 345 678"
SPELLINGS = (b"912345678", b"912 345 678", b"912.345.678", b"912-345-678")


@dataclass
class Desk:
    core: Core
    writer: Writer
    readers: Readers
    client: RatingClient
    standin: ZaloOaStandin
    now: datetime = MORNING
    sender: RatingSender = field(init=False)
    pull: RatingPull = field(init=False)

    def __post_init__(self) -> None:
        self.core.clock = lambda: self.now
        self.restart()

    def restart(self) -> None:
        """A new life of the sender: what it kept in memory is gone."""
        self.sender = RatingSender(self.core, self.writer, self.readers, self.client, TEMPLATE)
        self.pull = RatingPull(RatingDesk(self.core, self.writer), self.readers, self.client, TEMPLATE)

    async def feed(self, code: str = "H53-1", phone: str = PHONE) -> None:
        local = self.now.astimezone(self.core.settings.zone)
        row = {"code": code, "event": "returned", "unit": "Huyện Đông Hưng", "at": local.strftime("%Y-%m-%d %H:%M")}
        done = await self.writer.do(taking(self.core, "test", [(2, row | {"channel": "phone", "address": phone})]))
        assert (done["new"], done["faults"]) == (1, [])

    async def wait(self, **span: float) -> int:
        """Time passes, a tick, and the sender looks once; how many requests it handled."""
        self.now += timedelta(**span)
        await self.writer.do(lambda connection: look_after(self.core, connection))
        return await self.sender.drain()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return await self.readers.do(lambda connection: connection.execute(sql).fetchall())

    def tries(self) -> int:
        """How many calls to send reached Zalo."""
        return sum(call.path.endswith("/message/template") for call in self.standin.calls)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    path = folder / "desk.db"
    url = f"sqlite:///{path}"
    settings = Settings(_env_file=None, database_url=url, zalo_zbs_template=TEMPLATE)
    settings = settings.model_copy(update={"zalo_oa_app_id": "505"})
    migrate(path)
    connection = open_writer(path)
    ready(connection, settings)
    writer, readers, http = Writer(connection), Readers(path), Http(patience=0.5)
    writer.start()
    await http.open()
    async with ZaloOaStandin() as standin:
        standin.ratings.templates = {TEMPLATE: FIELDS}
        client = RatingClient(http, standin.url, Given(standin))
        try:
            yield Desk(make_core(settings, connection, sample=True), writer, readers, client, standin)
        finally:
            await http.close()
            readers.close()
            writer.stop()
