"""The stand-in as tests use it: start it, act as people, make things go wrong, read what happened."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.standins.telegram import updates
from tests.standins.telegram.chats import Chat
from tests.standins.telegram.control import add_control
from tests.standins.telegram.courier import Courier, Patience
from tests.standins.telegram.delivery import Delivery
from tests.standins.telegram.faults import Fault, Faults
from tests.standins.telegram.journal import Journal
from tests.standins.telegram.refusals import Json
from tests.standins.telegram.server import Api
from tests.standins.telegram.world import QUERY_WINDOW_SECONDS, Query, World

TOKEN = "8812345678:AAE-stand-in-token-for-tests-only-000"
HOST = "127.0.0.1"
POLL_SECONDS = 0.005


class TelegramStandin:
    """A Bot API server on loopback, built from the Bot API's documentation, not from the wire.

    Use it as an async context manager; all methods belong to the loop that entered it (other threads: `thread.py`).
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        log: Path | None = None,
        clock: Callable[[], float] = time.time,
        query_window: float = QUERY_WINDOW_SECONDS,
        patience: Patience | None = None,
    ) -> None:
        self.token = token
        self.journal = Journal(log, clock)
        self.world = World(token, self.journal, clock, query_window)
        self.faults = Faults()
        self.delivery = Delivery(self.journal, self._wake)
        self._api = Api(self.world, self.delivery, self.faults, self.journal)
        self._courier = Courier(lambda: self.delivery, self.journal, self._api.run_reply, patience or Patience())
        self._port = port
        self._runner: web.AppRunner | None = None
        self._queries = 0
        self.stopped = asyncio.Event()

    def _wake(self) -> None:
        self._courier.wake()

    async def start(self) -> None:
        """Listen; `url` is known afterwards."""
        application = self._api.application()
        add_control(application, self)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        await self._courier.start()

    async def stop(self) -> None:
        """Stop delivering and listening; the journal and the chats stay readable."""
        await self._courier.stop()
        self.delivery.close()
        if self._runner:
            await self._runner.cleanup()
        self.journal.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """The API root, as in https://api.telegram.org."""
        return f"http://{HOST}:{self._port}"

    def chat(self, chat_id: int) -> Chat:
        """One chat's state; KeyError when nobody has written there."""
        return self.world.chats[chat_id]

    # What people do. Every method returns the update_id of the update that it makes.

    def say(self, user_id: int, text: str, *, chat_id: int | None = None, name: str = "", **fields: object) -> int:
        """A person types; `fields` are added to the message (forward_origin, via_bot, ...)."""
        return self.write(user_id, {"text": text, **fields}, chat_id=chat_id, name=name)

    def write(self, user_id: int, content: Json, *, chat_id: int | None = None, name: str = "") -> int:
        """A person sends any content (`updates.sticker()`, `updates.photo()`, ...)."""
        user = updates.person(user_id, name)
        chat = self.world.open_chat(chat_id if chat_id is not None else user_id, user)
        number, date = self.world.message_id(), self.world.now()
        if isinstance(content.get("text"), str):
            message = {**updates.typed(number, date, user, chat.about, content["text"]), **content}
        else:
            message = updates.other(number, date, user, chat.about, content)
        chat.messages[number] = message
        return self.send_update({"message": message}, chat.id)

    def edit(self, user_id: int, message_id: int, text: str) -> int:
        """A person edits an earlier message of her own in the private chat."""
        chat = self.chat(user_id)
        message = {**chat.messages[message_id], "text": text, "edit_date": self.world.now()}
        chat.messages[message_id] = message
        return self.send_update({"edited_message": message}, chat.id)

    def press(self, user_id: int, message_id: int, data: str, *, chat_id: int | None = None) -> int:
        """A person presses a button; any `data` is sent, because an attacker may send any."""
        chat = self.chat(chat_id if chat_id is not None else user_id)
        self._queries += 1
        query_id = f"{user_id}{self._queries:08d}"
        self.world.queries[query_id] = Query(self.world.clock())
        query = updates.pressed(query_id, updates.person(user_id), chat.messages[message_id], data)
        return self.send_update({"callback_query": query}, chat.id)

    def block(self, user_id: int) -> int:
        """A person blocks the bot: sends to her fail until `unblock`."""
        self.faults.add(Fault("blocked", chat_id=user_id, times=None))
        return self._membership(user_id, blocked=True)

    def unblock(self, user_id: int) -> int:
        """A person lets the bot write again."""
        self.faults.waiting = [f for f in self.faults.waiting if (f.kind, f.chat_id) != ("blocked", user_id)]
        return self._membership(user_id, blocked=False)

    def _membership(self, user_id: int, *, blocked: bool) -> int:
        user, chat = updates.person(user_id), self.chat(user_id)
        change = updates.blocked_or_back(user, chat.about, self.world.bot, self.world.now(), blocked=blocked)
        return self.send_update({"my_chat_member": change}, user_id)

    # What the service does.

    def send_update(self, content: Json, chat_id: int, *, update_id: int | None = None) -> int:
        """Number and queue an update of any kind, unless the bot has not asked for this kind; returns its update_id."""
        number = self.delivery.queue.number() if update_id is None else update_id
        update: Json = {"update_id": number, **content}
        self.journal.write("update", update_id=number, chat_id=chat_id, update=update)
        if self.delivery.allows(update):
            self.delivery.add(update, chat_id)
        else:
            self.journal.write("dropped", update_id=number, why="allowed_updates")
        return number

    def redeliver(self, update_id: int) -> None:
        """Send an update once more, acknowledged or not; KeyError for an unknown one."""
        update = self.journal.created[update_id]
        record = next(r for r in self.journal.of("update") if r["update_id"] == update_id)
        self.delivery.add(update, record["chat_id"], repeated=True)

    def jump_ids(self, to: int) -> None:
        """Give the next update the number `to`, higher or lower than the last."""
        self.delivery.queue.jump(to)

    # What a test waits for. All return False when `seconds` pass first.

    def acknowledged(self, update_id: int) -> bool:
        """True once the bot has acknowledged this update."""
        return update_id in self.journal.acknowledged

    async def wait_acknowledged(self, update_id: int, seconds: float = 10.0) -> bool:
        """Wait until an update is acknowledged."""
        return await self.wait_until(lambda: self.acknowledged(update_id), seconds)

    async def wait_calls(self, method: str, count: int = 1, seconds: float = 10.0) -> bool:
        """Wait until an API method has been called `count` times."""
        return await self.wait_until(lambda: len(self.journal.calls(method)) >= count, seconds)

    async def wait_idle(self, seconds: float = 10.0) -> bool:
        """Wait until no update waits for the bot."""
        return await self.wait_until(lambda: not len(self.delivery.queue), seconds)

    async def wait_until(self, ready: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Wait until a condition over the stand-in's state holds."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True
