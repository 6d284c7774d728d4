"""The stand-in on a thread and loop of its own, for tests that are not async."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tests.standins.telegram.standin import TelegramStandin

T = TypeVar("T")
START_SECONDS = 10.0


@dataclass(frozen=True)
class ThreadedStandin:
    """A running stand-in; reach it only through `do` and `run`."""

    url: str
    token: str
    _standin: TelegramStandin
    _loop: asyncio.AbstractEventLoop

    def do(self, action: Callable[[TelegramStandin], T], timeout: float = START_SECONDS) -> T:
        """Run a plain function on the stand-in's loop and return its result."""

        async def on_loop() -> T:
            return action(self._standin)

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(timeout)

    def run(self, action: Callable[[TelegramStandin], Awaitable[T]], timeout: float) -> T:
        """Run an async function on the stand-in's loop and return its result."""

        async def on_loop() -> T:
            return await action(self._standin)

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(timeout)


@contextmanager
def in_thread(make: Callable[[], TelegramStandin] = TelegramStandin) -> Iterator[ThreadedStandin]:
    """Run a stand-in on its own thread until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="telegram-standin", daemon=True)
    thread.start()

    async def begin() -> TelegramStandin:
        standin = make()
        await standin.start()
        return standin

    try:
        standin = asyncio.run_coroutine_threadsafe(begin(), loop).result(START_SECONDS)
        try:
            yield ThreadedStandin(standin.url, standin.token, standin, loop)
        finally:
            asyncio.run_coroutine_threadsafe(standin.stop(), loop).result(START_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()
