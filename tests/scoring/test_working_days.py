from __future__ import annotations

from datetime import date

import pytest

from scoring.working_days import first_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 16), date(2026, 11, 16)),  # an ordinary Monday
        (date(2026, 11, 14), date(2026, 11, 16)),  # a Saturday
        (date(2026, 2, 16), date(2026, 2, 23)),  # Tết of 2026: Monday to Friday, then the weekend
        (date(2027, 2, 8), date(2027, 2, 11)),  # Tết of 2027 ends on Wednesday
        (date(2026, 4, 27), date(2026, 4, 28)),  # the day after the Hùng kings' Sunday
        (date(2026, 8, 31), date(2026, 9, 3)),  # a substituted day before National Day
        (date(2027, 5, 3), date(2027, 5, 4)),
    ],
)
def test_summaries_wait_for_the_first_working_day(day: date, works: date) -> None:
    assert first_working_day(day) == works


def test_every_week_of_ten_years_has_its_day_before_the_next_week_ends() -> None:
    for week in range(52 * 10):
        monday = date.fromordinal(date(2026, 1, 5).toordinal() + 7 * week)
        assert 0 <= (first_working_day(monday) - monday).days <= 9
