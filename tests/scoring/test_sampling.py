"""Turnout, its bounds, and the size of a sample."""

from __future__ import annotations

import pytest

from scoring.sampling import needed, turnout


@pytest.mark.parametrize(
    ("visits", "answers"), [(1_000, 286), (10_000, 385), (100, 80), (931_053, 400), (10, 10), (1, 1), (0, 0)]
)
def test_the_guidances_own_numbers(visits: int, answers: int) -> None:
    assert needed(visits) == answers


def test_the_silent_leave_everything_open_between_two_bounds() -> None:
    """RR .20, p .90 -> (.18, .98)."""
    found = turnout(20, 100, 90.0, 90.0)
    assert found.rate == pytest.approx(20)
    assert [found.low, found.high] == pytest.approx([18, 98])


def test_more_answers_than_visits_is_a_full_turnout() -> None:
    found = turnout(12, 10, 75.0, 80.0)
    assert (found.rate, found.low, found.high) == (100, 75, 80)
