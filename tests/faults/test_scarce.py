"""The real program while file descriptors or memory run out: it refuses what it cannot take, and comes back by itself.

People answer over the webhook and others open the web chat while `prlimit` takes away, for about a second, what the
process may still open or map. It may fail what it is asked, it may end; nothing that was acknowledged is lost or
counted twice, nothing stands half stored, and a process that lives serves again once the limit is back.
"""

from __future__ import annotations

import asyncio
import random
import resource
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.telegram_webhook import PATH, SECRET_HEADER
from tests.faults.figures import Figure, record, size
from tests.faults.lives import Server
from tests.faults.people import answer_a_survey, judge
from tests.faults.prepared import Prepared
from tests.faults.program import SECRET, Program
from tests.standins.citizens import Citizen, Outcome, crowd
from tests.standins.telegram import Patience, TelegramStandin

FILES = "file descriptors run out"
FILE_ROUNDS = size(2, 100)
FEWEST_FILES, MOST_FILES = 32, 128
MEMORY_ROUNDS = size(2, 100)
FREE_MIB = 8
"""The first round leaves no MiB free, the next one, and so on; after so many it begins again."""
MIB = 1 << 20
MUTANT_LIVES = 8
SCARCE_SECONDS = 1.0
BACK_SECONDS = 15.0
"""After the limit is back; a call to the Bot API that broke is tried again, with pauses."""
VISIT_SECONDS = 5.0
VISITORS = 12
"""Pages of the web chat asked for at once, each over a connection of its own."""
BURDENS = 160
BURDEN_BYTES = 240 * 1024
"""So many calls of the webhook that are never finished, and what each makes the program keep: together 37 MiB. Without
them a process lives on what it has mapped and not used."""
BURDEN_SECONDS = 0.3
CITIZENS = size(20, 40)
END_SECONDS = 120.0
PATIENCE = Patience(timeout=5, first_pause=0.01, longest_pause=0.1)
Limit = tuple[int, int]
"""Which one, and what the process may have of it."""


def files(pid: int, number: int) -> Limit:
    """Once what it has open or fewer, so that it can open nothing; else 32, 33 and so on to 128."""
    among = range(FEWEST_FILES, MOST_FILES + 1)
    opened = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return resource.RLIMIT_NOFILE, (opened + number % 5 - 2 if number % 2 == 0 else among[number % len(among)])


def memory(pid: int, number: int) -> Limit:
    """What it has mapped and some MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
    return resource.RLIMIT_AS, pages * resource.getpagesize() + number % FREE_MIB * MIB


@dataclass
class Scarcity:
    """One program, its people, and what was seen."""

    program: Program
    standin: TelegramStandin
    code: str
    limit: Callable[[int, int], Limit]
    rounds: int
    heavy: bool
    seen: Counter[str] = field(default_factory=Counter)
    back: float = 0.0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Everybody answers through every round; `wrong` says what must not be."""
        over = asyncio.Event()
        await asyncio.to_thread(self.program.start)
        living = asyncio.create_task(self._people(over))
        try:
            for number in range(self.rounds):
                await asyncio.sleep(random.Random(number).uniform(0, 0.2))
                await self._round(number)
            over.set()
            outcomes = await asyncio.wait_for(living, END_SECONDS)
            await self.standin.wait_idle(END_SECONDS)
        finally:
            living.cancel()
            await asyncio.to_thread(self.program.kill)
        judgement = judge(self.program.database, self.standin, outcomes)
        self.acknowledged = judgement.verdict.acknowledged
        self.wrong += judgement.wrong

    async def _people(self, over: asyncio.Event) -> list[Outcome]:
        """One crowd after another."""
        outcomes: list[Outcome] = []
        while not over.is_set():
            outcomes += await crowd(
                self.standin, CITIZENS, self._answer, seed=len(outcomes), first_id=5_000_000 + len(outcomes), patience=2
            )
        return outcomes

    async def _answer(self, citizen: Citizen) -> Outcome:
        return await answer_a_survey(citizen, self.code)

    async def _round(self, number: int) -> None:
        assert self.program.child is not None
        pid, failures = self.program.child.pid, self._failures()
        burdens = await self._burdens()
        which, least = self.limit(pid, number)
        hard = resource.prlimit(pid, which)[1]
        resource.prlimit(pid, which, (least, hard))
        visits = asyncio.create_task(self._visits())
        burdens += await self._burdens()
        await asyncio.sleep(SCARCE_SECONDS)
        for one in burdens:
            one.cancel()
        await asyncio.gather(*burdens, return_exceptions=True)
        if self.program.child.poll() is None:
            resource.prlimit(pid, which, (hard, hard))
        self.seen.update(await visits)
        self.seen["updates refused"] += self._failures() - failures
        await self._comes_back(number, least)

    async def _burdens(self) -> list[asyncio.Task[None]]:
        """Half of them before the limit comes, so that what is mapped is used; half when it is there."""
        begun = [asyncio.create_task(burden(self.program.port)) for _ in range(BURDENS // 2 if self.heavy else 0)]
        await asyncio.sleep(BURDEN_SECONDS if self.heavy else 0)
        return begun

    def _failures(self) -> int:
        return sum(one["kind"] == "failure" for one in self.standin.journal.records)

    async def _visits(self) -> Counter[str]:
        """Who opens the web chat meanwhile; most close the connection again, one after the other."""
        got = Counter[str]()
        end = time.monotonic() + SCARCE_SECONDS
        while time.monotonic() < end:
            got.update(await asyncio.gather(*(asyncio.to_thread(visit, self.program.port) for _ in range(VISITORS))))
            await asyncio.sleep(0.1)
        return got

    async def _comes_back(self, number: int, least: int) -> None:
        """A process that lives serves the web and Telegram again; one that ended is started, as systemd would."""
        assert self.program.child is not None
        began, taken = time.monotonic(), len(self.standin.journal.acknowledged)
        while time.monotonic() < began + BACK_SECONDS:
            if self.program.child.poll() is not None:
                self.seen["ended"] += 1
                await asyncio.to_thread(self.program.start)
                return
            served = await asyncio.to_thread(self.program.healthy)
            if served and len(self.standin.journal.acknowledged) > taken:
                self.back = max(self.back, time.monotonic() - began)
                return
            await asyncio.sleep(0.05)
        self.wrong.append(f"round {number}: it lives and did not come back from a limit of {least}")
        await asyncio.to_thread(self.program.kill)
        await asyncio.to_thread(self.program.start)


async def burden(port: int) -> None:
    """A call that is never finished: the program keeps what came of it, until it hangs up or is cancelled."""
    secret = f"{SECRET_HEADER.decode()}: {SECRET}"
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{secret}\r\nContent-Length: {BURDEN_BYTES + 9}\r\n\r\n"
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    try:
        writer.write(head.encode() + b" " * BURDEN_BYTES)
        await reader.read()
    except OSError:
        return
    finally:
        writer.transport.abort()


def visit(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=VISIT_SECONDS) as answer:
            answer.read()
    except OSError:
        return "visitors refused"
    return "visitors served"


@pytest.mark.parametrize(
    ("harness", "limit", "rounds"),
    [
        (FILES, files, FILE_ROUNDS),
        ("memory runs out", memory, MEMORY_ROUNDS),
    ],
    ids=["files", "memory"],
)
async def test_what_runs_out_is_refused_and_comes_back(
    tmp_path: Path, prepared: Prepared, server: Server, harness: str, limit: Callable[[int, int], Limit], rounds: int
) -> None:
    one = await endure(tmp_path / "scarce", prepared, server, limit, rounds)
    detail = f"{one.acknowledged:,} updates acknowledged; " + ", ".join(
        f"{name}: {count:,}" for name, count in sorted(one.seen.items())
    )
    record(Figure(harness, rounds, len(one.wrong), f"{detail}; served again {one.back:.1f} s after at most"))
    assert one.wrong == []


async def endure(
    folder: Path,
    prepared: Prepared,
    server: Server,
    limit: Callable[[int, int], Limit],
    rounds: int,
    mutant: str = "quick_alarm",
) -> Scarcity:
    prepared.lay(folder)
    async with TelegramStandin(patience=PATIENCE) as standin:
        program = Program(folder, standin.url, standin.token, server=server, mutant=mutant)
        one = Scarcity(program, standin, prepared.code, limit, rounds, heavy=limit is memory)
        await one.run()
    return one


async def test_a_mutant_that_acknowledges_what_it_could_not_store_is_caught(
    tmp_path: Path, prepared: Prepared, server: Server
) -> None:
    # Whether SQLite needs a file of its own in that second is chance: as often as it takes, and not for ever.
    for attempt in range(MUTANT_LIVES):
        one = await endure(tmp_path / f"mutant {attempt}", prepared, server, files, 1, "swallow")
        lost = [line for line in one.wrong if " lost: " in line]
        if lost:
            break
    record(Figure(FILES, attempt + 1, 0, mutant=f"swallow: caught, {len(lost):,} answers lost"))
    assert lost
