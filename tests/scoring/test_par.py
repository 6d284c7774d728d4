"""The reform index: shares of own maxima, places, classes, what was lost, and the way a class up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.par import WHOLE, Border, Country, Criterion, Points, percent_of
from scoring.par_year import ParYear

D = Decimal
CRITERIA = (
    Criterion("district", "1", "Một"),
    Criterion("district", "1.1", "Một một"),
    Criterion("district", "1.2", "Một hai"),
    Criterion("district", "2", "Hai"),
    Criterion("district", "2.10", "Hai mười"),
    Criterion("district", "2.9", "Hai chín"),
)
BORDERS = (Border("district", "khá", D(80)), Border("district", "tốt", D(90)), Border("district", "yếu", D(0)))


def row(unit: str, code: str, maximum: str, points: str | None) -> Points:
    return Points(unit, code, D(maximum), points=None if points is None else D(points))


def year(*rows: Points, borders: tuple[Border, ...] = BORDERS) -> ParYear:
    units = dict.fromkeys(one.unit for one in rows)
    return ParYear(2020, Country(), CRITERIA, rows, borders, tuple((unit, "district") for unit in units))


def test_a_unit_without_a_total_is_what_its_parts_come_to() -> None:
    found = year(row("a", "1.1", "4", "3.5"), row("a", "1.2", "6", "6"), row("a", "2", "10", "7.25"))
    share = found.share("a")
    assert share is not None
    assert (share.points, share.maximum, share.percent) == (D("16.75"), D(20), D("83.75"))
    assert [(area.criterion.code, area.share.percent) for area in found.areas("a")] == [
        ("1", D("95.00")),
        ("2", D("72.50")),
    ]


def test_what_is_not_known_is_not_guessed() -> None:
    found = year(row("a", "1.1", "4", None), row("a", "1.2", "6", "6"), row("a", "2", "10", "7"))
    assert found.share("a") is None
    assert found.share("a", "2") is not None
    assert found.label("a") == ""
    assert found.group("district") is None
    assert found.climb("a") is None


def test_a_criterion_without_a_row_is_not_known_and_one_that_does_not_apply_says_so() -> None:
    """Nine points of ten in the one area that was told would else be the best of all units."""
    some = year(row("a", "1.1", "4", "4"), row("b", WHOLE, "100", "81"))
    assert some.share("a") is None
    group = some.group("district")
    assert group is not None
    assert ([one.unit for one in group.placed], group.unknown) == (["b"], 1)
    spared = year(row("a", "1.1", "4", "4"), row("a", "1.2", "0", "0"), row("a", "2", "10", "6"))
    share = spared.share("a")
    assert share is not None
    assert (share.points, share.maximum) == (D(10), D(14))
    assert [one.criterion.code for one in spared.losses("a")] == ["2"]
    assert year(row("a", WHOLE, "0", "0")).group("district") is None


def test_the_percentage_is_of_the_units_own_maximum() -> None:
    """Thanh Hóa 2023: 68.32 points of 84 are 81.33%, and rank above 81 of 100."""
    found = year(row("a", WHOLE, "84", "68.32"), row("b", WHOLE, "100", "81"))
    group = found.group("district")
    assert group is not None
    assert [(one.unit, one.place, one.share.percent) for one in group.placed] == [
        ("a", 1, D("81.33")),
        ("b", 2, D("81.00")),
    ]
    assert group.maximum is None
    assert group.percent == D("81.17")  # of 81.333… and 81, rounded once


def test_the_same_printed_percentage_is_the_same_place() -> None:
    found = year(row("a", WHOLE, "100", "90"), row("b", WHOLE, "200", "180"), row("c", WHOLE, "100", "80"))
    group = found.group("district")
    assert group is not None
    assert [(one.place, one.label) for one in group.placed] == [(1, "tốt"), (1, "tốt"), (3, "khá")]
    assert group.classes == (("tốt", 2), ("khá", 1))


@pytest.mark.parametrize(
    ("above", "points", "label"),
    [(False, "80", "khá"), (True, "80", "yếu"), (True, "80.01", "khá"), (False, "79.994", "yếu")],
)
def test_a_border_holds_from_its_percentage_on_or_only_above_it(above: bool, points: str, label: str) -> None:
    borders = (Border("district", "khá", D(80), above), Border("district", "yếu", D(0)))
    assert year(row("a", WHOLE, "100", points), borders=borders).label("a") == label


def test_the_printed_percentage_decides_so_that_readers_can_check_it() -> None:
    assert year(row("a", WHOLE, "100", "79.995")).label("a") == "khá"


def test_the_smallest_parts_that_lost_points_come_most_first_and_in_the_order_of_their_numbers() -> None:
    found = year(
        row("a", "1.1", "4", "2"),
        row("a", "1.2", "6", "6"),
        row("a", "2", "10", "7"),
        row("a", "2.10", "5", "4"),
        row("a", "2.9", "5", "4"),
    )
    assert [(one.criterion.code, one.share.lost) for one in found.losses("a")] == [
        ("1.1", D(2)),
        ("2.9", D(1)),
        ("2.10", D(1)),
    ]


def test_the_way_up_names_the_fewest_criteria_and_the_points_that_are_missing() -> None:
    found = year(row("a", "1.1", "40", "38"), row("a", "1.2", "30", "18"), row("a", "2", "30", "22.5"))
    climb = found.climb("a")
    assert climb is not None
    assert (climb.label, climb.needed) == ("khá", D("1.50"))
    assert [one.criterion.code for one in climb.enough] == ["1.2"]
    assert climb.possible
    assert replace(found, points=(row("a", WHOLE, "100", "95"),)).climb("a") is None


def test_a_class_that_no_known_criterion_leads_to_is_said_to_be_out_of_reach() -> None:
    found = year(row("a", WHOLE, "100", "50"), row("a", "1", "60", "55"))
    climb = found.climb("a")
    assert climb is not None
    assert not climb.possible


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.decimals(D(1), D(100), places=2), st.booleans())
def test_the_missing_points_are_exactly_enough(points: int, maximum: int, start: Decimal, above: bool) -> None:
    """One hundredth less would not do."""
    points = min(points, maximum)
    border = Border("district", "khá", min(start, D("99.98")), above)
    found = year(row("a", WHOLE, str(D(maximum) / 100), str(D(points) / 100)), borders=(border,))
    climb, share = found.climb("a"), found.share("a")
    assert share is not None
    if climb is None:
        assert border.holds(share.percent)
        return
    assert border.holds(percent_of(share.points + climb.needed, share.maximum))
    assert not border.holds(percent_of(share.points + climb.needed - D("0.01"), share.maximum))
