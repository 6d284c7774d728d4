"""One person in her private chat at telemelya.

What she does goes in by its control API; what the bot made of it is read from its own log of the bot's calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]


@dataclass(frozen=True)
class Telemelya:
    """The control API at `url`; the bot's updates go out under its `token`."""

    url: str
    key: str
    token: str
    http: aiohttp.ClientSession

    def _headers(self, session: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "X-Test-Session": session}

    async def healthy(self) -> bool:
        async with self.http.get(f"{self.url}/api/v1/test/health", headers=self._headers("health")) as response:
            return bool((await response.json())["ok"])

    async def update(self, session: str, body: Json) -> int:
        """Have an update delivered; the status of the webhook."""
        address = f"{self.url}/api/v1/test/send_update"
        async with self.http.post(
            address, params={"bot_token": self.token}, json=body, headers=self._headers(session)
        ) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return int(answer["delivery"]["status_code"])

    async def calls(self, session: str) -> list[Json]:
        """Everything the bot did in this session, oldest first."""
        async with self.http.get(f"{self.url}/api/v1/test/responses", headers=self._headers(session)) as response:
            return list((await response.json())["responses"])

    async def picture(self, session: str, file_id: str) -> bytes:
        """The bytes of a picture that the bot uploaded."""
        address = f"{self.url}/api/v1/test/media/{file_id}"
        async with self.http.get(address, headers=self._headers(session)) as response:
            return await response.read()


@dataclass
class Person:
    """`number` is her id, her chat and her session."""

    telemelya: Telemelya
    number: int
    name: str
    presses: int = 0

    @property
    def session(self) -> str:
        return str(self.number)

    async def say(self, text: str) -> Json:
        """Send a text; the bubble that answered it."""
        return await self._do({"text": text})

    async def press(self, bubble: Json, data: str) -> Json:
        """Press a button that stands in `bubble`; the bubble that came of it."""
        assert data in [button["callback_data"] for button in buttons(bubble)], (data, bubble)
        self.presses += 1
        return await self._do({"callback_data": data, "callback_message_id": bubble["message_id"]})

    async def _do(self, what: Json) -> Json:
        before = len(await self.shown())
        about = {"id": self.number, "first_name": self.name}
        status = await self.telemelya.update(self.session, {"chat_id": self.number, "from_user": about, **what})
        assert status == 200, f"the bot answered {status} to {what}"
        # The bot acknowledges after its answer is out, so nothing is waited for here.
        came = (await self.shown())[before:]
        assert came, f"no answer to {what}"
        return came[0]

    async def shown(self) -> list[Json]:
        """Texts and pictures, sent or edited, oldest first."""
        return [call for call in await self.telemelya.calls(self.session) if call["method"] in SHOWING]

    async def answered(self) -> int:
        """How many presses the bot has answered, so that the buttons stop waiting."""
        calls = await self.telemelya.calls(self.session)
        return len({call["callback_query_id"] for call in calls if call["method"] == "answerCallbackQuery"} - {None})


SHOWING = frozenset({"sendMessage", "editMessageText", "sendPhoto"})


def buttons(bubble: Json) -> Iterator[Json]:
    """The inline buttons of a bubble, row by row."""
    markup = bubble.get("reply_markup") or {}
    return (button for row in markup.get("inline_keyboard", []) for button in row)
