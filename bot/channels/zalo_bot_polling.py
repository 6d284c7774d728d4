"""Long polling without an acknowledgement: what was read is gone there, so it is stored before the next is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.channels.patience import backoff
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.channels.zalo_bot_intake import Intake
from bot.channels.zalo_bot_parse import Heard, parse
from bot.errors import SendError, StorageUnavailable

WAIT_SECONDS = 25
HASTY_SECONDS, HASTY_PAUSE_SECONDS = 0.2, 0.5
"""An empty answer that came sooner was no long poll; without a pause the next would come as soon."""
REFUSED_PAUSE_SECONDS = 60.0

log = structlog.get_logger()


class Polling:
    """Reads and takes in, one event after the other, until it is stopped."""

    def __init__(self, client: ZaloBotClient, intake: Intake, wait: int = WAIT_SECONDS) -> None:
        self._client = client
        self._intake = intake
        self._wait = wait
        self._task: asyncio.Task[None] | None = None
        self._in_hand = False
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self, left: Callable[[], float]) -> None:
        """Finish the event in hand; `left` is how long that may take."""
        self._stopping = True
        if self._task is None:
            return
        if not self._in_hand:
            self._task.cancel()
        await asyncio.wait([self._task], timeout=left())
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        tries = 0
        while not self._stopping:
            try:
                pause = await self._once()
                tries = 0
            except SendError as error:
                pause = _pause_after(error, tries)
                tries += 1
            except Exception:
                # Whatever it is, polling must go on for everybody.
                log.exception("an event could not be taken in")
                pause = backoff(tries)
                tries += 1
            self._in_hand = False
            if pause and not self._stopping:
                await asyncio.sleep(pause)

    async def _once(self) -> float:
        """Read one event and take it in; the seconds to wait before the next."""
        clock = asyncio.get_running_loop().time
        began = clock()
        found = await self._client.update(self._wait)
        if found is None:
            return HASTY_PAUSE_SECONDS if clock() - began < HASTY_SECONDS else 0.0
        self._in_hand = True
        heard = parse(found)
        if heard is None:
            log.warning("an event of Zalo was not understood")
        else:
            await self._until_stored(heard)
        return 0.0

    async def _until_stored(self, heard: Heard) -> None:
        """It cannot be read again, so it is kept here as long as storage fails."""
        tries, stored = 0, False
        while not stored:
            try:
                await self._intake.take(heard)
                stored = True
            except StorageUnavailable:
                log.warning("an event was not stored; it is lost if this ends", update_id=heard.incoming.update_id)
                await asyncio.sleep(backoff(tries))
                tries += 1


def _pause_after(error: SendError, tries: int) -> float:
    """Says what is wrong and how many seconds to wait."""
    if error.kind == "misconfigured":
        log.error("Zalo refuses SIPAS_ZALO_BOT_TOKEN; copy it again from Zalo Bot Manager", detail=error.detail)
        return REFUSED_PAUSE_SECONDS
    pause = backoff(tries)
    what = "Zalo gives no events; perhaps another program set a webhook for this bot"
    log.warning(what if error.kind == "rejected" else "Zalo cannot be reached", detail=str(error), again_in=pause)
    return pause
