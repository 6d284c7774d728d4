"""B15, B16: junk in thousands and bodies without end beside citizens, who are served; the program does not grow."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.limits import BURST, REFILL
from tests.faults.figures import LONG, Figure, record, size
from tests.faults.people import answering
from tests.faults.program import Program
from tests.standins.citizens import Citizen, Outcome, complete_survey, crowd
from tests.standins.telegram import Patience, TelegramStandin

JUNK = size(2_000, 60_000)
SLOW = size(30, 300)
CITIZENS = size(6, 100)
SENDERS = 4
MOST_GROWTH_KIB = 50 * 1024

GREEDY = 777

PATHS = ("/telegram/webhook", "/", "/s/x", "/c/x", "/healthz", "/nowhere")
ENDLESS = (
    b"POST /telegram/webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n{",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\nn",
    b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n1\r\n",
    b"GET / HTTP/1.1\r\nhost: x\r\ncookie: ",
    b"G",
    b"",
)


@dataclass
class Flood:
    """Whoever floods one port."""

    port: int
    answers: int = 0
    accepted: int = 0

    async def junk(self, count: int, rng: random.Random) -> None:
        """Requests one after another on one connection, opened again when it is closed."""
        tries = 0
        while count > 0:
            tries += 1
            assert tries < 10_000 + 3 * JUNK
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                while count > 0:
                    writer.write(_junk(rng))
                    await self._answer(reader)
                    count -= 1
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.answers += 1
        self.accepted += head.startswith(b"HTTP/1.1 200") and b"text/html" not in head and b"text/plain" not in head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))

    async def drip(self, number: int) -> None:
        """One connection that never says what it wants."""
        with contextlib.suppress(ConnectionError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(ENDLESS[number % len(ENDLESS)])
            while True:
                await asyncio.sleep(0.2)
                writer.write(b"x" if number % len(ENDLESS) else b" ")
                await writer.drain()


def _junk(rng: random.Random) -> bytes:
    body = rng.randbytes(rng.randrange(2_000))
    path = PATHS[0] if rng.random() < 0.7 else rng.choice(PATHS)
    method = "POST" if path in PATHS[:4] and rng.random() < 0.8 else "GET"
    kind = rng.choice(["application/json", "application/x-www-form-urlencoded", "text/plain"])
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    secret = f"x-telegram-bot-api-secret-token: fault-secret-{rng.randrange(10**9)}\r\n"
    return f"{head}{secret}\r\n".encode() + body


def memory(program: Program) -> int:
    """Resident KiB of the program."""
    assert isinstance(program.child, subprocess.Popen)
    status = Path(f"/proc/{program.child.pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


async def test_a_flood_of_junk_holds_up_no_citizen_and_fills_no_memory(tmp_path: Path) -> None:
    """B15: wrong secrets, forms that are none, bodies and heads that never end, all at once."""
    async with TelegramStandin(patience=Patience(timeout=20, first_pause=0.05, longest_pause=0.2)) as standin:
        program = Program(tmp_path, standin.url, standin.token)
        await asyncio.to_thread(program.start)
        try:
            code = await asyncio.to_thread(program.entry, "Xã Vũ Hội")
            await crowd(standin, 2, _surveying(code), seed=1)
            before, began = memory(program), time.monotonic()
            flood = Flood(program.port)
            slow = [asyncio.create_task(flood.drip(number)) for number in range(SLOW)]
            junk = [asyncio.create_task(flood.junk(JUNK // SENDERS, random.Random(n))) for n in range(SENDERS)]
            outcomes = await crowd(standin, CITIZENS, _surveying(code), seed=2, patience=30, first_id=900_000_001)
            await asyncio.gather(*junk)
            shown = await greedy(standin)
            seconds, grown = time.monotonic() - began, memory(program) - before
            for task in slow:
                task.cancel()
            assert program.healthy()
            log = program.log()
        finally:
            await asyncio.to_thread(program.kill)
    assert BURST <= shown <= BURST + 1 + seconds * REFILL
    served = sum(outcome.complete for outcome in outcomes)
    assert served == CITIZENS
    assert (flood.answers, flood.accepted) == (JUNK, 0)
    assert grown < MOST_GROWTH_KIB
    assert log.count("\n") < 60, "what anybody can cause does not fill the log"
    detail = f"{served} of {CITIZENS} citizens served, {SLOW} endless requests, +{grown // 1024} MiB"
    rate = f", {JUNK / seconds:.0f} junk/s" if LONG else ""
    record(Figure("B15 flood", JUNK, flood.accepted, detail + rate))


async def greedy(standin: TelegramStandin) -> int:
    """B16: one person who writes three times as much as one may; how many answers she was given."""
    updates = [standin.say(GREEDY, "/ai") for _ in range(3 * int(BURST))]
    for update in updates:
        assert await standin.wait_acknowledged(update, 30)
    return len([call for call in standin.journal.calls("sendMessage") if str(call["params"]["chat_id"]) == str(GREEDY)])


def _surveying(code: str) -> Callable[[Citizen], Awaitable[Outcome]]:
    async def live(citizen: Citizen) -> Outcome:
        return await complete_survey(citizen, answering(), code=code, seconds=240)

    return live
