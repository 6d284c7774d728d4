"""Counts and cells follow every answer, correction, erasure and partial closing; and planted errors are found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import chance
from bot.core import Core
from bot.schedule import SYSTEM
from bot.verify import differences
from scoring.release import close
from survey.logic import Failure
from tests.handlers.visits import Citizen, always, buttons
from tests.world import World, world

VU_HOI, DONG_CAC, DONG_HUNG, PROVINCE = "Xã Vũ Hội", "Xã Đông Các", "Huyện Đông Hưng", "Tỉnh Thái Bình"
REAL = {"sample": False, "step": 10}
EVENTS, PEOPLE, DAYS = 300, 20, 35


@pytest.fixture
def real(tmp_path: Path) -> Iterator[World]:
    """A province with real rules: figures move only by blocks of ten."""
    with world(tmp_path, **REAL) as made:
        yield made


def unit_id(made: World, name: str) -> str:
    return str(made.rows("SELECT id FROM unit WHERE name = ?", name)[0][0])


def people_in(made: World, unit: str, period: str, scope: str = "all") -> int:
    sql = "SELECT n FROM cell WHERE unit_id = ? AND period = ? AND scope = ? AND provenance = ''"
    rows = made.rows(sql, unit, period, scope)
    return int(rows[0][0]) if rows else 0


def counted(made: World, unit: str, question: str = "overall", scope: str = "all") -> dict[str, int]:
    """Live counts of a month by value."""
    sql = "SELECT value, sum(n) FROM counts WHERE unit_id = ? AND scope = ? AND criterion = ? AND length(period) = 7 "
    return dict(made.rows(sql + "AND n > 0 GROUP BY value", unit, scope, question))


def off(made: World) -> list[str]:
    return list(differences(made.connection, made.core.province.id))


def test_a_finished_visit_is_counted_at_its_desk_and_above(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    Citizen(real, "one").visits(commune, always("4"))
    for name in (DONG_CAC, DONG_HUNG, PROVINCE):
        assert counted(real, unit_id(real, name), criterion_of(real)) == {"4": 1}
    assert counted(real, commune, criterion_of(real), "own") == {"4": 1}
    assert counted(real, unit_id(real, DONG_HUNG), criterion_of(real), "own") == {}
    assert off(real) == []


def criterion_of(made: World, question: str = "overall") -> str:
    return str(made.rows("SELECT criterion FROM answer WHERE question = ? LIMIT 1", question)[0][0])


def test_a_correction_moves_the_count_and_keeps_the_day(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    citizen = Citizen(real, "one")
    reply = citizen.visits(commune, always("4"))
    session = buttons(reply)[0].data.split(":")[1]
    real.wait(days=3)
    citizen.press(f"s:{session}:@edit:overall")
    citizen.press(f"s:{session}:overall:5")
    assert counted(real, commune, criterion_of(real)) == {"4": 1}, "not before it is sent again"
    citizen.press(f"s:{session}:@send")
    assert counted(real, commune, criterion_of(real)) == {"5": 1}
    assert real.rows("SELECT DISTINCT local_day FROM response") == [("2026-11-16",)]
    assert off(real) == []


def test_after_seven_days_nothing_can_be_corrected_even_in_a_session_kept_open(real: World) -> None:
    citizen = Citizen(real, "one")
    session = buttons(citizen.visits(unit_id(real, DONG_CAC), always("4")))[0].data.split(":")[1]
    for day in range(6):
        real.wait(days=1.5)
        citizen.press(f"s:{session}:@edit:overall")
        citizen.press(f"s:{session}:overall:{5 - day % 2}")
        real.tick()
    reply = citizen.press(f"s:{session}:@send")
    assert "không dùng được, hoặc đã cũ" in reply[0].text, "nothing ties her to what she sent any more"
    assert real.rows("SELECT * FROM session") == real.rows("SELECT * FROM response_link") == []
    assert counted(real, unit_id(real, DONG_CAC), criterion_of(real)) == {"4": 1}


def test_an_erased_response_leaves_the_counts_and_never_a_released_cell(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    people = [Citizen(real, f"p{number}") for number in range(11)]
    for one in people[:9]:
        one.visits(commune, always("4"))
    assert people_in(real, commune, "2026-W47") == 0
    people[0].press("c:xoa dong-y")
    assert real.rows("SELECT count(*) FROM response") == [(8,)]
    people[9].visits(commune, always("4"))
    assert people_in(real, commune, "2026-W47") == 0, "nine are waiting"
    people[10].visits(commune, always("1"))
    before = real.rows("SELECT * FROM cell ORDER BY 2, 3, 5, 6")
    people[10].press("c:xoa dong-y")
    assert real.rows("SELECT * FROM cell ORDER BY 2, 3, 5, 6") == before, "what was published is not rewritten"
    assert off(real) == []


def test_blocks_of_ten_move_every_period_and_place_at_once(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    seen = []
    for number in range(25):
        Citizen(real, f"p{number}").visits(commune, always("4"))
        seen.append(tuple(people_in(real, commune, period) for period in ("2026-W47", "2026-11", "2026-Q4", "2026")))
    assert seen == [(max(number - 2, 0) // 10 * 10,) * 4 for number in range(1, 26)], (
        "two of twelve stay for the next block"
    )
    assert people_in(real, unit_id(real, DONG_HUNG), "2026-W47") == 20
    assert people_in(real, unit_id(real, DONG_HUNG), "2026-W47", "own") == 0
    assert people_in(real, unit_id(real, PROVINCE), "2026-W47") == 20


def test_who_stays_is_drawn_by_lot(real: World) -> None:
    drawn: list[int] = []

    def lot(number: int) -> int:
        drawn.append(number)
        return 3

    real.core.below = lot
    commune = unit_id(real, DONG_CAC)
    for number in range(12):
        Citizen(real, f"p{number}").visits(commune, always("4"))
    assert drawn[:2] == [12, 11], "two lots, among all who wait"
    assert drawn[2:] == [10] * 10, "and one for each: who is in no figure by procedure"
    order = [row[0] for row in real.rows("SELECT id FROM response ORDER BY id")]
    assert [row[0] for row in real.rows("SELECT response_id FROM waiting")] == [order[3], order[4]]


def test_the_program_draws_from_the_systems_chance() -> None:
    assert Core.__dataclass_fields__["below"].default is chance.below
    assert {chance.below(12) for _ in range(2000)} == set(range(12))


def test_leftovers_roll_into_the_next_week(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    for number in range(11):
        Citizen(real, f"p{number}").visits(commune, always("4"))
    real.wait(days=7)
    real.tick()
    Citizen(real, "twelfth").visits(commune, always("4"))
    assert people_in(real, commune, "2026-W47") == 0
    assert people_in(real, commune, "2026-W48") == 10


def test_a_clock_set_back_into_a_closed_week_fails_nobody(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    for number in range(12):
        Citizen(real, f"p{number}").visits(commune, always("4"))
    cells = real.core.context(real.connection, SYSTEM).stores.cells
    week = cells.get(commune, "all", "sipas-quick", "2026-W47")
    assert week is not None
    cells.put(close(week), 0)
    for number in range(12, 22):
        reply = Citizen(real, f"p{number}").visits(commune, always("4"))
        assert "Mã của" in reply[0].text
    assert people_in(real, commune, "2026-W47") == 10, "a closed cell never changes"
    assert people_in(real, commune, "2026-11") == 20
    assert off(real) == []


def test_one_counted_response_a_person_office_and_week(real: World) -> None:
    commune, other = unit_id(real, DONG_CAC), unit_id(real, VU_HOI)
    citizen = Citizen(real, "one")
    citizen.visits(commune, always("4"))
    reply = citizen.visits(commune, always("1"))
    assert "không tính thêm" in reply[0].text
    citizen.visits(other, always("4"))
    Citizen(real, "two").visits(commune, always("4"))
    assert counted(real, commune, criterion_of(real)) == {"4": 2}
    real.wait(days=7)
    citizen.visits(commune, always("3"))
    assert counted(real, commune, criterion_of(real)) == {"4": 2, "3": 1}
    assert off(real) == []


def test_a_silent_survey_closes_as_partial_is_counted_apart_and_does_not_block_the_next_visit(real: World) -> None:
    commune = unit_id(real, DONG_CAC)
    citizen = Citizen(real, "one")
    citizen.visits(commune, lambda question, choices: "4" if question == "overall" else None)
    real.wait(days=7.1)
    real.tick()
    assert real.rows("SELECT disposition, counted FROM response") == [("partial", 1)]
    assert real.rows("SELECT DISTINCT disposition FROM counts") == [("partial",)]
    assert real.rows("SELECT count(*) FROM waiting") == [(0,)], "a partial response enters no figure"
    reply = citizen.visits(commune, always("5"))
    assert "Mã của" in reply[0].text
    assert off(real) == []


# --- any history at all ---


def history(made: World, seed: int) -> None:
    """EVENTS things that PEOPLE do over DAYS days: visits, giving up, corrections, erasures, second visits."""
    rng = random.Random(seed)
    units = [unit_id(made, name) for name in (VU_HOI, DONG_CAC, DONG_HUNG, "Sở Tư pháp")]
    people = [Citizen(made, f"p{number}") for number in range(PEOPLE)]
    sent: list[tuple[Citizen, str]] = []

    def random_choice(_: str, choices: list[str]) -> str | None:
        return None if rng.random() < 0.04 else rng.choice(choices)

    for _ in range(EVENTS):
        made.now += timedelta(days=DAYS / EVENTS * rng.random() * 2)
        citizen = rng.choice(people)
        match rng.choices(("visit", "resume", "correct", "erase", "tick"), (10, 3, 4, 1, 2))[0]:
            case "visit":
                reply = citizen.visits(rng.choice(units), random_choice)
                sent += [(citizen, b.data.split(":")[1]) for b in buttons(reply) if b.data.endswith("@review")]
            case "resume":
                reply = citizen.press("c:tieptuc")
                for button in buttons(reply)[:1]:
                    citizen.goes_on(citizen.press(button.data), random_choice)
            case "correct" if sent:
                owner, session = rng.choice(sent)
                question = rng.choice(("overall", "access", "ontime", "officer"))
                owner.press(f"s:{session}:@edit:{question}")
                owner.press(f"s:{session}:{question}:{rng.choice(('1', '4', '5', 'late', 'none'))}")
                owner.press(f"s:{session}:@send")
            case "erase":
                citizen.press("c:xoa dong-y")
            case _:
                made.tick()


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[World]:
    """The same province with the questionnaire whose criteria are asked in rotation."""
    with world(tmp_path, index_survey="sipas-rotating", **REAL) as made:
        yield made


def behind(made: World, unit: str, period: str) -> dict[str, int]:
    """How many valid answers stand behind each rotated criterion of a released cell."""
    cell = made.core.context(made.connection, SYSTEM).stores.cells.get(unit, "all", "sipas-rotating", period)
    assert cell is not None
    codes = [code for code in cell.tally.values if code[0] in "ABCDE" and code[1:] not in {"", "0"} and len(code) == 2]
    return {code: cell.tally.valid(code)[1] for code in codes}


def test_a_criterion_asked_in_rotation_moves_by_blocks_of_its_own(rotating: World) -> None:
    commune, waiting = unit_id(rotating, DONG_CAC), "SELECT part, count(*) FROM waiting GROUP BY part"
    people = 0
    seen: dict[str, int] = {}
    for number in range(140):
        Citizen(rotating, f"p{number}").visits(commune, always("4"))
        if people_in(rotating, commune, "2026-Q4") == 0:
            continue
        now = behind(rotating, commune, "2026-Q4")
        moved = [n - seen.get(code, 0) for code, n in now.items()]
        assert set(moved) <= {0, 10}, "every criterion by ten people at once, or not at all"
        people += sum(moved)
        seen = now
    assert len(seen) > 10
    assert people_in(rotating, commune, "2026-Q4") == 130, "and they are counted once, by the chain of all the rest"
    kept = dict(rotating.rows(waiting))
    assert kept[""] == 10
    assert all(0 < n < 12 for n in kept.values())
    assert sum(n for part, n in kept.items() if part) + people == 3 * 140
    assert off(rotating) == []


def test_a_criterion_that_a_correction_adds_waits_like_the_others(rotating: World) -> None:
    commune, skipped = unit_id(rotating, DONG_CAC), set[str]()

    def skips_one(question: str, choices: list[str]) -> str | None:
        if question[1:].isdigit() and not skipped:
            skipped.add(question)
            return None
        return "4" if "4" in choices else choices[0]

    citizen = Citizen(rotating, "one")
    reply = citizen.visits(commune, skips_one)
    skip = next(b.data for b in buttons(reply) if "@skip" in b.data)
    session, (question,) = skip.split(":")[1], skipped
    citizen.goes_on(citizen.press(skip), skips_one)
    waiting = "SELECT count(*) FROM waiting WHERE part <> ''"
    assert rotating.rows(waiting) == [(2,)]
    for data in (f"@edit:{question}", f"{question}:5", "@send"):
        citizen.press(f"s:{session}:{data}")
    assert rotating.rows(waiting) == [(3,)]
    assert off(rotating) == []


def test_a_criterion_taken_back_and_given_again_waits_once(rotating: World) -> None:
    citizen = Citizen(rotating, "one")
    sent = citizen.visits(unit_id(rotating, DONG_CAC), always("4"))
    (question, part), *_ = rotating.rows("SELECT question, criterion FROM answer WHERE rotated = 1 ORDER BY question")
    for choice in (f"@skip:{question}", f"{question}:4", f"@skip:{question}", f"{question}:5"):
        review = citizen.press(buttons(sent)[-1].data.partition("@")[0] + "@review")
        edit = citizen.press(next(one.data for one in buttons(review) if one.data.endswith(f"@edit:{question}")))
        shown = citizen.press(next(one.data for one in buttons(edit) if one.data.endswith(choice)))
        done = citizen.press(next(one.data for one in buttons(shown) if one.data.endswith("@send")))
        assert "Đã sửa xong" in done[0].text
    assert rotating.rows("SELECT value FROM answer WHERE question = ?", question) == [("5",)]
    assert rotating.rows("SELECT count(*) FROM waiting WHERE part = ?", part) == [(1,)]
    assert off(rotating) == []


def test_what_is_asked_in_rotation_enters_no_factor(rotating: World) -> None:
    commune = unit_id(rotating, DONG_CAC)
    Citizen(rotating, "one").visits(commune, always("4"))
    assert rotating.rows(
        "SELECT sum(m) FROM moments WHERE unit_id = ? AND factor = '*' AND scope = 'own'", commune
    ) == [(5 + 5,)], "five factor items, by day and by month"
    assert rotating.rows("SELECT count(*) FROM answer WHERE rotated = 1") == [(3,)]


@pytest.mark.parametrize("questionnaire", ["real", "rotating"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_recount_agrees_after_any_history(seed: int, questionnaire: str, request: pytest.FixtureRequest) -> None:
    real: World = request.getfixturevalue(questionnaire)
    history(real, seed)
    assert off(real) == []
    kinds = dict(real.rows("SELECT disposition, count(*) FROM response GROUP BY 1"))
    assert kinds["complete"] > 30, "the history is rich enough to mean something"
    assert kinds["partial"] > 0
    blocks = real.rows("SELECT count(*) FROM cell WHERE closed = 1")[0][0]
    assert blocks > 0 or questionnaire == "rotating", "more questions, fewer who answer them all"
    assert real.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]


PLANTED = {
    "a count off by one": "UPDATE counts SET n = n + 1 WHERE rowid_like",
    "a count lost": "DELETE FROM counts WHERE rowid_like",
    "a moment off": "UPDATE moments SET ss = ss + 1 WHERE unit_id = :unit AND factor = 'A'",
    "an altered cell": "UPDATE cell SET tally = replace(tally, '\"n\":1', '\"n\":2') WHERE unit_id = :unit",
    "a cell reopened": "UPDATE cell SET closed = 1 - closed WHERE unit_id = :unit",
    "a deleted answer": "DELETE FROM answer WHERE question = 'overall' AND response_id IN (SELECT id FROM response)",
    "an altered answer": "UPDATE answer SET value = '1' WHERE question = 'access'",
    "a response counted twice": "UPDATE response SET counted = 0",
}


@pytest.mark.parametrize("error", PLANTED, ids=str)
def test_each_planted_error_is_found(real: World, error: str) -> None:
    commune = unit_id(real, DONG_CAC)
    for number in range(12):
        Citizen(real, f"p{number}").visits(commune, always("4"))
    assert off(real) == []
    sql = PLANTED[error].replace("rowid_like", "unit_id = :unit AND criterion = 'A0' AND scope = 'own'")
    changed = real.connection.execute(sql, {"unit": commune} if ":unit" in sql else {}).rowcount
    assert changed > 0
    assert off(real) != []


def test_a_receipt_code_that_somebody_bears_is_not_given_twice(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        Citizen(made, "first").visits("340", always("4"))
        made.codes = 0  # the same codes come again
        [said] = Citizen(made, "second").visits("340", always("4"))
        assert "Mã của ông/bà" in said.text
        receipts = [code for (code,) in made.rows("SELECT receipt FROM response")]
        assert len(set(receipts)) == 2


def test_a_condition_that_could_not_be_worked_out_is_told_to_the_operator_without_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.answer.failures", lambda *_, **__: (Failure("why", "no such function"),))
    with world(tmp_path) as made, capture_logs() as told:
        Citizen(made, "first").visits("340", always("4"))
    assert [(one["event"], one["survey"], one["question"]) for one in told] == [
        ("a condition could not be worked out", "sipas-quick", "why")
    ]
