from __future__ import annotations

from datetime import date, timedelta

import pytest

from scoring.period import KINDS, Period, by_id, closed, containing, following, of_kind, parse, previous, rolling, split
from scoring.span import FIRST_YEAR, LAST_YEAR, weeks_in

SUNDAY = date(2026, 11, 22)


def test_a_day_lies_in_four_periods() -> None:
    assert [period.id for period in containing(SUNDAY)] == ["2026-W47", "2026-11", "2026-Q4", "2026"]
    assert [period.id for period in containing(date(2027, 1, 1))] == ["2026-W53", "2027-01", "2027-Q1", "2027"]
    assert [period.kind for period in containing(SUNDAY)] == list(KINDS)


def test_days_of_the_four_kinds() -> None:
    assert by_id("2026-W53") == Period("2026-W53", "week", date(2026, 12, 28), date(2027, 1, 3))
    assert by_id("2024-02") == Period("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29))
    assert by_id("2026-Q4") == Period("2026-Q4", "quarter", date(2026, 10, 1), date(2026, 12, 31))
    assert by_id("2026") == Period("2026", "year", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-W53",
        "2026-W00",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "1999",
        "2101",
        "1999-01",
        "1999-Q1",
        "1999-W01",
        "2026-W5",
        "２０２６",
        "2026-1",
        "x",
        "2026-W46 ",
    ],
)
def test_an_id_that_names_nothing(text: str) -> None:
    assert by_id(text) is None


def test_neighbours_leave_no_gap_and_no_overlap_in_any_kind() -> None:
    for kind in KINDS:
        period = of_kind(kind, date(2009, 7, 7))
        while period is not None and period.last < date(2030, 1, 1):
            after = following(period)
            assert after is not None
            assert after.first == period.last + timedelta(days=1)
            assert previous(after) == period
            assert by_id(period.id) == period
            period = after


def test_time_kept_here_has_ends() -> None:
    first, last = by_id(str(FIRST_YEAR)), by_id(str(LAST_YEAR))
    assert first is not None
    assert last is not None
    assert previous(first) is None
    assert following(last) is None
    with pytest.raises(ValueError, match="outside"):
        containing(date(1999, 6, 1))
    assert [in_year for in_year in range(2015, 2030) if weeks_in(in_year) == 53] == [2015, 2020, 2026]


def test_a_period_closes_when_its_last_day_is_over() -> None:
    week = containing(SUNDAY)[0]
    assert not closed(week, SUNDAY)
    assert closed(week, SUNDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("tuần 46", "2026-W46"),
        ("Tuần 46", "2026-W46"),
        ("tuan 48", "2025-W48"),
        ("tuan nay", "2026-W47"),
        ("tuần này", "2026-W47"),
        ("tuần trước", "2026-W46"),
        ("tuần qua", "2026-W46"),
        ("tuần 53", "2020-W53"),
        ("w53 2026", "2026-W53"),
        ("2026-W46", "2026-W46"),
        ("2026w46", "2026-W46"),
        ("week 46", "2026-W46"),
        ("W46/2026", "2026-W46"),
        ("tháng 7", "2026-07"),
        ("thang 12", "2025-12"),
        ("tháng 7/2025", "2025-07"),
        ("t7", "2026-07"),
        ("7/2025", "2025-07"),
        ("tháng 7 năm 2025", "2025-07"),
        ("2025-07", "2025-07"),
        ("July 2025", "2025-07"),
        ("may", "2026-05"),
        ("last month", "2026-10"),
        ("tháng này", "2026-11"),
        ("sept", "2026-09"),
        ("quý 3", "2026-Q3"),
        ("q3 2017", "2017-Q3"),
        ("quý III/2026", "2026-Q3"),
        ("quý iv", "2026-Q4"),
        ("2017-Q3", "2017-Q3"),
        ("quý trước", "2026-Q3"),
        ("quý 3 năm 2017", "2017-Q3"),
        ("năm nay", "2026"),
        ("năm 2017", "2017"),
        ("2017", "2017"),
        ("this year", "2026"),
        ("năm ngoái", "2025"),
        ("year 2020", "2020"),
        ("7 ngày qua", "2026-W46"),
        ("30 ngày qua", "2026-10"),
        ("90 ngày gần đây", "2026-Q3"),
        ("last 365 days", "2025"),
        ("tháng 12/2030", "2030-12"),
        ("tháng 7.", "2026-07"),
        ("tháng 13", None),
        ("tháng 0", None),
        ("tuần 54", None),
        ("q5", None),
        ("2025-W53", None),
        ("1999", None),
        ("13/2026", None),
        ("hôm nay", None),
        ("", None),
        ("đông hưng", None),
        ("5", None),
        ("12345", None),
        ("năm", None),
    ],
)
def test_how_people_name_periods(text: str, meant: str | None) -> None:
    period = parse(text, SUNDAY)
    assert (period.id if period else None) == meant


def test_a_clock_outside_the_years_kept_here_names_no_period() -> None:
    for text in ("tuần này", "tháng trước", "7 ngày qua", "tháng 7"):
        assert parse(text, date(1990, 1, 1)) is None


def test_a_rolling_window_is_told_apart() -> None:
    assert rolling("đông hưng 7 ngày qua")
    assert not rolling("đông hưng tuần qua")


@pytest.mark.parametrize(
    ("text", "unit", "period", "bad"),
    [
        ("đông hưng", "đông hưng", None, False),
        ("", "", None, False),
        ("đông hưng tháng 7", "đông hưng", "2026-07", False),
        ("tháng 7 đông hưng", "đông hưng", "2026-07", False),
        ("Đông Hưng, 2017", "Đông Hưng", "2017", False),
        ("đông hưng trong tháng 7 năm 2025", "đông hưng", "2025-07", False),
        ("score for last month", "score", "2026-10", False),
        ("quý 3 của vũ thư", "của vũ thư", "2026-Q3", False),
        ("tuần này - vũ thư", "vũ thư", "2026-W47", False),
        ("thai binh q3 2017", "thai binh", "2017-Q3", False),
        ("kx 7 ngày qua", "kx", "2026-W46", False),
        ("tháng 7", "", "2026-07", False),
        ("phường 5", "phường 5", None, False),
        ("phường 5 tháng 7", "phường 5", "2026-07", False),
        ("đông hưng tháng 13", "đông hưng", None, True),
        ("tháng 13 đông hưng", "đông hưng", None, True),
        ("đông hưng quý 9 2017", "đông hưng", None, True),
        ("đông hưng tuần 54", "đông hưng", None, True),
        ("tuần 60", "", None, True),
        ("một hai ba bốn năm sáu bảy tháng 7", "một hai ba bốn năm sáu bảy", "2026-07", False),
    ],
)
def test_the_period_is_cut_off_either_end(text: str, unit: str, period: str | None, bad: bool) -> None:
    words, found, is_bad = split(text, SUNDAY)
    assert (words, found.id if found else None, is_bad) == (unit, period, bad)


def test_a_known_name_keeps_words_that_look_like_a_period() -> None:
    known = {"hoa nam", "vũ quý", "quý 3", "xã 2017", "thống nhất"}.__contains__
    assert split("hoa nam 2017", SUNDAY, known)[0] == "hoa nam"
    assert split("hoa nam 2017", SUNDAY)[0] == "hoa"
    assert split("quý 3", SUNDAY, known) == ("quý 3", None, False)
    assert split("vũ quý 3/2026", SUNDAY, known) == ("vũ quý", by_id("2026-03"), False)
    assert split("xã 2017", SUNDAY, known) == ("xã 2017", None, False)
    assert split("xã 2017 tháng 13", SUNDAY, known) == ("xã 2017", None, True)
    assert split("dong hugn tháng 7", SUNDAY, known) == ("dong hugn", by_id("2026-07"), False)
