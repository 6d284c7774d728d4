"""One kill at one failpoint: the program dies there, is started again, and what is then true is judged."""

from __future__ import annotations

import asyncio
import random
import resource
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from bot.control import ask
from bot.errors import Unusable
from bot.writing import socket_path
from tests.faults.lives import Forked, Server
from tests.faults.people import answer_a_survey, judge, stored_unseen
from tests.faults.posts import POSTS, SETTLED, arrived, know, posts_in, posts_wrong, read_posts
from tests.faults.prepared import OFFICIALS, POISONED, Prepared
from tests.faults.program import Program
from tests.standins.citizens import Outcome, crowd
from tests.standins.telegram import Fault, Patience, TelegramStandin
from tests.standins.telegram.faults import Kind

CITIZENS = 4
REACH_SECONDS = 60.0
END_SECONDS = 120.0
PROVOKE_SECONDS = 0.02
PATIENCE = Patience(timeout=5, first_pause=0.01, longest_pause=0.05)

MOST: Mapping[str, int] = {
    "writer": 15,
    "turn": 40,
    "outbox": 2,
    "schedule": 1,
    "writer.job-undone": 3,
    "writer.abandoned": 2,
    "turn.undone": 3,
    "turn.failure-noted": 3,
    "turn.taken-back": 3,
    "turn.repeated": 3,
    "outbox.not-sent": 1,
    "outbox.marked-gone": 1,
    "outbox.requeued": 1,
    "schedule.week-claimed": 2,
    "schedule.letter-queued": 2,
}
"""How often a place is surely passed, by its name, else by its file."""

TROUBLE: Mapping[str, tuple[Kind, ...]] = {
    "outbox.not-sent": ("drop_before", "drop_after", "throttled", "blocked", "refused"),
    "outbox.requeued": ("throttled",),
    "outbox.marked-gone": ("blocked",),
}
"""What the first send to the first official meets, where a place lies behind a failure."""


@dataclass(frozen=True)
class Case:
    """`nth`: the how-manieth time kills."""

    point: str
    seed: int
    nth: int
    trouble: Kind | None

    @staticmethod
    def of(point: str, seed: int) -> Case:
        rng = random.Random(f"{point}-{seed}")
        most = MOST.get(point) or MOST[point.partition(".")[0]]
        kinds = TROUBLE.get(point)
        return Case(point, seed, rng.randint(1, most), rng.choice(kinds) if kinds else None)


@dataclass(frozen=True)
class Found:
    """`wrong`: one line for each thing that must not be."""

    case: Case
    reached: bool
    wrong: tuple[str, ...]
    acknowledged: int = 0
    recovered: int = 0
    unknown: int = 0


async def _repeat(_: Program, standin: TelegramStandin, __: str) -> None:
    """Deliver again what was acknowledged."""
    for update_id in list(standin.journal.acknowledged)[:1]:
        standin.redeliver(update_id)


async def _poison(_: Program, standin: TelegramStandin, code: str) -> None:
    """An update whose turn raises: her session cannot be read. One at a time, or she would be asked to slow down."""
    if standin.delivery.queue.of_chat(POISONED) is None:
        standin.say(POISONED, f"/start {code}")


async def _refuse(program: Program, _: TelegramStandin, __: str) -> None:
    """An operation that the writer's job refuses by raising."""
    try:
        await asyncio.to_thread(ask, socket_path(program.database), "revoke", {"id": "nobody"})
    except (Unusable, OSError):
        return


async def _fill_up(program: Program, _: TelegramStandin, __: str) -> None:
    """No file may grow any more: the next commit fails."""
    if await asyncio.to_thread(program.healthy):
        child = cast(Forked, program.child)
        most = resource.prlimit(child.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (4096, most))


PROVOKE: Mapping[str, Callable[[Program, TelegramStandin, str], Awaitable[None]]] = {
    "turn.taken-back": _repeat,
    "turn.repeated": _repeat,
    "turn.undone": _poison,
    "turn.failure-noted": _poison,
    "writer.job-undone": _refuse,
    "writer.abandoned": _fill_up,
}
"""What leads to places that no ordinary day comes to, done over and over until the program has died."""


async def kill_at(case: Case, folder: Path, prepared: Prepared, server: Server, mutant: str = "") -> Found:
    """Run one case in `folder`."""
    prepared.lay(folder)
    async with TelegramStandin(patience=PATIENCE) as standin:
        know(standin)
        if case.trouble:
            standin.faults.add(Fault(case.trouble, frozenset({"sendMessage"}), OFFICIALS[0]))
        program = Program(folder, standin.url, standin.token, server=server, mutant=mutant)
        await _poison(program, standin, prepared.code)
        living = asyncio.create_task(
            crowd(standin, CITIZENS, lambda one: answer_a_survey(one, prepared.code), seed=case.seed, patience=2.0)
        )
        try:
            if not await _dies(program, standin, case, prepared.code):
                ended = program.child.poll() if program.child else None
                return Found(case, False, (f"never reached; ended with {ended}\n{program.log()}",))
            under_way = posts_in(program.database, "sending")
            recovered = len(stored_unseen(program.database, standin))
            await asyncio.to_thread(program.start)
            async with asyncio.timeout(END_SECONDS):
                outcomes = await living
                await _settled(program, standin)
        except TimeoutError:
            return Found(case, True, (f"did not come to rest\n{program.log()}",))
        finally:
            living.cancel()
            await asyncio.to_thread(program.kill)
        return replace(_judged(case, program, standin, outcomes, under_way), recovered=recovered)


async def _dies(program: Program, standin: TelegramStandin, case: Case, code: str) -> bool:
    program.begin(f"{case.point}:{case.nth}")
    assert program.child is not None
    provoke = PROVOKE.get(case.point)
    dying = asyncio.create_task(asyncio.to_thread(program.child.wait, REACH_SECONDS))
    try:
        while provoke is not None and not dying.done():
            await provoke(program, standin, code)
            await asyncio.sleep(PROVOKE_SECONDS)
        return await dying == -9
    except subprocess.TimeoutExpired:
        return False


async def _settled(program: Program, standin: TelegramStandin) -> None:
    """Some updates come again; then everything that waits is done with."""
    for update_id in list(standin.journal.acknowledged)[:3]:
        standin.redeliver(update_id)
    await standin.wait_until(
        lambda: not len(standin.delivery.queue) and len(posts_in(program.database, *SETTLED)) >= POSTS,
        END_SECONDS,
    )


def _judged(
    case: Case, program: Program, standin: TelegramStandin, outcomes: list[Outcome], under_way: set[str]
) -> Found:
    judgement = judge(program.database, standin, outcomes)
    posts = read_posts(program.database)
    wrong = judgement.wrong + posts_wrong(posts, under_way, arrived(standin), bool(case.trouble))
    unknown = sum(post.state == "unknown" for post in posts)
    return Found(case, True, wrong, judgement.verdict.acknowledged, unknown=unknown)
