"""What the Monday summary says of a unit that surely fell or rose over the weeks."""

from __future__ import annotations

from pathlib import Path

from bot.schedule import SYSTEM
from handlers.context import to_ms
from scoring.counts import Tally
from scoring.period import Period, parse, span
from scoring.release import Cell
from tests.scoring.people import answered
from tests.world import MONDAY, World, world

GOOD = answered(60, a=54, b=54, c=54)
POOR = answered(60, a=36, b=36, c=36)
DONG_HUNG, KIEN_XUONG, THAI_THUY, THAI_BINH = "340", "343", "341", "34"


def last_week() -> Period:
    found = parse("tuần trước", MONDAY.date())
    assert found is not None
    return found


def publish(made: World, unit: str, weeks: list[Tally]) -> None:
    """Closed weekly cells of a unit, the newest for last week."""
    cells = made.core.context(made.connection, SYSTEM, now=made.now).stores.cells
    for period, tally in zip(span(last_week(), len(weeks)), weeks, strict=True):
        cells.put(Cell(unit, "all", period.id, "sipas-quick", 6, tally, closed=True), to_ms(made.now))


def test_who_fell_and_who_rose_is_named_with_the_week_since_when(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        publish(made, THAI_BINH, [GOOD] * 40)
        publish(made, DONG_HUNG, [GOOD] * 36 + [POOR] * 4)
        publish(made, KIEN_XUONG, [GOOD] * 40)
        publish(made, THAI_THUY, [POOR] * 37 + [GOOD] * 3)
        made.official("boss", "Tỉnh Thái Bình")
        said = made.says("boss", "/tuan")
        assert "▼ Huyện Đông Hưng 60,0 (" in said
        assert "; 60 người): từ tuần 43/2026 thấp hơn trước 30,0 điểm" in said
        assert "▲ Huyện Thái Thụy 90,0 (" in said
        assert "; 60 người): từ tuần 44/2026 cao hơn trước 30,0 điểm" in said


def test_who_was_always_low_is_named_by_her_place_not_as_a_fall(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        publish(made, THAI_BINH, [GOOD] * 40)
        publish(made, DONG_HUNG, [POOR] * 40)
        publish(made, KIEN_XUONG, [GOOD] * 40)
        made.official("boss", "Tỉnh Thái Bình")
        said = made.says("boss", "/tuan")
        assert "▼ Huyện Đông Hưng 60,0" in said
        assert "thấp hơn trước" not in said
