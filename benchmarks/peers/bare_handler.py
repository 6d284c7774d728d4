"""The floor: a form of 24 questions as one aiohttp handler, without a bot library.

The update is parsed as JSON and no further; one thread commits what has arrived together; the edit rides in the
webhook's response; the callback is answered beside it through one aiohttp client. Nothing is checked but the secret.
"""

import asyncio
import hmac
import json
import queue
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

from benchmarks.peers.form import ANSWER, DURABLE, TABLES, VISIT, after, buttons, pressed, words
from benchmarks.peers.given import PATH, Given, given

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_CONNECTIONS = 100
MOST_AT_ONCE = 64
Json = dict[str, Any]
Job = tuple[str, tuple[object, ...], asyncio.Future[None]]


class Committer:
    """One connection on one thread; rows that wait are committed together."""

    def __init__(self, database: Path) -> None:
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, args=(database,))
        self._thread.start()

    def save(self, sql: str, *values: object) -> asyncio.Future[None]:
        """Done when the row is durable."""
        done = self._loop.create_future()
        self._waiting.put((sql, values, done))
        return done

    def close_soon(self) -> None:
        """End after what waits."""
        self._waiting.put(None)

    def close(self) -> None:
        """Commit what waits, and end."""
        self.close_soon()
        self._thread.join()

    def _work(self, database: Path) -> None:
        connection = sqlite3.connect(database, isolation_level=None)
        for pragma in DURABLE:
            connection.execute(pragma)
        connection.executescript(TABLES)
        while (first := self._waiting.get()) is not None:
            batch = [first]
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(first[0], first[1])
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                job = self._waiting.get()
                if job is None:
                    self.close_soon()
                    break
                connection.execute(job[0], job[1])
                batch.append(job)
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_release, batch)
        connection.close()


def _release(batch: list[Job]) -> None:
    for _, _, done in batch:
        done.set_result(None)


def markup(question: int) -> Json:
    """The choices."""
    return {"inline_keyboard": [[{"text": label, "callback_data": data}] for label, data in buttons(question)]}


class Handler:
    """The webhook."""

    def __init__(self, told: Given) -> None:
        self._told = told
        self._telling: set[asyncio.Task[None]] = set()

    async def opened(self, _: web.Application) -> AsyncIterator[None]:
        """Open the database and the client, set the webhook; close them at the end."""
        self._committer = Committer(self._told.database)
        async with aiohttp.ClientSession() as self._client:
            await self._tell(
                "setWebhook",
                url=self._told.webhook,
                secret_token=self._told.secret,
                max_connections=MOST_CONNECTIONS,
            )
            yield
            await asyncio.gather(*self._telling)
        self._committer.close()

    async def _tell(self, method: str, **parameters: object) -> None:
        async with self._client.post(f"{self._told.api}/bot{self._told.token}/{method}", json=parameters) as answer:
            await answer.read()

    async def receive(self, request: web.Request) -> web.Response:
        """Save, then answer."""
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), self._told.secret):
            raise web.HTTPForbidden
        update = json.loads(await request.read())
        if query := update.get("callback_query"):
            return await self._press(update["update_id"], query)
        message = update["message"]
        await self._committer.save(VISIT, message["from"]["id"], message["text"].partition(" ")[2])
        await self._tell("sendMessage", chat_id=message["chat"]["id"], text=words(1), reply_markup=markup(1))
        return web.Response()

    async def _press(self, update_id: int, query: Json) -> web.Response:
        question, choice = pressed(query["data"])
        await self._committer.save(ANSWER, query["from"]["id"], question, choice, update_id)
        task = asyncio.create_task(self._tell("answerCallbackQuery", callback_query_id=query["id"]))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        text, following = after(question, choice)
        bubble = query["message"]
        edit = {"method": "editMessageText", "chat_id": bubble["chat"]["id"], "message_id": bubble["message_id"]}
        more = {"reply_markup": markup(following)} if following else {}
        return web.json_response({**edit, "text": text, **more})


def main() -> None:
    """Serve until SIGTERM."""
    told = given(__doc__)
    handler, application = Handler(told), web.Application()
    application.cleanup_ctx.append(handler.opened)
    application.router.add_post(PATH, handler.receive)
    loop = uvloop.new_event_loop()
    web.run_app(application, host="127.0.0.1", port=told.port, loop=loop, print=None, access_log=None)


if __name__ == "__main__":
    main()
