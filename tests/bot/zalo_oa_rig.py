"""The real program as a child process beside the stand-in of a Zalo Official Account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.lives import Server
from tests.faults.program import Program
from tests.standins.checker import read_rows
from tests.standins.zalo_oa import ZaloOaStandin
from tests.standins.zalo_oa.courier import Delivery
from tests.standins.zalo_oa.standin import APP_ID, APP_SECRET, OA_SECRET, buttons

KEY = "secret-key-of-the-zalo-tests-0123456789"
NOWHERE = "http://127.0.0.1:9"
UNIT = "Xã Vũ Hội"
ZONE = "Asia/Ho_Chi_Minh"


def settings_of(standin: ZaloOaStandin, first: str = "") -> dict[str, str]:
    return {
        "SIPAS_TIMEZONE": ZONE,
        "SIPAS_ZALO_OA_APP_ID": APP_ID,
        "SIPAS_ZALO_OA_SECRET": OA_SECRET,
        "SIPAS_ZALO_OA_APP_SECRET": APP_SECRET,
        "SIPAS_ZALO_OA_REFRESH_TOKEN": first or standin.tokens.refresh,
        "SIPAS_ZALO_OA_API": standin.url,
        "SIPAS_ZALO_OAUTH_API": standin.url,
        "SIPAS_SECRET_KEY": KEY,
    }


@dataclass
class Rig:
    """A running program and the account before it."""

    standin: ZaloOaStandin
    program: Program

    async def does(self, delivery: Delivery, messages: int = 1) -> str:
        """Wait until the event is taken and answered by so many messages; the text of the last."""
        standin, user = self.standin, delivery.user
        before = len(standin.texts(user))
        assert await standin.wait_until(lambda: len(standin.texts(user)) >= before + messages), self.told(user)
        assert delivery.taken, delivery.tries
        return standin.texts(user)[-1]

    async def says(self, user: str, words: str, messages: int = 1) -> str:
        return await self.does(self.standin.say(user, words), messages)

    async def presses(self, user: str, title: str, messages: int = 1) -> str:
        return await self.does(self.standin.press(user, title), messages)

    def told(self, user: str) -> str:
        return f"{self.standin.texts(user)[-3:]}\n{self.program.log()[-3000:]}"

    def titles(self, user: str) -> list[str]:
        """The buttons under the newest message."""
        return [button["title"] for button in buttons(self.standin.newest(user))]

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return read_rows(self.program.database, sql, parameters)

    async def entry(self) -> str:
        return await asyncio.to_thread(self.program.entry, UNIT)

    async def restart(self) -> None:
        await asyncio.to_thread(self.program.start)

    async def kill(self) -> None:
        await asyncio.to_thread(self.program.kill)


@asynccontextmanager
async def running(folder: Path, standin: ZaloOaStandin, server: Server, database: bytes = b"") -> AsyncIterator[Rig]:
    """The program over that database, healthy, with its webhook known to the stand-in."""
    program = Program(folder, NOWHERE, "", extra=settings_of(standin), server=server)
    standin.courier.url = f"http://127.0.0.1:{program.port}/zalo/oa/webhook"
    if database:
        program.database.parent.mkdir()
        program.database.write_bytes(database)
    await asyncio.to_thread(program.start)
    try:
        yield Rig(standin, program)
    finally:
        if program.child is not None and program.child.poll() is None:
            await asyncio.to_thread(program.stop)
