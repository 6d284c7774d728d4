"""Which reminder of an order is due on which day: working days over Tết, missed ticks, and an end to every nagging."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.quiet_days import load_quiet_days
from scoring.orders import EARLIEST_AHEAD, LATEST_BEFORE, Given, escalates, is_overdue, news, reminder
from scoring.working_days import working_days

QUIET = load_quiet_days(Path(__file__).parents[2] / "config" / "quiet_days.csv")


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        (date(2026, 11, 16), date(2026, 11, 16), 0),
        (date(2026, 11, 16), date(2026, 11, 17), 1),
        (date(2026, 11, 20), date(2026, 11, 23), 1),  # a weekend between
        (date(2026, 2, 13), date(2026, 2, 23), 1),  # the whole of Tết between
        (date(2026, 11, 17), date(2026, 11, 16), 0),
    ],
)
def test_working_days_are_counted_without_weekends_and_holidays(after: date, until: date, days: int) -> None:
    assert working_days(after, until, QUIET) == days


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 17), None),  # eight working days: 18 19 20 23 25 26 27 30, the 24th is a holiday
        (date(2026, 11, 18), "before:7"),
        (date(2026, 11, 24), "before:7"),
        (date(2026, 11, 25), "before:3"),
        (date(2026, 11, 27), "before:1"),
        (date(2026, 11, 30), "before:1"),
        (date(2026, 12, 1), "late:1"),
        (date(2026, 12, 7), "late:1"),
        (date(2026, 12, 8), "late:2"),
        (date(2027, 1, 25), "late:8"),
        (date(2027, 1, 26), None),
    ],
)
def test_the_newest_reminder_of_a_deadline_on_30_november(today: date, due: str | None) -> None:
    assert reminder(date(2026, 11, 30), today, QUIET) == due


def test_over_tet_the_first_reminder_comes_before_it() -> None:
    """Seven working days before 24 February 2026: Tết takes the whole week from the 16th."""
    assert reminder(date(2026, 2, 24), date(2026, 2, 6), QUIET) == "before:7"
    assert reminder(date(2026, 2, 24), date(2026, 2, 5), QUIET) is None


def test_a_deadline_before_a_holiday_is_late_on_the_first_working_day_after_it() -> None:
    assert reminder(date(2026, 2, 13), date(2026, 2, 20), QUIET) is None
    assert reminder(date(2026, 2, 13), date(2026, 2, 23), QUIET) == "late:1"


def test_after_five_working_days_the_superior_is_told_and_after_eight_weeks_nobody() -> None:
    deadline = date(2026, 11, 30)
    told = [day for late in range(1, 400) if escalates(deadline, day := deadline + timedelta(days=late), QUIET)]
    assert (told[0], told[-1]) == (date(2026, 12, 7), date(2027, 1, 25))


def test_what_the_tick_reads_holds_every_day_on_which_something_is_due() -> None:
    for start in range(0, 3650, 3):
        deadline = date(2026, 1, 15) + timedelta(days=start)
        for off in range(-60, 120):
            day = deadline + timedelta(days=off)
            if reminder(deadline, day, QUIET) or escalates(deadline, day, QUIET):
                assert deadline - EARLIEST_AHEAD <= day <= deadline + LATEST_BEFORE


def test_news_is_told_within_a_week_and_never_before_its_day() -> None:
    day = date(2026, 11, 16)
    assert news("given", 1, day, day) == "given:1"
    assert news("reported", 2, day, day + timedelta(days=7)) == "reported:2"
    assert news("returned", 3, day, day + timedelta(days=8)) is None
    assert news("given", 1, day, day - timedelta(days=1)) is None


def test_an_order_is_late_while_nobody_reported_it_done() -> None:
    day = date(2018, 8, 30)
    assert is_overdue("open", day, date(2018, 8, 31))
    assert not is_overdue("open", day, day)
    assert not is_overdue("reported", day, date(2018, 8, 31))
    assert not is_overdue("open", None, date(2018, 8, 31))


def test_the_same_order_has_the_same_digest() -> None:
    given = Given("Báo cáo biên chế", "342", "34", date(2018, 7, 1), date(2018, 8, 30))
    assert given.digest == Given("báo cáo  BIÊN CHẾ", "342", "34", date(2018, 7, 1), line=9).digest
    assert given.digest != Given("Báo cáo biên chế", "343", "34", date(2018, 7, 1)).digest
