"""Somebody with a browser that is only HTTP: reads forms off pages and posts them. No chromium is needed."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.routing import BaseRoute

from bot.channels.web import WebChannel
from bot.server import make_app
from tests.browser.talk import CODE, Talk


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Visitor:
    client: httpx.AsyncClient
    talk: Talk
    clock: Clock
    page: httpx.Response = field(default_factory=lambda: httpx.Response(200, text=""))

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def path(self) -> str:
        return self.page.url.path

    @property
    def address(self) -> str:
        """Path and query of the page that is shown."""
        return self.page.url.raw_path.decode()

    @property
    def nonce(self) -> str:
        found = re.search(r'name="nonce" value="([^"]+)"', self.text)
        assert found, self.text
        return found[1]

    @property
    def labels(self) -> dict[str, str]:
        """What stands on the buttons -> their data."""
        found = re.findall(r'<button [^>]*?value="([^"]*)"[^>]*>(.*?)</button>', self.text)
        return {html.unescape(label): html.unescape(data) for data, label in found}

    async def get(self, path: str, **headers: str) -> httpx.Response:
        self.page = await self.client.get(path, headers=headers)
        return self.page

    async def post(self, path: str | None = None, **fields: str) -> httpx.Response:
        """Post fields as they are, to this page's conversation; the nonce of the page unless another is given."""
        data = {"nonce": self.nonce, **fields} if "nonce" not in fields else fields
        self.page = await self.client.post(path or self.path, data=data)
        return self.page

    async def press(self, label: str) -> httpx.Response:
        return await self.post(press=self.labels[label])

    async def say(self, text: str) -> httpx.Response:
        return await self.post(text=text)

    async def scan(self) -> httpx.Response:
        """From the poster to the consent screen."""
        await self.get(f"/s/{CODE}")
        return await self.post(l="vi")

    async def begin(self) -> httpx.Response:
        """From the poster to the first question."""
        await self.scan()
        return await self.press("Bắt đầu")


@asynccontextmanager
async def visit(
    talk: Talk | None = None,
    *,
    sample: bool = True,
    public_url: str = "",
    base: str = "http://sipas.test",
    client: str = "203.0.113.7",
) -> AsyncIterator[Visitor]:
    """A visitor at the door of a web channel over `talk`."""
    behind, clock = talk or Talk(), Clock()
    channel, routes = WebChannel(behind.lent(sample=sample, public_url=public_url), clock), list[BaseRoute]()

    async def healthy() -> str:
        return "ok"

    async with channel.open(behind.receive, routes):
        app = make_app(routes, healthy, https=public_url.startswith("https"), calm=channel.calm)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 5000))
        async with httpx.AsyncClient(transport=transport, base_url=base, follow_redirects=True) as opened:
            yield Visitor(opened, behind, clock)
