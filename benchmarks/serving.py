"""A bot that serves: started in its folder beside a Bot API of its own, ready for a load, and stopped again."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.bots import BotProgram, Place
from benchmarks.cores import on
from benchmarks.lean_api import LeanApi
from benchmarks.load import Load
from benchmarks.process import Program
from benchmarks.ways import StuckError, ToPoller, ToWebhook

START_SECONDS = 30.0
STILL_SECONDS = 30.0
QUIET_SECONDS = 0.3
DEFAULT_CONNECTIONS = 40


@dataclass(frozen=True)
class Serving:
    """The load, the process, and the seconds from its start until it took updates."""

    load: Load
    running: Program
    start: float


@contextlib.asynccontextmanager
async def serving(program: BotProgram, place: Place, code: str, core: int | None = None) -> AsyncIterator[Serving]:
    """Serve what lies in the folder, on one core if it is given; the place's Bot API is made here.

    StuckError with the program's last words.
    """
    api = LeanApi()
    await api.start()
    place = Place(place.folder, place.port, f"http://127.0.0.1:{api.port}")
    began = time.perf_counter()
    with on(core):
        running = Program(program.command(place), program.environment(place), place.folder / "bot.log", place.folder)
    load: Load | None = None
    try:
        await _until_serving(api, place, running, program)
        start = time.perf_counter() - began
        load = Load(api, _way(api, place, program), program, code)
        yield Serving(load, running, start)
    except StuckError as error:
        raise StuckError(f"{error}\n{running.tail()}") from None
    except BaseExceptionGroup as group:
        raise StuckError(f"{_innermost(group)}\n{running.tail()}") from group
    finally:
        if load:
            load.way.close()
        running.stop()
        await api.stop()


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or repr(error)


def _way(api: LeanApi, place: Place, program: BotProgram) -> ToPoller | ToWebhook:
    if program.polling:
        return ToPoller(api)
    connections = int(api.webhook.get("max_connections", DEFAULT_CONNECTIONS))
    return ToWebhook(place.port, urlsplit(api.webhook["url"]).path, connections)


async def _until_serving(api: LeanApi, place: Place, running: Program, program: BotProgram) -> None:
    """Wait for its first getUpdates, or for setWebhook and an open port."""
    end = time.perf_counter() + START_SECONDS
    while not (api.calls["getUpdates"] if program.polling else api.webhook.get("url") and _listens(place.port)):
        if not running.alive or time.perf_counter() > end:
            raise StuckError(f"{program.name}: the bot did not start serving")
        await asyncio.sleep(0.01)


async def quiet(api: LeanApi) -> None:
    """Wait until the bot has made no call for QUIET_SECONDS, so that late work is counted too."""
    before = -1
    for _ in range(int(STILL_SECONDS / QUIET_SECONDS)):
        if api.calls.total() == before:
            return
        before = api.calls.total()
        await asyncio.sleep(QUIET_SECONDS)


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
