"""The HTTP server: a Starlette app from a list of routes, safe headers on every answer, uvicorn in the running loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.arrivals import Arriving, close_the_late
from bot.channels.base import Hook
from bot.ending import Ending
from bot.errors import Unusable
from bot.near import Network, is_near

MAX_BODY = 256 * 1024
"""Bytes of any request body; forms have a tighter limit of their own."""
MOST_AT_ONCE = 1_000
"""Connections and tasks; beyond that uvicorn answers 503 itself."""
BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 20
ARRIVAL_SECONDS = 20
"""A request must have arrived after this long; nobody is cut off before, and nobody stays for twice as long."""
CANCEL_SECONDS = 1.0
YEAR_SECONDS = 31_536_000

CONTENT_SECURITY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SAFE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}
"""On every answer; a route that sets one of them itself keeps its own (a style sheet may be cached)."""

Health = Callable[[], Awaitable[str]]
"""Says "ok", or one word for what is wrong."""

Calm = Callable[[Request, int], Awaitable[Response]]
"""A page for a status code (404, 405, 413, 500): what a person sees instead of an error."""


@dataclass(frozen=True)
class Numbers:
    """What `/metrics` answers to this machine and to the `named` networks; everybody else finds no such page."""

    text: Callable[[], Awaitable[bytes]]
    media_type: str
    named: tuple[Network, ...] = ()


def make_app(
    routes: Sequence[BaseRoute],
    healthy: Health,
    *,
    https: bool,
    calm: Calm | None = None,
    numbers: Numbers | None = None,
) -> ASGIApp:
    """All of `routes`, `/healthz` and `/metrics`; `https`: browsers are told to come back only over TLS."""
    page = calm or _plain

    async def refused(request: Request, error: Exception) -> Response:
        return await page(request, error.status_code if isinstance(error, HTTPException) else 500)

    own = [Route("/healthz", _health_route(healthy))]
    if numbers is not None:
        own.append(Route("/metrics", _numbers_route(numbers)))
    app = Starlette(
        routes=[*own, *routes],
        exception_handlers={HTTPException: refused, Exception: refused},
    )
    # Starlette would redirect /c/x/ to a host taken from the request; a path that is not ours is simply unknown.
    app.router.redirect_slashes = False
    hooks = {route.path: route.app for route in routes if isinstance(route, Hook)}
    return _Guard(app, hooks, https=https)


async def _plain(_: Request, status: int) -> Response:
    return PlainTextResponse(HTTPStatus(status).phrase, status)


def _health_route(healthy: Health) -> Callable[[Request], Awaitable[Response]]:
    async def healthz(_: Request) -> Response:
        word = await healthy()
        return PlainTextResponse(word, 200 if word == "ok" else 503)

    return healthz


def _numbers_route(numbers: Numbers) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(request: Request) -> Response:
        peer = request.client.host if request.client else ""
        if not is_near(peer, request.headers.raw, numbers.named):
            raise HTTPException(404)
        return Response(await numbers.text(), media_type=numbers.media_type)

    return metrics


class _Guard:
    """Adds the safe headers to every page and refuses bodies beyond MAX_BODY, announced or not; hooks pass at once."""

    def __init__(self, app: ASGIApp, hooks: Mapping[str, ASGIApp], *, https: bool) -> None:
        self._app = app
        self._hooks = hooks
        headers = dict(SAFE_HEADERS)
        if https:
            headers["strict-transport-security"] = f"max-age={YEAR_SECONDS}"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return None
        hook = self._hooks.get(scope["path"]) if scope["method"] == "POST" else None
        if hook is not None:
            return await hook(scope, receive, send)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(message)
            await send(message)

        return await self._app(scope, _bounded(scope, receive), send_safely)

    def _add(self, message: MutableMapping[str, Any]) -> None:
        present = list(message.get("headers", ()))
        named = {name.lower() for name, _ in present}
        message["headers"] = present + [pair for pair in self._headers if pair[0] not in named]


def _bounded(scope: Scope, receive: Receive) -> Receive:
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    too_large = not announced.isdigit() or int(announced) > MAX_BODY
    seen = 0

    async def receive_bounded() -> Message:
        nonlocal seen
        if too_large:
            raise HTTPException(413)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise HTTPException(413)
        return message

    return receive_bounded


class _Server(uvicorn.Server):
    """Leaves signals to the composition root, which stops more than the web server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def new_loop() -> asyncio.AbstractEventLoop:
    """The fast event loop, for `asyncio.Runner(loop_factory=...)`."""
    return uvloop.new_event_loop()


@contextlib.asynccontextmanager
async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    trusted_proxies: str = "",
    arrival_seconds: float = ARRIVAL_SECONDS,
    ending: Ending | None = None,
) -> AsyncIterator[int]:
    """Serve until the context is left, then finish open requests while `ending` lets it. Yields the port in use.

    `trusted_proxies`: addresses or networks, separated by commas, whose X-Forwarded-* headers are believed.
    Raises Unusable when the address cannot be listened on.
    """
    listening = _listen(host, port)
    config = uvicorn.Config(
        app,
        http=Arriving,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what anybody can cause a thousand times a second is no line of the log
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=bool(trusted_proxies.strip()),
        forwarded_allow_ips=trusted_proxies,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    late = asyncio.create_task(close_the_late(server.server_state, arrival_seconds))
    try:
        await _started(server, task)
        yield listening.getsockname()[1]
    finally:
        late.cancel()
        left = (ending or Ending()).left()
        # uvicorn reads it when it ends; then it cancels what is still open, and is given a moment for that.
        config.timeout_graceful_shutdown = left  # type: ignore[assignment]
        server.should_exit = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(task, left + CANCEL_SECONDS)
        listening.close()


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            task.result()
            raise Unusable("web server", "stopped while starting", "see the lines above")
        await asyncio.sleep(0.01)


def _listen(host: str, port: int) -> socket.socket:
    where = f"SIPAS_HOST, SIPAS_PORT ({host}:{port})"
    try:
        # Resolved first: "localhost" and names of this machine are as good as numbers.
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        match error.errno:
            case errno.EADDRINUSE:
                raise Unusable(
                    where, "the port is in use", "stop the other program or set another SIPAS_PORT"
                ) from error
            case errno.EACCES:
                raise Unusable(where, "this port needs more rights", "use a port above 1023 behind a proxy") from error
            case _:
                raise Unusable(
                    where,
                    f"cannot listen there ({error.strerror or os.strerror(error.errno or 0)})",
                    "set SIPAS_HOST to an address of this machine",
                ) from error
