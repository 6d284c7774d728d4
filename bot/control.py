"""The command line beside a running bot: a 0600 unix socket next to the database, one JSON line each way."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.errors import Unusable

MAX_REQUEST = 32 * 1024 * 1024
"""Bytes of one request: the largest questionnaire or unit file, written as JSON."""
MAX_PATH = 100
"""A unix socket's address holds about 108 bytes, whatever the file system allows."""
WAIT_SECONDS = 300

Perform = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """An address for `path` that fits: through the folder's descriptor when the path itself is too long."""
    if len(os.fsencode(path)) <= MAX_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@asynccontextmanager
async def listening(path: Path, perform: Perform) -> Any:
    """Serve operations on the socket until the context ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                line = await reader.readline()
                request = json.loads(line)
                answer: dict[str, Any] = {"ok": await perform(request["operation"], request["arguments"])}
            except Unusable as error:
                answer = {"unusable": str(error)}
            except Exception as error:  # noqa: BLE001 - told to the command line, which prints it
                answer = {"error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        with _short(path) as address:
            server = await asyncio.start_unix_server(serve, address, limit=MAX_REQUEST)
    finally:
        os.umask(before)
    try:
        async with server:
            yield
    finally:
        path.unlink(missing_ok=True)


def ask(path: Path, operation: str, arguments: dict[str, Any], wait: float = WAIT_SECONDS) -> dict[str, Any] | None:
    """Let the running program do it; None when none listens. Raises Unusable with its reason when it refuses."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(wait)
        try:
            with _short(path) as address:
                client.connect(address)
        except OSError:
            return None
        client.sendall(json.dumps({"operation": operation, "arguments": arguments}).encode() + b"\n")
        with client.makefile("rb") as stream:
            answer: dict[str, Any] = json.loads(stream.readline() or b'{"error": "it stopped before answering"}')
    if "unusable" in answer:
        raise Refused(answer["unusable"])
    if "error" in answer:
        raise Unusable("the running program", answer["error"], "see its log")
    result: dict[str, Any] = answer["ok"]
    return result


class Refused(Unusable):
    """What the running program found unusable, in its own words."""

    def __init__(self, sentence: str) -> None:
        Exception.__init__(self, sentence)
