"""Webhook delivery: in order within a chat, in parallel across chats, again and again until a 2xx."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from tests.standins.telegram.delivery import Delivery, Webhook
from tests.standins.telegram.journal import Journal
from tests.standins.telegram.queue import Waiting
from tests.standins.telegram.refusals import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_REPLY_BYTES = 1_000_000


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for an answer, and the pauses between tries (growing by `factor`)."""

    timeout: float = 60.0
    first_pause: float = 0.05
    factor: float = 1.5
    longest_pause: float = 0.5


class Courier:
    """Delivers the queue to the webhook; `run_reply(method, params)` executes what a webhook answer asks for."""

    def __init__(
        self,
        delivery: Callable[[], Delivery],
        journal: Journal,
        run_reply: Callable[[str, Json], None],
        patience: Patience,
    ) -> None:
        self._delivery_of = delivery
        self._journal = journal
        self._run_reply = run_reply
        self._patience = patience
        self._chats: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(1)
        self._slots_for = 0
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the HTTP client."""
        timeout = aiohttp.ClientTimeout(total=self._patience.timeout)
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout)

    def wake(self) -> None:
        """Start a carrier for every chat that waits and has none."""
        delivery = self._delivery_of()
        if delivery.webhook is None or self._session is None:
            return
        if self._slots_for != delivery.webhook.max_connections:
            self._slots_for = delivery.webhook.max_connections
            self._slots = asyncio.Semaphore(self._slots_for)
        for chat_id in delivery.queue.chats():
            if chat_id not in self._chats:
                self._chats[chat_id] = asyncio.create_task(self._carry(chat_id))

    async def _carry(self, chat_id: int) -> None:
        """Bring one chat's updates, each only after the one before was acknowledged."""
        delivery, pause = self._delivery_of(), self._patience.first_pause
        try:
            while delivery.webhook and (waiting := delivery.queue.of_chat(chat_id)):
                async with self._slots:
                    done = await self._try(delivery, delivery.webhook, waiting)
                if done:
                    pause = self._patience.first_pause
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * self._patience.factor, self._patience.longest_pause)
        finally:
            del self._chats[chat_id]

    async def _try(self, delivery: Delivery, webhook: Webhook, waiting: Waiting) -> bool:
        """Post one update once; True when it was acknowledged."""
        assert self._session is not None
        delivery.handed_out(waiting, "webhook")
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        try:
            async with self._session.post(webhook.url, json=waiting.update, headers=headers) as response:
                body = await response.read()
                status, kind = response.status, response.content_type
        except TimeoutError:
            return self._failed(delivery, waiting, "Read timeout expired")
        except (aiohttp.ClientError, OSError) as error:
            return self._failed(delivery, waiting, f"Connection failed: {type(error).__name__}")
        if not 200 <= status < 300:
            return self._failed(delivery, waiting, f"Wrong response from the webhook: {status}")
        delivery.acknowledge(waiting, "webhook")
        self._reply(body, kind)
        return True

    def _failed(self, delivery: Delivery, waiting: Waiting, why: str) -> bool:
        record = self._journal.write("failure", update_id=waiting.update_id, why=why)
        delivery.last_error = (int(record["at"]), why)
        return False

    def _reply(self, body: bytes, kind: str) -> None:
        if kind != "application/json" or not 0 < len(body) <= MAX_REPLY_BYTES:
            return
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self._run_reply(call.pop("method"), call)

    async def stop(self) -> None:
        """End every carrier and close the HTTP client."""
        tasks = list(self._chats.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
