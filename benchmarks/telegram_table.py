"""The webhook benchmark as a whole: rounds of every bot in turn, and the table with ratios."""

import asyncio
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from benchmarks.bots import PROGRAMS, TAPS, BotProgram, NotConnectedError
from benchmarks.tables import share, table
from benchmarks.telegram_load import Round, StuckError, run_round

HEAD = (
    *("bot", "CPU per durable update, ms", "ratio", "spread, ms", "CPU per 24 taps, ms", "updates/s"),
    *("ack p50, ms", "p95", "p99", "screen p50, ms", "start, s", "peak MiB", "answered", "lost"),
)
Say = Callable[[str], object]


def measure(names: Sequence[str], citizens: int, rounds: int, folder: Path, say: Say) -> str:
    """Markdown of all rounds; a bot that is not connected, or gets stuck, is named with the reason, without figures."""
    found: dict[str, list[Round]] = {name: [] for name in names}
    reasons: dict[str, str] = {}
    for number in range(rounds):
        for name in names:
            if name in reasons:
                continue
            try:
                with tempfile.TemporaryDirectory(dir=folder, prefix=f"bench {name} ") as place:
                    found[name].append(_round(PROGRAMS[name], Path(place), citizens, number))
            except (NotConnectedError, StuckError) as error:
                reasons[name] = str(error)
                say(f"{name}: {error}")
            except BaseExceptionGroup as group:
                reasons[name] = str(group.exceptions[0])
                say(f"{name}: {reasons[name]}")
            else:
                say(f"round {number + 1}, {name}: {found[name][-1].cpu_per_update * 1e3:.3f} ms of CPU an update")
    return _section(found, reasons, citizens)


def _round(program: BotProgram, folder: Path, citizens: int, seed: int) -> Round:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run_round(program, folder, citizens, seed))


def _section(found: dict[str, list[Round]], reasons: dict[str, str], citizens: int) -> str:
    measured = {name: rounds for name, rounds in found.items() if rounds and name not in reasons}
    lines = [f"## Telegram webhook: {citizens} citizens at once, /start and {TAPS} taps each", ""]
    if measured:
        base = max(_cost(rounds) for rounds in measured.values())
        lines += [table(HEAD, [_row(rounds, base) for rounds in measured.values()]), ""]
        lines.append(
            "CPU is user + system of the bot and its children; a durable update was acknowledged with 2xx and stands "
            "in the database file. Median of the rounds, which ran in turn; the load shares the machine's cores, so "
            "CPU is the sounder figure. ratio: of the dearest bot in this table."
        )
        driver = max(max(one.driver_cpu / one.wall for one in rounds) for rounds in measured.values())
        lines.append(f"The load used at most {driver:.0%} of one core.")
    lines += [
        f"\n{PROGRAMS[name].name}: **not measured**: {reason.splitlines()[0]}" for name, reason in reasons.items()
    ]
    return "\n".join(lines)


def _cost(rounds: Sequence[Round]) -> float:
    return statistics.median(one.cpu_per_update for one in rounds)


def _row(rounds: Sequence[Round], base: float) -> list[str]:
    cost = _cost(rounds)
    costs = [one.cpu_per_update * 1e3 for one in rounds]
    acks = sorted(ack for one in rounds for ack in one.acks)
    screens = sorted(screen for one in rounds for screen in one.screens)
    return [
        rounds[0].bot,
        f"{cost * 1e3:.3f}",
        f"1/{base / cost:.1f}",
        f"{min(costs):.3f} to {max(costs):.3f}",
        f"{cost * 1e3 * TAPS:.1f}",
        f"{statistics.median(one.throughput for one in rounds):.0f}",
        *(f"{share(acks, part) * 1e3:.1f}" for part in (0.5, 0.95, 0.99)),
        f"{share(screens, 0.5) * 1e3:.1f}",
        f"{statistics.median(one.start for one in rounds):.1f}",
        f"{max(one.peak_mib for one in rounds):.0f}",
        f"{sum(one.answered for one in rounds) / sum(one.updates * TAPS / (TAPS + 1) for one in rounds):.0%}",
        f"{sum(one.updates - one.durable for one in rounds)}",
    ]
