"""The command menus: what everybody sees, and what an official's chat sees besides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault

from bot.channels.telegram_client import TelegramClient
from bot.errors import SendError
from handlers.access import RANK
from handlers.context import Texts

LONGEST_DESCRIPTION = 256
MOST_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")

CommandTable = Sequence[tuple[str, str, str]]
"""(command, role, its English name) in the order of a menu; its description is the text `help.<command>`."""

log = structlog.get_logger()


def menu(commands: CommandTable, role: str, texts: Texts) -> list[tuple[str, str]]:
    """(command, description) of everything that `role` may use; pure."""
    allowed = [
        (english if texts.language == "en" else name, texts(f"help.{name}")[:LONGEST_DESCRIPTION])
        for name, least, english in commands
        if RANK[least] <= RANK.get(role, 0)
    ]
    return [(name, about) for name, about in allowed if _NAME.fullmatch(name)][:MOST_COMMANDS]


class Menus:
    """Sets menus; a failure only warns, because every command works without one."""

    def __init__(
        self, client: TelegramClient, commands: CommandTable, catalogues: Mapping[str, Texts], default: str
    ) -> None:
        self._client = client
        self._commands = commands
        self._catalogues = catalogues
        self._default = default

    async def show_to_all(self) -> None:
        """The citizens' menu, in every language."""
        await self._set(BotCommandScopeDefault(), "citizen")

    async def show_to(self, chat: int, role: str) -> None:
        """The menu of one chat: an official's, or the citizens' again when she is none any more."""
        scope = BotCommandScopeChat(chat)
        if RANK.get(role, 0) > 0:
            await self._set(scope, role)
        else:
            for language, _ in self._languages():
                await self._try("delete_my_commands", scope=scope, language_code=language)

    async def _set(self, scope: BotCommandScope, role: str) -> None:
        for language, texts in self._languages():
            commands = [BotCommand(name, about) for name, about in menu(self._commands, role, texts)]
            await self._try("set_my_commands", commands=commands, scope=scope, language_code=language)

    def _languages(self) -> Iterator[tuple[str | None, Texts]]:
        """None stands for people whose language has no catalogue."""
        yield None, self._catalogues[self._default]
        yield from self._catalogues.items()

    async def _try(self, method: str, **parameters: Any) -> None:
        try:
            await self._client.call(method, **parameters)
        except SendError as error:
            log.warning("a command menu could not be set", method=method, kind=error.kind, detail=error.detail)
