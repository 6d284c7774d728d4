"""Webhook calls: signed, one person's in order, tried again after each answer that is no 200 or too late."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from tests.standins.zalo_oa.refusals import Json

SIGNATURE = "X-ZEvent-Signature"
RETRIES = (30.0, 300.0, 900.0, 1_800.0, 3_600.0)
"""Seconds between tries; after the last the webhook is switched off."""


@dataclass(frozen=True)
class Patience:
    """Seconds an answer may take, and the pauses between tries: those of the documents, made shorter."""

    timeout: float = 2.0
    pauses: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5, 1.0)


def signed(raw: bytes, app_id: str, secret: str) -> str:
    """The header's value for a body as it is sent."""
    timestamp = str(json.loads(raw).get("timestamp", ""))
    return "mac=" + hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


@dataclass
class Delivery:
    """One event: its body as it is sent each time, and the status of every try (0: no answer in time)."""

    user: str
    raw: bytes
    header: str
    tries: list[int] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        return 200 in self.tries


class Courier:
    """Brings events to `url`. `disabled` once an event was tried in vain for the last time."""

    def __init__(self, patience: Patience, changed: Callable[[], None]) -> None:
        self.url = ""
        self.disabled = False
        self.deliveries: list[Delivery] = []
        self._patience = patience
        self._changed = changed
        self._lines: dict[str, asyncio.Queue[Delivery]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._patience.timeout))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def put(self, delivery: Delivery) -> None:
        """Behind what the same person did before."""
        self.deliveries.append(delivery)
        if delivery.user not in self._lines:
            self._lines[delivery.user] = asyncio.Queue()
            self._tasks.append(asyncio.create_task(self._carry(self._lines[delivery.user])))
        self._lines[delivery.user].put_nowait(delivery)

    async def _carry(self, line: "asyncio.Queue[Delivery]") -> None:
        while True:
            delivery = await line.get()
            for pause in (*self._patience.pauses, None):
                if await self.call(delivery.raw, delivery.header, delivery.tries) == 200:
                    break
                if pause is None:
                    self.disabled = True
                else:
                    await asyncio.sleep(pause)

    async def call(self, raw: bytes, header: str | None, tries: list[int] | None = None) -> int:
        """One POST as it is; its status, 0 where no answer came in time."""
        assert self._session is not None
        headers = {"Content-Type": "application/json"} | ({SIGNATURE: header} if header is not None else {})
        status = 0
        try:
            async with self._session.post(self.url, data=raw, headers=headers) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        if tries is not None:
            tries.append(status)
        self._changed()
        return status


def dumped(event: Json) -> bytes:
    """The body: compact, accents as they are. Whoever reads it and writes it anew gets other bytes."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
