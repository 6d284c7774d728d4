"""The state of every chat: what a person would see on the phone."""

import asyncio
from dataclasses import dataclass, field

from tests.standins.telegram.refusals import Json


@dataclass
class Chat:
    """One chat; `messages` are in the Bot API's own shape, keyed by message id, oldest first."""

    id: int
    about: Json
    messages: dict[int, Json] = field(default_factory=dict)
    revision: int = 0
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def changed(self) -> None:
        """Count a visible change and wake whoever waits for one."""
        self.revision += 1
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_beyond(self, revision: int, seconds: float) -> bool:
        """True once something has changed after `revision`, False when `seconds` pass first."""
        if self.revision > revision:
            return True
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        return True

    def from_bot(self) -> list[Json]:
        """The bot's messages, oldest first."""
        return [message for message in self.messages.values() if message["from"]["is_bot"]]

    def newest(self, *, with_buttons: bool = False) -> Json | None:
        """The bot's newest message (that has an inline keyboard), or None."""
        for message in reversed(self.messages.values()):
            if message["from"]["is_bot"] and (not with_buttons or "reply_markup" in message):
                return message
        return None


def buttons(message: Json | None) -> list[Json]:
    """The inline buttons of a message, row by row."""
    markup = (message or {}).get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", []) for button in row]
