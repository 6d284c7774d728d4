"""Citizens at one bot: each sends her next tap only when her screen has changed."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from benchmarks.bots import TAPS, BotProgram
from benchmarks.lean_api import DATE, Json, LeanApi
from benchmarks.ways import StuckError, Way

STEP_SECONDS = 30.0
FIRST_USER = 700_000_001


@dataclass
class Load:
    """One bot under load, and what has been measured; seconds."""

    api: LeanApi
    way: Way
    program: BotProgram
    code: str
    next_update: int = 880_000_001
    sent: int = 0
    acks: list[float] = field(default_factory=list)
    screens: list[float] = field(default_factory=list)
    taps_due: list[tuple[float, float]] = field(default_factory=list)
    """(when it was due, seconds from then until it was acknowledged) of every tap that had a time."""

    def forget(self) -> None:
        """Begin to measure afresh."""
        self.sent, self.acks, self.screens, self.taps_due = 0, [], [], []

    async def citizen(self, user_id: int, rng: random.Random) -> None:
        """One whole form."""
        screen = self.api.screen(user_id)
        await self.say(user_id, f"/start {self.code}".strip())
        for tap in range(TAPS):
            buttons = screen.data()
            if not buttons:
                raise StuckError(f"{self.program.name}: no buttons before tap {tap + 1}: {screen.text[:80]!r}")
            await self.press(user_id, self.program.choose(buttons, tap, rng))

    async def crowd(self, first_user: int, count: int, seed: int) -> None:
        """`count` citizens at once, each a whole form."""
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                group.create_task(self.citizen(first_user + number, random.Random(f"{seed}-{number}")))

    async def say(self, user_id: int, text: str) -> float:
        """A person writes; seconds until the new screen arrived."""
        user = _user(user_id)
        chat = {"id": user_id, "type": "private", "first_name": user["first_name"]}
        message = {"message_id": 1, "date": DATE, "from": user, "chat": chat, "text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return await self._do(user_id, {"message": message}, None)

    async def press(self, user_id: int, data: str, due: float | None = None) -> float:
        """A person presses a button of her newest bubble; seconds until the new screen arrived.

        With `due` (time.perf_counter), when she would have pressed, both waits are counted from there.
        """
        query = {"id": f"{user_id}{self.next_update}", "from": _user(user_id), "chat_instance": str(-user_id)}
        message = self.api.screen(user_id).message(user_id)
        return await self._do(user_id, {"callback_query": {**query, "data": data, "message": message}}, due)

    async def _do(self, user_id: int, content: Json, due: float | None) -> float:
        """Deliver one update, then wait for the screen to change."""
        screen = self.api.screen(user_id)
        self.next_update += 1
        number, began = self.next_update, time.perf_counter() if due is None else due
        update = json.dumps({"update_id": number, **content}, ensure_ascii=False, separators=(",", ":")).encode()
        seen = screen.revision
        self.sent += 1

        def acknowledged() -> None:
            wait = time.perf_counter() - began
            self.acks.append(wait)
            if due is not None:
                self.taps_due.append((due, wait))

        reply = await self.way.deliver(number, update, acknowledged)
        if reply:
            call = json.loads(reply)
            if isinstance(call, dict) and "method" in call:
                self.api.run(call["method"], call)
        try:
            await screen.beyond(seen, STEP_SECONDS)
        except TimeoutError:
            raise StuckError(
                f"{self.program.name}: the screen of {user_id} did not change: {screen.text[:80]!r}"
            ) from None
        self.screens.append(screen.shown_at - began)
        return self.screens[-1]


def _user(user_id: int) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": "Citizen", "language_code": "vi"}
