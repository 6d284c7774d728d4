"""Whole visits in a few lines: a person goes through the survey by pressing what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.context import Button, Incoming, Message
from tests.world import World

Choose = Callable[[str, list[str]], str | None]
"""(question, its choices) -> the choice she presses; None gives up there."""

MOST_PRESSES = 60


@dataclass
class Citizen:
    """One person on one channel, who never sends the same update id twice."""

    world: World
    name: str
    channel: str = "console"
    turn: int = 0

    def sends(self, kind: str, text: str) -> list[Message]:
        self.turn += 1
        incoming = Incoming(self.channel, f"{self.name}.{self.turn}", self.name, kind, text, "vi")  # type: ignore[arg-type]
        return self.world.take(incoming)

    def press(self, data: str) -> list[Message]:
        return self.sends("press", data)

    def visits(self, unit: str, choose: Choose) -> list[Message]:
        """From the door to the receipt (or to where she gives up); the last reply."""
        return self.goes_on(self.press(f"p:{unit}:khac"), choose)

    def goes_on(self, reply: list[Message], choose: Choose) -> list[Message]:
        for _ in range(MOST_PRESSES):
            data = _next(reply, choose)
            if data is None:
                return reply
            reply = self.press(data)
        raise AssertionError("the survey has no end")


def always(level: str) -> Choose:
    """The same level to every scaled question, the first choice of the others."""
    return lambda _, choices: level if level in choices else choices[0]


def buttons(messages: list[Message]) -> list[Button]:
    return [button for message in messages for row in message.buttons for button in row]


def _next(reply: list[Message], choose: Choose) -> str | None:
    shown = [button.data for button in buttons(reply) if button.data.startswith("s:")]
    words = {data.split(":")[2]: data for data in shown}
    for word in ("@begin", "@send"):
        if word in words:
            return words[word]
    choices = [data for data in shown if not data.split(":")[2].startswith("@")]
    if not choices:
        return words.get("@skip")
    question = choices[0].split(":")[2]
    ticked = any(button.label.startswith("☑") for button in buttons(reply))
    if ticked:
        return next(data for data in choices if data.endswith("@done"))
    names = [data.split(":", 3)[3] for data in choices if not data.endswith("@done")]
    chosen = choose(question, names)
    return None if chosen is None else next(data for data in choices if data.endswith(f":{chosen}"))
