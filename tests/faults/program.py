"""The real program as a child process beside a Bot API stand-in, to be killed and started again.

Each life and command is a fresh interpreter, or, with a `server`, a fork of one that has imported everything.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.control import ask
from bot.writing import socket_path
from tests.faults.lives import ROOT, Life, Server

__all__ = ["ROOT", "SECRET", "Program", "free_port"]

SECRET = "fault-secret-0123456789"
START_SECONDS = 60.0
COMMAND_SECONDS = 120.0
PORTS = range(12_000, 32_000)
"""Below those that outgoing connections get: whoever knocks again and again at a closed port of that range ends up
connected to itself, and the port is taken."""


_shuffled = itertools.cycle(random.SystemRandom().sample(PORTS, len(PORTS)))


def free_port() -> int:
    """A port that nobody listens on, and that this process has not been given before."""
    while True:
        port = next(_shuffled)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def afternoon() -> str:
    """A time zone where it is two o'clock now: people are reminded and asked by day only."""
    return f"Etc/GMT{datetime.now(UTC).hour - 14:+d}"


@dataclass
class Program:
    """`sipas run` in a folder of its own. `mode` is how Telegram's updates reach it."""

    folder: Path
    api: str
    token: str
    mode: str = "webhook"
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    child: Life | None = None
    server: Server | None = None
    mutant: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "data" / "sipas.db"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIPAS_")}
        return kept | {
            "SIPAS_DATABASE_URL": f"sqlite:///{self.database}",
            "SIPAS_PORT": str(self.port),
            "SIPAS_HOST": "127.0.0.1",
            "SIPAS_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SIPAS_TELEGRAM_TOKEN": self.token,
            "SIPAS_TELEGRAM_API": self.api,
            "SIPAS_TELEGRAM_MODE": self.mode,
            "SIPAS_TELEGRAM_SECRET": SECRET,
            "SIPAS_TIMEZONE": afternoon(),  # harnesses wait for a reminder
            **self.extra,
        }

    def sipas(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """One command of the command line, in the same folder and with the same settings."""
        if self.server is not None:
            done = self.server.command(self.folder, self.environment, arguments, COMMAND_SECONDS)
        else:
            done = subprocess.run(
                [sys.executable, "-m", "bot", *arguments],
                cwd=self.folder,
                env=self.environment | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        assert done.returncode == expect, f"sipas {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def entry(self, unit: str) -> str:
        """The way-in code of a unit: of the program where it runs, else as the command line prints it."""
        if running := ask(socket_path(self.database), "link", {"unit": unit}):
            return str(running["code"])
        printed = self.sipas("link", unit).stdout
        return next(line.split()[-1].rpartition("/")[2] for line in printed.splitlines() if line.startswith("Web "))

    def start(self) -> None:
        """Begin a life and wait until it serves."""
        self.begin()
        self.wait_healthy()

    def begin(self, failpoint: str = "") -> None:
        """Begin a life; with a failpoint (`name:n`) it will end itself there."""
        environment = self.environment | ({"SIPAS_FAILPOINT": failpoint} if failpoint else {})
        if self.server is not None:
            self.child = self.server.start(self.folder, environment, self.mutant)
            return
        with (self.folder / "program.log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self.folder,
                env=environment | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def wait_healthy(self) -> None:
        assert self.child is not None
        end = time.monotonic() + START_SECONDS
        while not self.healthy():
            assert self.child.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(30)

    def stop(self) -> int:
        """Ask it to stop, as an operator would; its exit code."""
        assert self.child is not None
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(30)

    def log(self) -> str:
        return (self.folder / "program.log").read_text(encoding="utf-8")
