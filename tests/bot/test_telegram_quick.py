"""The quick way to call: kept connections, and every way in which it gives up for the library to go on."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.channels.telegram_client import TelegramClient
from bot.channels.telegram_quick import NotConnectedError, QuickCalls
from bot.channels.telegram_request import CONNECTIONS
from bot.errors import SendError
from tests.standins.telegram import TOKEN, Fault, TelegramStandin

FINE = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'
WHOLE = (200, b'{"ok":true}')
Answer = Callable[[int], bytes]
"""The number of the request on all connections, from 1 -> the bytes that answer it; empty closes."""


class Server:
    """Notes what was asked and on how many connections."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(size))
                raw = self.answer(len(self.asked))
                if not raw:
                    break
                writer.write(raw)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(answer: Answer, context: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Server, int]]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    async with listening:
        yield server, listening.sockets[0].getsockname()[1]


async def test_one_connection_serves_one_call_after_another_and_as_many_as_there_are_at_once() -> None:
    async with serving(lambda _: FINE) as (server, port):
        quick = QuickCalls(f"http://127.0.0.1:{port}/bot1:a", 5)
        for _ in range(3):
            assert await quick.post(b"answerCallbackQuery", b'{"a":1}') == WHOLE
        assert server.connections == 1
        assert await asyncio.gather(*(quick.post(b"x", b"{}") for _ in range(8))) == [WHOLE] * 8
        assert server.connections == 8
        quick.close()
    assert (
        server.asked[0]
        == (
            b"POST /bot1:a/answerCallbackQuery HTTP/1.1\r\n"
            b"Host: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n" % port
        )
        + b'{"a":1}'
    )


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}", 429),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 200),
    ],
)
async def test_any_whole_answer_gives_its_status(raw: bytes, status: int) -> None:
    async with serving(lambda _: raw) as (_, port):
        quick = QuickCalls(f"http://127.0.0.1:{port}", 5)
        assert (await quick.post(b"x", b"{}"))[0] == status
        assert (await quick.post(b"x", b"{}"))[0] == status
        quick.close()


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
async def test_what_is_no_answer_is_an_error_and_the_next_call_starts_anew(raw: bytes) -> None:
    async with serving(lambda number: raw if number == 1 else FINE) as (server, port):
        quick = QuickCalls(f"http://127.0.0.1:{port}", 5)
        with pytest.raises(OSError):
            await quick.post(b"x", b"{}")
        assert await quick.post(b"x", b"{}") == WHOLE
        assert server.connections == 2
        quick.close()


async def test_an_answer_that_does_not_come_is_given_up_with_its_connection() -> None:
    async with serving(lambda number: b"HTTP/1.1 200 OK\r\n" if number == 1 else FINE) as (server, port):
        quick = QuickCalls(f"http://127.0.0.1:{port}", 0.05)
        with pytest.raises(TimeoutError):
            await quick.post(b"x", b"{}")
        assert await quick.post(b"x", b"{}") == WHOLE
        assert server.connections == 2
        quick.close()


async def test_who_stops_waiting_leaves_no_answer_for_the_next() -> None:
    async with serving(lambda number: b"" if number < 0 else FINE) as (_, port):
        quick = QuickCalls(f"http://127.0.0.1:{port}", 5)
        call = asyncio.create_task(quick.post(b"x", b"{}"))
        await asyncio.sleep(0.001)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert await quick.post(b"x", b"{}") == WHOLE
        quick.close()


async def test_a_connection_closed_while_idle_costs_nobody_an_answer() -> None:
    async with TelegramStandin() as standin:
        client = TelegramClient(standin.token, standin.url)
        await client.open()
        await client.answer("1")
        for line in list(client._quick._idle):
            line.close()
        await client.answer("2")
        asked = [call["params"]["callback_query_id"] for call in standin.journal.calls("answerCallbackQuery")]
        assert set(asked) == {"1", "2"}
        await client.close()


async def test_a_text_is_never_sent_twice() -> None:
    async with serving(lambda number: FINE if number == 1 else b"") as (server, port):
        client = TelegramClient(TOKEN, f"http://127.0.0.1:{port}")
        with pytest.raises(SendError, match="uncertain"):  # no message in it
            await client.say(1, {"text": "a"})
        with pytest.raises(SendError, match="uncertain"):  # over the kept connection, which is closed instead
            await client.say(1, {"text": "b"})
        assert len(server.asked) == 2
    with pytest.raises(SendError, match="unreachable"):
        await client.say(1, {"text": "c"})
    await client.close()


async def test_who_waits_in_vain_for_a_silent_bot_api_was_never_heard() -> None:
    async with TelegramStandin() as standin:
        standin.say(1001, "/start")
        standin.faults.add(Fault("slow", times=CONNECTIONS, seconds=2))
        client = TelegramClient(standin.token, standin.url, patience=0.5)
        told = await asyncio.gather(
            *(client.say(1001, {"text": "a"}) for _ in range(CONNECTIONS + 1)), return_exceptions=True
        )
        kinds = [one.kind for one in told if isinstance(one, SendError)]
        assert kinds == ["uncertain"] * CONNECTIONS + ["unreachable"]
        await client.close()


async def test_a_connection_that_was_idle_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network may have forgotten it without a word: what is written to it would be lost."""
    async with serving(lambda _: FINE) as (server, port):
        calls = QuickCalls(f"http://127.0.0.1:{port}", 5)
        for _ in range(2):
            assert await calls.post(b"x", b"{}") == WHOLE
        assert server.connections == 1
        monkeypatch.setattr("bot.channels.telegram_quick.KEPT_SECONDS", 0.0)
        assert await calls.post(b"x", b"{}") == WHOLE
        assert server.connections == 2
        calls.close()


async def test_an_address_that_does_not_answer_costs_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(lambda _: FINE) as (_, port):
        full = socket.create_server(("127.0.0.2", 0), backlog=0)
        silent = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # until nobody is let in any more
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(silent)
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in (silent, ("127.0.0.1", port))]

        async def found(*_: object, **__: object) -> object:
            return both

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
        calls = QuickCalls("http://both", 5)
        assert await calls.post(b"x", b"{}") == WHOLE
        calls.close()
        for one in (*waiting, full):
            one.close()


async def test_only_a_trusted_certificate_is_talked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = self_signed(tmp_path)
    async with serving(lambda _: FINE, context) as (server, port):
        with pytest.raises(NotConnectedError, match="SSLCertVerificationError"):
            await QuickCalls(f"https://127.0.0.1:{port}", 5).post(b"x", b"{}")
        stranger = TelegramClient(TOKEN, f"https://127.0.0.1:{port}")
        await stranger.open()
        with pytest.raises(SendError, match="unreachable"):
            await stranger.answer("1")
        await stranger.close()
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        known = QuickCalls(f"https://127.0.0.1:{port}", 5)
        assert await known.post(b"x", b"{}") == WHOLE
        known.close()


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context
