"""The web chat: server-rendered pages without JavaScript, and the kiosk on the counter's tablet."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels import web_kiosk, web_scores, web_start, web_talk
from bot.channels.base import Limits, Receipt, Receive
from bot.channels.web_desk import Desk, Lent, make_desk
from bot.channels.web_pages import Pages
from bot.errors import SendError, StorageUnavailable
from handlers.context import Message

Endpoint = Callable[[Desk, Request], Awaitable[Response]]

ROUTES: tuple[tuple[str, Endpoint, Endpoint | None], ...] = (
    ("/", web_start.show_start, web_start.start),
    ("/s/{code}", web_start.show_office, web_start.start_at),
    ("/c/{token}", web_talk.show, web_talk.act),
    ("/c/{token}/a/{number:int}", web_talk.attachment, None),
    ("/diem", web_scores.show_public, None),
    ("/o", web_scores.show_scores, None),
    ("/o/figures", web_scores.show_figures, None),
    ("/o/{link}", web_scores.show_door, web_scores.come_in),
    ("/k/{code}", web_kiosk.show_start, web_kiosk.start),
    ("/k/{code}/{token}", web_kiosk.show, web_kiosk.act),
)
"""Path, what GET does, what POST does."""

CALM = {404: "web.gone", 413: "web.too_long", 500: "sorry", 503: "sorry"}


class WebChannel:
    """Channel "web" (its kiosk speaks as channel "kiosk"). Nothing can be pushed to a web page."""

    name = "web"
    limits = Limits(text=20_000, caption=20_000, buttons=100)

    def __init__(self, lent: Lent, now: Callable[[], float] = time.monotonic) -> None:
        self._lent = lent
        self._now = now
        self._pages = Pages(lent.catalogues, lent.language, lent.province)

    @asynccontextmanager
    async def open(self, receive: Receive, routes: list[BaseRoute]) -> AsyncIterator[None]:
        desk = make_desk(self._lent, receive, self._pages, self._now)
        for path, get, post in ROUTES:
            routes.append(Route(path, partial(_calmly, get, desk), methods=["GET"]))
            if post is not None:
                routes.append(Route(path, partial(_calmly, post, desk), methods=["POST"]))
        routes.append(Route("/static/{name}", self._static, methods=["GET"]))
        yield

    async def send(self, address: str, message: Message) -> Receipt:  # noqa: ARG002  (the protocol's arguments)
        raise SendError("gone", "a web page cannot be written to")

    async def calm(self, request: Request, status: int) -> Response:
        """What a person sees instead of an error: for `bot.server.make_app`."""
        return self._pages.calm(self._pages.guess(request), status, CALM.get(status, "web.not_taken"))

    async def _static(self, request: Request) -> Response:
        found = self._pages.static(request.path_params["name"], request.query_params.get("v", ""))
        if found is None:
            raise HTTPException(404)
        return found


async def _calmly(endpoint: Endpoint, desk: Desk, request: Request) -> Response:
    try:
        return await endpoint(desk, request)
    except StorageUnavailable:
        # A reading page: nothing was pressed, so there is nothing to repeat but the visit itself.
        return desk.pages.calm(desk.pages.guess(request), 503, "sorry", back=request.url.path)
