"""A loop that stands still is ended by the kernel; one that goes on, or that has ended, is left alone."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

CHILD = """
import asyncio, time
from bot.alarm import alarm

async def main():
    async with alarm(0.5):
        {inside}
    {after}

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("inside", "after", "code"),
    [
        ("time.sleep(20)", "pass", -signal.SIGALRM),
        ("await asyncio.sleep(1.2)", "pass", 0),
        ("await asyncio.sleep(0)", "time.sleep(0.8)", 0),
    ],
    ids=["hangs", "goes on", "has ended"],
)
def test_only_a_loop_that_stands_still_is_ended(inside: str, after: str, code: int) -> None:
    child = CHILD.format(inside=inside, after=after)
    done = subprocess.run([sys.executable, "-c", child], timeout=30, check=False, capture_output=True)
    assert done.returncode == code, done.stderr
