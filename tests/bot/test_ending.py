"""One deadline for everything that is closed."""

from __future__ import annotations

from bot.ending import STOP_SECONDS, Ending


def test_the_first_question_starts_the_clock_and_nothing_adds_up() -> None:
    now = 100.0
    ending = Ending(6.0, lambda: now)
    now = 500.0
    assert ending.left() == 6.0
    now = 504.0
    assert ending.left() == 2.0
    now = 900.0
    assert ending.left() == 0.0


def test_it_leaves_room_below_ten_seconds() -> None:
    """What comes on top: a moment for cancelled requests, the last offset, the writer's last commit."""
    assert STOP_SECONDS <= 7
