"""Where pictures and files are drawn: one process of its own, started on demand, ended when idle.

The heavy libraries are loaded there only. The process is spawned, so it has neither our database nor our sockets; it
ends by itself when we die, when a drawing takes too long, and when nobody has drawn for a while.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bot.channels.base import Drawn
from bot.drawing.work import draw, enter
from bot.errors import DrawError
from bot.settings import SHIPPED_CONFIG
from handlers.context import Attachment

SHIPPED_TEMPLATES = SHIPPED_CONFIG / "reports"
IDLE_SECONDS = 60.0
DRAW_SECONDS = 20.0
"""Longest time of one drawing, the start of the process included."""
GRACE_SECONDS = 2.0
"""What we wait beyond that for the process to end itself, before it is ended from here."""
MOST_WAITING = 8

MEDIA = {
    "picture": "image/png",
    "sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "report": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass
class _Room:
    """The running process and the queue to it."""

    pool: ProcessPoolExecutor
    process: BaseProcess

    async def leave(self, *, kill: bool) -> None:
        if kill:
            self.process.kill()
        await asyncio.to_thread(self.pool.shutdown, wait=True, cancel_futures=True)


@dataclass
class Studio:
    """Draws attachments one after another. Use one in a process and close it."""

    templates: Path = SHIPPED_TEMPLATES
    """Where the reports' Word templates lie."""
    idle_seconds: float = IDLE_SECONDS
    draw_seconds: float = DRAW_SECONDS
    grace_seconds: float = GRACE_SECONDS
    most_waiting: int = MOST_WAITING
    _room: _Room | None = None
    _waiting: int = 0
    _closed: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _idle: asyncio.TimerHandle | None = None
    _leaving: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int | None:
        """The drawing process, while there is one."""
        return self._room.process.pid if self._room else None

    async def draw(self, attachment: Attachment) -> Drawn:
        """The finished picture or file; raises DrawError. At most `most_waiting` wait beside the one being drawn."""
        if self._waiting > self.most_waiting:
            raise DrawError("busy", f"{self._waiting} drawings are waiting")
        self._waiting += 1
        try:
            async with self._turn:
                content = await self._draw(attachment.kind, dict(attachment.facts))
        finally:
            self._waiting -= 1
        return Drawn(content, attachment.name, MEDIA[attachment.kind])

    async def close(self, seconds: float = DRAW_SECONDS) -> None:
        """End the process; what is being drawn is finished first, in `seconds`. Later drawings are refused."""
        self._closed = True
        try:
            async with asyncio.timeout(seconds):
                await self._turn.acquire()
        except TimeoutError:
            # Whoever draws is told that the process ended, and gives the turn back.
            if self._room is not None:
                self._room.process.kill()
            await self._turn.acquire()
        try:
            await self._leave(kill=False)
        finally:
            self._turn.release()
        if self._leaving is not None:
            await self._leaving

    async def _draw(self, kind: str, facts: Mapping[str, Any]) -> bytes:
        if self._closed:
            raise DrawError("closed", "the program is stopping")
        self._stay()
        room = self._room = self._room or _open()
        try:
            async with asyncio.timeout(self.draw_seconds + self.grace_seconds):
                future = room.pool.submit(draw, kind, facts, self.draw_seconds, self.templates)
                return await asyncio.wrap_future(future)
        except (TimeoutError, BrokenProcessPool) as error:
            # The process ended itself at its alarm, was ended by somebody, or hangs: the next drawing gets a new one.
            await self._leave(kill=True)
            raise DrawError("slow", f"a {kind} took more than {self.draw_seconds:g} s, or its process ended") from error
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise DrawError("failed", f"a {kind} cannot be drawn ({error!r})") from error
        finally:
            self._watch_idle()

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _watch_idle(self) -> None:
        if self._room is not None and not self._closed:
            self._idle = asyncio.get_running_loop().call_later(self.idle_seconds, self._end_idle)

    def _end_idle(self) -> None:
        self._leaving = asyncio.create_task(self._leave_idle())

    async def _leave_idle(self) -> None:
        if not self._waiting:
            async with self._turn:
                await self._leave(kill=False)

    async def _leave(self, *, kill: bool) -> None:
        self._stay()
        room, self._room = self._room, None
        if room is not None:
            await room.leave(kill=kill)


def _open() -> _Room:
    """Spawn the process. `active_children` is how its handle is known: it may have to be ended from here."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(max_workers=1, mp_context=context)
    before = set(multiprocessing.active_children())
    pool.submit(enter)
    (process,) = set(multiprocessing.active_children()) - before
    return _Room(pool, process)
