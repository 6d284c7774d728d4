"""The first five minutes: what `make run` prints."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from functools import partial
from typing import TextIO

from bot.app import App
from bot.core import Core, Lines
from bot.drawing.qr import terminal
from bot.operations import invite
from bot.readers import Readers
from bot.schedule import SYSTEM
from bot.settings import Settings
from handlers.context import Incoming

SAMPLE_SIZE = (8, 2000, 1)
"""Weeks, responses, seed of what `make run` fills in."""
MOST_SHOWN = 64
NEARLY_FULL = 1_800
"""Some simulated citizens give up; with fewer finished visits than this an earlier filling was interrupted."""


async def wants_sample(core: Core, readers: Readers) -> bool:
    """Whether only the sample is served and it is not filled yet. Filling again adds only what is missing."""
    if not core.province.sample:
        return False
    found = await readers.do(
        lambda connection: connection.execute(
            "SELECT count(*) FROM response WHERE province_id = ?", (core.province.id,)
        ).fetchone()
    )
    return int(found[0]) < NEARLY_FULL


async def greet(app: App, settings: Settings, port: int, *, sample: bool, out: TextIO) -> None:
    """Address and, with sample data, a QR for the phone in her hand and a one-time code for an official."""
    out.write(f"\nsipas-bot serves on http://127.0.0.1:{port}/   (stop: Ctrl-C)\n")
    if settings.public_url:
        out.write(f"People reach it at {settings.public_url}/\n")
    if sample and app.core.province.sample:
        await _sample(app, settings, port, out)
        app.seen = partial(_show, out)
    out.flush()


def _show(out: TextIO, incoming: Incoming) -> None:
    """Sample only: a newcomer sees her own answers arrive. With real data nothing of an answer is ever printed."""
    if incoming.kind != "press" or not incoming.text.startswith("s:"):
        return
    _, _, word, *choice = [*incoming.text[:MOST_SHOWN].split(":"), "", ""]
    choice = [part for part in choice if part]
    what = "a survey was sent: /score now counts it" if word == "@send" else " = ".join([word.lstrip("@"), *choice])
    out.write(f"  {incoming.channel}: {ascii(what)[1:-1]}\n")
    out.flush()


async def _sample(app: App, settings: Settings, port: int, out: TextIO) -> None:
    if settings.host == "0.0.0.0":  # noqa: S104
        address = f"http://{lan_address()}:{port}/"
        out.write(f"\nOn a phone in the same network: {address}\n{terminal(address)}\n")

    def root(connection: sqlite3.Connection) -> str:
        context = app.core.context(connection, SYSTEM, audit=Lines())
        unit = context.stores.units.tree().root(context.today)
        assert unit is not None
        return unit.code

    arguments = {"unit": await app.readers.do(root), "role": "admin"}
    done = await asyncio.to_thread(invite, app.core, app.writer.run, arguments)
    out.write(
        "SAMPLE DATA: 2,000 simulated visits are filled in beside; wipe them with: .venv/bin/sipas demo --wipe\n"
        f"Become an official in the chat:  /vao {done['code']}\nThen try:  /score Đông Hưng   /rank   /tuan\n"
        "Connect Telegram:  .venv/bin/sipas connect telegram\n\n"
    )


def lan_address() -> str:
    """This machine's address in its network; nothing is sent, the route table answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address: never routed
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
