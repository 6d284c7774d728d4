"""A program under measurement: started, watched through /proc, stopped."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")
LOG_TAIL = 2000


class Program:
    """A running program with all its children; figures are sums over the living tree."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path) -> None:
        self._log = log
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                cwd=folder,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """True while the program has not ended."""
        return self._process.poll() is None

    def tail(self) -> str:
        """The end of what it printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL:]

    def cpu_seconds(self) -> float:
        """User and system seconds so far, of the tree and of its children that have ended."""
        return sum(sum(_stat(pid)) for pid in self._tree()) / TICKS

    def peak_mib(self) -> float:
        """The sum of the peak resident sizes (VmHWM) of the tree."""
        return sum(_kib(pid, "VmHWM:") for pid in self._tree()) / 1024

    def resident_mib(self) -> float:
        """The sum of the resident sizes of the tree now."""
        return sum(_kib(pid, "VmRSS:") for pid in self._tree()) / 1024

    def peaks(self) -> dict[int, tuple[str, float]]:
        """(command line, peak resident size in MiB) of every process of the living tree, by its id."""
        return {pid: (_command(pid), _kib(pid, "VmHWM:") / 1024) for pid in self._tree()}

    def _tree(self) -> Iterator[int]:
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    waiting.extend(int(child) for child in task.read_text().split())

    def stop(self) -> None:
        """Ask it to stop, and kill its session after STOP_SECONDS."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)


def _stat(pid: int) -> list[int]:
    """utime, stime, cutime, cstime in ticks; nothing for a process that has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [int(field) for field in fields[11:15]]


def _kib(pid: int, line: str) -> int:
    """One line of the process's status; 0 when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(found.split()[1]) for found in lines if found.startswith(line)), 0)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""
