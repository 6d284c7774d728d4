"""Long polling: the offset moves only past updates that were stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.channels.base import UndeliveredError
from bot.channels.patience import backoff
from bot.channels.telegram_client import OtherPollerError, TelegramClient
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_parse import Heard, Reach, parse
from bot.errors import SendError, StorageUnavailable

WAIT_SECONDS = 25
REPLY_SECONDS = 1.0
"""How long a batch waits for its answers to go out before the next is fetched: a slow chat must not hold the others."""

LAST_SECONDS = 1.0
"""For telling the last offset, however long the rest took: then those updates need not come again."""

STORAGE_PAUSE_SECONDS = 0.5
OTHER_POLLER_PAUSE_SECONDS = 1.0
REFUSED_PAUSE_SECONDS = 60.0

log = structlog.get_logger()


class Polling:
    """Fetches and takes in until it is stopped."""

    def __init__(self, client: TelegramClient, intake: Intake, wait: int = WAIT_SECONDS) -> None:
        self._client = client
        self._intake = intake
        self._wait = wait
        self._offset = 0
        # Stored, but behind one that was not: it will come again and needs no second answer.
        self._done: set[int] = set()
        self._taking: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._in_batch = False
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self, left: Callable[[], float]) -> None:
        """Finish the batch in hand, then tell Telegram how far it was stored; `left` is how long that may take."""
        self._stopping = True
        if self._task is None:
            return
        if not self._in_batch:
            self._task.cancel()
        await asyncio.wait([self._task], timeout=left())
        self._task.cancel()
        if self._offset:
            try:
                async with asyncio.timeout(max(LAST_SECONDS, left())):
                    await self._client.updates(self._offset, 0)
            except (SendError, OtherPollerError, TimeoutError) as error:
                log.info("the last offset was not told; the updates will come again", detail=str(error))

    async def _run(self) -> None:
        tries = 0
        while not self._stopping:
            try:
                batch = await self._client.updates(self._offset, self._wait)
                self._in_batch = True
                tries, pause = 0, 0.0 if await self._batch(batch) else STORAGE_PAUSE_SECONDS
            except (SendError, OtherPollerError) as error:
                pause = _pause_after(error, tries)
                tries += 1
            except Exception:
                # Whatever it is, polling must go on for everybody.
                log.exception("updates could not be taken in")
                pause = backoff(tries)
                tries += 1
            self._in_batch = False
            if pause and not self._stopping:
                await asyncio.sleep(pause)

    async def _batch(self, batch: Sequence[object]) -> bool:
        """Take in a batch, chats beside each other; False when something was not stored and will come again."""
        numbered = [(number, parse(update)) for update in batch if (number := _number(update)) is not None]
        stored = {number for number, meaning in numbered if meaning is None or number in self._done}
        lines: dict[int, list[tuple[int, Heard | Reach]]] = {}
        for number, meaning in numbered:
            if meaning is not None and number not in stored:
                lines.setdefault(meaning.chat, []).append((number, meaning))
        tasks: list[asyncio.Task[None]] = []
        await asyncio.gather(*(self._line(line, stored, tasks) for line in lines.values()))
        if tasks:
            await asyncio.wait(tasks, timeout=REPLY_SECONDS)
        for number, _ in numbered:
            if number not in stored:
                self._done = stored
                return False
            self._offset = number + 1
        self._done = set()
        return True

    async def _line(
        self, line: Sequence[tuple[int, Heard | Reach]], stored: set[int], tasks: list[asyncio.Task[None]]
    ) -> None:
        """One chat's updates: each is taken in when the one before was stored, and none after one that was not."""
        for number, meaning in line:
            known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(self._take(number, meaning, known))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
            tasks.append(task)
            if not await known:
                return
            stored.add(number)

    async def _take(self, number: int, meaning: Heard | Reach, known: asyncio.Future[bool]) -> None:
        try:
            await self._intake.take(meaning, rides=False, stored=lambda: known.set_result(True))
        except StorageUnavailable:
            log.warning("an update was not stored and will come again", update_id=number)
        except UndeliveredError as error:
            log.warning("an answer did not go out", update_id=number, detail=str(error))
        finally:
            if not known.done():
                known.set_result(False)


def _pause_after(error: SendError | OtherPollerError, tries: int) -> float:
    """Says what is wrong and how many seconds to wait."""
    match error:
        case OtherPollerError():
            log.error("another program reads this bot's updates; stop it or use another token", detail=str(error))
            # Short at first: the other may be our own old process that is just ending.
            return backoff(tries, first=OTHER_POLLER_PAUSE_SECONDS)
        case SendError(kind="throttled"):
            return error.retry_after
        case SendError(kind="misconfigured"):
            log.error("Telegram refuses SIPAS_TELEGRAM_TOKEN; copy it again from @BotFather", detail=error.detail)
            return REFUSED_PAUSE_SECONDS
        case _:
            pause = backoff(tries)
            log.warning("Telegram cannot be reached", detail=str(error), again_in=round(pause, 1))
            return pause


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int else None
