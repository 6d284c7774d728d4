"""SIGKILL of a process that runs only the writer and the turn, at random instants under load: 100,000 in the long form.

What was acknowledged must be there, once. The same harness must catch each build with one rule taken out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning
from bot.storage.database import Lock
from tests.faults.figures import Figure, record, size
from tests.faults.lives import ROOT
from tests.faults.writer_kills import Seen

HARNESS = "kill -9 of the writer alone"
KILLS = size(200, 100_000)
AT_ONCE = 2
"""So many processes share them, so that the longest of all harnesses leaves no core idle."""
MUTANT_KILLS = 100


def kill(folder: Path, kills: int, mutant: str = "") -> Seen:
    """In a process of its own: forking needs a parent without threads, and pytest has some."""
    command = [sys.executable, "-m", "tests.faults.writer_kills", str(folder), str(kills), mutant]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Seen(**json.loads(done.stdout))


def kill_in_shares(folder: Path) -> Seen:
    shares = [folder / str(number) for number in range(AT_ONCE)]
    for share in shares:
        share.mkdir()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [asdict(seen) for seen in pool.map(lambda share: kill(share, KILLS // AT_ONCE), shares)]
    return Seen(**{name: sum(one[name] for one in found) for name in found[0]})


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    seen = kill_in_shares(tmp_path)
    detail = f"{seen.acknowledged:,} updates acknowledged, {seen.recovered:,} recovered"
    record(Figure(HARNESS, seen.kills, seen.wrong, detail))
    assert (seen.lost, seen.duplicated, seen.unexpected) == (0, 0, 0)
    assert seen.kills == KILLS
    assert seen.acknowledged > KILLS * 10
    assert seen.recovered > KILLS // 10  # else the kills came when nothing was under way


@pytest.mark.parametrize(
    ("mutant", "wrong"), [("ack_first", "lost"), ("no_key", "duplicated"), ("high_water", "lost")], ids=str
)
def test_each_mutant_is_caught(tmp_path: Path, mutant: str, wrong: str) -> None:
    seen = kill(tmp_path, MUTANT_KILLS, mutant)
    record(Figure(HARNESS, seen.kills, seen.wrong, mutant=f"{mutant}: caught"))
    assert getattr(seen, wrong) > 0


def test_the_lock_keeps_a_second_process_out_until_the_first_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    code = (
        "import sys, pathlib; from bot.storage.database import Lock; Lock(pathlib.Path(sys.argv[1])).take(); print(1)"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", f"{code}; sys.stdout.flush(); sys.stdin.read()", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout
    assert first.stdout.readline() == "1\n"
    lock = Lock(path)
    with pytest.raises(AlreadyRunning):
        lock.take()
    first.kill()
    first.communicate()
    lock.take()
    lock.release()
