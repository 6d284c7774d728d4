"""A form of 24 questions as python-telegram-bot's own examples would write it, made durable before it is acknowledged.

Application with its default (httpx) request, CommandHandler, CallbackQueryHandler, a Starlette webhook under uvicorn,
aiosqlite with WAL and synchronous=FULL and one commit per answer; every callback is answered and the bubble is edited
by a call.
"""

import asyncio
import hmac
import importlib.util
import sys
from typing import Any

import aiosqlite
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from benchmarks.peers.form import ANSWER, DURABLE, TABLES, VISIT, after, buttons, pressed, words
from benchmarks.peers.given import PATH, Given, given

Bot = Application[Any, Any, Any, Any, Any, Any]


def keyboard(question: int) -> InlineKeyboardMarkup | None:
    """The choices; nothing after the last question."""
    if not question:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data)] for label, data in buttons(question)]
    )


class Form:
    """The handlers and their database."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Make the tables."""
        for pragma in DURABLE:
            await self._database.execute(pragma)
        await self._database.executescript(TABLES)

    def join(self, application: Bot) -> None:
        """Add the handlers."""
        application.add_handler(CommandHandler("start", self.start))
        application.add_handler(CallbackQueryHandler(self.press))

    async def _save(self, sql: str, *values: object) -> None:
        async with self._one_at_a_time:
            await self._database.execute(sql, values)
            await self._database.commit()

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /start."""
        assert update.effective_user
        assert update.message
        await self._save(VISIT, update.effective_user.id, " ".join(context.args or []))
        await update.message.reply_text(words(1), reply_markup=keyboard(1))

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG002 - PTB's signature
        """Save a press, answer it, show the next question."""
        query = update.callback_query
        assert query
        question, choice = pressed(str(query.data))
        await self._save(ANSWER, query.from_user.id, question, choice, update.update_id)
        await query.answer()
        text, following = after(question, choice)
        await query.edit_message_text(text, reply_markup=keyboard(following))


def web(application: Bot, secret: str) -> Starlette:
    """The webhook: 200 only when the update has been processed."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), secret):
            return Response(status_code=403)
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return Response()

    return Starlette(routes=[Route(PATH, receive, methods=["POST"])])


async def serve(told: Given) -> None:
    """Serve until SIGTERM."""
    async with aiosqlite.connect(told.database) as connection:
        form = Form(connection)
        await form.open()
        application = Application.builder().token(told.token).base_url(f"{told.api}/bot").updater(None).build()
        form.join(application)
        server = uvicorn.Server(
            uvicorn.Config(
                web(application, told.secret),
                host="127.0.0.1",
                port=told.port,
                log_level="warning",
                access_log=False,
            )
        )
        async with application:
            await application.start()
            await application.bot.set_webhook(told.webhook, secret_token=told.secret, allowed_updates=Update.ALL_TYPES)
            await server.serve()
            await application.stop()


def spare_a_search() -> None:
    """httpcore looks for an absent module on every request; told so once, the peer is up to a fifth cheaper."""
    if importlib.util.find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]


def main() -> None:
    """Serve as told."""
    spare_a_search()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(given(__doc__)))


if __name__ == "__main__":
    main()
