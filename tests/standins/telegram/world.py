"""What the stand-in remembers: chats, callback queries, commands, files; no I/O."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standins.telegram.chats import Chat
from tests.standins.telegram.journal import Journal
from tests.standins.telegram.refusals import Json, bad_request
from tests.standins.telegram.updates import chat_of

MAX_KEPT_FILES = 200
QUERY_WINDOW_SECONDS = 15.0


@dataclass
class Query:
    """A callback query, its moment, and whether it has been answered."""

    at: float
    answered: bool = False


@dataclass
class World:
    """The state behind the API methods; `clock` gives seconds since 1970."""

    token: str
    journal: Journal
    clock: Callable[[], float]
    query_window: float = QUERY_WINDOW_SECONDS
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _last_message: int = 0

    @property
    def bot(self) -> Json:
        """The bot's own User."""
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Stand-in",
            "username": "standin_bot",
        }

    def now(self) -> int:
        """The date of a message made now."""
        return int(self.clock())

    def message_id(self) -> int:
        """The next message id."""
        self._last_message += 1
        return self._last_message

    def open_chat(self, chat_id: int, user: Json) -> Chat:
        """The chat, which begins when the person first writes."""
        if chat_id not in self.chats:
            self.chats[chat_id] = Chat(chat_id, chat_of(chat_id, user))
        return self.chats[chat_id]

    def known_chat(self, raw: object) -> Chat:
        """The chat that a call names, or a refusal: a bot cannot write first."""
        try:
            return self.chats[int(str(raw))]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None

    def keep_file(self, content: bytes) -> str:
        """A new file_id; the newest MAX_KEPT_FILES stay readable in `files`."""
        file_id = f"file-{len(content)}-{hashlib.sha256(content).hexdigest()[:24]}"
        self.files[file_id] = content
        while len(self.files) > MAX_KEPT_FILES:
            self.files.pop(next(iter(self.files)))
        return file_id
