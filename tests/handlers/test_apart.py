"""Answers that a dossier proves and those that came by a poster: released apart, shown apart, never silently mixed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from bot.verify import differences
from scoring.counts import total
from tests.handlers.test_invited import OFFICE, answer, feed
from tests.handlers.visits import Citizen, always
from tests.world import World, world


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, step=10) as one:
        yield one


def verified(made: World, people: int, level: str = "5", dossiers: int = 0) -> None:
    for number in range(max(people, dossiers)):
        code = feed(made, f"H53-{number}")
        if number < people:
            answer(made, f"v{number}", code, level)


def walk_ins(made: World, people: int, level: str = "4") -> None:
    for number in range(people):
        Citizen(made, f"w{number}").visits(OFFICE, always(level))


def released(made: World) -> dict[str, int]:
    sql = "SELECT provenance, n FROM cell WHERE unit_id = ? AND scope = 'own' AND period = '2026'"
    return dict(made.rows(sql, OFFICE))


def test_each_kind_waits_for_its_own_block(made: World) -> None:
    verified(made, 11)
    walk_ins(made, 11)
    assert released(made) == {}
    Citizen(made, "w11").visits(OFFICE, always("4"))
    assert released(made) == {"": 10, "walk_in": 10}
    answer(made, "v11", feed(made, "H53-11"))
    assert released(made) == {"": 20, "walk_in": 10, "verified": 10}


def test_the_kinds_add_up_to_the_whole_in_every_cell(made: World) -> None:
    verified(made, 22, "2")
    walk_ins(made, 32)
    cells = made.core.context(made.connection, SYSTEM).stores.cells
    for period in ("2026-W47", "2026-11", "2026-Q4", "2026"):
        for unit, scope in ((OFFICE, "own"), (OFFICE, "all"), ("34", "all")):
            whole, *apart = (
                cells.get(unit, scope, "sipas-quick", period, one) for one in ("", "verified", "walk_in", "assisted")
            )
            assert whole is not None
            assert whole.tally == total(cell.tally for cell in apart if cell)
            assert whole.tally.n == 50
    assert list(differences(made.connection, made.core.province.id)) == []


def score(made: World) -> str:
    made.official("chief", "Huyện Đông Hưng")
    return made.says("chief", "/score Đông Hưng")


def test_score_sets_them_beside_each_other(made: World) -> None:
    verified(made, 12, "1")
    walk_ins(made, 12)
    said = score(made)
    assert "Tách riêng: có mã hồ sơ ≤ 5 (0–" in said
    assert "; tự đến ≥ 95 (" in said
    assert "phiếu có mã hồ sơ" not in said


def test_one_kind_alone_needs_no_line(made: World) -> None:
    walk_ins(made, 12)
    assert "Tách riêng" not in score(made)


def test_turnout_is_said_where_the_feed_tells_of_dossiers(made: World) -> None:
    verified(made, 12, "5", dossiers=40)
    said = score(made)
    assert "Trả lời: 25% trong 40 lượt" in said
    assert "từ 23 đến 100" in said
    assert "cần 37 phiếu đã công bố, còn 27" in said


def test_nothing_is_said_of_turnout_without_answers_that_are_shown(made: World) -> None:
    verified(made, 5, dossiers=40)
    walk_ins(made, 12)
    assert "Trả lời:" not in score(made)


def test_visits_are_counted_by_desk_day_and_month_and_recounted(made: World) -> None:
    verified(made, 0, dossiers=3)
    assert made.rows("SELECT period, n FROM visit_count ORDER BY period") == [("2026-11", 3), ("2026-11-16", 3)]
    made.connection.execute("UPDATE visit_count SET n = 4 WHERE period = '2026-11'")
    assert len(list(differences(made.connection, made.core.province.id))) == 1
