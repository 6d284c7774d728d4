"""A form of 24 questions as aiogram 3's own documentation would write it, made durable before it is acknowledged.

Dispatcher, Router, SimpleRequestHandler and setup_application under aiohttp, with `handle_in_background=False` so that
200 follows the commit; aiosqlite with WAL and synchronous=FULL and one commit per answer; every callback is answered
and the bubble is edited by a call. It runs in an environment of its own (`requirements.txt`).
"""

import asyncio

import aiosqlite
import uvloop
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, Update
from aiogram.utils.keyboard import InlineKeyboardBuilder
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.peers.form import ANSWER, DURABLE, TABLES, VISIT, after, buttons, pressed, words
from benchmarks.peers.given import PATH, Given, given


def keyboard(question: int) -> InlineKeyboardMarkup | None:
    """The choices; nothing after the last question."""
    if not question:
        return None
    builder = InlineKeyboardBuilder()
    for label, data in buttons(question):
        builder.button(text=label, callback_data=data)
    return builder.adjust(1).as_markup()


class Form:
    """The handlers and their database."""

    def __init__(self, told: Given) -> None:
        self._told = told
        self._one_at_a_time = asyncio.Lock()

    async def open(self, bot: Bot) -> None:
        """Make the tables, and tell Telegram where we are."""
        self._database = await aiosqlite.connect(self._told.database)
        for pragma in DURABLE:
            await self._database.execute(pragma)
        await self._database.executescript(TABLES)
        await bot.set_webhook(self._told.webhook, secret_token=self._told.secret)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    async def _save(self, sql: str, *values: object) -> None:
        async with self._one_at_a_time:
            await self._database.execute(sql, values)
            await self._database.commit()

    async def start(self, message: Message, command: CommandObject) -> None:
        """Answer /start."""
        await self._save(VISIT, message.from_user.id, command.args or "")
        await message.answer(words(1), reply_markup=keyboard(1))

    async def press(self, callback: CallbackQuery, event_update: Update) -> None:
        """Save a press, answer it, show the next question."""
        question, choice = pressed(callback.data)
        await self._save(ANSWER, callback.from_user.id, question, choice, event_update.update_id)
        await callback.answer()
        text, following = after(question, choice)
        await callback.message.edit_text(text, reply_markup=keyboard(following))


def main() -> None:
    """Serve until SIGTERM."""
    told = given(__doc__)
    form, router, dispatcher = Form(told), Router(), Dispatcher()
    router.message.register(form.start, CommandStart())
    router.callback_query.register(form.press, F.data)
    dispatcher.include_router(router)
    dispatcher.startup.register(form.open)
    dispatcher.shutdown.register(form.close)
    bot = Bot(told.token, session=AiohttpSession(api=TelegramAPIServer.from_base(told.api)))
    application = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=told.secret)
    handler.register(application, path=PATH)
    setup_application(application, dispatcher, bot=bot)
    loop = uvloop.new_event_loop()
    web.run_app(application, host="127.0.0.1", port=told.port, loop=loop, print=None, access_log=None)


if __name__ == "__main__":
    main()
