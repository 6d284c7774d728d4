"""A real chromium, and the web channel on a real port. Without chromium these tests say so; CI must never skip them."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def missing(reason: str) -> None:
    """Skip with the reason; where nothing may be skipped (SIPAS_TEST_NO_SKIP=1), fail."""
    if NO_SKIP:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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
    """The web channel over a conversation in memory, in a thread of its own (Playwright's own loop runs here)."""
    talk, ready, stop, ports = Talk(), threading.Event(), threading.Event(), list[int]()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(talk, ready, stop, ports)))
    thread.start()
    try:
        assert ready.wait(START_SECONDS), "the server did not start"
        yield Site(f"http://127.0.0.1:{ports[0]}", talk)
    finally:
        stop.set()
        thread.join()


async def _serve(talk: Talk, ready: threading.Event, stop: threading.Event, ports: list[int]) -> None:
    channel, routes = WebChannel(talk.lent()), list[BaseRoute]()

    async def healthy() -> str:
        return "ok"

    async with channel.open(talk.receive, routes):
        app = make_app(routes, healthy, https=False, calm=channel.calm)
        async with serve(app, "127.0.0.1", 0) as port:
            ports.append(port)
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.02)
