"""The Zalo Bot Platform channel, for pilots and staff: polling or webhook in, numbered texts out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from starlette.routing import BaseRoute

from bot.channels.base import Hook, Receipt, Receive
from bot.channels.patience import backoff
from bot.channels.webhook import Webhook
from bot.channels.zalo_bot_client import ZaloBotClient
from bot.channels.zalo_bot_intake import Intake
from bot.channels.zalo_bot_parse import CHANNEL, LONGEST_ID, parse
from bot.channels.zalo_bot_polling import Polling
from bot.channels.zalo_bot_render import LIMITS, Json, render
from bot.ending import Ending
from bot.errors import SendError, StorageUnavailable, Unusable
from bot.settings import Settings
from handlers.context import Message, Texts

PATH = "/zalo/bot/webhook"
SECRET_HEADER = b"x-bot-api-secret-token"
FIRST_TRY_SECONDS = 2.0
"""How long starting waits for Zalo; then the rest of the program serves and Zalo is tried again beside it."""

_TOKEN = re.compile(r"[!-~]+")
_SECRET = re.compile(r"[!-~]{8,256}")

LanguageOf = Callable[[str], Awaitable[str | None]]
"""The language that a person chose, None where nothing is known."""

log = structlog.get_logger()


@dataclass(frozen=True)
class ZaloBotSetup:
    """What the operator set. Raises Unusable for a token or secret that Zalo could never take."""

    token: str = field(repr=False)
    api: str = "https://bot-api.zaloplatforms.com"
    secret: str = field(default="", repr=False)
    public_url: str = ""
    language: str = "vi"

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token) or set(self.token) & set("/?#%"):
            raise refused_token("is no token")
        if self.secret and not _SECRET.fullmatch(self.secret):
            mend = "make one with: openssl rand -hex 32"
            raise Unusable("SIPAS_ZALO_BOT_SECRET", "must be 8 to 256 letters without blanks", mend)

    @classmethod
    def of(cls, settings: Settings) -> ZaloBotSetup:
        return cls(
            token=settings.zalo_bot_token.get_secret_value(),
            api=settings.zalo_bot_api,
            secret=settings.zalo_bot_secret.get_secret_value(),
            public_url=settings.public_url,
            language=settings.language,
        )

    @property
    def webhook(self) -> str:
        """The address that Zalo calls; "" where events are polled."""
        return self.public_url + PATH if self.secret and self.public_url else ""


def refused_token(what: str) -> Unusable:
    return Unusable("SIPAS_ZALO_BOT_TOKEN", what, "copy it again from Zalo Bot Manager, or check SIPAS_ZALO_BOT_API")


class ZaloBotChannel:
    """One bot. `catalogues` hold the text `zalo.elsewhere`; `sorry` answers what broke."""

    name = CHANNEL
    limits = LIMITS

    def __init__(
        self,
        setup: ZaloBotSetup,
        *,
        catalogues: Mapping[str, Texts],
        language_of: LanguageOf,
        sorry: Message,
        ending: Ending | None = None,
    ) -> None:
        self._setup = setup
        self._catalogues = catalogues
        self._language_of = language_of
        self._sorry = sorry
        self._ending = ending or Ending()
        self._client = ZaloBotClient(setup.token, setup.api)

    @asynccontextmanager
    async def open(self, receive: Receive, routes: list[BaseRoute]) -> AsyncIterator[None]:
        """Start receiving. Raises Unusable when Zalo refuses the token; an unreachable Zalo only warns."""
        await self._client.open()
        intake = Intake(receive, self._client, self._render, self._sorry)
        polling = Polling(self._client, intake)
        if self._setup.webhook:
            routes.append(Hook(PATH, self._webhook(intake)))
        beside: asyncio.Task[None] | None = None
        try:
            await self._first_try()
            beside = asyncio.create_task(self._go_on(polling))
            yield
        finally:
            if beside:
                beside.cancel()
            await polling.stop(self._ending.left)
            await intake.finish(self._ending.left())
            await self._client.close()

    def _webhook(self, intake: Intake) -> Webhook:
        async def take(payload: object) -> None:
            heard = parse(payload)
            if heard is None:
                log.warning("an event of Zalo was not understood")
            else:
                await intake.take(heard)

        return Webhook("Zalo bot", SECRET_HEADER, self._setup.secret, take)

    async def _first_try(self) -> None:
        try:
            async with asyncio.timeout(FIRST_TRY_SECONDS):
                await self._client.call("getMe")
        except (SendError, TimeoutError) as error:
            if isinstance(error, SendError) and error.kind == "misconfigured":
                raise refused_token("is refused by Zalo") from None
            log.warning("Zalo cannot be reached yet; trying again beside the rest", detail=str(error))

    async def _go_on(self, polling: Polling) -> None:
        """Tell Zalo which way events shall come. It may call the webhook to try it, so this is done while we serve."""
        tries = 0
        while True:
            try:
                await self._settle()
                break
            except SendError as error:
                mend = "check SIPAS_ZALO_BOT_TOKEN" if error.kind == "misconfigured" else ""
                log.warning("Zalo cannot be used yet", kind=error.kind, detail=error.detail, mend=mend)
            await asyncio.sleep(backoff(tries))
            tries += 1
        log.info("Zalo bot is connected", mode="webhook" if self._setup.webhook else "polling")
        if not self._setup.webhook:
            polling.start()

    async def _settle(self) -> None:
        if self._setup.webhook:
            wanted = {"url": self._setup.webhook, "secret_token": self._setup.secret}
            told = await self._client.call("setWebhook", wanted)
            tried = told.get("verification") if isinstance(told, dict) else None
            if isinstance(tried, dict) and tried.get("ok") is False:
                raise SendError("unreachable", f"it could not call {self._setup.webhook}: {tried.get('hint') or '-'}")
            return
        info = await self._client.call("getWebhookInfo")
        if isinstance(info, dict) and info.get("url"):
            log.warning("a webhook was set for this bot; it is deleted, since polling would get nothing")
            await self._client.call("deleteWebhook")

    async def _render(self, address: str, messages: Sequence[Message]) -> list[Json]:
        pictures = any(message.attachment for message in messages)
        return render(messages, await self._elsewhere(address) if pictures else "")

    async def _elsewhere(self, address: str) -> str:
        """The sentence that stands for a picture or file, in the person's language."""
        try:
            known = await self._language_of(address) or ""
        except StorageUnavailable:
            known = ""
        return (self._catalogues.get(known) or self._catalogues[self._setup.language])("zalo.elsewhere")

    async def send(self, address: str, message: Message) -> Receipt:
        """Send unasked. Raises SendError.

        When the first part of a long text has gone out and another has not, that is logged and the first one's receipt
        returned: repeating the whole would show the beginning twice.
        """
        if not address or len(address) > LONGEST_ID or not address.isascii() or not address.isprintable():
            raise SendError("rejected", "the address is no Zalo chat")
        first, *rest = await self._render(address, [message])
        receipt = Receipt(await self._client.say(address, first))
        for body in rest:
            try:
                await self._client.say(address, body)
            except SendError as error:
                log.warning("a part of a long message did not go out", kind=error.kind, detail=error.detail)
                break
        return receipt
