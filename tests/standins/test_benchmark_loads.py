"""The loads of the benchmarks charge a bot with what people would wait, and their verdicts follow from the figures."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import latency, soak
from benchmarks.bots import NotConnectedError
from benchmarks.cores import apart, on
from benchmarks.http import Pool
from benchmarks.lean_api import NEVER, LeanApi
from benchmarks.load import Load
from benchmarks.offered import Offer, offering
from benchmarks.ours import OURS
from benchmarks.process import Program
from benchmarks.score_table import KINDS, LEVELS, Measured, rise
from benchmarks.score_table import section as score_section

# Taps that are offered evenly.


class Stalling:
    """A bot that answers in the webhook's response at once, but stands still for `stall` seconds after `before`."""

    def __init__(self, before: float, stall: float) -> None:
        self._from = time.perf_counter() + before
        self._until = self._from + stall

    async def deliver(self, number: int, update: bytes, acknowledged: Callable[[], None]) -> bytes:
        if self._from < time.perf_counter() < self._until:
            await asyncio.sleep(self._until - time.perf_counter())
        acknowledged()
        said = json.loads(update)
        chat = said["message"]["chat"] if "message" in said else said["callback_query"]["message"]["chat"]
        button = {"text": "a", "callback_data": f"s:x:q{number}:1"}
        return json.dumps(
            {"method": "sendMessage", "chat_id": chat["id"], "reply_markup": {"inline_keyboard": [[button]]}}
        ).encode()

    def close(self) -> None: ...


async def offered(rate: float, citizens: int, seconds: float, way: Stalling) -> Load:
    load = Load(LeanApi(), way, OURS, "X")
    async with offering(load, Offer(rate, citizens, spread=0)):
        await asyncio.sleep(seconds)
    return load


def none_missing(load: Load, rate: float) -> bool:
    dues = sorted(due for due, _ in load.taps_due)
    return len(dues) > 1 and all(after - due == pytest.approx(1 / rate) for due, after in pairwise(dues))


async def test_a_bot_that_stands_still_is_charged_with_every_tap_of_that_time() -> None:
    load = await offered(rate=100, citizens=10, seconds=2.0, way=Stalling(before=1.0, stall=0.6))
    late = [wait for _, wait in load.taps_due if wait > 0.1]
    # Ten people wait for the bot, and a driver that counts from when it sent sees ten slow taps; some 50 were due.
    assert len(late) >= 30
    assert none_missing(load, 100)


async def test_taps_due_before_the_end_are_counted_though_they_are_late() -> None:
    load = await offered(rate=100, citizens=5, seconds=1.0, way=Stalling(before=0.7, stall=1.0))
    assert none_missing(load, 100)
    assert max(wait for _, wait in load.taps_due) > 0.6


# A slow Bot API.


async def test_a_slow_api_answers_late_and_a_silent_one_does_nothing() -> None:
    api = LeanApi()
    await api.start()
    pool = Pool(api.port, 2)
    body = json.dumps({"chat_id": 5, "text": "x"}).encode()
    api.slow_by = 0.05
    began = time.perf_counter()
    status, answer = await pool.post("/bot1:T/sendMessage", "", body)
    assert (status, json.loads(answer)["ok"]) == (200, True)
    assert time.perf_counter() - began >= 0.05
    assert api.screen(5).text == "x"
    api.slow_by = NEVER
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.post("/bot1:T/sendMessage", "", body.replace(b"x", b"y")), 0.2)
    assert api.screen(5).text == "x"
    pool.close()
    await api.stop()


# Cores.


def test_the_program_gets_a_core_and_the_load_keeps_off_it(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    if len(before) == 1:
        with pytest.raises(NotConnectedError, match="one core"), apart():
            raise AssertionError("it must not begin")
        return
    with apart() as core:
        assert os.sched_getaffinity(0) == before - {core}
        with on(core):
            code = "import os, time; print(os.sched_getaffinity(0), flush=True); time.sleep(60)"
            running = Program([sys.executable, "-c", code], {}, tmp_path / "log", tmp_path)
        assert os.sched_getaffinity(0) == before - {core}
        while not running.tail().strip():
            time.sleep(0.01)
        assert running.tail().strip() == str({core})
        assert 1 < running.resident_mib() <= running.peak_mib()
        running.stop()
    assert os.sched_getaffinity(0) == before


# Verdicts.


def test_the_goal_of_the_latency_is_its_p99() -> None:
    waits = latency.Waits([0.01] * 99 + [0.049, 1.0], wall=1.0, cpu=0.5)
    assert "50 ms: reached" in latency.section(waits)
    assert "| 49.0 | 1000.0 | 1000.0 |" in latency.section(waits)
    assert "**not reached**" in latency.section(replace(waits, taps=[0.01] * 98 + [0.06, 0.06]))


def soaked(sizes: Sequence[float]) -> soak.Soaked:
    """Sizes at even steps of the run."""
    last = len(sizes) - 1
    return soak.Soaked([(1000 * at // last, size) for at, size in enumerate(sizes)], 1000, 1000, 1.0, 1.0)


def test_a_soak_looks_from_after_the_first_tenth_to_the_end() -> None:
    flat = soaked([50.0] * 10 + [100.0] * 91)
    assert flat.growth == 0
    assert "at most 5%: reached" in soak.section(flat)
    leaking = soaked([100 + at * 0.1 for at in range(101)])
    assert leaking.growth == pytest.approx(0.085, abs=0.003)
    assert "**not reached**" in soak.section(leaking)


def measured(responses: int, wait: float, beside: float) -> Measured:
    waits = {(level, kind): [wait] * 4 for level in LEVELS for kind in KINDS}
    return Measured(responses, 1.0, waits, wait, [beside] * 10, [0.010] * 10)


def test_score_and_the_taps_beside_it_have_a_goal_each() -> None:
    quick, slow = measured(10, 0.004, 0.0119), measured(20, 0.051, 0.0121)
    assert rise(quick) == pytest.approx(0.19)
    text = score_section([quick, slow], 200)
    assert "under 50 ms: reached at 10, **not reached** at 20; " in text
    assert "at most 20%: reached at 10, **not reached** at 20." in text
    assert "10.0 | 11.9 | +19% |" in text
