"""The shape of the machine that a figure was measured on."""

import os
import platform
import sqlite3
import statistics
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

FSYNC_ROUNDS = 200
FSYNC_BYTES = 4096


@dataclass(frozen=True)
class Machine:
    """Cores, processor, versions, and the median seconds of one fsync of 4 KiB in the benchmark's own directory."""

    cores: int
    processor: str
    memory_mib: int
    kernel: str
    python: str
    sqlite: str
    telegram_library: str
    fsync_seconds: float

    def line(self) -> str:
        """One sentence for a table's foot."""
        return (
            f"{self.cores} cores, {self.processor}, {self.memory_mib} MiB, Linux {self.kernel}, Python {self.python}, "
            f"SQLite {self.sqlite}, python-telegram-bot {self.telegram_library}, "
            f"fsync of 4 KiB: median {self.fsync_seconds * 1e6:.0f} µs"
        )


def look(folder: Path) -> Machine:
    """Look at this machine; writes and removes one small file in `folder`."""
    return Machine(
        len(os.sched_getaffinity(0)),
        _processor(),
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        platform.release(),
        platform.python_version(),
        sqlite3.sqlite_version,
        version("python-telegram-bot"),
        fsync_median(folder),
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def fsync_median(folder: Path) -> float:
    """Median seconds of writing and syncing 4 KiB in `folder`."""
    path = folder / "fsync.probe"
    spent = []
    with path.open("wb", buffering=0) as file:
        for _ in range(FSYNC_ROUNDS):
            file.write(b"x" * FSYNC_BYTES)
            began = time.perf_counter()
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(spent)
