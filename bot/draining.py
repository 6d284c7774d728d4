"""Working off a queue of the database beside everything else: looked at every second, ended in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.ending import Ending
from bot.errors import StorageUnavailable

log = structlog.get_logger()

LOOK_SECONDS = 1.0
END_SECONDS = 2.0
"""How long ending waits for the send under way: people who tapped come next."""


@dataclass(frozen=True)
class Queue:
    """`drain` handles what is due now and says how much that was; `catch_up` writes what became known and could not be
    written. Both raise StorageUnavailable. `name` is for the log."""

    name: str
    drain: Callable[[], Awaitable[int]]
    catch_up: Callable[[], Awaitable[None]]
    stopping: asyncio.Event
    ending: Ending

    @asynccontextmanager
    async def draining(self) -> AsyncIterator[None]:
        """Until the context ends; the send under way is finished first, if in time, else cut off and unknown."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self.stopping.set()
            await asyncio.wait([task], timeout=min(END_SECONDS, self.ending.left()))
            if task.cancel():
                log.warning("a send was cut off; what became of it is unknown", queue=self.name)
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                handled = await self.drain()
            except StorageUnavailable as error:
                log.warning("a queue waits for the database", queue=self.name, reason=str(error))
                handled = 0
            except Exception:
                log.exception("a queue stumbled; it goes on", queue=self.name)
                handled = 0
            if handled == 0:
                try:
                    await asyncio.wait_for(self.stopping.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue
        try:
            await self.catch_up()
        except Exception as error:  # noqa: BLE001 - the last chance to say so
            why = type(error).__name__
            log.warning("what became of a send could not be written; it is unknown at the next start", why=why)
