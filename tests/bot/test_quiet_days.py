from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.quiet_days import load_quiet_days
from scoring.working_days import first_working_day

QUIET = load_quiet_days(Path(__file__).parents[2] / "config" / "quiet_days.csv")


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
    assert first_working_day(day, QUIET) == works


def test_no_summary_waits_until_after_the_next_one_is_due() -> None:
    """At most to the Monday of the week after, as at Tết of 2026: both weeks then come together."""
    for week in range(52 * 10):
        monday = date(2026, 1, 5) + timedelta(weeks=week)
        assert first_working_day(monday, QUIET) <= monday + timedelta(weeks=1)


def test_a_calendar_without_working_days_is_not_believed() -> None:
    day = date(2026, 11, 16)
    assert first_working_day(day, {day + timedelta(days=later) for later in range(60)}) == day


def test_the_shipped_file_holds_ten_years_of_the_labour_codes_holidays() -> None:
    """New Year, at least five days of Tết, the Hùng kings, 30 April, 1 May, two of National Day: eleven days a year."""
    for year in range(2026, 2036):
        days = {day for day in QUIET if day.year == year}
        assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= days
        assert len(days) >= 11
        tet = sorted(day for day in days if date(year, 1, 20) <= day <= date(year, 2, 28))
        assert len(tet) >= 5
        assert (tet[4] - tet[0]).days == 4, "they lie side by side"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,name\n2027-02-30,Tết\n", ":2: '2027-02-30' is not a day; write it like 2027-02-06"),
        ("day,name\n2027-02-06,Tết\n2027-02-06,Tết\n", ":3: '2027-02-06' stands twice"),
        ("day,name\n2027-02-06\n", ":2: needs day, name"),
        ("ngày\n2027-02-06\n", ":1: needs the columns day, name"),
    ],
)
def test_a_faulty_line_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "quiet_days.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable) as caught:
        load_quiet_days(file)
    assert said in str(caught.value)


def test_an_office_without_quiet_days_may_empty_the_file(tmp_path: Path) -> None:
    file = tmp_path / "quiet_days.csv"
    file.write_text("day,name\n", encoding="utf-8")
    assert load_quiet_days(file) == frozenset()
