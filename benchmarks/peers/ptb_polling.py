"""The same bot as `ptb_bot` with `Application.run_polling`, as python-telegram-bot's examples start theirs.

Nothing else is set: updates are fetched, acknowledged and put into a queue, then handled one after the other, so that
an answer is durable before its reply, though not before its acknowledgement. Only the event loop is the quick one.
"""

import asyncio

import aiosqlite
import uvloop
from telegram import Update
from telegram.ext import Application

from benchmarks.peers.given import given
from benchmarks.peers.ptb_bot import Bot, Form, spare_a_search


def main() -> None:
    """Poll until SIGTERM."""
    told = given(__doc__)
    spare_a_search()
    asyncio.set_event_loop(uvloop.new_event_loop())

    async def open_form(application: Bot) -> None:
        connection = await aiosqlite.connect(told.database)
        application.bot_data["database"] = connection
        form = Form(connection)
        await form.open()
        form.join(application)

    async def close_form(application: Bot) -> None:
        await application.bot_data["database"].close()

    builder = Application.builder().token(told.token).base_url(f"{told.api}/bot")
    application = builder.post_init(open_form).post_shutdown(close_form).build()
    application.run_polling(allowed_updates=Update.ALL_TYPES)


if __name__ == "__main__":
    main()
