"""The parts of the benchmarks that say something by themselves: queues, ratios, verdicts."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

from benchmarks.telegram_load import Round
from benchmarks.telegram_table import WEBHOOK, section, times, verdict
from benchmarks.waiting import Waiting

# Updates for a bot that polls.


def numbers(answer: bytes | asyncio.Future[bytes]) -> list[int]:
    assert isinstance(answer, bytes)
    return [update["update_id"] for update in json.loads(answer)["result"]]


def filled(*updates: int) -> tuple[Waiting, list[int]]:
    """What waits, and the numbers that were acknowledged."""
    waiting, acknowledged = Waiting(), list[int]()
    for number in updates:
        body = json.dumps({"update_id": number}).encode()
        waiting.put(number, body, lambda number=number: acknowledged.append(number))  # type: ignore[misc]
    return waiting, acknowledged


async def test_a_poller_gets_at_most_its_limit_and_acknowledges_by_its_offset() -> None:
    waiting, acknowledged = filled(5, 6, 8)
    assert numbers(waiting.fetch({"limit": "2", "timeout": "25"})) == [5, 6]
    assert numbers(waiting.fetch({"offset": "5"})) == [5, 6, 8]
    assert acknowledged == []
    assert numbers(waiting.fetch({"offset": 8, "timeout": 25})) == [8]
    assert acknowledged == [5, 6]
    assert numbers(waiting.fetch({"offset": 9, "timeout": 0})) == []
    assert acknowledged == [5, 6, 8]


async def test_a_poller_waits_until_something_comes_or_its_time_is_over() -> None:
    waiting, _ = filled()
    poller = waiting.fetch({"timeout": 25})
    assert isinstance(poller, asyncio.Future)
    waiting.put(1, b'{"update_id":1}', lambda: None)
    assert numbers(await poller) == [1]
    waiting.fetch({"offset": 2})
    poller = waiting.fetch({"timeout": 0.01})
    assert isinstance(poller, asyncio.Future)
    assert numbers(await asyncio.wait_for(poller, 5)) == []


# What ours costs of a peer.

ROUND = Round(
    bot="one",
    updates=50,
    durable=50,
    answered=48,
    cpu=0.05,
    wall=1.0,
    driver_cpu=0.1,
    start=1.0,
    peak_mib=80.0,
    acks=(0.01,) * 50,
    screens=(0.01,) * 50,
)


def test_a_ratio_is_told_as_people_read_it() -> None:
    assert [times(0.08), times(1.5)] == ["1/12.5", "1.50 times"]


def test_a_goal_is_reached_or_not() -> None:
    assert verdict("x", 0.08, 1 / 12) == "1/12.5 of x (goal: at most 1/12, reached)"
    assert verdict("x", 0.09, 1 / 12) == "1/11.1 of x (goal: at most 1/12, **not reached**)"
    assert verdict("x", 3.2, 3.0).endswith("(goal: at most 3 times, **not reached**)")


def test_ours_stands_beside_each_peer_and_who_is_missing_is_named() -> None:
    found = {
        "ours": [replace(ROUND, bot="sipas run")],
        "ptb": [replace(ROUND, cpu=1.0)],
        "bare": [replace(ROUND, cpu=0.01)],
    }
    text = section(WEBHOOK, found, {"aiogram": "no packages\nmore"}, 2)
    assert "| of python-telegram-bot | of the bare handler |" in text
    assert "| 1/20.0 | 5.00 times |" in text
    assert "1/20.0 of python-telegram-bot (goal: at most 1/12, reached); 5.00 times of the bare handler" in text
    assert "aiogram: **not measured**: no packages\n" in text + "\n"
