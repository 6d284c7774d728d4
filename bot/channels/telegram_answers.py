"""Callbacks are answered beside the turn, by a bounded number of calls at once."""

from __future__ import annotations

import asyncio

import structlog

from bot.channels.telegram_client import TelegramClient
from bot.errors import SendError

AT_ONCE = 48
MOST_WAITING = 2_000
"""Beyond this an answer is dropped: the button then stops waiting by itself after some seconds."""

REPORT_SECONDS = 60.0
"""Failures are logged as a count, at most this often: while the Bot API is gone every tap has one."""

log = structlog.get_logger()


class Answers:
    """Takes the ids of callbacks after the commit and answers them soon."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._workers: list[asyncio.Task[None]] = []
        self._failed = 0
        self._next_report = 0.0

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]

    def put(self, query: str) -> None:
        try:
            self._waiting.put_nowait(query)
        except asyncio.QueueFull:
            self._note_failed("too many wait")

    def _note_failed(self, why: str) -> None:
        # The person sees the next screen anyway; only the button's wait ends a little later.
        self._failed += 1
        now = asyncio.get_running_loop().time()
        if now >= self._next_report:
            log.warning("callbacks not answered", count=self._failed, why=why)
            self._failed, self._next_report = 0, now + REPORT_SECONDS

    async def _work(self) -> None:
        while True:
            query = await self._waiting.get()
            try:
                await self._client.answer(query)
            except SendError as error:
                self._note_failed(str(error))
            finally:
                self._waiting.task_done()

    async def stop(self, seconds: float) -> None:
        """Answer what waits, for at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._waiting.join()
        except TimeoutError:
            log.warning("callback answers dropped at the end", waiting=self._waiting.qsize())
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
