"""The running program: everything opened in order, closed in the opposite one. Start-up is recovery."""

from __future__ import annotations

import asyncio
import gc
import signal
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import structlog

from bot import control, demo, feed_operations, log, operations
from bot.alarm import alarm
from bot.app import App
from bot.channels.base import Channel, Routes
from bot.channels.dossier_feed import SenderOf, Take, feed_route
from bot.channels.telegram import TelegramChannel, TelegramSetup
from bot.channels.web import WebChannel
from bot.channels.web_desk import Lent
from bot.channels.zalo_bot import ZaloBotChannel, ZaloBotSetup
from bot.channels.zalo_oa import ZaloOaChannel, ZaloOaSetup
from bot.channels.zalo_oa_seen import LastActions
from bot.channels.zalo_oa_vault import Vault
from bot.core import Core, make_core
from bot.drawing.studio import Studio
from bot.ending import Ending
from bot.key import secret_key
from bot.metrics import MEDIA_TYPE, Metrics
from bot.near import read_networks
from bot.outbox import Outbox, Rule
from bot.rating_sender import RatingSender
from bot.ratings import RatingDesk, RatingPull
from bot.readers import Readers
from bot.schedule import ticking
from bot.scores_page import ScoresPage
from bot.server import Numbers, make_app, serve
from bot.settings import Settings
from bot.storage.database import Lock, database_path, open_writer
from bot.storage.migrate import migrate
from bot.welcome import SAMPLE_SIZE, greet, wants_sample
from bot.writer import Writer
from bot.writing import ready, socket_path
from handlers import COMMANDS

logger = structlog.get_logger()

YOUNG_OBJECTS = 20_000
"""More than this must be new before Python looks for cycles among them; its own 700 are less than one batch makes."""


async def main(settings: Settings, *, sample: bool, out: TextIO) -> None:
    """Serve until SIGTERM or SIGINT; raises Unusable or AlreadyRunning before anything is served."""
    log.set_up(settings.secrets)
    started = time.monotonic()
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    async with running(settings, sample=sample) as (app, settings_used, port), alarm():
        # What stands now stays until the end: looking it through again and again took a tenth of a tap (measured).
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS)
        if app.core.province.sample and not sample:
            logger.warning("no offices are loaded, so SAMPLE DATA is served; see: sipas units import FILE")
        logger.info("serving", port=port, province=app.core.province.id, seconds=round(time.monotonic() - started, 2))
        await greet(app, settings_used, port, sample=sample, out=out)
        await stopping.wait()
        logger.info("stopping")


@asynccontextmanager
async def running(settings: Settings, *, sample: bool = False) -> AsyncIterator[tuple[App, Settings, int]]:
    """The program with everything open; the port it listens on is the last value."""
    path = database_path(settings.database_url)
    ending = Ending()
    async with AsyncExitStack() as stack:
        lock = Lock(path)
        lock.take()
        stack.callback(lock.release)
        core, writer = _open_database(path, settings)
        writer.start()
        stack.callback(writer.stop)
        readers = Readers(path)
        stack.callback(readers.close)
        app = App(core, writer, readers)
        settings = _open_to_all(settings, core) if sample else settings
        # Before the channels: who finds the program healthy must also find its socket.
        await stack.enter_async_context(control.listening(socket_path(path), _performing(app)))
        port = await _open_channels(stack, app, settings, secret_key(settings, path), ending)
        app.tick_age = await stack.enter_async_context(ticking(core, writer, readers))
        if sample and await wants_sample(core, readers):
            await stack.enter_async_context(_filling(app))
        yield app, settings, port


@asynccontextmanager
async def _filling(app: App) -> AsyncIterator[None]:
    """Fill the sample beside the serving, in small batches, so that nobody waits for it."""
    stopping = threading.Event()

    def go_on() -> bool:
        return not stopping.is_set()

    fill = asyncio.create_task(asyncio.to_thread(demo.fill, app.core, app.writer.run, *SAMPLE_SIZE, go_on))
    try:
        yield
    finally:
        stopping.set()
        await fill


def _open_database(path: Path, settings: Settings) -> tuple[Core, Writer]:
    migrate(path)
    connection: sqlite3.Connection = open_writer(path)
    ready(connection, settings)
    return make_core(settings, connection), Writer(connection)


def _open_to_all(settings: Settings, core: Core) -> Settings:
    """While only the sample is served a phone in the same room may try it; real answers stay on this machine."""
    if core.province.sample and "host" not in settings.model_fields_set:
        return settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104
    return settings


async def _open_channels(stack: AsyncExitStack, app: App, settings: Settings, key: str, ending: Ending) -> int:
    """Open what is configured, then the web server that carries their routes; the port it listens on."""
    studio = Studio(settings.config_dir / "reports")
    stack.push_async_callback(lambda: studio.close(ending.left()))
    web = WebChannel(_lent(app, settings, key, studio))
    channels: dict[str, Channel] = {web.name: web}
    if settings.telegram_token.get_secret_value():
        channels["telegram"] = _telegram(app, settings, studio, ending)
    if settings.zalo_bot_token.get_secret_value():
        channels["zalo-bot"] = _zalo_bot(app, settings, ending)
    rules: dict[str, Rule] = {}
    official_account: ZaloOaChannel | None = None
    if settings.zalo_oa_app_id:
        channels["zalo-oa"] = official_account = _zalo_oa(app, settings, key, ending)
        rules["zalo-oa"] = official_account.may_send
    routes: Routes = [feed_route(*_feed(app), settings.public_url)]
    app.numbered = frozenset(name for name, channel in channels.items() if channel.limits.numbered)
    for channel in channels.values():
        await stack.enter_async_context(channel.open(app.receive, routes))
    https = settings.public_url.startswith("https://")
    outbox = Outbox(app.writer, app.readers, channels, app.core.clock, ending, rules=rules)
    numbers = Numbers(Metrics(app, outbox.ended).text, MEDIA_TYPE, read_networks(settings.metrics_from))
    asgi = make_app(routes, app.health, https=https, calm=web.calm, numbers=numbers)
    port = await stack.enter_async_context(
        serve(asgi, settings.host, settings.port, settings.trusted_proxies, ending=ending)
    )
    await stack.enter_async_context(outbox.sending())
    if official_account is not None and settings.sends_to_phones:
        client, template_id = official_account.rating_client(settings.zalo_zbs_api), settings.zalo_zbs_template
        sender = RatingSender(app.core, app.writer, app.readers, client, template_id, ending, outbox.ended)
        await stack.enter_async_context(sender.sending())
        pull = RatingPull(RatingDesk(app.core, app.writer), app.readers, client, template_id)
        await stack.enter_async_context(pull.pulling())
    return port


def _feed(app: App) -> tuple[SenderOf, Take]:
    async def sender_of(key: str) -> str | None:
        return await app.readers.do(partial(feed_operations.sender_of, app.core, key))

    async def take(sender: str, rows: list[tuple[int, dict[str, str]]]) -> dict[str, Any]:
        return await app.writer.do(feed_operations.taking(app.core, sender, rows))

    return sender_of, take


def _lent(app: App, settings: Settings, key: str, studio: Studio) -> Lent:
    return Lent(
        province=app.core.province,
        catalogues=app.core.catalogues,
        language=settings.language,
        secret=key.encode(),
        public_url=settings.public_url,
        draw=studio.draw,
        look_up_code=app.office_of,
        read_reply=app.stored_reply,
        current=app.current,
        language_of=app.language_of,
        scores=ScoresPage(app),
    )


def _telegram(app: App, settings: Settings, studio: Studio, ending: Ending) -> TelegramChannel:
    channel = TelegramChannel(
        TelegramSetup.of(settings),
        draw=studio.draw,
        catalogues=app.core.catalogues,
        commands=[(name, command.role, command.english or name) for name, command in COMMANDS.items()],
        mark_reachable=partial(app.mark_reachable, "telegram"),
        ending=ending,
    )
    app.core.telegram_name = lambda: channel.username
    app.menus["telegram"] = channel.show_commands
    return channel


def _zalo_bot(app: App, settings: Settings, ending: Ending) -> ZaloBotChannel:
    return ZaloBotChannel(
        ZaloBotSetup.of(settings),
        catalogues=app.core.catalogues,
        language_of=partial(app.language_of, "zalo-bot"),
        sorry=app.core.sorry,
        ending=ending,
    )


def _zalo_oa(app: App, settings: Settings, key: str, ending: Ending) -> ZaloOaChannel:
    setup, province_id, clock = ZaloOaSetup.of(settings), app.core.province.id, app.core.clock
    return ZaloOaChannel(
        setup,
        Vault(app.writer, app.readers, province_id, setup.app_id, key, clock),
        LastActions(app.writer, app.readers, province_id, settings.zone, clock),
        catalogues=app.core.catalogues,
        language=settings.language,
        language_of=app.language_of,
        mark_reachable=partial(app.mark_reachable, "zalo-oa"),
        ending=ending,
        rate=RatingDesk(app.core, app.writer).take if settings.sends_to_phones else None,
    )


def _performing(app: App) -> control.Perform:
    async def perform(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(operations.OPERATIONS[operation], app.core, app.writer.run, arguments)

    return perform
