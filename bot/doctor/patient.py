"""What is examined: gathered once, so that each check is a function of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.channels.telegram import TelegramSetup
from bot.channels.telegram_look import Look, look
from bot.channels.zalo_bot import ZaloBotSetup
from bot.channels.zalo_bot_look import ZaloBotLook
from bot.channels.zalo_bot_look import look as look_at_zalo_bot
from bot.core import Core, make_core
from bot.doctor.openers import Opener, openers
from bot.doctor.running import Running, ask_running
from bot.errors import Unusable
from bot.settings import Settings
from bot.storage.database import database_path, open_reader
from bot.storage.migrate import check_ours


@dataclass(frozen=True)
class Patient:
    """`database` is a read-only connection, None where there is none or `refusal` says why it cannot be used."""

    settings: Settings
    path: Path
    now: datetime
    running: Running | None
    openers: Sequence[Opener] = ()
    telegram: Look | None = None
    database: sqlite3.Connection | None = None
    core: Core | None = None
    refusal: str = ""
    zalo_bot: ZaloBotLook | None = None


@contextmanager
def patient(settings: Settings, now: datetime) -> Iterator[Patient]:
    """Look at everything once. Raises Unusable for settings that name no database."""
    path = database_path(settings.database_url)
    running = ask_running(settings, path)
    told, zalo_bot = _telegram(settings), _zalo_bot(settings)
    seen = Patient(settings, path, now, running, openers(path), told, zalo_bot=zalo_bot)
    if not path.exists():
        yield seen
        return
    try:
        check_ours(path)
        connection = open_reader(path)
    except (Unusable, sqlite3.Error) as error:
        yield replace(seen, refusal=str(error))
        return
    with closing(connection):
        core, refusal = _core(settings, connection)
        yield replace(seen, database=connection, core=core, refusal=refusal)


def _telegram(settings: Settings) -> Look | None:
    """What Telegram says; None where no token is set."""
    if not settings.telegram_token.get_secret_value():
        return None
    try:
        setup = TelegramSetup.of(settings)
    except Unusable as error:
        return Look(fault="rejected", detail=str(error))
    return asyncio.run(look(setup.token, setup.api))


def _zalo_bot(settings: Settings) -> ZaloBotLook | None:
    """What the Zalo Bot Platform says; None where no token is set."""
    if not settings.zalo_bot_token.get_secret_value():
        return None
    try:
        setup = ZaloBotSetup.of(settings)
    except Unusable as error:
        return ZaloBotLook(fault="rejected", detail=str(error))
    return asyncio.run(look_at_zalo_bot(setup.token, setup.api))


def _core(settings: Settings, connection: sqlite3.Connection) -> tuple[Core | None, str]:
    """The province's rules, or why they cannot be read."""
    try:
        return make_core(settings, connection), ""
    except (Unusable, sqlite3.Error) as error:
        return None, str(error)
