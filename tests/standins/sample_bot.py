"""What the stand-in's own tests need on the other side: a raw client, a webhook, a form in python-telegram-bot."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self

import aiohttp
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes

from tests.standins.telegram import TelegramStandin

Json = dict[str, Any]
Answer = Callable[[Json], Awaitable[web.StreamResponse]]
QUESTIONS = 3


async def accept(update: Json) -> web.StreamResponse:
    """Answer 200 with an empty body."""
    return web.Response()


class Receiver:
    """A webhook on loopback that notes what arrives and lets the test answer."""

    def __init__(self, answer: Answer = accept) -> None:
        self.answer = answer
        self.headers: list[str | None] = []
        self.updates: list[Json] = []
        self.busy = 0
        self.most_busy = 0
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where updates go."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[int]:
        """The update_ids in the order in which they arrived, repeats included."""
        return [update["update_id"] for update in self.updates]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        update = json.loads(await request.read())
        self.updates.append(update)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            return await self.answer(update)
        finally:
            self.busy -= 1

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/hook", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *trouble: object) -> None:
        if self._runner:
            await self._runner.cleanup()


class Client:
    """Raw API calls, so that no library smooths anything over."""

    def __init__(self, standin: TelegramStandin, session: aiohttp.ClientSession) -> None:
        self._standin = standin
        self._session = session

    async def call(self, method: str, **params: Any) -> Json:
        """The answer's JSON, refusals included."""
        async with self._session.post(
            f"{self._standin.url}/bot{self._standin.token}/{method}", json=params
        ) as response:
            answer: Json = await response.json()
            assert response.status == (200 if answer["ok"] else answer["error_code"])
            return answer

    async def ids(self, **params: Any) -> list[int]:
        """The update_ids of one getUpdates."""
        return [update["update_id"] for update in (await self.call("getUpdates", **params))["result"]]


class Form:
    """Consent, three questions, send; keeps what was answered and how often each update was counted."""

    def __init__(self) -> None:
        self.counted: list[int] = []
        self.answers: dict[tuple[int, str], str] = {}
        self.finished: set[int] = set()

    def screen(self, step: int) -> tuple[str, InlineKeyboardMarkup | None]:
        """The text and the keyboard of a step; step 0 asks for consent, the last has no buttons."""
        if step == 0:
            return "Xin chào", InlineKeyboardMarkup([[InlineKeyboardButton("Bắt đầu", callback_data="go")]])
        if step <= QUESTIONS:
            row = [InlineKeyboardButton(str(n), callback_data=f"s:{step}:{n}") for n in range(1, 6)]
            return f"Câu {step}/{QUESTIONS}", InlineKeyboardMarkup([row])
        if step == QUESTIONS + 1:
            return "Xem lại", InlineKeyboardMarkup([[InlineKeyboardButton("Gửi", callback_data="send")]])
        return "Cảm ơn", None

    async def started(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /start."""
        assert update.message
        self.counted.append(update.update_id)
        text, keyboard = self.screen(0)
        await update.message.reply_text(text, reply_markup=keyboard)

    async def pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Count a press once, then show the next step, whatever the clock of the query says."""
        query = update.callback_query
        assert query
        assert query.data
        if update.update_id not in self.counted:
            self.counted.append(update.update_id)
        text, keyboard = self.screen(self._next_step(query.from_user.id, query.data))
        try:
            await query.answer()
            await query.edit_message_text(text, reply_markup=keyboard)
        except BadRequest as error:
            if "not modified" not in str(error) and "too old" not in str(error):
                raise

    def _next_step(self, user: int, data: str) -> int:
        if data == "go":
            return 1
        if data == "send":
            self.finished.add(user)
            return QUESTIONS + 2
        _, step, value = data.split(":")
        self.answers[user, step] = value
        return int(step) + 1


def build(url: str, token: str, form: Form) -> Application[Any, Any, Any, Any, Any, Any]:
    """An Application that talks to the stand-in at `url`."""
    application = ApplicationBuilder().token(token).base_url(f"{url}/bot").concurrent_updates(False).build()
    application.add_handler(CommandHandler("start", form.started))
    application.add_handler(CallbackQueryHandler(form.pressed))
    return application


class PollingBot:
    """The form over long polling, as a context manager."""

    def __init__(self, url: str, token: str, form: Form) -> None:
        self.application = build(url, token, form)

    async def __aenter__(self) -> Self:
        await self.application.initialize()
        assert self.application.updater
        await self.application.updater.start_polling(timeout=1, bootstrap_retries=0)
        await self.application.start()
        return self

    async def __aexit__(self, *trouble: object) -> None:
        assert self.application.updater
        await asyncio.wait_for(self.application.updater.stop(), 10)
        await self.application.stop()
        await self.application.shutdown()


class WebhookBot:
    """The form behind a webhook that answers 200 only after the handler is done, as a context manager."""

    def __init__(self, url: str, token: str, form: Form, secret: str) -> None:
        self.application = build(url, token, form)
        self.receiver = Receiver(self._process)
        self._secret = secret

    async def _process(self, update: Json) -> web.StreamResponse:
        if self.receiver.headers[-1] != self._secret:
            return web.Response(status=403)
        await self.application.process_update(Update.de_json(update, self.application.bot))
        return web.Response()

    async def __aenter__(self) -> Self:
        await self.receiver.__aenter__()
        await self.application.initialize()
        await self.application.bot.set_webhook(self.receiver.url, secret_token=self._secret)
        return self

    async def __aexit__(self, *trouble: object) -> None:
        await self.receiver.__aexit__()
        await self.application.shutdown()
