"""`python -m benchmarks`: run all benchmarks, print markdown; `--out FILE` replaces the section between two markers."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import dossiers, latency, monday, score_load, slow_api, soak, start_and_memory
from benchmarks.machine import look
from benchmarks.tables import replace_section
from benchmarks.telegram_load import CITIZENS
from benchmarks.telegram_table import POLLING, WEBHOOK, Contest, measure

ROUNDS = 3


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _telegram(contest: Contest, options: argparse.Namespace, folder: Path) -> str:
    return measure(contest, options.bots, options.citizens, options.rounds, folder, _say)


def _score(options: argparse.Namespace, folder: Path) -> str:
    return score_load.measure(folder, _say, options.sizes)


def _start(options: argparse.Namespace, folder: Path) -> str:
    return start_and_memory.measure(options.citizens, folder, _say)


def _monday(_: argparse.Namespace, folder: Path) -> str:
    return monday.measure(folder, _say)


def _dossiers(_: argparse.Namespace, folder: Path) -> str:
    return dossiers.measure(folder, _say)


def _latency(_: argparse.Namespace, folder: Path) -> str:
    return latency.measure(folder, _say)


def _slow(_: argparse.Namespace, folder: Path) -> str:
    return slow_api.measure(folder, _say)


def _soak(options: argparse.Namespace, folder: Path) -> str:
    return soak.measure(options.taps, folder, _say)


BENCHMARKS: dict[str, Callable[[argparse.Namespace, Path], str]] = {
    "telegram": partial(_telegram, WEBHOOK),
    "polling": partial(_telegram, POLLING),
    "latency": _latency,
    "slow": _slow,
    "score": _score,
    "monday": _monday,
    "dossiers": _dossiers,
    "start": _start,
    "soak": _soak,
}
"""Every benchmark by name: (options, a folder to work in) -> a markdown section."""


def main() -> None:
    """Read the command line, run, print."""
    # Told to end, the programs under measurement and their folders go too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*BENCHMARKS, []], help="default: all")
    parser.add_argument("--bots", nargs="+", choices=list(WEBHOOK.programs), default=list(WEBHOOK.programs))
    parser.add_argument("--citizens", type=int, default=CITIZENS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", nargs="+", type=int, default=score_load.SIZES, help="responses held for /score")
    parser.add_argument("--taps", type=int, default=soak.DAY, help="taps of the soak")
    parser.add_argument("--folder", type=Path, help="where the databases are written (default: the temporary folder)")
    parser.add_argument("--out", type=Path, help="a document whose benchmark section is replaced")
    options = parser.parse_args()
    began, busy = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="sipas benchmarks ") as name:
        folder = Path(name)
        sections = [BENCHMARKS[one](options, folder) for one in options.only or BENCHMARKS]
        machine = look(folder)
    # Others at work on the same cores make every figure worse: the reader shall see whether there were any.
    spent = (
        f"One minute's load average before the start: {busy:.1f}. All took {(time.monotonic() - began) / 60:.0f} min."
    )
    text = "\n\n".join([*sections, f"Machine: {machine.line()}. {spent}"])
    print(text)
    if options.out:
        replace_section(options.out, text)


if __name__ == "__main__":
    main()
