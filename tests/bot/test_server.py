"""B15, B17: the HTTP server over real sockets on 127.0.0.1."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.base import Hook
from bot.errors import Unusable
from bot.server import MAX_BODY, SAFE_HEADERS, make_app, new_loop, serve


async def fine() -> str:
    return "ok"


async def echo(request: Request) -> Response:
    return PlainTextResponse(
        f"{len(await request.body())} {request.url.scheme} {request.client and request.client.host}"
    )


async def cached(_: Request) -> Response:
    return PlainTextResponse("x", headers={"Cache-Control": "public, max-age=60"})


async def broken(_: Request) -> Response:
    raise ZeroDivisionError


async def hook(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("taken")(scope, receive, send)


async def calm(_: Request, status: int) -> Response:
    return PlainTextResponse(f"calm {status}", status)


def app(*, https: bool = False) -> ASGIApp:
    routes = [
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/cached", cached),
        Route("/broken", broken),
        Hook("/hook", hook),
    ]
    return make_app(routes, fine, https=https, calm=calm)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serve(app(), "127.0.0.1", 0) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as opened:
        yield opened


async def test_healthz_says_the_word() -> None:
    async def unwell() -> str:
        return "readonly"

    for check, status, word in ((fine, 200, "ok"), (unwell, 503, "readonly")):
        transport = httpx.ASGITransport(make_app([], check, https=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
            answer = await one.get("/healthz")
        assert (answer.status_code, answer.text) == (status, word)


async def test_the_headers_of_every_answer(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/echo", "/nowhere"):
        headers = dict((await client.get(path)).headers)
        assert {name: headers.pop(name) for name in SAFE_HEADERS} == SAFE_HEADERS
        assert set(headers) == {"content-length", "content-type"}, "no server, no date"
    policy = SAFE_HEADERS["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert SAFE_HEADERS["referrer-policy"] == "no-referrer"
    assert SAFE_HEADERS["cache-control"] == "no-store"


async def test_a_route_keeps_its_own_header(client: httpx.AsyncClient) -> None:
    assert (await client.get("/cached")).headers["cache-control"] == "public, max-age=60"


async def test_tls_only_browsers_where_the_address_is_https() -> None:
    for https in (True, False):
        transport = httpx.ASGITransport(app(https=https))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
            answer = await one.get("/echo")
        assert ("strict-transport-security" in answer.headers) is https


async def test_a_hook_is_called_past_the_pages(client: httpx.AsyncClient) -> None:
    answer = await client.post("/hook", content=b"x" * (MAX_BODY + 1))
    assert (answer.status_code, answer.text) == (200, "taken"), "it bounds its body itself"
    assert set(answer.headers) == {"content-length", "content-type"}
    assert (await client.get("/hook")).text == "calm 405"
    assert (await client.post("/hook/")).text == "calm 404"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/echo", 405), ("GET", "/echo/", 404)]
)
async def test_faults_of_the_asker_get_the_calm_page(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.text) == (status, f"calm {status}")


async def test_a_bug_gets_the_calm_page_with_the_safe_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken")
    assert (answer.status_code, answer.text) == (500, "calm 500")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await client.get("/healthz")).status_code == 200


async def test_a_body_up_to_the_limit_and_no_further(client: httpx.AsyncClient) -> None:
    async def drip(size: int) -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b"x" * 1024

    assert (await client.post("/echo", content=b"x" * MAX_BODY)).text.startswith(f"{MAX_BODY} ")
    assert (await client.post("/echo", content=b"x" * (MAX_BODY + 1))).status_code == 413
    assert (await client.post("/echo", content=drip(MAX_BODY + 1024))).status_code == 413


async def ended(port: int, sent: bytes, drip: bytes = b"") -> bool:
    """Whether the server hangs up on somebody who sends this, and then a little of that now and then."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    with contextlib.suppress(ConnectionError):
        for _ in range(20):
            writer.write(drip)
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    if await reader.read(1_000) == b"":
                        break
        else:
            writer.close()
            return False
    writer.close()
    return True


POST = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n"


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        (b"", b""),
        (b"GET / HT", b""),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", b"a: b\r\n"),
        (POST + b"\r\n", b"x"),
        (POST.replace(b"POST /echo", b"POST /nowhere") + b"\r\n", b"x"),
        (b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET / HT", b""),
    ],
    ids=["nothing", "half a line", "endless headers", "endless body", "body after its answer", "second request"],
)
async def test_a_request_that_does_not_arrive_is_hung_up_on(sent: bytes, drip: bytes) -> None:
    """B15: otherwise a thousand of them would be all that is served."""
    async with serve(app(), "127.0.0.1", 0, arrival_seconds=0.05) as port:
        assert await ended(port, sent, drip)
    async with serve(app(), "127.0.0.1", 0, arrival_seconds=60) as port:
        assert not await ended(port, sent, drip)


async def test_who_has_asked_and_reads_on_is_not_late() -> None:
    """B15: a browser that keeps its connection for the next page."""
    async with serve(app(), "127.0.0.1", 0, arrival_seconds=0.1) as port:
        assert not await ended(port, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")


async def test_a_head_is_bounded() -> None:
    """B15: headers without end are hung up on at once."""
    async with serve(app(), "127.0.0.1", 0, arrival_seconds=60) as port:
        assert await ended(port, b"GET / HTTP/1.1\r\nhost: x\r\n", b"a: " + b"b" * 8_000 + b"\r\n")


async def test_forwarded_headers_count_only_from_named_proxies() -> None:
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    for trusted, seen in (
        ("", "0 http 127.0.0.1"),
        ("10.0.0.1", "0 http 127.0.0.1"),
        ("127.0.0.1", "0 https 203.0.113.9"),
    ):
        async with serve(app(), "127.0.0.1", 0, trusted) as port, httpx.AsyncClient() as one:
            assert (await one.get(f"http://127.0.0.1:{port}/echo", headers=claims)).text == seen


async def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unusable) as raised:
            async with serve(app(), "127.0.0.1", port):
                pass
    line = str(raised.value)
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line
    assert "SIPAS_PORT" in line
    assert "\n" not in line


async def test_an_address_that_is_not_ours_is_one_clear_line() -> None:
    with pytest.raises(Unusable, match="SIPAS_HOST"):
        async with serve(app(), "192.0.2.1", 0):
            pass


async def test_leaving_waits_for_the_open_request_and_frees_the_port() -> None:
    entered, finish = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> Response:
        entered.set()
        await finish.wait()
        return PlainTextResponse("done")

    async with httpx.AsyncClient() as one:
        async with serve(make_app([Route("/slow", slow)], fine, https=False), "127.0.0.1", 0) as port:
            asked = asyncio.create_task(one.get(f"http://127.0.0.1:{port}/slow"))
            await entered.wait()
            asyncio.get_running_loop().call_later(0.2, finish.set)
        assert (await asked).text == "done"
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_the_fast_loop_serves() -> None:
    async def once() -> int:
        async with serve(app(), "127.0.0.1", 0) as port, httpx.AsyncClient() as one:
            return (await one.get(f"http://127.0.0.1:{port}/healthz")).status_code

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(once()) == 200
        assert "uvloop" in type(runner.get_loop()).__module__
