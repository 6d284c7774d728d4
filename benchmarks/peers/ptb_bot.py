"""A form of 24 questions as python-telegram-bot's own examples would write it, made durable before it is acknowledged.

Application with its default (httpx) request, CommandHandler, CallbackQueryHandler, a Starlette webhook under uvicorn,
aiosqlite with WAL and synchronous=FULL and one commit per answer; every callback is answered and the bubble is edited
by a call.
"""

import argparse
import asyncio
import hmac
import importlib.util
import os
import sys
from pathlib import Path
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

QUESTIONS = 24
CHOICES = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng", "Không có ý kiến")
TABLES = """
CREATE TABLE IF NOT EXISTS visitor (user_id INTEGER PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (
  user_id INTEGER NOT NULL, question INTEGER NOT NULL, choice INTEGER NOT NULL, update_id INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (user_id, question));
"""
VISIT = "INSERT INTO visitor VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET code = excluded.code"
ANSWER = """INSERT INTO answer VALUES (?, ?, ?, ?) ON CONFLICT (user_id, question)
            DO UPDATE SET choice = excluded.choice, update_id = excluded.update_id"""


def keyboard(question: int) -> InlineKeyboardMarkup:
    """One button a row, as on a phone."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"{question}:{number}")] for number, label in enumerate(CHOICES, 1)]
    )


def words(question: int) -> str:
    """The question's text."""
    return (
        f"Câu {question}/{QUESTIONS}. Ông/bà hài lòng với nội dung thứ {question} của lần giải quyết hồ sơ này không?"
    )


class Form:
    """The handlers and their database."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database
        self._one_at_a_time = asyncio.Lock()

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
        question, choice = (int(part) for part in str(query.data).split(":"))
        await self._save(ANSWER, query.from_user.id, question, choice, update.update_id)
        await query.answer()
        done = f"✓ Câu {question}: {CHOICES[choice - 1]}"
        if question == QUESTIONS:
            await query.edit_message_text(f"{done}\n\nCảm ơn ông/bà.")
        else:
            text = f"{done}\n\n{words(question + 1)}"
            await query.edit_message_text(text, reply_markup=keyboard(question + 1))


def web(application: Application[Any, Any, Any, Any, Any, Any], secret: str) -> Starlette:
    """The webhook: 200 only when the update has been processed."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), secret):
            return Response(status_code=403)
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return Response()

    return Starlette(routes=[Route("/telegram/webhook", receive, methods=["POST"])])


async def serve(port: int, database: Path) -> None:
    """Serve until SIGTERM."""
    token, api, secret = os.environ["BOT_TOKEN"], os.environ["BOT_API"], os.environ["BOT_SECRET"]
    async with aiosqlite.connect(database) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        await connection.executescript(TABLES)
        form = Form(connection)
        application = Application.builder().token(token).base_url(f"{api}/bot").updater(None).build()
        application.add_handler(CommandHandler("start", form.start))
        application.add_handler(CallbackQueryHandler(form.press))
        server = uvicorn.Server(
            uvicorn.Config(web(application, secret), host="127.0.0.1", port=port, log_level="warning", access_log=False)
        )
        async with application:
            await application.start()
            await application.bot.set_webhook(
                f"http://127.0.0.1:{port}/telegram/webhook", secret_token=secret, allowed_updates=Update.ALL_TYPES
            )
            await server.serve()
            await application.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", type=Path, required=True)
    options = parser.parse_args()
    if importlib.util.find_spec("sniffio") is None:
        # httpcore looks for this absent module on every request; told so once, the peer is up to a fifth cheaper.
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(options.port, options.database))


if __name__ == "__main__":
    main()
