"""The real program in this process, with the Zalo Bot Platform's stand-in at the other end of real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from bot import operations
from bot.app import App
from bot.program import running
from bot.settings import Settings
from tests.faults.program import free_port
from tests.standins.zalo_bot import ZaloBotStandin

Mode = Literal["polling", "webhook"]
SECRET = "stand-in-secret-0123456789"
UNIT = "Xã Vũ Hội"


def settings_for(folder: Path, standin: ZaloBotStandin, mode: Mode, **more: Any) -> Settings:
    port = free_port()
    given: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'sipas.db'}",
        "host": "127.0.0.1",
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "zalo_bot_token": SecretStr(standin.token),
        "zalo_bot_api": standin.url,
        "zalo_bot_secret": SecretStr(SECRET if mode == "webhook" else ""),
    }
    return Settings(_env_file=None, **given | more)


@dataclass
class Rig:
    """A running program beside a stand-in."""

    standin: ZaloBotStandin
    app: App
    settings: Settings

    async def perform(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """What a command of the command line would do beside the program."""
        perform = operations.OPERATIONS[operation]
        return await asyncio.to_thread(perform, self.app.core, self.app.writer.run, arguments)

    async def entry(self, unit: str = UNIT) -> str:
        return str((await self.perform("link", unit=unit, counter=""))["code"])

    async def says(self, person: str, text: str, answers: int = 1) -> str:
        """She types; what the bot sends next, joined."""
        before = len(self.standin.seen(person))
        self.standin.say(person, text)
        return "\n".join((await self.standin.wait_seen(person, before + answers))[before:])

    async def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = await self.app.readers.do(lambda c: c.execute(sql, parameters).fetchall())
        return rows


@asynccontextmanager
async def rig(folder: Path, mode: Mode, database: bytes = b"", **more: Any) -> AsyncIterator[Rig]:
    """Both, up and connected; the program over that database, or over none."""
    if database:
        (folder / "sipas.db").write_bytes(database)
    async with ZaloBotStandin() as standin:
        settings = settings_for(folder, standin, mode, **more)
        async with running(settings) as (app, used, _):
            if mode == "webhook":
                assert await standin.wait_until(lambda: bool(standin.asked("setWebhook")))
            yield Rig(standin, app, used)
