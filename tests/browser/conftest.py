"""A real chromium, and the web channel on a real port. Without chromium these tests say so; CI must never skip them."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.routing import BaseRoute

from bot.channels.web import WebChannel
from bot.server import make_app, serve
from tests.browser.talk import ROOT, Talk

NO_SKIP = os.environ.get("SIPAS_TEST_NO_SKIP") == "1"
AXE = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / ".screenshots"
START_SECONDS = 10


def missing(reason: str) -> NoReturn:
    """Skip with the reason; where nothing may be skipped (SIPAS_TEST_NO_SKIP=1), fail."""
    if NO_SKIP:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not for the whole session: while Playwright is open no other event loop runs in this thread.
    path = shutil.which("chromium")
    if path is None:
        missing("chromium is not installed: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> Path:
    if not AXE.exists():
        missing("axe-core is not there: npm install --prefix .tools axe-core@4")
    return AXE


@dataclass(frozen=True)
class Site:
    url: str
    talk: Talk


@pytest.fixture
def site() -> Iterator[Site]:
    """The web channel over a conversation in memory."""
    with serving(Talk()) as opened:
        yield opened


@contextmanager
def serving(talk: Talk) -> Iterator[Site]:
    """A server on 127.0.0.1 in a thread of its own: Playwright's own loop runs in this one."""
    address: Future[tuple[str, Callable[[], object]]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(talk, address)))
    thread.start()
    url, stop = address.result(START_SECONDS)
    try:
        yield Site(url, talk)
    finally:
        stop()
        thread.join()


async def _serve(talk: Talk, address: Future[tuple[str, Callable[[], object]]]) -> None:
    channel, routes, stop = WebChannel(talk.lent()), list[BaseRoute](), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def healthy() -> str:
        return "ok"

    async with channel.open(talk.receive, routes):
        app = make_app(routes, healthy, https=False, calm=channel.calm)
        async with serve(app, "127.0.0.1", 0) as port:
            address.set_result((f"http://127.0.0.1:{port}", lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()
