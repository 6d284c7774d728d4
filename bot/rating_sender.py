"""Sending the rating template to telephone numbers, by the outbox's rules and beside it: a number is no chat's address.

A request is claimed in a transaction before it is sent, and one whose outcome is not known is never repeated. By day
only. The number is deleted in the transaction that writes the outcome, and with its hours (`bot/schedule.py`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import structlog

from bot.channels.zalo_zbs_client import RatingClient
from bot.core import Core
from bot.draining import Queue
from bot.ending import Ending
from bot.errors import SendError, StorageUnavailable
from bot.outbox import AT_ONCE, FIRST_PAUSE_MS, LONGEST_PAUSE_MS
from bot.readers import Readers
from bot.schedule import SYSTEM
from bot.sealed import Unsealable
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers import rating
from handlers.counting import STARS_CHANNEL
from handlers.daytime import by_day
from handlers.visit_store import InvitationState

log = structlog.get_logger()


@dataclass(frozen=True)
class _Claimed:
    """A request under way. Its number stands in no traceback."""

    id: str
    ref: str
    phone: str = field(repr=False)
    fields: Mapping[str, str]
    attempts: int


@dataclass(frozen=True)
class _Outcome:
    """What became of a request. `invitation`: what its invitation is from now on, where that changes."""

    request: _Claimed
    ended: Literal["sent", "unknown", "failed", "later"]
    at: int
    reason: str | None = None
    msg_id: str | None = None
    invitation: InvitationState | None = None


@dataclass
class RatingSender:
    """Drains `rating_request` through Zalo's API, one after the other."""

    core: Core
    writer: Writer
    readers: Readers
    client: RatingClient
    template_id: str
    ending: Ending = field(default_factory=Ending)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The outbox's: how many sends on a channel ended how."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _unwritten: _Outcome | None = None
    """Never more than one: until it is written, nothing else is claimed."""
    _pause: range = range(0)
    """The milliseconds in which nothing is sent; a clock that is set back has left them."""

    def sending(self) -> AbstractAsyncContextManager[None]:
        """Look every second until the context ends."""
        return Queue("rating requests", self.drain, self._catch_up, self.stopping, self.ending).draining()

    async def drain(self) -> int:
        """Send what is due now; how many requests were handled. Raises StorageUnavailable."""
        await self._catch_up()
        local = self.core.clock().astimezone(self.core.settings.zone)
        if by_day(local) != local or self._paused():
            return 0
        handled = 0
        for request_id in await self.readers.do(self._due):
            if self.stopping.is_set() or self._paused():
                break
            request = await self.writer.do(partial(self._claim, request_id))
            if request is not None:
                outcome = await self._sent(request)
                self.ended[STARS_CHANNEL, outcome.ended] += 1
                await self._write(outcome)
            handled += 1
        return handled

    def _now(self) -> int:
        return int(self.core.clock().timestamp() * 1000)

    def _paused(self) -> bool:
        return self._now() in self._pause

    def _due(self, connection: sqlite3.Connection) -> list[str]:
        rows = SQL.due_rating_requests(connection, province_id=self.core.province.id, now=self._now(), limit=AT_ONCE)
        return [row[0] for row in rows]

    def _claim(self, request_id: str, connection: sqlite3.Connection) -> _Claimed | None:
        """The request, from now on under way; None where somebody was quicker or she is not to be asked any more."""
        key = {"province_id": self.core.province.id, "request_id": request_id}
        row = SQL.claim_rating_request(connection, **key, now=self._now())
        if row is None:
            return None
        ref, sealed, attempts = row
        context = self.core.context(connection, SYSTEM)
        invitation = context.stores.invitations.by_ref(ref)
        assert invitation is not None, "a request has its invitation"
        why = "" if rating.is_wanted(context, invitation) else "she came by herself or does not want to be asked"
        phone = ""
        try:
            phone = self.core.unseal_phone(sealed, ref)
        except Unsealable:
            why = "the number was sealed with another secret key"
        visit = context.stores.talks.visit(invitation.visit_id)
        request = _Claimed(request_id, ref, phone, rating.template_data(context, visit), attempts)
        if why:
            self._store(_Outcome(request, "failed", self._now(), why, invitation="open"), connection)
            return None
        return request

    async def _sent(self, request: _Claimed) -> _Outcome:
        try:
            sent = await self.client.send_rating(request.phone, self.template_id, request.fields, request.id)
        except SendError as error:
            return self._not_sent(request, error)
        except Exception as error:
            # Not foreseen: whether it went out cannot be known, so it is not repeated.
            log.exception("a rating request broke")
            return self._not_sent(request, SendError("uncertain", type(error).__name__))
        return _Outcome(request, "sent", self._now(), msg_id=sent.msg_id)

    def _not_sent(self, request: _Claimed, error: SendError) -> _Outcome:
        now = self._now()
        log.warning("rating request not sent", request=request.id, kind=error.kind, why=error.detail)
        match error.kind:
            case "throttled" | "unreachable" | "misconfigured":
                # None of these is one person's: everybody waits.
                asked = int(error.retry_after * 1000)
                wait = asked or min(FIRST_PAUSE_MS * 2 ** min(request.attempts, 6), LONGEST_PAUSE_MS)
                self._pause = range(now, now + wait)
                return _Outcome(request, "later", now + wait, error.detail)
            case "uncertain":
                return _Outcome(request, "unknown", now, error.detail)
            case "gone":
                return _Outcome(request, "failed", now, error.detail, invitation="stopped")
        return _Outcome(request, "failed", now, error.detail, invitation="open")

    async def _catch_up(self) -> None:
        outcome, self._unwritten = self._unwritten, None
        if outcome is not None:
            await self._write(outcome)

    async def _write(self, outcome: _Outcome) -> None:
        """Raises StorageUnavailable, and keeps the outcome for the next drain."""
        try:
            await self.writer.do(partial(self._store, outcome))
        except StorageUnavailable:
            self._unwritten = outcome
            raise

    def _store(self, outcome: _Outcome, connection: sqlite3.Connection) -> None:
        key = {"province_id": self.core.province.id, "request_id": outcome.request.id}
        if outcome.ended == "later":
            SQL.requeue_rating_request(connection, **key, not_before=outcome.at, reason=outcome.reason)
            return
        SQL.settle_rating_request(
            connection, **key, state=outcome.ended, reason=outcome.reason, msg_id=outcome.msg_id or None, at=outcome.at
        )
        if outcome.invitation is None:
            return
        invitations = self.core.context(connection, SYSTEM).stores.invitations
        invitation = invitations.by_ref(outcome.request.ref)
        if outcome.invitation == "stopped" and invitation is not None and invitation.address_digest:
            invitations.refuse(invitation.address_digest, outcome.at)
        invitations.settle(outcome.request.ref, outcome.invitation, outcome.at)
