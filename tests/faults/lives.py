"""A program's life as a child process: of a fresh interpreter, or forked by the server of `fork_server.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parent.parent.parent
LOOK_SECONDS = 0.002


class Life(Protocol):
    """What a killer needs of a child process; subprocess.Popen is one."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, signum: int, /) -> None: ...


class Server:
    """The client's side of the fork server; may be used by several threads."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._one_at_a_time = threading.Lock()

    def start(self, folder: Path, environment: Mapping[str, str], mutant: str = "") -> Forked:
        order = {"folder": str(folder), "environment": dict(environment), "mutant": mutant}
        return Forked(self, self.ask({"start": order})["pid"])

    def command(
        self, folder: Path, environment: Mapping[str, str], arguments: Sequence[str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """What `sipas ARGUMENTS` printed and ended with."""
        with tempfile.TemporaryDirectory() as beside:
            said = {name: str(Path(beside, name)) for name in ("out", "error")}
            order = {"folder": str(folder), "environment": dict(environment), "arguments": list(arguments), **said}
            child = Forked(self, self.ask({"command": order})["pid"])
            try:
                code = child.wait(timeout)
            finally:
                child.send_signal(signal.SIGKILL)
            out, error = (Path(said[name]).read_text(encoding="utf-8") for name in ("out", "error"))
        return subprocess.CompletedProcess(["sipas", *arguments], code, out, error)

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            return answer


@dataclass
class Forked:
    """A child of the fork server. Its number is safe to signal: only the server reaps it, when asked for its status."""

    server: Server
    pid: int
    code: int | None = field(default=None)

    def poll(self) -> int | None:
        if self.code is None:
            self.code = self.server.ask({"status": self.pid})["code"]
        return self.code

    def wait(self, timeout: float | None = None) -> int:
        end = time.monotonic() + (timeout if timeout is not None else 1e9)
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("forked", timeout or 0)
            time.sleep(LOOK_SECONDS)
        return code

    def send_signal(self, signum: int, /) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)


@contextmanager
def fork_server(*modules: str) -> Iterator[Server]:
    """A fork server that has imported those modules too, until the block ends; lives that still go on are killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.fork_server", *modules],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # numpy's threads would not live on in a fork
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield Server(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
