"""The detectors one by one, on windows written by hand."""

from __future__ import annotations

from itertools import pairwise
from math import comb, factorial, log10
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from scoring.gaming import ACCOUNTS, DETECTORS, HAND, LEAST, OFFICIALS, review
from scoring.gaming_accounts import FAMILY, few_accounts
from scoring.gaming_base import LEAST_UNITS, Baseline, baseline
from scoring.gaming_crowds import bursts, closing, poisson_tail
from scoring.gaming_list import chance_of_rising, list_order, longest_rising
from scoring.gaming_runs import PACE_SAYS, one_hand, pace_says
from scoring.gaming_words import copies
from scoring.sitting import Sitting

OPENS = 1_793_552_400_000
"""Monday, 00:00 local."""
DAY = 1440
CLOSES = OPENS + 28 * DAY * 60_000
PRAISE = "cán bộ hướng dẫn rất tận tình chu đáo, tôi làm khai sinh cho cháu mà không phải chờ"


def at(
    minutes: float, device: str = "", took: float = 45, levels: tuple[int, ...] = (5, 4, 5, 4, 5), **more: Any
) -> Sitting:
    """A sitting that ended so many minutes after OPENS and took so many seconds."""
    ended = OPENS + int(minutes * 60_000)
    day, minute = divmod(int(minutes), DAY)
    told = {"channel": "web", "provenance": "walk_in"} | more
    return Sitting(
        device, began=ended - int(took * 1000), ended=ended, minute=minute, weekday=day % 7, levels=levels, **told
    )


def quiet(n: int = 40) -> list[Sitting]:
    """People hours apart on working days, each at 9 s an item."""
    return [at((one // 2 % 5 + 7 * (one // 10)) * DAY + 500 + 240 * (one % 2)) for one in range(n)]


@pytest.fixture(scope="module")
def usual() -> Baseline:
    """What is usual where everybody is quiet."""
    return baseline([quiet() for _ in range(LEAST_UNITS)], OPENS, CLOSES)


def joined(*parts: list[Sitting]) -> list[Sitting]:
    return sorted((one for part in parts for one in part), key=lambda one: one.ended)


def test_the_tail_is_the_poisson_distributions() -> None:
    assert poisson_tail(12, 0.5) == pytest.approx(3.2e-13, rel=0.05)
    assert poisson_tail(6, 0.5) < 1e-4 < poisson_tail(5, 0.5)
    assert poisson_tail(0, 0.5) == 1.0
    for mean in (1e-6, 0.5, 3.0, 80.0):
        for count in (1, 2, 12, 90):
            assert poisson_tail(count, mean) == pytest.approx(float(poisson.sf(count - 1, mean)), rel=1e-9)


def test_a_burst_is_measured_by_its_hour(usual: Baseline) -> None:
    morning = [at(500 + minute) for minute in range(8)]
    found = list(bursts(joined(quiet(), morning), usual))
    assert found
    market = [at(7 * DAY * week + 500 + minute) for week in range(4) for minute in range(8)]
    assert list(bursts(market, baseline([market], OPENS, CLOSES))) == [], "every Monday is like this"
    assert list(bursts(market, usual))


def test_every_hour_of_the_week_has_its_share(usual: Baseline) -> None:
    assert sum(usual.season) == pytest.approx(1)
    whole = [usual.expected(at(DAY * day + 60 * hour), 3_600_000) for day in range(7) for hour in range(24)]
    assert sum(whole) == pytest.approx(1 / 4), "a week of four"


def test_little_is_usual_where_few_offices_are() -> None:
    few = baseline([quiet() for _ in range(LEAST_UNITS - 1)], OPENS, CLOSES)
    assert few.pace == {}
    assert baseline([], OPENS, CLOSES).pace == {}
    assert review([], baseline([], OPENS, CLOSES)).suspected == frozenset()


def test_a_large_office_does_not_make_what_is_usual() -> None:
    hasty = [at(600 + minute, took=5) for minute in range(300)]
    of_all = baseline([hasty, *(quiet() for _ in range(LEAST_UNITS))], OPENS, CLOSES)
    assert of_all.pace == baseline([quiet() for _ in range(LEAST_UNITS)], OPENS, CLOSES).pace


def test_one_hand_is_quick_and_takes_turns_with_itself(usual: Baseline) -> None:
    hand = [at(2000 + 6 * turn, took=18) for turn in range(9)]
    window = joined(quiet(), hand)
    found = one_hand(window, usual)
    assert [window[place] for place in sorted(found.places)] == hand
    assert found.facts == {"runs": 1, "longest": 9, "minutes": 48, "devices": 9}


def test_people_on_the_bus_are_not_one_hand(usual: Baseline) -> None:
    together = [at(2000 + turn, took=110) for turn in range(9)]
    assert not one_hand(joined(quiet(), together), usual).places


def test_a_complaint_speaks_for_the_sittings_around_it(usual: Baseline) -> None:
    hand = [at(2000 + 6 * turn, took=18, levels=(5, 4, 3, 5, 5)) for turn in range(9)]
    assert not one_hand(joined(quiet(), hand), usual).places


def test_a_few_quick_people_are_no_hand(usual: Baseline) -> None:
    quick = [at(2000 + 300 * turn, took=10) for turn in range(9)]
    assert not one_hand(joined(quiet(), quick), usual).places


def test_where_everybody_is_quick_a_quick_run_says_less(usual: Baseline) -> None:
    run = [at(2000 + 6 * turn, took=33) for turn in range(4)]
    quick = [at((one.ended - OPENS) / 60_000, took=33) for one in quiet()]
    assert one_hand(joined(quiet(), run), usual).places
    assert not one_hand(joined(quick, run), usual).places


def test_half_the_usual_time_speaks_for_a_hand_and_the_usual_against_it() -> None:
    assert pace_says(-0.7) > pace_says(0) > pace_says(3)
    assert pace_says(-0.7) > 0 > pace_says(0)
    for days in (5.0, 9.0, 40.0):
        assert pace_says(days) == min(PACE_SAYS), "interrupted"
        assert pace_says(-days) > 0


def test_the_list_is_gone_down_within_minutes(usual: Baseline) -> None:
    down = [at(2000 + 7 * turn, ordinal=3 + 2 * turn) for turn in range(8)]
    window = joined(quiet(), down, [at(2015.5, ordinal=40), at(2030.5, ordinal=1)])
    found = list_order(window)
    assert {window[place] for place in found.places} == set(down)
    assert found.facts == {"longest": 8}
    hours = [at(2000 + 45 * turn, ordinal=3 + 2 * turn) for turn in range(8)]
    assert not list_order(hours).places, "the bot asked them in this order"
    mixed = [at(2000 + 7 * turn, ordinal=place) for turn, place in enumerate((8, 3, 11, 1, 6, 2, 14, 5))]
    assert not list_order(mixed).places


@given(st.lists(st.integers(0, 9), max_size=9))
def test_the_longest_rising_is_the_longest(numbers: list[int]) -> None:
    found = [numbers[place] for place in longest_rising(numbers)]
    assert all(one < other for one, other in pairwise(found))
    lengths: list[int] = []
    for place, number in enumerate(numbers):
        lengths.append(1 + max((lengths[k] for k in range(place) if numbers[k] < number), default=0))
    assert len(found) == max(lengths, default=0)


def test_the_chance_of_rising_is_that_of_the_expected_number() -> None:
    assert chance_of_rising(13, 10) == pytest.approx(log10(comb(13, 10) / factorial(10)))
    assert chance_of_rising(20, 2) == 0.0


def test_a_family_with_one_phone_is_no_few_accounts() -> None:
    family = [at(2000 + 3 * turn, "phone") for turn in range(FAMILY)]
    assert not few_accounts(family).places
    assert few_accounts([*family, at(9000, "phone")]).facts == {"accounts": 1, "most": FAMILY + 1}
    assert not few_accounts([at(100 + turn, "k1", channel="kiosk") for turn in range(50)]).places


def test_copies_are_long_alike_and_by_several(usual: Baseline) -> None:
    three = [at(1000 * turn + 500, f"p{turn}", words=PRAISE + "!" * turn) for turn in range(1, 4)]
    assert copies(three, usual).facts == {"groups": 1, "most": 3}
    assert not copies(three[:2], usual).places
    one_writer = [at(1000 * turn + 500, "p1", words=PRAISE) for turn in range(1, 4)]
    assert not copies(one_writer, usual).places
    stock = ["tốt", "Hài lòng", "ok", "không có ý kiến gì", "không có ý kiến gì", "cán bộ nhiệt tình", "tot"] * 3
    assert not copies([at(100 * turn + 500, words=words) for turn, words in enumerate(stock)], usual).places


def test_what_many_offices_say_is_nobodys_copy() -> None:
    said = [at(100 * turn + 500, words=PRAISE) for turn in range(4)]
    common = baseline([said, said, said], OPENS, CLOSES)
    assert not copies(said, common).places
    assert copies(said, baseline([said, said], OPENS, CLOSES)).places


def test_closing_looks_at_the_end_only(usual: Baseline) -> None:
    rush = [at(25 * DAY + 600 + 4 * turn) for turn in range(30)]
    window = joined(quiet(), rush)
    assert {window[place] for place in closing(window, usual).places} >= set(rush)
    assert not closing(joined(quiet(), [at(2 * DAY + 600 + 4 * turn) for turn in range(30)]), usual).places


def test_the_numbers_of_a_reason_are_those_of_its_sentence(usual: Baseline) -> None:
    """ "12 phiếu trong 10 phút từ 2 tài khoản"."""
    hand = [at(2000 + 0.9 * turn, f"p{turn % 2}", took=18, channel="web") for turn in range(12)]
    found = review(joined(quiet(), hand), usual)
    reasons = {reason.code: reason.facts for reason in found.reasons}
    assert found.flagged
    assert reasons[ACCOUNTS] == {"sittings": 12, "accounts": 2, "most": 6}
    assert reasons[HAND] == {"sittings": 12, "runs": 1, "longest": 12, "minutes": 10, "devices": 2}


def test_suspects_are_places_of_the_window_as_it_was_given(usual: Baseline) -> None:
    hand = [at(2000 + 6 * turn, f"p{turn % 2}", took=18) for turn in range(14)]
    backwards = [*reversed(quiet()), *reversed(hand)]
    found = review(backwards, usual)
    assert found.suspected == frozenset(range(40, 54))
    assert found.score == review(joined(quiet(), hand), usual).score


def test_officials_are_left_out_and_said_but_flag_nobody(usual: Baseline) -> None:
    found = review([*quiet(), at(3000, "boss", staff=True)], usual)
    assert not found.flagged
    assert found.suspected == frozenset({40})
    assert [(one.code, one.facts) for one in found.reasons] == [(OFFICIALS, {"sittings": 1, "accounts": 1})]


def test_a_handful_of_sittings_is_not_judged(usual: Baseline) -> None:
    hand = [at(2000 + 6 * turn, f"p{turn % 2}", took=18, ordinal=turn, words=PRAISE) for turn in range(LEAST)]
    assert review(hand, usual).flagged
    assert not review(hand[1:], usual).flagged


def test_a_week_needs_more_than_a_month(usual: Baseline) -> None:
    week = baseline([quiet(10) for _ in range(LEAST_UNITS)], OPENS, OPENS + 7 * DAY * 60_000)
    window = quiet(10)
    assert review(window, week).score < review(window, usual).score


def test_every_window_of_any_kind_gets_a_finding(usual: Baseline) -> None:
    odd = [at(10, took=0, levels=()), at(10, took=-5, levels=(1,)), at(10, took=1e6, words="a" * 900, ordinal=0)] * 5
    assert 0 < review(odd, usual).score < 1
    assert set(DETECTORS) == {"hand", "list", "accounts", "copies", "closing"}
