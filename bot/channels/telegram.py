"""The Telegram channel: polling or webhook in, edits and sends out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from starlette.routing import BaseRoute

from bot.channels.base import Draw, Drawn, Hook, Receipt, Receive
from bot.channels.patience import backoff, patiently
from bot.channels.telegram_answers import Answers
from bot.channels.telegram_client import TelegramClient
from bot.channels.telegram_commands import CommandTable, Menus
from bot.channels.telegram_files import Files
from bot.channels.telegram_intake import Intake
from bot.channels.telegram_parse import CHANNEL, KINDS, parse
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_render import LIMITS, render
from bot.channels.telegram_reply import MarkReachable, Replies
from bot.channels.telegram_webhook import PATH, webhook
from bot.channels.webhook import Webhook
from bot.ending import Ending
from bot.errors import SendError, Unusable
from bot.settings import Settings
from handlers.context import Message, Texts

MOST_CONNECTIONS = 100
FIRST_TRY_SECONDS = 2.0
"""How long starting waits for Telegram; then the rest of the program serves and Telegram is tried again beside it."""

LONGEST_CONNECT_PAUSE_SECONDS = 60.0
ATTACHMENT_SECONDS = 90.0
"""How long the picture of a post tries to follow its text: Telegram asks for up to a minute, and would take nothing
else meanwhile."""

_TOKEN = re.compile(r"[!-~]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

log = structlog.get_logger()


@dataclass(frozen=True)
class TelegramSetup:
    """What the operator set. Raises Unusable for a token or secret that Telegram could never take."""

    token: str = field(repr=False)
    api: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    secret: str = field(default="", repr=False)
    public_url: str = ""
    language: str = "vi"

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token) or set(self.token) & set("/?#%"):
            raise _refused_token("is no token")
        if self.mode == "webhook" and not _SECRET.fullmatch(self.secret):
            mend = "make one with: openssl rand -hex 32"
            raise Unusable("SIPAS_TELEGRAM_SECRET", "must be 1 to 256 of A-Z a-z 0-9 _ -", mend)

    @classmethod
    def of(cls, settings: Settings) -> TelegramSetup:
        return cls(
            token=settings.telegram_token.get_secret_value(),
            api=settings.telegram_api,
            mode=settings.telegram_mode,
            secret=settings.telegram_secret.get_secret_value(),
            public_url=settings.public_url,
            language=settings.language,
        )


def _refused_token(what: str) -> Unusable:
    return Unusable("SIPAS_TELEGRAM_TOKEN", what, "copy it again from @BotFather, or check SIPAS_TELEGRAM_API")


class TelegramChannel:
    """One bot. `commands` is the table of (command, role); `mark_reachable(address, flag)` notes who blocked the bot.

    `draw` is awaited after the commit; `catalogues` hold the texts `help.<command>`, `sorry` and `file.too_big`.
    """

    name = CHANNEL
    limits = LIMITS

    def __init__(
        self,
        setup: TelegramSetup,
        *,
        draw: Draw,
        catalogues: Mapping[str, Texts],
        commands: CommandTable,
        mark_reachable: MarkReachable,
        ending: Ending | None = None,
    ) -> None:
        self._setup = setup
        self._ending = ending or Ending()
        self._catalogues = catalogues
        self._mark_reachable = mark_reachable
        self._client = TelegramClient(setup.token, setup.api)
        self._files = Files(self._client, draw, self._texts)
        self._menus = Menus(self._client, commands, catalogues, setup.language)
        self.username = ""
        """The bot's name in links (https://t.me/<username>), empty until Telegram has told it."""

    def _texts(self, language: str | None) -> Texts:
        """The catalogue of a Telegram language code, else the installation's."""
        known = (language or "").partition("-")[0]
        return self._catalogues.get(known) or self._catalogues[self._setup.language]

    @asynccontextmanager
    async def open(self, receive: Receive, routes: list[BaseRoute]) -> AsyncIterator[None]:
        """Start receiving. Raises Unusable when Telegram refuses the token; an unreachable Telegram only warns."""
        await self._client.open()
        answers = Answers(self._client)
        replies = Replies(self._client, self._files, self._mark_reachable)
        intake = Intake(
            receive, replies, answers, self._mark_reachable, lambda code: Message(self._texts(code)("sorry"))
        )
        polling = Polling(self._client, intake)
        if self._setup.mode == "webhook":
            routes.append(Hook(PATH, self._webhook(intake)))
        answers.start()
        beside: asyncio.Task[None] | None = None
        try:
            connected = await self._first_try()
            beside = asyncio.create_task(self._go_on(connected, polling))
            yield
        finally:
            if beside:
                beside.cancel()
            await self._stop(polling, intake, answers)

    def _webhook(self, intake: Intake) -> Webhook:
        async def take(payload: object) -> dict[str, Any] | None:
            return await intake.take(parse(payload), rides=True)

        return webhook(self._setup.secret, take)

    async def _first_try(self) -> bool:
        try:
            async with asyncio.timeout(FIRST_TRY_SECONDS):
                await self._connect()
        except (SendError, TimeoutError) as error:
            if isinstance(error, SendError) and error.kind == "misconfigured":
                raise _refused_token("is refused by Telegram") from None
            log.warning("Telegram cannot be reached yet; trying again beside the rest", detail=str(error))
            return False
        return True

    async def _connect(self) -> None:
        """Ask who we are, and tell Telegram which way updates shall come. What waits there is never dropped."""
        self.username = str((await self._client.call("get_me")).username or "")
        if self._setup.mode == "polling":
            await self._client.call("delete_webhook", drop_pending_updates=False)
        elif self._setup.public_url:
            await self._client.call(
                "set_webhook",
                url=self._setup.public_url + PATH,
                secret_token=self._setup.secret,
                allowed_updates=list(KINDS),
                max_connections=MOST_CONNECTIONS,
                drop_pending_updates=False,
            )

    async def _go_on(self, connected: bool, polling: Polling) -> None:
        tries = 0
        while not connected:
            await asyncio.sleep(backoff(tries, longest=LONGEST_CONNECT_PAUSE_SECONDS))
            tries += 1
            try:
                await self._connect()
                connected = True
            except SendError as error:
                mend = "check SIPAS_TELEGRAM_TOKEN" if error.kind == "misconfigured" else ""
                log.warning("Telegram cannot be used yet", kind=error.kind, detail=error.detail, mend=mend)
        log.info("Telegram is connected", mode=self._setup.mode)
        if self._setup.mode == "polling":
            polling.start()
        await self._menus.show_to_all()

    async def _stop(self, polling: Polling, intake: Intake, answers: Answers) -> None:
        """Finish what was received, as long as the ending may take."""
        await polling.stop(self._ending.left)
        await intake.finish(self._ending.left())
        await answers.stop(self._ending.left())
        await self._client.close()

    async def send(self, address: str, message: Message) -> Receipt:
        """Send unasked: the text, then its picture or file. Raises SendError.

        When the text has gone out and its attachment has not, for all patience, that is logged and the text's receipt
        returned: repeating the whole would show the text twice.
        """
        try:
            chat = int(address)
        except ValueError:
            raise SendError("rejected", "the address is no Telegram chat") from None
        if message.attachment and not message.text.strip():
            return Receipt(await self._files.post(chat, await self._files.draw(message.attachment)))
        sent = await self._client.say(chat, render(message))
        if message.attachment:
            await self._follow(chat, await self._files.draw(message.attachment))
        return Receipt(sent)

    async def _follow(self, chat: int, drawn: Drawn | None) -> None:
        """Send a picture or file behind its text, never twice; a failure only warns."""
        deadline = asyncio.get_running_loop().time() + ATTACHMENT_SECONDS
        try:
            await patiently(deadline, lambda: self._files.post(chat, drawn))
        except SendError as error:
            log.warning("an attachment did not go out", kind=error.kind, detail=error.detail)

    async def show_commands(self, address: str, role: str) -> None:
        """The command menu of one chat, when somebody becomes an official or ceases to be one; a failure only warns."""
        await self._menus.show_to(int(address), role)
