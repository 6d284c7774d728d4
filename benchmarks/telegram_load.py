"""Citizens tap through a form over the Telegram webhook; the same driver for every bot.

A citizen sends her next tap only when the last one was acknowledged and her screen has changed. An update counts when
it was acknowledged with 2xx and its effect stands in the database file afterwards.
"""

import asyncio
import json
import random
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.bots import SECRET, TAPS, BotProgram, Place
from benchmarks.http import Pool
from benchmarks.lean_api import DATE, Json, LeanApi
from benchmarks.process import Program

CITIZENS = 200
WARM_UP_CITIZENS = 10
START_SECONDS = 30.0
STEP_SECONDS = 30.0
ROUND_SECONDS = 300.0
QUIET_SECONDS = 0.3
MAX_TRIES = 20
RETRY_SECONDS = 0.05
DEFAULT_CONNECTIONS = 40
FIRST_USER = 700_000_001


class StuckError(Exception):
    """The bot did not do what the form needs; the text says where."""


@dataclass(frozen=True)
class Round:
    """One run of one bot; seconds, MiB and counts."""

    bot: str
    updates: int
    durable: int
    answered: int
    cpu: float
    wall: float
    driver_cpu: float
    start: float
    peak_mib: float
    acks: tuple[float, ...]
    screens: tuple[float, ...]

    @property
    def cpu_per_update(self) -> float:
        """CPU seconds of the bot per acknowledged durable update."""
        return self.cpu / self.durable

    @property
    def throughput(self) -> float:
        """Acknowledged durable updates a second."""
        return self.durable / self.wall


@dataclass
class Load:
    """One bot under load: where its updates go and what has been measured."""

    api: LeanApi
    pool: Pool
    path: str
    program: BotProgram
    code: str
    next_update: int = 880_000_001
    acked: int = 0
    acks: list[float] = field(default_factory=list)
    screens: list[float] = field(default_factory=list)

    async def citizen(self, user_id: int, rng: random.Random) -> None:
        """One whole form."""
        screen = self.api.screen(user_id)
        await self.say(user_id, f"/start {self.code}".strip())
        for tap in range(TAPS):
            buttons = screen.data()
            if not buttons:
                raise StuckError(f"{self.program.name}: no buttons before tap {tap + 1}: {screen.text[:80]!r}")
            data = self.program.choose(buttons, tap, rng)
            await self.press(user_id, data)

    async def say(self, user_id: int, text: str) -> float:
        """A person writes; seconds until the new screen arrived."""
        user = _user(user_id)
        chat = {"id": user_id, "type": "private", "first_name": user["first_name"]}
        message = {"message_id": 1, "date": DATE, "from": user, "chat": chat, "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return await self._do(user_id, {"message": message})

    async def press(self, user_id: int, data: str) -> float:
        """A person presses a button of her newest bubble; seconds until the new screen arrived."""
        query = {"id": f"{user_id}{self.next_update}", "from": _user(user_id), "chat_instance": str(-user_id)}
        message = self.api.screen(user_id).message(user_id)
        return await self._do(user_id, {"callback_query": {**query, "data": data, "message": message}})

    async def _do(self, user_id: int, content: Json) -> float:
        """Deliver one update until it is acknowledged, then wait for the screen to change."""
        screen = self.api.screen(user_id)
        self.next_update += 1
        body = json.dumps(
            {"update_id": self.next_update, **content}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        seen, began = screen.revision, time.perf_counter()
        reply = await self._deliver(body)
        self.acks.append(time.perf_counter() - began)
        self.acked += 1
        if reply:
            call = json.loads(reply)
            if isinstance(call, dict) and "method" in call:
                self.api.run(call["method"], call)
        try:
            await screen.beyond(seen, STEP_SECONDS)
        except TimeoutError:
            raise StuckError(
                f"{self.program.name}: the screen of {user_id} did not change: {screen.text[:80]!r}"
            ) from None
        self.screens.append(screen.shown_at - began)
        return self.screens[-1]

    async def _deliver(self, body: bytes) -> bytes:
        headers = f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
        status = 0
        for _ in range(MAX_TRIES):
            try:
                status, reply = await asyncio.wait_for(self.pool.post(self.path, headers, body), STEP_SECONDS)
            except (OSError, TimeoutError):
                status = 0
            if 200 <= status < 300:
                return reply
            await asyncio.sleep(RETRY_SECONDS)
        raise StuckError(f"{self.program.name}: an update was refused {MAX_TRIES} times, last with {status}")


def _user(user_id: int) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": "Citizen", "language_code": "vi"}


async def run_round(program: BotProgram, folder: Path, citizens: int, seed: int) -> Round:
    """Start the bot in an empty folder, warm it up, measure one crowd, stop it. StuckError, NotConnectedError."""
    api = LeanApi()
    await api.start()
    place = Place(folder, free_port(), f"http://127.0.0.1:{api.port}")
    code = await asyncio.to_thread(program.prepare, place)
    began = time.perf_counter()
    running = Program(program.command(place), program.environment(place), folder / "bot.log", folder)
    try:
        await until_serving(api, place, running)
        start = time.perf_counter() - began
        connections = int(api.webhook.get("max_connections", DEFAULT_CONNECTIONS))
        pool = Pool(place.port, connections)
        load = Load(api, pool, urlsplit(api.webhook["url"]).path, program, code)
        async with asyncio.timeout(ROUND_SECONDS):
            await crowd(load, FIRST_USER + 10_000_000, WARM_UP_CITIZENS, seed)
            await quiet(api)
            measured = await _measure(load, running, folder, citizens, seed)
        pool.close()
        return Round(bot=program.name, start=start, peak_mib=running.peak_mib(), **measured)
    except TimeoutError:
        raise StuckError(f"{program.name}: not finished after {ROUND_SECONDS:.0f} s\n{running.tail()}") from None
    except StuckError as error:
        raise StuckError(f"{error}\n{running.tail()}") from None
    finally:
        running.stop()
        await api.stop()


async def _measure(load: Load, running: Program, folder: Path, citizens: int, seed: int) -> dict[str, Any]:
    load.acks, load.screens, load.acked = [], [], 0
    durable, answered = load.program.durable(folder), load.api.calls["answerCallbackQuery"]
    cpu, driver, wall = running.cpu_seconds(), time.process_time(), time.perf_counter()
    await crowd(load, FIRST_USER, citizens, seed)
    wall = time.perf_counter() - wall
    driver = time.process_time() - driver
    await quiet(load.api)
    return {
        "updates": load.acked,
        "durable": load.program.durable(folder) - durable,
        "answered": load.api.calls["answerCallbackQuery"] - answered,
        "cpu": running.cpu_seconds() - cpu,
        "wall": wall,
        "driver_cpu": driver,
        "acks": tuple(load.acks),
        "screens": tuple(load.screens),
    }


async def crowd(load: Load, first_user: int, count: int, seed: int) -> None:
    """`count` citizens at once, each a whole form."""
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(load.citizen(first_user + number, random.Random(f"{seed}-{number}")))


async def until_serving(api: LeanApi, place: Place, running: Program) -> None:
    """Wait for setWebhook and an open port."""
    end = time.perf_counter() + START_SECONDS
    while not (api.webhook.get("url") and _listens(place.port)):
        if not running.alive or time.perf_counter() > end:
            raise StuckError("the bot did not start serving")
        await asyncio.sleep(0.01)


async def quiet(api: LeanApi) -> None:
    """Wait until the bot has made no call for QUIET_SECONDS, so that late work is counted too."""
    before = -1
    for _ in range(int(STEP_SECONDS / QUIET_SECONDS)):
        if api.calls.total() == before:
            return
        before = api.calls.total()
        await asyncio.sleep(QUIET_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
