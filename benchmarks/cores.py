"""One core for the program under measurement, the others for the load."""

import contextlib
import os
from collections.abc import Iterator

from benchmarks.bots import NotConnectedError


@contextlib.contextmanager
def apart() -> Iterator[int]:
    """Keep this thread off one core, and yield that core's number; NotConnectedError when there is only one."""
    before = os.sched_getaffinity(0)
    core = max(before)
    if before == {core}:
        raise NotConnectedError("there is but one core, and the load needs another")
    os.sched_setaffinity(0, before - {core})
    try:
        yield core
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def on(core: int | None) -> Iterator[None]:
    """What is started here runs on this core only, with all its threads and children; anywhere when None."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
