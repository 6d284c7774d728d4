"""The console channel: a conversation in the terminal, and the text form that golden dialogs are written in.

`> ` is what the person types, `< ` what the bot says. A button is pressed by its number or its label.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.channels.base import as_numbered_list, flat, with_numbers, without_marks
from handlers.context import Button, Incoming, Message


@dataclass
class Console:
    """One person's side of a conversation: what was shown last decides what her words press."""

    address: str
    channel: str = "console"
    language: str | None = None
    most: int | None = None
    """How many buttons the channel shows before it shows numbers; None: all of them."""
    turn: int = 0
    buttons: list[Button] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def read(self, line: str) -> Incoming:
        """A typed line as an event: a number or label in [brackets] presses that button, @sticker sends a sticker."""
        self.turn += 1
        update_id = f"{self.address}-{self.turn}"
        typed = line.strip()
        if typed.startswith("[") and typed.endswith("]"):
            return self._press(typed[1:-1], update_id)
        if typed.startswith("@"):
            return self._event("other", typed[1:], update_id)
        if typed.startswith("/start "):
            return self._event("start", typed.removeprefix("/start "), update_id)
        return self._event("text", line, update_id)

    def _press(self, name: str, update_id: str) -> Incoming:
        """By label, by number, or by raw data; a label that is gone from the screen is a press on an old button."""
        for at, button in enumerate(self.buttons, 1):
            if name in {button.label, _plain(button.label), str(at), button.data}:
                return self._event("press", button.data, update_id)
        return self._event("press", self.seen.get(name, name), update_id)

    def _event(self, kind: str, text: str, update_id: str) -> Incoming:
        return Incoming(self.channel, update_id, self.address, kind, text, self.language)  # type: ignore[arg-type]

    def show(self, messages: list[Message]) -> str:
        """The reply as lines; its buttons are the ones that can be pressed now."""
        found = [button for message in messages for button in flat(message)]
        self.buttons = found or self.buttons
        self.seen |= {_plain(button.label): button.data for button in found}
        shown = messages if self.most is None else with_numbers(messages, self.most)
        return "\n".join(_lines(message) for message in shown)


def _plain(label: str) -> str:
    """A label without its tick box."""
    return label.removeprefix("☐ ").removeprefix("☑ ")


def _lines(message: Message) -> str:
    lines = without_marks(message.text).split("\n")
    for row in message.buttons:
        lines.append("  ".join(f"[{button.label}]" for button in row))
    if message.attachment:
        lines.append(f"({message.attachment.kind}: {message.attachment.name})")
    return "\n".join(f"< {line}".rstrip() for line in lines)


def numbered(message: Message) -> str:
    """For a terminal: buttons as a numbered list."""
    return without_marks(as_numbered_list(message).text)
