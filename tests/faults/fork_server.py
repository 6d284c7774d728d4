"""The real program without the seconds of import: a parent that has imported all of it forks one child for each life.

A child runs the function behind `sipas run` with the folder, environment and log it is given: settings, lock,
migration, recovery, channels and event loop are its own. What it does not do again is import, and it starts from the
parent's heap. The parent never runs any of the program itself, has no thread and no loop.

One JSON line in, one out: {"start": {"folder", "environment", "mutant"}} -> {"pid"}; {"status": pid} -> {"code"}, which
is null while it lives and -9 when it was killed.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import pandas as pd
import uvicorn.lifespan.off
import uvicorn.protocols.http.httptools_impl

import bot.program
from bot.cli.serving import run
from bot.failpoints import arm
from tests.faults.mutants import MUTANTS

__all__ = ["bot", "pd", "uvicorn"]
"""Imported so that no child has to."""


def live(folder: Path, environment: dict[str, str], mutant: str) -> None:
    """In the child: become `sipas run` in that folder; never returns."""
    code = 70
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        log = os.open("program.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, standard in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, standard)
        if mutant:
            MUTANTS[mutant]()
        if "SIPAS_FAILPOINT" in environment:
            arm(environment["SIPAS_FAILPOINT"])
        run()
        code = 0
    except BaseException:  # noqa: BLE001 - a child that came back would serve as a second parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def start(order: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        live(Path(order["folder"]), order["environment"], order["mutant"])
    return child


def status(child: int) -> int | None:
    """As subprocess.Popen.returncode; only once for a child that has ended."""
    ended, how = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(how) if ended else None


def main() -> None:
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "forking needs a parent without threads"
    gc.collect()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"pid": start(order["start"])} if "start" in order else {"code": status(order["status"])}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    # Whoever asked is gone: no life goes on alone. The group is this process and its children.
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
