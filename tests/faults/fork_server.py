"""The real program without the seconds of import: a parent that has imported all of it forks one child for each life.

A child runs the function behind `sipas run`, or any command of `sipas`, with the folder, environment and log it is
given: settings, lock, migration, recovery, channels and event loop are its own. What it does not do again is import,
and it starts from the parent's heap. The parent never runs any of the program itself, has no thread and no loop.
`python -m tests.faults.fork_server MODULE ...` imports some more.

One JSON line in, one out: {"start": {"folder", "environment", "mutant"}} or {"command": {"folder", "environment",
"arguments", "out", "error"}} -> {"pid"}; {"status": pid} -> {"code"}, which is null while it lives and -9 when it was
killed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import uvicorn.lifespan.off
import uvicorn.protocols.http.httptools_impl

import bot.__main__
import bot.program
from bot import cli
from bot.cli.serving import run
from bot.failpoints import arm
from tests.faults.mutants import MUTANTS

__all__ = ["bot", "pd", "uvicorn"]
"""Imported so that no child has to."""


def move(folder: str, environment: Mapping[str, str], out: str, error: str) -> None:
    """In the child: that folder, environment and standard streams are its own."""
    sys.modules["__main__"] = bot.__main__  # from which the drawing process starts
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    streams = [os.open(os.devnull, os.O_RDONLY)]
    streams += [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for path in (out, error)]
    for standard, descriptor in enumerate(streams):
        os.dup2(descriptor, standard)


def live(folder: str, environment: Mapping[str, str], mutant: str) -> NoReturn:
    """In the child: become `sipas run` in that folder."""
    code = 70
    try:
        move(folder, environment, "program.log", "program.log")
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


def command(folder: str, environment: Mapping[str, str], arguments: list[str], out: str, error: str) -> NoReturn:
    """In the child: become `sipas ARGUMENTS` in that folder."""
    code: object = 70
    try:
        move(folder, environment, out, error)
        sys.argv = ["sipas", *arguments]
        cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - as above; what a traceback of the interpreter would end with
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def forked(order: dict[str, Any]) -> int:
    """The number of a child that does what was ordered."""
    child = os.fork()
    if child == 0 and "start" in order:
        live(**order["start"])
    if child == 0:
        command(**order["command"])
    return child


def status(child: int) -> int | None:
    """As subprocess.Popen.returncode; only once for a child that has ended."""
    ended, how = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(how) if ended else None


def main() -> None:
    for module in sys.argv[1:]:
        importlib.import_module(module)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "forking needs a parent without threads"
    gc.collect()
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        answer = {"code": status(order["status"])} if "status" in order else {"pid": forked(order)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    # Whoever asked is gone: no life goes on alone. The group is this process and its children.
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
