"""Pictures and files: drawn after the commit, sent after their message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.channels.base import Draw, Drawn
from bot.channels.telegram_client import TelegramClient
from bot.channels.telegram_render import render
from bot.errors import SendError
from handlers.context import Attachment, Message, Texts

DRAW_SECONDS = 30.0
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_FILE = 50 * 1024 * 1024
LONGEST_NAME = 120
PICTURES = frozenset({"image/png", "image/jpeg"})

log = structlog.get_logger()


def safe_name(name: str) -> str:
    """A file name that stands in a header and on any disk as it is, Vietnamese letters included."""
    return "".join(c for c in name if c.isprintable() and c not in '"\\/:*?<>|')[-LONGEST_NAME:].strip(". ") or "file"


class Files:
    """Draws and sends attachments; `texts` gives the sentences for a Telegram language code."""

    def __init__(self, client: TelegramClient, draw: Draw, texts: Callable[[str | None], Texts]) -> None:
        self._client = client
        self._draw = draw
        self._texts = texts

    async def draw(self, attachment: Attachment) -> Drawn | None:
        """The finished picture or file, or None when it could not be made."""
        try:
            async with asyncio.timeout(DRAW_SECONDS):
                return await self._draw(attachment)
        except Exception:
            log.exception("drawing failed", attachment=attachment.kind)
            return None

    async def post(self, chat: int, drawn: Drawn | None, language: str | None = None) -> str:
        """The id of the message that came of it: the picture, the file, or a sentence why not. Raises SendError."""
        if drawn is None:
            return await self._say(chat, "sorry", language)
        if len(drawn.content) > LARGEST_FILE:
            log.warning("a file is too big for Telegram", size=len(drawn.content))
            return await self._say(chat, "file.too_big", language)
        if drawn.media_type in PICTURES and len(drawn.content) <= LARGEST_PHOTO:
            try:
                return await self._upload("send_photo", chat, drawn.name, photo=drawn.content)
            except SendError as error:
                if error.kind != "rejected":
                    raise
                # Unusual proportions are refused as a picture, and welcome as a file.
        return await self._upload("send_document", chat, drawn.name, document=drawn.content)

    async def _upload(self, method: str, chat: int, name: str, **content: bytes) -> str:
        return await self._client.send(method, chat_id=chat, filename=safe_name(name), **content)

    async def _say(self, chat: int, key: str, language: str | None) -> str:
        return await self._client.say(chat, render(Message(self._texts(language)(key))))
