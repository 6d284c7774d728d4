"""Telegram's Bot API as the channel uses it: methods by name, errors by our kinds, no token in any log.

Answers to callbacks, edits and texts are the most frequent calls; little of their results matters: see telegram_quick.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from msgspec.json import encode as to_json
from telegram import Bot, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.warnings import PTBDeprecationWarning

from bot.channels.telegram_parse import KINDS
from bot.channels.telegram_quick import NotConnectedError, QuickCalls
from bot.channels.telegram_request import CONNECTIONS, TOTAL_SECONDS, AiohttpRequest, NotSentError, Received
from bot.errors import SendError, SipasError

MOST_UPDATES = 100
_FINE = ("message is not modified", "query is too old", "query id is invalid")
"""Refusals that mean that nothing is left to do: a double tap, a callback whose moment has passed."""

_NOBODY = ("chat not found", "user not found", "peer_id_invalid")
_TALKATIVE = ("telegram", "httpx", "httpcore", "aiohttp")
"""Their DEBUG lines hold addresses with the token, or what people wrote."""

_ODD = (TypeError, KeyError, ValueError, OverflowError, AttributeError, RecursionError)
"""What python-telegram-bot raises over an answer that is not Telegram's: a proxy's page, a 200 with `ok: false`."""


class OtherPollerError(SipasError):
    """Another process reads this bot's updates, or a webhook is set."""


class TelegramClient:
    """One bot on one API root. Every error is a SendError whose kind says what to do."""

    def __init__(self, token: str, api: str, patience: float = TOTAL_SECONDS) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        # Every 429 would print that a later version gives a timedelta; both are read here.
        warnings.filterwarnings("ignore", message=".*retry_after", category=PTBDeprecationWarning)
        self._request = AiohttpRequest(patience)
        self._base = f"{api.rstrip('/')}/bot{token}"
        self._patience = patience
        self._quick = QuickCalls(self._base, patience)
        self._speaking = asyncio.Semaphore(CONNECTIONS)
        self._bot = Bot(
            token, base_url=f"{api.rstrip('/')}/bot", request=self._request, get_updates_request=self._request
        )

    async def open(self) -> None:
        await self._request.initialize()

    async def close(self) -> None:
        self._quick.close()
        await self._request.shutdown()

    async def call(self, method: str, **parameters: Any) -> Any:
        """A method of `telegram.Bot` by its name, answered with that library's types; None where a refusal is fine.

        A chat that has become another one is asked for once more under its new id.
        """
        try:
            try:
                return await getattr(self._bot, method)(**parameters)
            except ChatMigrated as moved:
                return await getattr(self._bot, method)(**{**parameters, "chat_id": moved.new_chat_id})
        except TelegramError as error:
            _raise_unless_fine(error, repeatable=not method.startswith("send_"))
            return None
        except _ODD as error:
            raise _odd(error, repeatable=not method.startswith("send_")) from None

    async def send(self, method: str, **parameters: Any) -> str:
        """A method that makes a message (`send_...`) of a file; the message's id."""
        sent = await self.call(method, **parameters)
        if not isinstance(sent, Message):
            raise _odd(TypeError(), repeatable=False)
        return str(sent.message_id)

    async def say(self, chat: int, body: Mapping[str, Any]) -> str:
        """A text of its own; the message's id. Never sent twice: where no answer came it is `uncertain`."""
        parameters = {"chat_id": chat, **body}
        clock = asyncio.get_running_loop().time
        end = clock() + self._patience
        await self._turn_to_speak()
        try:
            status, answer = await self._quick.post(b"sendMessage", to_json(parameters), end - clock())
            sent: Any = await Received(status, answer).post(self._base)  # or raises what it means
            return str(int(sent["message_id"]))
        except NotConnectedError as error:
            raise SendError("unreachable", str(error)) from None
        except OSError as error:
            raise SendError("uncertain", type(error).__name__) from None
        except ChatMigrated as moved:  # it was refused, so this is no second time
            return await self.send("send_message", chat_id=moved.new_chat_id, **body)
        except TelegramError as error:
            _raise_unless_fine(error, repeatable=False)
            raise _odd(error, repeatable=False) from None
        except _ODD as error:
            raise _odd(error, repeatable=False) from None
        finally:
            self._speaking.release()

    async def _turn_to_speak(self) -> None:
        """While the Bot API is silent, only so many wait for it at once. Who waits in vain was never heard.

        Half the patience is left for the call itself.
        """
        try:
            async with asyncio.timeout(self._patience / 2):
                await self._speaking.acquire()
        except TimeoutError:
            raise SendError("unreachable", "too many wait") from None

    async def answer(self, query: str) -> None:
        """Answer a callback, so that the button stops waiting; one that is too old is ignored."""
        parameters = {"callback_query_id": query}
        try:
            await self._quickly(b"answerCallbackQuery", parameters)
        except OSError:  # a kept connection was closed just now, or worse: the library finds out
            await self.call("answer_callback_query", **parameters)

    async def edit(self, chat: int, bubble: int, body: Mapping[str, Any]) -> None:
        """Replace the text of a message; raises SendError. That it stands so already is as good."""
        parameters = {"chat_id": chat, "message_id": bubble, **body}
        try:
            await self._quickly(b"editMessageText", parameters)
        except (OSError, ChatMigrated):
            await self.call("edit_message_text", **parameters)

    async def _quickly(self, method: bytes, parameters: Mapping[str, Any]) -> None:
        """A repeatable call whose result nobody needs. Raises SendError; ChatMigrated; OSError where no answer came."""
        try:
            status, answer = await self._quick.post(method, to_json(parameters))
            if status != HTTPStatus.OK:
                await Received(status, answer).post(self._base)  # raises what it means
        except ChatMigrated:
            raise
        except NotConnectedError as error:
            raise SendError("unreachable", str(error)) from None
        except TimeoutError:
            raise SendError("unreachable", "timed out") from None
        except TelegramError as error:
            _raise_unless_fine(error, repeatable=True)
        except _ODD as error:
            raise _odd(error, repeatable=True) from None

    async def updates(self, offset: int, wait: int) -> list[object]:
        """The updates from `offset` on, as raw JSON, after at most `wait` seconds; raises OtherPollerError too.

        `Bot.get_updates` would give its own objects; the webhook's parser shall see both ways alike.
        """
        kinds = quote("[" + ",".join(f'"{kind}"' for kind in KINDS) + "]", safe="")
        query = f"offset={offset}&timeout={wait}&limit={MOST_UPDATES}&allowed_updates={kinds}"
        try:
            found = await self._request.post(f"{self._base}/getUpdates?{query}", read_timeout=wait)
        except Conflict as error:
            raise OtherPollerError(error.message) from None
        except TelegramError as error:
            _raise_unless_fine(error, repeatable=True)
            return []
        except _ODD as error:
            raise _odd(error, repeatable=True) from None
        if not isinstance(found, list):
            raise _odd(TypeError(), repeatable=True)
        return cast("list[object]", found)


def _odd(error: Exception, *, repeatable: bool) -> SendError:
    return SendError("unreachable" if repeatable else "uncertain", f"not Telegram's answer ({type(error).__name__})")


def _raise_unless_fine(error: TelegramError, *, repeatable: bool) -> None:
    """Raise the SendError for `error`, or return where the refusal is as good as success.

    `repeatable` calls (edits, answers, settings) do no harm when they arrive twice; a message would stand twice.
    """
    text = error.message
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            raise SendError("throttled", text, retry_after=seconds) from None
        case Forbidden():
            raise SendError("gone", text) from None
        case InvalidToken() | Conflict():
            raise SendError("misconfigured", text) from None
        case BadRequest() if any(words in text.lower() for words in _FINE):
            return
        case BadRequest() if any(words in text.lower() for words in _NOBODY):
            raise SendError("gone", text) from None
        case BadRequest() | ChatMigrated():
            raise SendError("rejected", text) from None
        case NotSentError():
            raise SendError("unreachable", text) from None
        case NetworkError() if repeatable:
            raise SendError("unreachable", text) from None
        case _:
            raise SendError("unreachable" if repeatable else "uncertain", text) from None
