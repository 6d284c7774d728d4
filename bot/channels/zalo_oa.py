"""The Zalo Official Account channel: signed events in, messages of its own out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from starlette.routing import BaseRoute

from bot.channels.base import Hook, Receipt, Receive
from bot.channels.zalo_oa_client import OaClient
from bot.channels.zalo_oa_http import Http
from bot.channels.zalo_oa_intake import Intake, MarkReachable
from bot.channels.zalo_oa_parse import CHANNEL
from bot.channels.zalo_oa_render import LIMITS
from bot.channels.zalo_oa_reply import Replies
from bot.channels.zalo_oa_seen import LastActions
from bot.channels.zalo_oa_tokens import Tokens
from bot.channels.zalo_oa_vault import Vault
from bot.channels.zalo_oa_webhook import PATH, Rate, Webhook
from bot.channels.zalo_oa_window import check
from bot.channels.zalo_zbs_client import RatingClient
from bot.ending import Ending
from bot.errors import SendError
from bot.settings import Settings
from handlers.context import Message, Texts

LanguageOf = Callable[[str, str], Awaitable[str | None]]
"""(channel, address): the language of a person."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ZaloOaSetup:
    """What the operator set."""

    app_id: str
    secret: str = field(repr=False)
    app_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    api: str = "https://openapi.zalo.me"
    oauth: str = "https://oauth.zaloapp.com"

    @classmethod
    def of(cls, settings: Settings) -> ZaloOaSetup:
        return cls(
            app_id=settings.zalo_oa_app_id,
            secret=settings.zalo_oa_secret.get_secret_value(),
            app_secret=settings.zalo_oa_app_secret.get_secret_value(),
            refresh_token=settings.zalo_oa_refresh_token.get_secret_value(),
            api=settings.zalo_oa_api,
            oauth=settings.zalo_oauth_api,
        )


class ZaloOaChannel:
    """One Official Account. `mark_reachable(address, flag)` notes who left it."""

    name = CHANNEL
    limits = LIMITS

    def __init__(
        self,
        setup: ZaloOaSetup,
        vault: Vault,
        actions: LastActions,
        *,
        catalogues: Mapping[str, Texts],
        language: str,
        language_of: LanguageOf,
        mark_reachable: MarkReachable,
        ending: Ending,
        rate: Rate | None = None,
    ) -> None:
        self._setup = setup
        self._vault = vault
        self._actions = actions
        self._catalogues = catalogues
        self._language = language
        self._language_of = language_of
        self._mark_reachable = mark_reachable
        self._ending = ending
        self._rate = rate
        self._http = Http()
        self._tokens = Tokens(
            self._http, setup.oauth, setup.app_id, setup.app_secret, setup.refresh_token, vault, vault.clock
        )
        self._client = OaClient(self._http, setup.api, self._tokens)
        self._replies = Replies(self._client, self._no_files)

    @asynccontextmanager
    async def open(self, receive: Receive, routes: list[BaseRoute]) -> AsyncIterator[None]:
        """Start receiving. Tokens are looked after beside: events are stored also while Zalo cannot be reached."""
        await self._http.open()
        await self._tokens.open()
        sorry = Message(self._catalogues[self._language]("sorry"))
        intake = Intake(receive, self._replies, self._actions.note, self._mark_reachable, sorry)
        webhook = Webhook(self._setup.app_id, self._setup.secret, intake.take, self._vault.clock, rate=self._rate)
        routes.append(Hook(PATH, webhook))
        fresh = asyncio.create_task(self._tokens.keep_fresh())
        try:
            yield
        finally:
            await intake.finish(self._ending.left())
            await self._tokens.close(fresh, self._ending.left())
            await self._http.close()

    async def send(self, address: str, message: Message) -> Receipt:
        """Send unasked. Raises SendError; `uncertain` once a part of it has gone out."""
        receipts: list[str] = []
        for body in await self._replies.rendered(address, [message]):
            try:
                receipts.append(await self._client.say(address, body))
            except SendError as error:
                if not receipts:
                    raise
                raise SendError("uncertain", f"only a part went out: {error.detail}") from None
        return Receipt(",".join(receipts))

    def rating_client(self, api: str) -> RatingClient:
        """For the rating template: with this account's tokens, while the channel is open."""
        return RatingClient(self._http, api, self._tokens)

    async def may_send(self, address: str, kind: str) -> None:
        """The outbox's rule. Raises SendError where this kind of post may not go to this person now."""
        at = await self._actions.of(address)
        acted = datetime.fromtimestamp(at / 1000, UTC) if at is not None else None
        if check(kind, acted, self._vault.clock(), self._actions.zone):
            log.info("a message goes out that Zalo bills: its reader wrote more than 48 hours ago", kind=kind)

    async def _no_files(self, address: str) -> str:
        known = await self._language_of(CHANNEL, address)
        return self._catalogues[known or self._language]("no_files_here")
