"""The names of the failpoints and the places in the code are the same; armed, the process kills itself there."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
import timeit
from collections import Counter
from collections.abc import Iterator

import pytest

from bot import failpoints
from bot.failpoints import POINTS, arm, reach
from tests.faults.program import ROOT

LOOPS = 100_000
MOST_SECONDS = 2e-6
"""For one place that is not armed. It takes 0.05 us; a busy machine gets forty times that."""


def reached() -> Iterator[str]:
    """The names in the code, as often as they stand there."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="reach"), args=[ast.Constant(value=str(name))]):
                    yield f"{path.stem}:{name}"


def test_every_name_stands_in_the_code_once_and_every_place_is_named() -> None:
    found = Counter(place.partition(":")[2] for place in reached())
    assert found == Counter(POINTS)


def test_a_name_begins_with_its_file() -> None:
    assert [place for place in reached() if not place.split(":")[1].startswith(place.split(":")[0] + ".")] == []


@pytest.mark.parametrize("setting", ["", "writer.begun", "writer.begun:0", "writer.begun:x", "writer.nowhere:1"])
def test_a_setting_that_names_no_place_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="SIPAS_FAILPOINT"):
        arm(setting)


def test_armed_by_the_environment_the_process_kills_itself_the_nth_time() -> None:
    code = "from bot.failpoints import reach\nfor n in range(9): print(n, flush=True); reach('turn.savepoint')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"SIPAS_FAILPOINT": "turn.savepoint:3", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["0", "1", "2"]


def test_unarmed_a_place_costs_next_to_nothing() -> None:
    assert not failpoints._armed
    best = min(timeit.repeat(lambda: reach("turn.savepoint"), number=LOOPS, repeat=5)) / LOOPS
    assert best < MOST_SECONDS
