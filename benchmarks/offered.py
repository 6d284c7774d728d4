"""Taps offered evenly, whether or not the bot keeps up: a tap's wait is counted from when it was due.

So a bot that stands still for a second is charged with every tap of that second, not with one.
"""

import asyncio
import contextlib
import math
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from benchmarks.bots import TAPS
from benchmarks.load import FIRST_USER, Load

LEAD_SECONDS = 0.5
USERS_EACH = 1_000
WHOLE = 1_000
"""More taps than any form has."""


@dataclass(frozen=True)
class Offer:
    """`rate` taps a second by `citizens` in turn. Their first forms are left unfinished, each after another part of
    `spread` taps, so that beginning a form becomes as even as tapping; 0: all begin at the same time."""

    rate: float
    citizens: int
    spread: int = TAPS


@dataclass
class Period:
    """When taps are due, by time.perf_counter."""

    start: float = 0.0
    end: float = math.inf


@contextlib.asynccontextmanager
async def offering(load: Load, offer: Offer) -> AsyncIterator[None]:
    """Taps beside what is done in the context; they stand in `load.taps_due`. All of ours' forms are understood."""
    period = Period()
    async with asyncio.TaskGroup() as begun:
        for number in range(offer.citizens):
            begun.create_task(load.say(_user(number), f"/start {load.code}"))
    load.forget()
    period.start = time.perf_counter() + LEAD_SECONDS
    async with asyncio.TaskGroup() as group:
        for number in range(offer.citizens):
            group.create_task(_taps(load, offer, number, period))
        try:
            yield
        finally:
            period.end = time.perf_counter()


def _user(number: int) -> int:
    return FIRST_USER + number * USERS_EACH


async def _taps(load: Load, offer: Offer, number: int, period: Period) -> None:
    """One place in the row of those who tap in turn: one citizen after the other, each a whole form but the first."""
    rng, user, turn = random.Random(number), _user(number), number
    left = offer.spread - number % offer.spread if offer.spread else WHOLE
    while True:
        due = period.start + turn / offer.rate
        turn += offer.citizens
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        # What was due before the end is sent however late it is; leaving it out would hide the worst waits.
        if due >= period.end:
            return
        data = onward(load.api.screen(user).data(), rng)
        await load.press(user, data, due)
        left -= 1
        if "@send" in data or not left:
            user, left = user + 1, WHOLE
            await load.say(user, f"/start {load.code}")


def onward(buttons: Sequence[str], rng: random.Random) -> str:
    """Any answer, or the end of ticking boxes; else the first of the buttons that lead on."""
    choices = [data for data in buttons if data.startswith("s:") and data.count(":") == 3]
    answers = [data for data in choices if ":@" not in data or data.endswith(":@done")]
    if answers:
        return rng.choice(answers)
    leading = (data for word in ("@begin", "@skip", "@send") for data in buttons if word in data)
    return next(leading, buttons[0])
