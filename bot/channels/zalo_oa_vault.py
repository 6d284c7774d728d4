"""Where the tokens of an Official Account lie: in the database, sealed under the secret key."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import structlog

from bot.errors import StorageUnavailable
from bot.readers import Readers
from bot.sealed import Unsealable, seal_text, unseal_text
from bot.storage.queries import SQL
from bot.writer import Writer
from handlers.context import to_ms

log = structlog.get_logger()


class Pair(NamedTuple):
    """`first`: the digest of the refresh token in the settings that this chain began with; instants in Unix ms."""

    access: str
    refresh: str
    first: str
    refreshed_at: int
    expires_at: int


@dataclass(frozen=True)
class Vault:
    """Keeps one pair for each app. The province only leads the key: the account stays when another is served."""

    writer: Writer
    readers: Readers
    province_id: str
    app_id: str
    key: str = field(repr=False)
    clock: Callable[[], datetime]

    async def load(self, first: str) -> Pair | None:
        """The stored pair; None where there is none, it came from another first token, or it does not open."""
        row = await self.readers.do(lambda connection: SQL.get_zalo_oa_tokens(connection, app_id=self.app_id))
        if row is None or not row[0]:
            return None
        pair = await asyncio.to_thread(opened, row[0], self.key, self.app_id)
        if pair is None:
            log.error("Zalo's stored tokens do not open with this secret key; the one of the settings is tried")
        return pair if pair is not None and pair.first == first else None

    async def keep(self, pair: Pair) -> None:
        """Store a new pair in the place of the old. Raises StorageUnavailable."""
        sealed = await asyncio.to_thread(seal_text, json.dumps(pair), self.key, self.app_id)

        def job(connection: sqlite3.Connection) -> None:
            SQL.drop_zalo_oa_tokens(connection, app_id=self.app_id)
            SQL.put_zalo_oa_tokens(
                connection,
                province_id=self.province_id,
                app_id=self.app_id,
                sealed=sealed,
                refreshed_at=pair.refreshed_at,
                expires_at=pair.expires_at,
            )

        await self.writer.do(job)

    async def note_trouble(self, why: str) -> None:
        """Keep why nothing can be refreshed any more, for `sipas doctor` and /metrics; a failure only warns."""
        now = to_ms(self.clock())

        def job(connection: sqlite3.Connection) -> None:
            if not SQL.note_zalo_oa_trouble(connection, app_id=self.app_id, trouble=why):
                SQL.add_zalo_oa_trouble(
                    connection, province_id=self.province_id, app_id=self.app_id, trouble=why, at=now
                )

        try:
            await self.writer.do(job)
        except StorageUnavailable:
            log.warning("that Zalo's tokens are broken could not be noted")


def opened(sealed: bytes, key: str, app_id: str) -> Pair | None:
    """What `Vault.keep` sealed; None where it does not open, or nothing was sealed yet."""
    try:
        return Pair(*json.loads(unseal_text(sealed, key, app_id)))
    except (Unsealable, ValueError, TypeError):
        return None


def digest(token: str) -> str:
    """By which a token is known again."""
    return hashlib.sha256(token.encode()).hexdigest()
