"""Real SIGKILLs of a process that runs the writer and the turn, at random instants under load.

What was acknowledged must be there, once. Every mutant of the rules must be caught by the same run.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

KILLS = 20
UPDATES_A_RUN = 400
REPEATS_A_RUN = 40


@dataclass
class Harness:
    """Feeds updates, notes what was acknowledged, kills, and sends again what was not."""

    path: Path
    mutant: str = ""
    acknowledged: set[str] = field(default_factory=set)
    unacknowledged: list[str] = field(default_factory=list)
    next_id: int = 1

    def run(self, rng: random.Random) -> None:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.writer_child", str(self.path), self.mutant],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdin
        assert child.stdout
        sent = self._script(rng)
        first = threading.Event()
        out = child.stdout
        reader = threading.Thread(target=self._listen, args=(out, first))
        reader.start()
        try:
            for update_id in sent[:50]:
                child.stdin.write(update_id + "\n")
            child.stdin.flush()
            if not first.wait(30):
                child.kill()
                pytest.fail("the child never answered")
            killer = threading.Timer(rng.uniform(0, 0.03), child.send_signal, (signal.SIGKILL,))
            killer.start()
            for update_id in sent[50:]:
                child.stdin.write(update_id + "\n")
                child.stdin.flush()
        except BrokenPipeError:
            pass
        child.wait(30)
        reader.join()
        self.unacknowledged = [one for one in dict.fromkeys(sent) if one not in self.acknowledged]

    def _script(self, rng: random.Random) -> list[str]:
        """What was not acknowledged, then new ids that now and then jump lower, with repeats of old ones strewn in."""
        fresh = [str(n) for n in range(self.next_id, self.next_id + UPDATES_A_RUN)]
        self.next_id += UPDATES_A_RUN
        rng.shuffle(fresh)
        repeats = rng.sample(sorted(self.acknowledged), min(REPEATS_A_RUN, len(self.acknowledged)))
        mixed = fresh + repeats
        rng.shuffle(mixed)
        return self.unacknowledged + mixed

    def _listen(self, out: object, first: threading.Event) -> None:
        for line in out:  # type: ignore[attr-defined]
            if line.endswith("\n"):
                self.acknowledged.add(line.strip())
                first.set()

    def verdict(self) -> tuple[int, int]:
        """(lost, doubled)"""
        connection = sqlite3.connect(self.path)
        effects = Counter(row[0] for row in connection.execute("SELECT update_id FROM effect"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        lost = [one for one in self.acknowledged if one not in effects]
        doubled = [one for one, times in effects.items() if times > 1]
        return len(lost), len(doubled)


def torture(path: Path, kills: int, mutant: str = "") -> Harness:
    rng = random.Random(f"{mutant}-7")
    harness = Harness(path, mutant)
    for _ in range(kills):
        harness.run(rng)
    return harness


def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    harness = torture(tmp_path / "a b.db", KILLS)
    assert len(harness.acknowledged) > KILLS * 10
    assert harness.verdict() == (0, 0)


@pytest.mark.parametrize(
    ("mutant", "wrong"), [("ack_first", "lost"), ("no_key", "doubled"), ("high_water", "lost")], ids=str
)
def test_each_mutant_is_caught(tmp_path: Path, mutant: str, wrong: str) -> None:
    rng = random.Random(mutant)
    harness = Harness(tmp_path / "m.db", mutant)
    for _ in range(KILLS):
        harness.run(rng)
        lost, doubled = harness.verdict()
        if (lost if wrong == "lost" else doubled) > 0:
            return
    pytest.fail(f"{KILLS} kills did not catch {mutant}")


def test_the_lock_keeps_a_second_process_out(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    command = [sys.executable, "-m", "tests.faults.writer_child", str(path)]
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdin
    assert first.stdout
    first.stdin.write("1\n")
    first.stdin.flush()
    assert first.stdout.readline() == "1\n"
    started = time.monotonic()
    second = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert "AlreadyRunning" in second.stderr
    assert time.monotonic() > started
    first.kill()
    first.wait()
