"""What the web pages are given: the shell's functions, the keys, the small memory; and how a reply is found again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from starlette.requests import Request

from bot.channels.base import Draw, Receive
from bot.channels.web_keys import Keys, Mark, cookie_name
from bot.channels.web_lately import Lately
from bot.channels.web_pages import Pages
from handlers.context import Incoming, Message, Province, Texts
from handlers.page import Board
from handlers.topics import Sight

WebName = Literal["web", "kiosk"]

REPLY_SECONDS = 600
MOST_REPLIES = 2_000
SECOND_CLICK_SECONDS = 10
"""Within this time a second press on the same start form is the same press."""
MOST_STARTS = 5_000
MOST_KIOSKS = 1_000

LookUpCode = Callable[[str], Awaitable[str | None]]
"""The name of the office a code leads to, or None. Writes nothing."""


class ReadReply(Protocol):
    async def __call__(self, channel: str, update_id: str) -> list[Message] | None:
        """The stored reply of one event, or None."""
        ...


class Current(Protocol):
    async def __call__(self, channel: str, address: str) -> list[Message]:
        """The screen a conversation is at; empty where none is open. Writes nothing."""
        ...


class LanguageOf(Protocol):
    async def __call__(self, channel: str, address: str) -> str | None:
        """The language of the conversation, or None where there is no such conversation. Writes nothing."""
        ...


class Scores(Protocol):
    """The page of scores, to whoever holds a ticket."""

    async def open(self, link: str) -> str | None:
        """Use a link up: the cookie for its browser, or None. Raises StorageUnavailable."""
        ...

    async def show(self, cookie: str, unit: str, period: str, order: str) -> tuple[str, Board | None] | None:
        """(her language, the page, or None where she may not read that); None for who is not let in."""
        ...

    async def figures(self, cookie: str, topic: str, words: str) -> tuple[str, Sight | None] | None: ...
    async def public(self, language: str, unit: str, period: str, order: str) -> Board | None:
        """What everybody may see; None where the province publishes nothing, or not that."""
        ...


@dataclass(frozen=True)
class Lent:
    """What the shell lends to the web channel. `secret` makes nonces and cookies; `language` is the default."""

    province: Province
    catalogues: Mapping[str, Texts]
    language: str
    secret: bytes
    public_url: str
    draw: Draw
    look_up_code: LookUpCode
    read_reply: ReadReply
    current: Current
    language_of: LanguageOf
    scores: Scores


@dataclass(frozen=True)
class Desk:
    """Everything a page needs."""

    lent: Lent
    receive: Receive
    keys: Keys
    pages: Pages
    replies: Lately[list[Message]]
    starts: Lately[str]
    """Form nonce -> the token its first press made."""
    kiosks: Lately[str]
    """Token -> "" while the conversation goes on, then the mark of its last screen."""

    async def take(self, incoming: Incoming) -> list[Message]:
        """One event to the shell; its reply is kept for the page that follows. Raises StorageUnavailable.

        The replies of commands that only read stand nowhere else.
        """
        messages = await self.receive(incoming)
        if messages:
            self.replies.put(f"{incoming.channel}:{incoming.update_id}", messages, REPLY_SECONDS)
        return messages

    async def reply(self, channel: WebName, token: str, mark: Mark) -> list[Message] | None:
        update_id = mark.update_id(token)
        return self.replies.get(f"{channel}:{update_id}") or await self.lent.read_reply(channel, update_id)

    def is_bound(self, request: Request, token: str) -> bool:
        """Whether the browser holds the cookie of this conversation."""
        return self.keys.is_cookie(token, request.cookies.get(cookie_name(self.lent.public_url), ""))

    def may_bind(self, request: Request) -> bool:
        """Over TLS; without it only for the sample, or from this very machine to itself."""
        return self.lent.public_url.startswith("https://") or self.lent.province.sample or _is_loopback(request)


def make_desk(lent: Lent, receive: Receive, pages: Pages, now: Callable[[], float]) -> Desk:
    """`now` is in seconds and only counts up."""
    memory = Lately[list[Message]](MOST_REPLIES, now), Lately[str](MOST_STARTS, now), Lately[str](MOST_KIOSKS, now)
    return Desk(lent, receive, Keys(lent.secret), pages, *memory)


def _is_loopback(request: Request) -> bool:
    # The name asked for counts too: a proxy on this machine, not named as trusted, also comes from 127.0.0.1.
    hosts: Sequence[str] = (request.client.host if request.client else "", request.url.hostname or "")
    return all(host in {"localhost", "::1"} or host.startswith("127.") for host in hosts)
