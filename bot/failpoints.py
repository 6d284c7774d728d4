"""A test device: the named places between two steps at which the fault tests kill the program.

`SIPAS_FAILPOINT=name:n` makes the process kill itself (SIGKILL) the n-th time it reaches that place. It is never set
in service. Unset, a place costs one call and one look at a name: 0.05 us, and a tap alone in its batch passes fourteen
(measured: 0.7 us of some 250).
"""

from __future__ import annotations

import os
import signal

POINTS = (
    # The writer: one batch.
    "writer.handed-over",
    "writer.taken",
    "writer.begun",
    "writer.savepoint",
    "writer.job-ran",
    "writer.job-undone",
    "writer.job-released",
    "writer.jobs-ran",
    "writer.committed",
    "writer.abandoned",
    "writer.settled",
    "writer.told",
    # The turn: a job of the writer.
    "turn.savepoint",
    "turn.responded",
    "turn.noted",
    "turn.undone",
    "turn.failure-noted",
    "turn.taken-back",
    "turn.released",
    "turn.repeated",
    # The outbox: one post.
    "outbox.looked",
    "outbox.claimed",
    "outbox.sent",
    "outbox.not-sent",
    "outbox.marked-gone",
    "outbox.requeued",
    "outbox.settled",
    # The tick.
    "schedule.taken-back",
    "schedule.passed-on",
    "schedule.periods-closed",
    "schedule.silent-closed",
    "schedule.reminded",
    "schedule.orders-told",
    "schedule.asked",
    "schedule.forgotten",
    "schedule.tidied",
    "schedule.letters-written",
    "schedule.week-claimed",
    "schedule.letter-queued",
    "schedule.letters-queued",
    "schedule.looked",
    "schedule.quarters-released",
)
"""Every name that stands in the code, and no other: a test compares."""

_armed = ""
_left = 0


def arm(setting: str) -> None:
    """Kill this process the n-th time it reaches the place; `setting` is `name:n`. ValueError for anything else."""
    global _armed, _left
    name, _, count = setting.partition(":")
    if name not in POINTS or not count.isdecimal() or int(count) < 1:
        raise ValueError(f"SIPAS_FAILPOINT={setting!r} is not NAME:N with a name of bot.failpoints.POINTS")
    _armed, _left = name, int(count)


def reach(name: str) -> None:
    """The program has come to this place."""
    if _armed and name == _armed:
        _count()


def _count() -> None:
    global _left  # noqa: PLW0603
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


if "SIPAS_FAILPOINT" in os.environ:
    arm(os.environ["SIPAS_FAILPOINT"])
