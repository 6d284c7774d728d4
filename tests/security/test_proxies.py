"""B17: what a stranger writes into proxy headers, Host or cookies changes nothing of what she is given."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.routing import BaseRoute

from bot.channels.web import WebChannel
from bot.server import make_app, serve
from tests.browser.talk import CODE, Talk
from tests.faults.figures import Figure, record

HTTPS = "https://danhgia.example"
FORGED: tuple[dict[str, str], ...] = (
    {"x-forwarded-for": "127.0.0.1"},
    {"x-forwarded-for": "127.0.0.1, 10.0.0.1, ::1"},
    {"x-forwarded-proto": "https"},
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-port": "443"},
    {"x-forwarded-prefix": "/evil"},
    {"x-real-ip": "127.0.0.1"},
    {"x-original-url": "/admin"},
    {"x-rewrite-url": "/admin"},
    {"x-http-method-override": "DELETE"},
    {"forwarded": "for=127.0.0.1;host=evil.example;proto=https"},
    {"host": "evil.example"},
    {"host": "localhost"},
    {"host": "evil.example:80@127.0.0.1"},
    {"x-forwarded-for": "'\"><script>", "x-forwarded-proto": "javascript", "x-forwarded-host": "[::1"},
    {"cookie": "__Host-sipas=AAAA; sipas=AAAA; sipas=" + "A" * 43},
    {"authorization": "Basic YWRtaW46YWRtaW4="},
)


def shown(answer: httpx.Response) -> tuple[object, ...]:
    """What was given, without what is made anew each time."""
    headers = {name: value for name, value in answer.headers.items() if name != "location"}
    where = re.sub(r"/c/[\w-]{22}|[\w-]{24}\.", "*", answer.headers.get("location", ""))
    return answer.status_code, headers, where, re.sub(r'(name="nonce" value=)"[^"]+"', r"\1*", answer.text)


@pytest.mark.parametrize("trusted", ["", "10.9.8.7"])
@pytest.mark.parametrize("public_url", ["", HTTPS])
async def test_forged_headers_change_nothing(trusted: str, public_url: str) -> None:
    """B17: pages, redirects and cookies are the same whatever stands in them; nothing of it is repeated."""
    talk = Talk()
    channel, routes = WebChannel(talk.lent(sample=False, public_url=public_url)), list[BaseRoute]()

    async def fine() -> str:
        return "ok"

    async with channel.open(talk.receive, routes):
        app = make_app(routes, fine, https=bool(public_url), calm=channel.calm)
        async with serve(app, "127.0.0.1", 0, trusted) as port, httpx.AsyncClient() as client:
            base = f"http://127.0.0.1:{port}"
            for path in ("/", f"/s/{CODE}", "/nowhere", "/healthz"):
                honest = shown(await client.get(base + path))
                for forged in FORGED:
                    assert shown(await client.get(base + path, headers=forged)) == honest, (path, forged)
            for forged in FORGED:
                page = await client.get(f"{base}/s/{CODE}")
                nonce = re.findall(r'name="nonce" value="([^"]+)"', page.text)[0]
                answer = await client.post(f"{base}/s/{CODE}", data={"nonce": nonce}, headers=forged)
                assert answer.status_code == 303
                assert re.fullmatch(r"/c/[\w-]{22}\?m=[\w.-]+", answer.headers["location"]), "never another host"
                assert "set-cookie" not in answer.headers
    assert {event.trusted for event in talk.events} == {False}
    case = f"B17 forged headers ({'https' if public_url else 'http'}, proxies: {trusted or 'none'})"
    record(Figure(case, 5 * len(FORGED), 0, "pages, redirects, cookies"))


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
async def test_a_stranger_cannot_pass_for_this_very_machine(header: str) -> None:
    """B17: over plain http an official's code is taken from this machine only; a header does not make one of it."""
    talk = Talk()
    channel, routes = WebChannel(talk.lent(sample=False)), list[BaseRoute]()

    async def fine() -> str:
        return "ok"

    async with channel.open(talk.receive, routes):
        app = make_app(routes, fine, https=False, calm=channel.calm)
        transport = httpx.ASGITransport(app, client=("203.0.113.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            page = await client.get("/", headers={header: "127.0.0.1"})
            nonce = re.findall(r'name="nonce" value="([^"]+)"', page.text)[0]
            fields = {"nonce": nonce, "text": "/vao ABCD-EFGH-JKMN-PQ12"}
            answer = await client.post("/", data=fields, headers={header: "127.0.0.1"})
    assert answer.status_code == 403
    assert talk.events == []
