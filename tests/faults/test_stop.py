"""SIGTERM while people answer: the program ends in time and loses or doubles nothing, with a silent Bot API too.

Ending is finishing what was begun, but not at any price: whoever waits for a Bot API that does not answer is let go.
What was acknowledged is stored, what was not comes again, and a summary whose send was cut off stands as unknown.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.figures import Figure, record, size
from tests.faults.lives import Server
from tests.faults.people import answer_a_survey, judge
from tests.faults.posts import POSTS, SETTLED, arrived, know, posts_in, posts_wrong, read_posts
from tests.faults.prepared import OFFICIALS, Prepared
from tests.faults.program import ROOT, Program
from tests.standins.checker import is_whole, read_rows
from tests.standins.citizens import crowd
from tests.standins.telegram import Fault, Patience, TelegramStandin

HARNESS = "SIGTERM under load"
MOST_SECONDS = 10.0
"""From the signal to the end of the process."""
ROUNDS = size(1, 75)
"""Of each mode, with a Bot API that answers and with one that does not."""
CITIZENS = size(20, 50)
FOR_EVER = 600.0
HANGING_SECONDS = 0.7
END_SECONDS = 120.0
Stop = tuple[float, tuple[str, ...]]
"""Seconds from the signal to the end, and what is wrong afterwards."""
PATIENCE = Patience(timeout=5, first_pause=0.01, longest_pause=0.05)


async def stop_in_between(program: Program, standin: TelegramStandin, code: str, *, silent: bool) -> Stop:
    """Serve people, ask it to stop, serve the same people again until they have finished."""
    if silent:
        # A summary hangs from the beginning: it is being sent when the signal comes.
        standin.faults.add(Fault("slow", frozenset({"sendMessage"}), OFFICIALS[0], times=None, seconds=FOR_EVER))
    await asyncio.to_thread(program.start)
    people = asyncio.create_task(
        crowd(standin, CITIZENS, lambda citizen: answer_a_survey(citizen, code), first_id=5_000_000, patience=2.0)
    )
    try:
        await asyncio.sleep(random.Random(program.folder.name).uniform(0.1, 0.6))
        if silent:
            standin.faults.add(Fault("slow", times=None, seconds=FOR_EVER))
            standin.faults.add(Fault("slow", frozenset({"getUpdates"}), times=None, seconds=FOR_EVER))
            await asyncio.sleep(HANGING_SECONDS)
        status, seconds = await asyncio.to_thread(end, program)
        under_way = posts_in(program.database, "sending")
        standin.faults.clear()
        await asyncio.to_thread(program.start)
        outcomes = await asyncio.wait_for(people, END_SECONDS)
        await standin.wait_until(lambda: _at_rest(program, standin), END_SECONDS)
    finally:
        people.cancel()
        await asyncio.to_thread(program.kill)
    judgement = judge(program.database, standin, outcomes)
    assert judgement.verdict.acknowledged > CITIZENS
    wrong = [*judgement.wrong, *posts_wrong(read_posts(program.database), under_way, arrived(standin))]
    wrong += [f"its exit status is {status}"] if status else []
    wrong += [f"it took {seconds:.1f} s to end"] if seconds > MOST_SECONDS else []
    return seconds, tuple(f"{program.folder.name}: {line}" for line in wrong)


def end(program: Program) -> tuple[int, float]:
    """Ask it to stop: its exit status, and how long it took; killed when it takes longer than it may."""
    assert program.child is not None
    began = time.monotonic()
    program.child.send_signal(signal.SIGTERM)
    try:
        status = program.child.wait(MOST_SECONDS + 2)
    except subprocess.TimeoutExpired:
        program.kill()
        status = -signal.SIGKILL
    return status, time.monotonic() - began


def _at_rest(program: Program, standin: TelegramStandin) -> bool:
    return not len(standin.delivery.queue) and len(posts_in(program.database, *SETTLED)) >= POSTS


async def one_stop(
    folder: Path, prepared: Prepared, server: Server, mode: str, *, silent: bool, mutant: str = ""
) -> Stop:
    prepared.lay(folder)
    async with TelegramStandin(patience=PATIENCE) as standin:
        know(standin)
        program = Program(folder, standin.url, standin.token, mode, server=server, mutant=mutant)
        return await stop_in_between(program, standin, prepared.code, silent=silent)


@pytest.mark.parametrize("silent", [False, True], ids=["answering", "silent"])
async def test_it_ends_in_time_and_nothing_is_lost_or_doubled(
    tmp_path: Path, prepared: Prepared, server: Server, silent: bool
) -> None:
    seconds: list[float] = []
    wrong: list[str] = []
    for number in range(ROUNDS):
        both = [
            one_stop(tmp_path / f"{mode}-{number}", prepared, server, mode, silent=silent)
            for mode in ("webhook", "polling")
        ]
        for took, faults in await asyncio.gather(*both):
            seconds.append(took)
            wrong += faults
    name = f"{HARNESS}{', the Bot API silent' if silent else ''}"
    detail = f"webhook and polling side by side; the longest stop took {max(seconds):.1f} s"
    record(Figure(name, len(seconds), len(wrong), detail))
    assert wrong == []


def test_a_command_at_work_in_the_program_does_not_hold_it(tmp_path: Path, prepared: Prepared, server: Server) -> None:
    """`sipas demo` asked for more than can be done before the end: the program ends, the command says so."""
    prepared.lay(tmp_path)
    program = Program(tmp_path, "", "", extra={"SIPAS_PUBLIC_URL": ""}, server=server)
    program.start()
    many = [sys.executable, "-m", "bot", "demo", "--responses", "20000"]
    environment = program.environment | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(many, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as command:
        try:
            wait_until(lambda: count(program, "response") > 20)
            status, seconds = end(program)
            assert status == 0
            assert seconds < MOST_SECONDS
            _, said = command.communicate(timeout=30)
        finally:
            program.kill()
            command.kill()
    assert said.startswith("sipas: the running program: ")
    assert command.returncode == 2
    assert is_whole(program.database)


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + END_SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def count(program: Program, table: str) -> int:
    return int(read_rows(program.database, f"SELECT count(*) FROM {table}")[0][0])


async def test_a_mutant_without_a_deadline_is_caught(tmp_path: Path, prepared: Prepared, server: Server) -> None:
    seconds, wrong = await one_stop(tmp_path / "waits", prepared, server, "webhook", silent=True, mutant="no_deadline")
    record(Figure(f"{HARNESS}, the Bot API silent", 1, 0, mutant=f"no_deadline: caught after {seconds:.0f} s"))
    assert wrong
    assert seconds > MOST_SECONDS
