"""The one-minute tick: what is due is computed from the database, so a missed tick loses nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.codec import dump_messages
from bot.core import Core
from bot.errors import StorageUnavailable
from bot.failpoints import reach
from bot.passing_on import pass_on
from bot.readers import Readers
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers import asking, findings, order_notices, procedure_release, rating, upkeep, weekly
from handlers.approval import held
from handlers.asking import REST_DAYS
from handlers.context import Context, Incoming, Message
from handlers.findings import Look
from handlers.stores import Edition, Person
from handlers.visit_code import GOOD_DAYS

log = structlog.get_logger()

TICK_SECONDS = 60
LATE_SECONDS = 1.5 * TICK_SECONDS
STALLED_SECONDS = 300
"""After so long without a tick that succeeded the program no longer calls itself healthy."""
LETTERS_A_JOB = 20
DAY_MS = 86_400_000
REPLIES_DAYS = 2
UPDATES_DAYS = 35
SESSIONS_DAYS = 7
ACTIONS_DAYS = 8
AT_ONCE = 500
"""Rows one tick tidies away; the next tick takes the rest."""
UPDATES_AT_ONCE = 5_000
"""The same for the inbox, which gains a row a tap. After weeks without the program millions may be due: citizens' taps
wait while a job runs, and the pages that it may have to put back are kept in memory."""

SYSTEM = Incoming("system", "", "", "text")


@dataclass(frozen=True)
class Letter:
    """One recipient's summary, written but not queued: the periods it settles, newest last."""

    person: Person
    unit_id: str
    edition: Edition
    periods: tuple[str, ...]
    message: Message


def look_after(core: Core, connection: sqlite3.Connection, now: datetime | None = None) -> dict[str, int]:
    """One whole tick on one connection. Running it twice does nothing more."""
    context = core.context(connection, SYSTEM, now=now)
    week = findings.due_week(context)
    flagged = findings.keep(context, findings.look(context, week)) if week else 0
    tidied = tidy(context, connection)
    summaries = queue_letters(context, write_letters(context))
    released = procedure_release.keep(context, procedure_release.look(context))
    return tidied | {"flagged": flagged, "summaries": summaries, "procedures": released}


def tidy(context: Context, connection: sqlite3.Connection) -> dict[str, int]:
    """Lost summaries, periods that end, silent surveys, reminders, and what has served its purpose: a writer's job."""

    for (post_id,) in list(SQL.take_back_letters(connection, province_id=context.province.id, now=context.now_ms)):
        SQL.take_back_reports(connection, province_id=context.province.id, post_id=post_id)
    reach("schedule.taken-back")
    passed_on = pass_on(context, connection)
    reach("schedule.passed-on")
    periods = upkeep.close_periods(context)
    reach("schedule.periods-closed")
    partial_ = upkeep.close_silent(context)
    reach("schedule.silent-closed")
    reminders = upkeep.remind(context, partial(post, context, kind="reminder"))
    reach("schedule.reminded")
    orders = order_notices.remind(context, partial(post, context, kind="order"))
    reach("schedule.orders-told")
    asked = asking.ask(context, partial(post, context, kind="invitation"))
    reach("schedule.asked")
    _forget(context, connection)
    reach("schedule.forgotten")
    told = {"passed_on": passed_on, "periods": periods, "partial": partial_, "reminders": reminders}
    return told | {"orders": orders, "asked": asked}


def write_letters(context: Context, week: str | None = None) -> list[Letter]:
    """The summaries that are due. Only reads: a province's worth takes seconds, and citizens must not wait for it."""
    return [
        Letter(due.person, due.unit.id, due.edition, tuple(one.id for one in due.periods), weekly.message(context, due))
        for due in weekly.due(context, week)
    ]


def queue_letters(context: Context, letters: Sequence[Letter]) -> int:
    """Queue what nobody was sent yet: the report's unique key keeps each week once for each recipient."""
    queued = 0
    for letter in letters:
        *missed, newest = letter.periods
        if held(context, letter.edition, newest, letter.unit_id, letter.person.id):
            continue  # while the letters were written
        post_id = context.new_id()
        key = (letter.unit_id, letter.person.id, post_id, context.now_ms)
        # The newest first: where somebody was quicker, the weeks that this letter names stay for the next Monday's.
        if not context.stores.posts.claim_report(letter.edition, newest, *key):
            continue
        reach("schedule.week-claimed")
        for period in missed:
            context.stores.posts.claim_report(letter.edition, period, *key)
        post(context, letter.person, letter.message, "weekly", post_id)
        reach("schedule.letter-queued")
        queued += 1
    return queued


def post(context: Context, person: Person, message: Message, kind: str, post_id: str = "") -> None:
    context.stores.posts.queue(
        post_id or context.new_id(), person.id, kind, dump_messages([message]), context.now_ms, context.now_ms
    )


def _forget(context: Context, connection: sqlite3.Connection) -> None:
    """What has served its purpose goes: stored replies, seen updates, links from answers to people, addresses."""
    province_id, now_ms = context.province.id, context.now_ms
    SQL.forget_web_updates(connection, before=now_ms - REPLIES_DAYS * DAY_MS, limit=UPDATES_AT_ONCE)
    SQL.forget_replies(connection, before=now_ms - REPLIES_DAYS * DAY_MS, limit=UPDATES_AT_ONCE)
    SQL.forget_updates(connection, before=now_ms - UPDATES_DAYS * DAY_MS, limit=UPDATES_AT_ONCE)
    SQL.forget_asked(connection, province_id=province_id, before=now_ms - (REST_DAYS + 1) * DAY_MS, limit=AT_ONCE)
    SQL.forget_shown(connection, before=now_ms - (SESSIONS_DAYS + 1) * DAY_MS, limit=UPDATES_AT_ONCE)
    spent = context.today - timedelta(days=GOOD_DAYS + SESSIONS_DAYS + 1)
    SQL.forget_places(connection, province_id=province_id, before=spent.isoformat(), limit=UPDATES_AT_ONCE)
    expired = (spent + timedelta(days=GOOD_DAYS)).isoformat()
    SQL.forget_answered(connection, province_id=province_id, before=expired, limit=UPDATES_AT_ONCE)
    SQL.forget_last_actions(connection, before=now_ms - ACTIONS_DAYS * DAY_MS, limit=UPDATES_AT_ONCE)
    _forget_links(context, connection)
    _forget_phones(context, connection)
    SQL.forget_posts(connection, province_id=province_id, before=now_ms - SESSIONS_DAYS * DAY_MS, limit=AT_ONCE)
    SQL.drop_spent_seconds(connection, province_id=province_id, today=context.today.isoformat(), now=now_ms)
    SQL.drop_old_misses(connection, before=now_ms - DAY_MS)
    SQL.drop_closed_sessions(connection, province_id=province_id, before=now_ms - SESSIONS_DAYS * DAY_MS, limit=AT_ONCE)
    SQL.drop_idle_people(
        connection, province_id=province_id, before=now_ms - (SESSIONS_DAYS + 1) * DAY_MS, limit=AT_ONCE
    )


def _forget_links(context: Context, connection: sqlite3.Connection) -> None:
    """After this the answers are nobody's: the link goes, the session, and every instant that could stand in for it."""
    province_id = context.province.id
    expired = list(SQL.expired_links(connection, province_id=province_id, before=context.now_ms, limit=AT_ONCE))
    for (response_id,) in expired:
        context.stores.responses.forget_times(response_id, context.new_id())
        SQL.drop_link(connection, province_id=province_id, response_id=response_id)
        SQL.drop_sessions_about(connection, province_id=province_id, response_id=response_id)


def _forget_phones(context: Context, connection: sqlite3.Connection) -> None:
    """Numbers whose hours are over go, and what joined an answer to its visit when it has served."""
    now = context.now_ms
    SQL.late_invited_phones(connection, now=now)
    for province_id, ref in list(SQL.late_rating_requests(connection, now=now)):
        SQL.settle_invitation(connection, province_id=province_id, ref=ref, state="late", at=now)
    spent = SQL.spent_rating_requests(connection, province_id=context.province.id, now=now, limit=AT_ONCE)
    for request_id, response_id in list(spent):
        rating.forget(context, request_id, response_id)


async def tick(core: Core, writer: Writer, readers: Readers) -> dict[str, int]:
    """One tick in parts, so that citizens' turns come between them; what it did. Raises what a part raised."""
    looked = await readers.do(lambda connection: _look(core, connection))  # before times are forgotten
    flagged = await writer.do(partial(_keep, core, looked)) if looked else 0
    reach("schedule.looked")
    done = await writer.do(lambda connection: tidy(core.context(connection, SYSTEM), connection))
    done["flagged"] = flagged
    reach("schedule.tidied")
    letters = await readers.do(lambda connection: write_letters(core.context(connection, SYSTEM)))
    reach("schedule.letters-written")
    done["summaries"] = 0
    for at in range(0, len(letters), LETTERS_A_JOB):
        done["summaries"] += await writer.do(partial(_queue, core, letters[at : at + LETTERS_A_JOB]))
        reach("schedule.letters-queued")
    quarters = await readers.do(lambda connection: procedure_release.look(core.context(connection, SYSTEM)))
    done["procedures"] = await writer.do(partial(_release, core, quarters)) if quarters else 0
    reach("schedule.quarters-released")
    return done


def _look(core: Core, connection: sqlite3.Connection) -> Look | None:
    """At who answered in the week that is over, once."""
    context = core.context(connection, SYSTEM)
    week = findings.due_week(context)
    return findings.look(context, week) if week else None


def _keep(core: Core, looked: Look, connection: sqlite3.Connection) -> int:
    return findings.keep(core.context(connection, SYSTEM), looked)


def _release(core: Core, quarters: procedure_release.Quarters, connection: sqlite3.Connection) -> int:
    return procedure_release.keep(core.context(connection, SYSTEM), quarters)


@asynccontextmanager
async def ticking(core: Core, writer: Writer, readers: Readers) -> AsyncIterator[Callable[[], float]]:
    """Tick now and every minute until the context ends; gives a function: seconds since a tick last succeeded."""
    began = last = time.monotonic()

    async def try_to() -> None:
        nonlocal began, last
        began = time.monotonic()
        try:
            done = await tick(core, writer, readers)
        except StorageUnavailable as error:
            log.warning("tick failed, the next one tries again", reason=str(error))
        except Exception:
            # A bug in one part must not end the serving of citizens; /healthz says that ticks have stalled.
            log.exception("tick failed")
        else:
            last = time.monotonic()
            if any(done.values()):
                log.info("tick", **done)

    scheduler = AsyncIOScheduler(timezone=core.settings.zone)
    job = scheduler.add_job(
        try_to, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None
    )

    async def wake() -> None:
        # The scheduler waits by the wall clock: set back by an hour, it would wait an hour.
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if time.monotonic() - began > LATE_SECONDS:
                job.modify(next_run_time=datetime.now(core.settings.zone))

    await try_to()
    scheduler.start()
    waking = asyncio.create_task(wake())
    try:
        yield lambda: time.monotonic() - last
    finally:
        waking.cancel()
        scheduler.shutdown(wait=False)


def _queue(core: Core, letters: Sequence[Letter], connection: sqlite3.Connection) -> int:
    return queue_letters(core.context(connection, SYSTEM), letters)
