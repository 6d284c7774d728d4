"""Scripted people who use a bot through the Telegram stand-in, as clumsily as real ones."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.standins.telegram.chats import Chat, buttons
from tests.standins.telegram.standin import TelegramStandin

Json = dict[str, Any]
T = TypeVar("T")
PATIENCE_SECONDS = 3.0
MAX_STEPS = 200
SURVEY_SECONDS = 120.0
FIRST_USER_ID = 700_000_001


@dataclass(frozen=True)
class Button:
    """One inline button of one bubble, with where it stood."""

    message_id: int
    row: int
    label: str
    data: str


@dataclass(frozen=True)
class Press:
    """One tap that was sent: its update, what it bore, and whether the bot acknowledged it (as of the report)."""

    update_id: int
    message_id: int
    data: str
    acknowledged: bool


@dataclass(frozen=True)
class Outcome:
    """What one citizen did; `complete` is True when the chooser said that nothing is left to press."""

    user_id: int
    updates: tuple[int, ...]
    presses: tuple[Press, ...]
    complete: bool


Choose = Callable[[Sequence[Button], random.Random], Button | None]
"""Which button next; None when the survey is over. Called once for every new screen."""


@dataclass
class Citizen:
    """One person in her private chat; `rng` decides whatever is left to chance."""

    standin: TelegramStandin
    user_id: int
    rng: random.Random
    patience: float = PATIENCE_SECONDS
    sent: list[int] = field(default_factory=list)
    _presses: list[tuple[int, Button]] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        """Her chat; KeyError before she has written."""
        return self.standin.chat(self.user_id)

    def say(self, text: str, **fields: object) -> int:
        """Type something; returns the update_id."""
        self.sent.append(self.standin.say(self.user_id, text, **fields))  # type: ignore[arg-type]
        return self.sent[-1]

    async def start(self, code: str = "") -> int:
        """Send /start with a code and wait for the bot's first bubble; returns the update_id."""
        return await self._seen(lambda: self.say(f"/start {code}".strip()))

    async def type(self, text: str) -> int:
        """Type something and wait for the screen to change; returns the update_id."""
        return await self._seen(lambda: self.say(text))

    def bubble(self) -> Json | None:
        """The newest bubble with buttons, or None."""
        return self.chat.newest(with_buttons=True) if self.user_id in self.standin.world.chats else None

    def screen(self) -> str:
        """What she would compare at a glance: the newest message and the newest buttons."""
        if self.user_id not in self.standin.world.chats:
            return repr((None, None))
        return repr((self.chat.newest(), self.bubble()))

    def buttons(self) -> list[Button]:
        """The callback buttons of the newest bubble with buttons."""
        bubble = self.bubble()
        if bubble is None:
            return []
        rows = bubble["reply_markup"]["inline_keyboard"]
        row_of = {id(one): number for number, row in enumerate(rows) for one in row}
        return [
            Button(bubble["message_id"], row_of[id(one)], one["text"], one["callback_data"])
            for one in buttons(bubble)
            if "callback_data" in one
        ]

    def find(self, wanted: str | Callable[[Button], bool]) -> Button:
        """The first button with this label, or that a predicate accepts; LookupError names what is there."""
        here = self.buttons()
        for button in here:
            if button.label == wanted if isinstance(wanted, str) else wanted(button):
                return button
        raise LookupError(f"no such button among {[button.label for button in here]}")

    def tap(self, button: Button) -> int:
        """Press and do not wait; old buttons and repeats are allowed; returns the update_id."""
        update_id = self.standin.press(self.user_id, button.message_id, button.data)
        self.sent.append(update_id)
        self._presses.append((update_id, button))
        return update_id

    async def press(self, wanted: Button | str | Callable[[Button], bool]) -> int:
        """Press and wait for the screen to change; returns the update_id."""
        button = wanted if isinstance(wanted, Button) else self.find(wanted)
        return await self._seen(lambda: self.tap(button))

    async def double_tap(self, wanted: Button | str | Callable[[Button], bool]) -> tuple[int, int]:
        """Press twice at once and wait for the screen to change; returns both update_ids."""
        button = wanted if isinstance(wanted, Button) else self.find(wanted)
        before = self.screen()
        both = self.tap(button), self.tap(button)
        await self.wait_change(before)
        return both

    async def press_any(self, prefix: str) -> int:
        """Press one of the buttons whose data starts with a prefix, by chance; LookupError when there is none."""
        choices = [button for button in self.buttons() if button.data.startswith(prefix)]
        if not choices:
            raise LookupError(f"no button with data {prefix}*")
        return await self.press(self.rng.choice(choices))

    async def _seen(self, act: Callable[[], int]) -> int:
        before = self.screen()
        update_id = act()
        await self.wait_change(before)
        return update_id

    async def wait_change(self, before: str, seconds: float | None = None) -> bool:
        """True once the screen differs from `before`; False after `seconds` (her patience when None)."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while self.screen() == before:
            left = end - time.monotonic()
            if left <= 0 or not await self.chat.wait_beyond(self.chat.revision, left):
                return self.screen() != before
        return True

    def report(self, *, complete: bool) -> Outcome:
        """What she has done so far."""
        presses = (
            Press(number, button.message_id, button.data, self.standin.acknowledged(number))
            for number, button in self._presses
        )
        return Outcome(self.user_id, tuple(self.sent), tuple(presses), complete)


def walk(prefix: str, last: Callable[[Button], bool], *, first: Callable[[Button], bool] | None = None) -> Choose:
    """A chooser for any survey: the first button of the first screen (or `first`), then choices, then the last button.

    `prefix` is how the data of a choice begins; `last` recognises the button that sends the survey off. One chooser
    serves one survey: after the last button it returns None.
    """
    pressed = 0
    over = False

    def choose(here: Sequence[Button], rng: random.Random) -> Button | None:
        nonlocal pressed, over
        if over:
            return None
        pressed += 1
        if pressed == 1:
            return next((button for button in here if first is None or first(button)), None)
        sending = next((button for button in here if last(button)), None)
        if sending is not None:
            over = True
            return sending
        choices = [button for button in here if button.data.startswith(prefix)]
        return rng.choice(choices) if choices else None

    return choose


async def complete_survey(
    citizen: Citizen, choose: Choose, *, code: str = "", double_taps: float = 0.0, seconds: float = SURVEY_SECONDS
) -> Outcome:
    """Start and press until `choose` returns None, MAX_STEPS or `seconds` are over; then wait for the acknowledgements.

    A screen that does not change within her patience is pressed again, as a person would; `double_taps` is the share of
    screens where she taps twice. Bounded: never raises for a bot that is slow, dead or silent.
    """
    end = time.monotonic() + seconds
    update_id = await citizen.start(code)
    while not citizen.buttons() and time.monotonic() < end:
        shown = await citizen.standin.wait_until(lambda: bool(citizen.buttons()), citizen.patience)
        if not shown and citizen.standin.acknowledged(update_id):
            update_id = await citizen.start(code)
    complete = await _press_through(citizen, choose, double_taps, end)
    for sent in list(citizen.sent):
        await citizen.standin.wait_acknowledged(sent, max(0.0, end - time.monotonic()))
    return citizen.report(complete=complete)


async def _press_through(citizen: Citizen, choose: Choose, double_taps: float, end: float) -> bool:
    for _ in range(MAX_STEPS):
        button = choose(citizen.buttons(), citizen.rng)
        if button is None:
            return bool(citizen.sent) and time.monotonic() < end
        before = citizen.screen()
        citizen.tap(button)
        if citizen.rng.random() < double_taps:
            citizen.tap(button)
        while not await citizen.wait_change(before):
            if time.monotonic() > end:
                return False
            citizen.tap(button)
    return False


async def crowd(
    standin: TelegramStandin,
    count: int,
    drive: Callable[[Citizen], Awaitable[T]],
    *,
    seed: int = 1,
    patience: float = PATIENCE_SECONDS,
    first_id: int = FIRST_USER_ID,
) -> list[T]:
    """`count` citizens at once, each with her own seeded rng; their results in order."""
    people = (
        Citizen(standin, first_id + number, random.Random(f"{seed}-{number}"), patience) for number in range(count)
    )
    return list(await asyncio.gather(*(drive(person) for person in people)))


def acknowledged_presses(outcomes: Iterable[Outcome]) -> list[tuple[int, str]]:
    """(update_id, callback_data) of every acknowledged tap."""
    return [(p.update_id, p.data) for outcome in outcomes for p in outcome.presses if p.acknowledged]
