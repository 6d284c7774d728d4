"""The tokens of an Official Account: an access token for a day, and a refresh token that works once.

Using the refresh token gives both anew, so the new pair is stored before anything uses it. One refresh at a time, some
hours ahead of the end. Where the answer to one is lost the chain is broken: a person must consent again, which is said
in the log, by `sipas doctor` and at /metrics.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.channels.zalo_oa_codes import USED
from bot.channels.zalo_oa_http import Http, Json, code_of
from bot.channels.zalo_oa_vault import Pair, Vault, digest
from bot.errors import SendError, StorageUnavailable
from handlers.context import to_ms

PATH = "/v4/oa/access_token"
AHEAD_MS = 5 * 3_600_000
"""Refreshed so long before the end of its 25 hours: an oauth server that is away for hours stops nobody."""
SHORTEST_MS = 60_000
UNKNOWN_SECONDS = 3_600
"""How long an access token is taken to live where the answer does not say."""
LOOK_SECONDS = 60.0
PAUSE_SECONDS = 30.0
"""After a refresh that failed: those who ask meanwhile are given the same answer."""
LONG_PAUSE_SECONDS = 1_800.0
"""The same where only a person can help."""
OLD_MS = 75 * 86_400_000
"""A refresh token lives three months; so long without a refresh is an alarm."""
DAY_MS = 86_400_000

CONSENT = "the refresh token was used before: a person must consent again (docs/operating.md, Zalo)"

log = structlog.get_logger()


@dataclass
class Tokens:
    """`first` is the refresh token of the settings: used where the vault holds none that came from it."""

    http: Http
    oauth: str
    app_id: str
    app_secret: str = field(repr=False)
    first: str = field(repr=False)
    vault: Vault
    clock: Callable[[], datetime]
    _pair: Pair | None = field(default=None, repr=False)
    _unkept: Pair | None = field(default=None, repr=False)
    """Given by Zalo and not stored yet: used by nobody until it is."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failure: SendError | None = None
    _not_before: float = 0.0
    _alarmed_at: int = 0

    async def open(self) -> None:
        """Read what is stored."""
        self._pair = await self.vault.load(digest(self.first))

    async def access(self) -> str:
        """An access token that should work. Raises SendError."""
        if self._pair is None or self._pair.expires_at <= self._now():
            await self._refresh(self._pair)
        assert self._pair is not None
        return self._pair.access

    async def renew(self, used: str) -> str:
        """Another access token than `used`, which Zalo did not take. Raises SendError."""
        pair = self._pair
        if pair is None or pair.access == used:
            await self._refresh(pair)
        assert self._pair is not None
        return self._pair.access

    async def keep_fresh(self) -> None:
        """Refresh ahead of the end, until cancelled."""
        while True:
            try:
                await self._look()
            except SendError as error:
                log.warning("Zalo's tokens were not refreshed", kind=error.kind, why=error.detail)
            except Exception:
                log.exception("Zalo's tokens were not looked after")
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self, keeping: asyncio.Task[None], seconds: float) -> None:
        """End `keep_fresh`; a refresh under way is let finish, because its answer comes only once."""
        try:
            async with asyncio.timeout(seconds), self._lock:
                cut_off = False
        except TimeoutError:
            cut_off = True
        keeping.cancel()
        if cut_off:
            log.error("a refresh of Zalo's tokens was cut off; a person may have to consent again")

    async def _look(self) -> None:
        pair, now = self._pair, self._now()
        if pair is not None and now - pair.refreshed_at > OLD_MS and now - self._alarmed_at > DAY_MS:
            self._alarmed_at = now
            log.error("Zalo's refresh token is 75 days old and ends at three months; a person may have to consent")
        if not self._broken and (pair is None or pair.expires_at - now < AHEAD_MS):
            await self._refresh(pair)

    @property
    def _broken(self) -> bool:
        """Whether only a person can help."""
        return self._failure is not None and self._failure.detail == CONSENT

    async def _refresh(self, before: Pair | None) -> None:
        """Replace `before`, unless somebody has done so meanwhile. Raises SendError."""
        async with self._lock:
            if self._pair is not before:
                return
            loop_now = asyncio.get_running_loop().time()
            if self._failure is not None and loop_now < self._not_before:
                raise self._failure
            try:
                if self._unkept is None:
                    self._unkept = await self._asked(before.refresh if before else self.first)
                await self.vault.keep(self._unkept)
            except (SendError, StorageUnavailable) as error:
                self._failure = _as_send_error(error)
                self._not_before = loop_now + (LONG_PAUSE_SECONDS if self._broken else PAUSE_SECONDS)
                raise self._failure from None
            self._pair, self._unkept, self._failure = self._unkept, None, None
            log.info("Zalo's tokens were refreshed")

    async def _asked(self, refresh: str) -> Pair:
        form = {"app_id": self.app_id, "grant_type": "refresh_token", "refresh_token": refresh}
        url = self.oauth.rstrip("/") + PATH
        answer = await self.http.json("POST", url, {"secret_key": self.app_secret}, data=form)
        access, following = answer.get("access_token"), answer.get("refresh_token")
        if isinstance(access, str) and access and isinstance(following, str) and following:
            now = self._now()
            return Pair(access, following, digest(self.first), now, now + _lifetime_ms(answer))
        code = code_of(answer)
        if code == USED:
            log.error("Zalo gives no token any more", why=CONSENT)
            await self.vault.note_trouble(CONSENT)
            raise SendError("misconfigured", CONSENT)
        raise SendError("misconfigured", f"Zalo gave no token (Zalo {code}); check the four SIPAS_ZALO_OA settings")

    def _now(self) -> int:
        return to_ms(self.clock())


def _as_send_error(error: SendError | StorageUnavailable) -> SendError:
    """As it is for who wants to send: nothing was sent, so an unknown outcome of the refresh is no unknown send."""
    if isinstance(error, StorageUnavailable):
        return SendError("unreachable", "new tokens could not be stored yet")
    return SendError("unreachable", error.detail) if error.kind == "uncertain" else error


def _lifetime_ms(answer: Json) -> int:
    """`expires_in` is a string of seconds."""
    try:
        seconds = int(str(answer.get("expires_in", "")))
    except ValueError:
        seconds = UNKNOWN_SECONDS
    return max(SHORTEST_MS, min(seconds * 1_000, 90 * DAY_MS))
