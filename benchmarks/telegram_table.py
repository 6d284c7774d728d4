"""A tap as a whole: rounds of every bot in turn, by webhook and by polling, and what ours costs of each."""

import asyncio
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.bots import TAPS, BotProgram, NotConnectedError
from benchmarks.ours import OURS, OURS_POLLING
from benchmarks.peers.programs import AIOGRAM, BARE, PTB, PTB_POLLING
from benchmarks.tables import share, table
from benchmarks.telegram_load import Round, run_round
from benchmarks.ways import StuckError

Say = Callable[[str], object]
Rounds = Mapping[str, Sequence[Round]]


@dataclass(frozen=True)
class Contest:
    """Programs under one load; `goals` are the most that ours may cost, as a multiple of a peer."""

    title: str
    programs: Mapping[str, BotProgram]
    goals: Mapping[str, float]


WEBHOOK = Contest(
    "Telegram webhook",
    {"ours": OURS, "ptb": PTB, "aiogram": AIOGRAM, "bare": BARE},
    {"ptb": 1 / 12, "aiogram": 1 / 6, "bare": 3.0},
)
POLLING = Contest("Telegram long polling", {"ours": OURS_POLLING, "ptb": PTB_POLLING}, {"ptb": 1 / 6})


def measure(contest: Contest, names: Sequence[str], citizens: int, rounds: int, folder: Path, say: Say) -> str:
    """Markdown of all rounds; a bot that is not connected, or gets stuck, is named with the reason, without figures."""
    found: dict[str, list[Round]] = {name: [] for name in contest.programs if name in names}
    reasons: dict[str, str] = {}
    for number in range(rounds):
        for name, done in found.items():
            if name in reasons:
                continue
            try:
                with tempfile.TemporaryDirectory(dir=folder, prefix=f"bench {name} ") as place:
                    done.append(_round(contest.programs[name], Path(place), citizens, number))
            except (NotConnectedError, StuckError) as error:
                reasons[name] = str(error)
                say(f"{name}: {error}")
            else:
                say(f"round {number + 1}, {name}: {done[-1].cpu_per_update * 1e3:.3f} ms of CPU an update")
    return section(contest, found, reasons, citizens)


def _round(program: BotProgram, folder: Path, citizens: int, seed: int) -> Round:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run_round(program, folder, citizens, seed))


def section(contest: Contest, found: Rounds, reasons: Mapping[str, str], citizens: int) -> str:
    """The markdown; `found` holds the rounds by name."""
    measured = {name: rounds for name, rounds in found.items() if rounds and name not in reasons}
    costs = {name: _cost(rounds) for name, rounds in measured.items()}
    against = [name for name in contest.goals if name in measured]
    lines = [f"## {contest.title}: {citizens} citizens at once, /start and {TAPS} taps each", ""]
    if measured:
        head = (
            *("bot", "CPU per durable update, ms", "spread, ms"),
            *(f"of {contest.programs[name].name}" for name in against),
            *("CPU per 24 taps, ms", "updates/s", "ack p50, ms", "p95", "p99", "screen p50, ms"),
            *("start, s", "peak MiB", "answered", "lost"),
        )
        rows = [
            _row(rounds, costs[name], [costs[name] / costs[one] for one in against])
            for name, rounds in measured.items()
        ]
        lines += [table(head, rows), ""]
        if "ours" in costs:
            verdicts = "; ".join(
                verdict(contest.programs[one].name, costs["ours"] / costs[one], contest.goals[one]) for one in against
            )
            lines += [f"What `sipas run` costs: {verdicts}.", ""] if verdicts else []
        lines.append(
            "CPU is user + system of the bot and its children; a durable update was acknowledged and stands in the "
            "database file. Median of the rounds, which ran in turn; the load shares the machine's cores, so CPU is "
            "the sounder figure."
        )
        driver = max(max(one.driver_cpu / one.wall for one in rounds) for rounds in measured.values())
        lines.append(f"The load used at most {driver:.0%} of one core.")
    lines += [
        f"\n{contest.programs[name].name}: **not measured**: {reason.splitlines()[0]}"
        for name, reason in reasons.items()
    ]
    return "\n".join(lines)


def times(ratio: float) -> str:
    """A multiple as people read it: 1/12.3, or 2.1 times."""
    return f"1/{1 / ratio:.1f}" if ratio < 1 else f"{ratio:.2f} times"


def verdict(peer: str, ratio: float, goal: float) -> str:
    """What ours is of a peer, and whether that is at most the goal."""
    allowed = f"1/{1 / goal:.0f}" if goal < 1 else f"{goal:.0f} times"
    return f"{times(ratio)} of {peer} (goal: at most {allowed}, {'reached' if ratio <= goal else '**not reached**'})"


def _cost(rounds: Sequence[Round]) -> float:
    return statistics.median(one.cpu_per_update for one in rounds)


def _row(rounds: Sequence[Round], cost: float, ratios: Sequence[float]) -> list[str]:
    costs = [one.cpu_per_update * 1e3 for one in rounds]
    acks = sorted(ack for one in rounds for ack in one.acks)
    screens = sorted(screen for one in rounds for screen in one.screens)
    return [
        rounds[0].bot,
        f"{cost * 1e3:.3f}",
        f"{min(costs):.3f} to {max(costs):.3f}",
        *("–" if ratio == 1 else times(ratio) for ratio in ratios),
        f"{cost * 1e3 * TAPS:.1f}",
        f"{statistics.median(one.throughput for one in rounds):.0f}",
        *(f"{share(acks, part) * 1e3:.1f}" for part in (0.5, 0.95, 0.99)),
        f"{share(screens, 0.5) * 1e3:.1f}",
        f"{statistics.median(one.start for one in rounds):.1f}",
        f"{max(one.peak_mib for one in rounds):.0f}",
        f"{sum(one.answered for one in rounds) / sum(one.updates * TAPS / (TAPS + 1) for one in rounds):.0%}",
        f"{sum(one.updates - one.durable for one in rounds)}",
    ]
