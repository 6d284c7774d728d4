"""The one-minute tick: what is due is computed from the database, so a missed tick loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.codec import dump_messages
from bot.core import Core
from bot.errors import StorageUnavailable
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers import upkeep, weekly
from handlers.context import Context, Incoming, Message, to_ms
from handlers.stores import Person

log = structlog.get_logger()

TICK_SECONDS = 60
DAY_MS = 86_400_000
REPLIES_DAYS = 2
UPDATES_DAYS = 35
SESSIONS_DAYS = 7

SYSTEM = Incoming("system", "", "", "text")


def look_after(core: Core, connection: sqlite3.Connection, now: datetime | None = None) -> dict[str, int]:
    """One tick, as a job of the writer; how much of each kind was done. Running it twice does nothing more."""
    context = core.context(connection, SYSTEM, now=now)

    def queue(person: Person, message: Message) -> None:
        post(context, person, "reminder", message)

    done = {
        "periods": upkeep.close_periods(context),
        "partial": upkeep.close_silent(context),
        "reminders": upkeep.remind(context, queue),
        "summaries": send_weekly(context),
    }
    _forget(connection, core.province.id, to_ms(context.now))
    return done


def send_weekly(context: Context, week: str | None = None) -> int:
    """Queue the summary for everyone who is due it; the report's unique key keeps it once for each."""
    queued = 0
    for due in weekly.due(context, week):
        post_id = context.new_id()
        claimed = [
            period
            for period in due.weeks
            if context.stores.posts.claim_report(period.id, due.unit.id, due.person.id, post_id, context.now_ms)
        ]
        if due.weeks[-1] in claimed:
            message = weekly.message(context, due, [period for period in claimed if period != due.weeks[-1]])
            post(context, due.person, "weekly", message, post_id)
            queued += 1
    return queued


def post(context: Context, person: Person, kind: str, message: Message, post_id: str = "") -> None:
    context.stores.posts.queue(
        post_id or context.new_id(), person.id, kind, dump_messages([message]), context.now_ms, context.now_ms
    )


def _forget(connection: sqlite3.Connection, province_id: str, now_ms: int) -> None:
    """What has served its purpose goes: stored replies, seen updates, links from answers to people."""
    SQL.forget_replies(connection, before=now_ms - REPLIES_DAYS * DAY_MS)
    SQL.forget_updates(connection, before=now_ms - UPDATES_DAYS * DAY_MS)
    SQL.drop_old_links(connection, before=now_ms)
    SQL.drop_old_misses(connection, before=now_ms - DAY_MS)
    SQL.drop_closed_sessions(connection, province_id=province_id, before=now_ms - SESSIONS_DAYS * DAY_MS)


@asynccontextmanager
async def ticking(core: Core, writer: Writer) -> AsyncIterator[None]:
    """Tick now and every minute until the context ends."""

    async def tick() -> None:
        try:
            done = await writer.do(lambda connection: look_after(core, connection))
        except StorageUnavailable as error:
            log.warning("tick failed, the next one tries again", reason=str(error))
        else:
            if any(done.values()):
                log.info("tick", **done)

    scheduler = AsyncIOScheduler(timezone=core.settings.zone)
    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None)
    scheduler.start()
    await tick()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
