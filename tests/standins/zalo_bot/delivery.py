"""How events reach the bot: one by one to whoever polls, or by a call of the webhook."""

import asyncio
from collections import deque
from dataclasses import dataclass

import aiohttp

from tests.standins.zalo_bot.events import wrapped
from tests.standins.zalo_bot.refusals import Json, RefusedError, bad_request

SECRET_HEADER = "X-Bot-Api-Secret-Token"
CALL_SECONDS = 30.0


@dataclass(frozen=True)
class Webhook:
    """Where events go, and the secret that is sent along."""

    url: str
    secret: str


@dataclass
class Call:
    """One call of the webhook; `status` is 0 where no answer came, None while it lasts."""

    event: Json
    status: int | None = None


class Delivery:
    """Events that wait, and the two ways out. `clock` gives Unix milliseconds."""

    def __init__(self) -> None:
        self.waiting: deque[Json] = deque()
        self.given: list[Json] = []
        """What pollers were given, in order."""
        self.calls: list[Call] = []
        self.webhook: Webhook | None = None
        self.held = False
        """While held, events wait for `release`."""
        self.pollers = 0
        """How many getUpdates wait."""
        self._arrived = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def add(self, one: Json) -> None:
        """Give an event to a poller, or call the webhook with it now."""
        self.waiting.append(one)
        self.wake()

    def wake(self) -> None:
        """Bring what waits, unless it is held."""
        if self.held:
            return
        self._arrived.set()
        while self.webhook is not None and self.waiting:
            self.call(self.waiting.popleft())

    def call(self, one: Json) -> None:
        """Call the webhook with an event, beside everything else."""
        assert self.webhook is not None
        self.calls.append(made := Call(one))
        task = asyncio.create_task(self._call(self.webhook, made))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _call(self, webhook: Webhook, made: Call) -> None:
        headers, timeout = {SECRET_HEADER: webhook.secret}, aiohttp.ClientTimeout(total=CALL_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(webhook.url, json=wrapped(made.event), headers=headers) as answer,
            ):
                made.status = answer.status
        except (aiohttp.ClientError, OSError):
            made.status = 0

    def release(self, *, backwards: bool = False) -> None:
        """Bring what was held, the newest first if `backwards`."""
        if backwards:
            self.waiting.reverse()
        self.held = False
        self.wake()

    async def get_updates(self, params: Json) -> Json:
        """ONE event, which is gone then; 408 when none came in time."""
        if self.webhook is not None:
            raise bad_request("getUpdates cannot be used while a webhook is set")
        self.pollers += 1
        try:
            async with asyncio.timeout(int(params.get("timeout", 30))):
                while self.held or not self.waiting:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise RefusedError(408, "Request timeout") from None
        finally:
            self.pollers -= 1
        self.given.append(self.waiting.popleft())
        return self.given[-1]

    async def stop(self) -> None:
        """End every call."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
