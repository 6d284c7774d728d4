"""The real program: a second one leaves at once, a cut in a send is not repeated, a poisoned update stops nobody."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.figures import Figure, record, size
from tests.faults.lives import ROOT, Server
from tests.faults.people import answer_a_survey
from tests.faults.posts import POSTS, SETTLED, arrived, know, posts_in, read_posts
from tests.faults.prepared import OFFICIALS, POISONED, Prepared
from tests.faults.program import Program, free_port
from tests.standins.checker import read_rows
from tests.standins.citizens import crowd
from tests.standins.telegram import TOKEN, Fault, TelegramStandin

NOWHERE = "http://127.0.0.1:9"
EXIT_SECONDS = 2.0
LOOKS = 2.5
"""Seconds in which the outbox looks twice."""
CUTS = size(2, 100)
POISONED_UPDATES = size(10, 50)
"""From one person: after 60 at once she would be asked to slow down."""
NEXT_SECONDS = 1.0
SLACK = 4
"""A machine that runs other tests beside is slower."""


def test_a_second_program_leaves_with_3(tmp_path: Path, prepared: Prepared, server: Server) -> None:
    prepared.lay(tmp_path)
    first = Program(tmp_path, NOWHERE, TOKEN, server=server)
    first.start()
    second = Program(tmp_path, NOWHERE, TOKEN, port=free_port())
    command = [sys.executable, "-m", "bot", "run"]
    environment = second.environment | {"PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    child = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    assert child.stderr
    said = child.stderr.read()
    _, how, used = os.wait4(child.pid, 0)
    took = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(how)
    assert child.returncode == 3, said
    assert "another sipas process" in said
    assert first.healthy()
    first.kill()
    # Of its own time: the tests beside it take theirs.
    assert used.ru_utime + used.ru_stime < EXIT_SECONDS
    record(Figure("a second sipas run", 1, 0, f"exit code 3 after {took:.1f} s"))


async def cut_in_a_send(folder: Path, prepared: Prepared, server: Server, kind: str) -> list[str]:
    """What is wrong after the connection broke in the send of a summary, before or after Telegram had taken it."""
    prepared.lay(folder)
    async with TelegramStandin() as standin:
        know(standin)
        standin.faults.add(Fault(kind, frozenset({"sendMessage"}), OFFICIALS[0]))  # type: ignore[arg-type]
        program = Program(folder, standin.url, standin.token, server=server)
        await asyncio.to_thread(program.start)
        done = await standin.wait_until(lambda: len(posts_in(program.database, *SETTLED)) >= POSTS, 60)
        await asyncio.to_thread(program.kill)
        await asyncio.to_thread(program.start)
        await asyncio.sleep(LOOKS)
        await asyncio.to_thread(program.kill)
        states = {post.address: post.state for post in read_posts(program.database)}
        first = str(OFFICIALS[0])
        wrong = [] if done else ["did not come to rest"]
        if states[first] != "unknown" or states[str(OFFICIALS[1])] != "sent":
            wrong.append(f"{kind}: {states}")
        if arrived(standin)[first] != (1 if kind == "drop_after" else 0) or len(_tries(standin, first)) != 1:
            wrong.append(f"{kind}: tried {len(_tries(standin, first))} times")
        return wrong


def _tries(standin: TelegramStandin, address: str) -> list[dict[str, object]]:
    return [call for call in standin.journal.calls("sendMessage") if str(call["params"]["chat_id"]) == address]


async def test_a_cut_in_a_send_ends_as_unknown_and_is_not_repeated_and_doctor_says_so(
    tmp_path: Path, prepared: Prepared, server: Server
) -> None:
    slots = asyncio.Semaphore(4)

    async def one(number: int) -> list[str]:
        async with slots:
            kind = ("drop_after", "drop_before")[number % 2]
            return await cut_in_a_send(tmp_path / str(number), prepared, server, kind)

    wrong = [line for lines in await asyncio.gather(*(one(number) for number in range(CUTS))) for line in lines]
    operator = Program(tmp_path / "0", NOWHERE, TOKEN)
    told = await asyncio.to_thread(operator.sipas, "doctor", expect=1)  # 1: Telegram cannot be reached there
    assert "1 messages of the last 30 days may or may not have arrived" in told.stdout, told.stdout
    record(Figure("a cut in the send of a summary", CUTS, len(wrong), "each ended unknown, none was sent again"))
    assert wrong == []


async def test_a_poisoned_update_does_not_stop_the_next(tmp_path: Path, prepared: Prepared, server: Server) -> None:
    prepared.lay(tmp_path)
    async with TelegramStandin() as standin:
        know(standin)
        program = Program(tmp_path, standin.url, standin.token, "polling", server=server)
        await asyncio.to_thread(program.start)
        slowest = 0.0
        poisoned = []
        for number in range(POISONED_UPDATES):
            poisoned.append(standin.say(POISONED, f"/start {prepared.code}"))
            began = time.monotonic()
            assert await standin.wait_acknowledged(standin.say(7_000_000 + number, f"/start {prepared.code}"))
            slowest = max(slowest, time.monotonic() - began)
        (outcome,) = await crowd(standin, 1, lambda citizen: answer_a_survey(citizen, prepared.code))
        assert outcome.complete
        await standin.wait_idle()
        await asyncio.to_thread(program.kill)
    rows = read_rows(program.database, "SELECT update_id FROM inbox WHERE state = 'failed'")
    assert sorted(int(row[0]) for row in rows) == sorted(poisoned)
    assert all(standin.journal.deliveries(update_id) <= 2 for update_id in poisoned)
    detail = f"polling; each is noted as failed, the next update was stored after {slowest:.2f} s at most"
    record(Figure("a poisoned update", POISONED_UPDATES, 0, detail))
    assert slowest < NEXT_SECONDS * SLACK
