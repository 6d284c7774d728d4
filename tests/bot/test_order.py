"""Lines: one chat in order, others beside it, and nothing kept of an idle chat."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.channels.order import Lines


async def test_first_come_first_served_within_a_chat_only() -> None:
    lines, chance = Lines(), random.Random(3)
    served: dict[int, list[int]] = {1: [], 2: [], 3: []}
    inside: dict[int, int] = dict.fromkeys(served, 0)

    async def visit(chat: int, number: int) -> None:
        async with lines.join(chat):
            inside[chat] += 1
            assert inside[chat] == 1
            await asyncio.sleep(chance.uniform(0, 0.001))
            served[chat].append(number)
            inside[chat] -= 1

    await asyncio.gather(*(visit(chat, number) for number in range(40) for chat in served))
    assert all(numbers == list(range(40)) for numbers in served.values())
    assert len(lines) == 0


async def test_other_chats_do_not_wait() -> None:
    lines = Lines()
    async with lines.join(1), lines.join(2):
        assert len(lines) == 2
    assert len(lines) == 0


async def test_an_error_inside_lets_the_next_in() -> None:
    lines = Lines()
    with pytest.raises(ValueError, match="x"):
        async with lines.join(1):
            raise ValueError("x")
    async with asyncio.timeout(5), lines.join(1):
        pass
    assert len(lines) == 0


async def test_who_gives_up_waiting_lets_nobody_pass_those_in_front() -> None:
    lines = Lines()
    gate = asyncio.Event()
    served: list[str] = []

    async def visit(name: str) -> None:
        async with lines.join(1):
            if name == "first":
                await gate.wait()
            served.append(name)

    first, second, third = (asyncio.create_task(visit(name)) for name in ("first", "second", "third"))
    await asyncio.sleep(0)
    second.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert served == []
    assert not third.done()
    gate.set()
    await asyncio.gather(first, third)
    assert served == ["first", "third"]
    assert len(lines) == 0
