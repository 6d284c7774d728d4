"""Who may see the operator's numbers: this machine and named networks, and nobody through a proxy."""

from __future__ import annotations

import httpx
import pytest

from bot.near import is_near, read_networks
from bot.server import Numbers, make_app, serve

LOCAL = [(b"host", b"127.0.0.1:8080")]


@pytest.mark.parametrize(
    ("peer", "headers", "named", "near"),
    [
        ("127.0.0.1", LOCAL, "", True),
        ("127.0.0.9", [(b"host", b"localhost")], "", True),
        ("::1", [(b"host", b"[::1]:8080")], "", True),
        ("::1", [(b"host", b"[::1]")], "", True),
        ("203.0.113.9", LOCAL, "", False),
        ("10.0.0.5", [(b"host", b"sipas:8080")], "", False),
        ("10.0.0.5", [(b"host", b"sipas:8080")], "10.0.0.0/24, 192.0.2.1", True),
        ("192.0.2.1", [], "10.0.0.0/24, 192.0.2.1", True),
        ("10.0.1.5", [], "10.0.0.0/24", False),
        ("127.0.0.1", [*LOCAL, (b"x-forwarded-for", b"127.0.0.1")], "", False),
        ("127.0.0.1", [*LOCAL, (b"X-Forwarded-For", b"")], "", False),
        ("10.0.0.5", [(b"x-forwarded-for", b"10.0.0.5")], "10.0.0.0/24", False),
        ("127.0.0.1", [*LOCAL, (b"forwarded", b"for=127.0.0.1")], "", False),
        ("127.0.0.1", [*LOCAL, (b"x-real-ip", b"127.0.0.1")], "", False),
        ("127.0.0.1", [*LOCAL, (b"via", b"1.1 proxy")], "", False),
        ("127.0.0.1", [*LOCAL, (b"x-forwarded-proto", b"https")], "", False),
        ("127.0.0.1", [(b"host", b"sipas.example")], "", False),
        ("127.0.0.1", [*LOCAL, (b"host", b"sipas.example")], "", False),
        ("127.0.0.1", [(b"host", b"localhost.example:8080")], "", False),
        ("", LOCAL, "", False),
        ("unix", LOCAL, "", False),
    ],
)
def test_who_is_near(peer: str, headers: list[tuple[bytes, bytes]], named: str, near: bool) -> None:
    assert is_near(peer, headers, read_networks(named)) is near


@pytest.mark.parametrize("text", ["the office", "10.0.0.300", "10.0.0.1/24", "10.0.0.1;10.0.0.2"])
def test_a_list_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        read_networks(text)


async def numbers() -> bytes:
    return b"sipas_up 1\n"


async def well() -> str:
    return "ok"


OUTSIDE = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Host": "sipas.example"}
FORGED = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "Host": "localhost"}
CHAIN = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9", "Host": "127.0.0.1"}


@pytest.mark.parametrize("trusted", ["", "127.0.0.1", "*"], ids=["no proxy", "a proxy on this machine", "every proxy"])
async def test_the_page_over_real_sockets(trusted: str) -> None:
    app = make_app([], well, https=False, numbers=Numbers(numbers, "text/plain"))
    async with serve(app, "127.0.0.1", 0, trusted) as port, httpx.AsyncClient() as one:
        address = f"http://127.0.0.1:{port}/metrics"
        direct = await one.get(address)
        assert (direct.status_code, direct.content) == (200, b"sipas_up 1\n")
        for headers in (OUTSIDE, FORGED, CHAIN, {"Forwarded": "for=127.0.0.1"}, {"Host": "sipas.example"}):
            refused = await one.get(address, headers=headers)
            assert refused.status_code == 404, headers
            assert b"sipas_up" not in refused.content
        assert (await one.post(address)).status_code == 405


async def test_without_numbers_there_is_no_page() -> None:
    async with serve(make_app([], well, https=False), "127.0.0.1", 0) as port, httpx.AsyncClient() as one:
        assert (await one.get(f"http://127.0.0.1:{port}/metrics")).status_code == 404
