"""B16: throttling: a burst, a refill, one warning; a human pace is never throttled."""

from __future__ import annotations

from bot.limits import BURST, MOST_PEOPLE, PRESS_REFILL, Buckets


def test_a_burst_passes_then_one_warning_then_silence_then_it_refills() -> None:
    buckets = Buckets()
    said = [buckets.allow("web", "a", press=False, now=0.0) for _ in range(int(BURST) + 3)]
    assert said == ["yes"] * int(BURST) + ["warn", "no", "no"]
    assert buckets.allow("web", "a", press=False, now=1.0) == "yes"


def test_who_goes_on_too_fast_is_told_once() -> None:
    buckets = Buckets()
    said = [buckets.allow("web", "a", press=False, now=at / 2) for at in range(1_200)]
    assert said.count("warn") == 1
    assert said.count("yes") >= 600
    assert buckets.allow("web", "a", press=False, now=700.0) == "yes"
    later = [buckets.allow("web", "a", press=False, now=700.0) for _ in range(int(BURST))]
    assert later[-1] == "warn"


def test_three_survey_presses_a_second_are_never_throttled() -> None:
    buckets = Buckets()
    assert {buckets.allow("web", "a", press=True, now=at / 3) for at in range(2_000)} == {"yes"}


def test_one_person_never_throttles_another_and_memory_is_bounded() -> None:
    buckets = Buckets()
    for _ in range(100):
        buckets.allow("web", "a", press=False, now=0.0)
    assert buckets.allow("web", "b", press=False, now=0.0) == "yes"
    for number in range(MOST_PEOPLE + 10):
        buckets.allow("web", str(number), press=False, now=0.0)
    assert len(buckets._full) == MOST_PEOPLE


def test_a_bucket_that_is_full_again_takes_no_memory() -> None:
    buckets = Buckets()
    presses = 25
    for number in range(1_000):
        buckets.allow("telegram", str(number), press=False, now=float(number))
        for _ in range(presses):
            assert buckets.allow("telegram", str(number), press=True, now=float(number)) == "yes"
    assert len(buckets._full) <= 2 * (presses / PRESS_REFILL + 1)
    for _ in range(int(BURST)):
        buckets.allow("telegram", "eager", press=False, now=1_000.0)
    assert buckets.allow("telegram", "eager", press=False, now=1_000.0) == "warn"
    buckets.allow("telegram", "other", press=False, now=1_059.0)
    assert buckets.allow("telegram", "eager", press=False, now=1_059.0) == "yes"
