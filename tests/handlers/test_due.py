"""On holidays nobody is sent a summary; on the first working day after them it comes, and is not called late."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.world import World, world


def at(made: World, moment: str) -> None:
    made.now = datetime.fromisoformat(moment).replace(tzinfo=made.core.settings.zone)


def texts(made: World) -> list[str]:
    return [text for (text,) in made.rows("SELECT message FROM outbox ORDER BY created_at, id")]


def test_tet_of_2027_moves_the_summary_to_thursday(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        at(made, "2027-01-20 09:00")
        made.person("boss").channel = "telegram"
        made.official("boss", "Tỉnh Thái Bình")
        at(made, "2027-02-01 07:31")
        made.tick()
        assert len(texts(made)) == 1
        for moment in ("2027-02-08 07:31", "2027-02-10 12:00", "2027-02-11 07:29"):
            at(made, moment)
            made.tick()
            assert len(texts(made)) == 1, moment
        at(made, "2027-02-11 07:31")
        made.tick()
        assert len(texts(made)) == 2
        assert "Tuần 5/2027" in texts(made)[1]
        assert "đến muộn" not in texts(made)[1]


def test_two_weeks_that_end_in_tet_come_together(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        at(made, "2026-02-01 09:00")
        made.person("boss").channel = "telegram"
        made.official("boss", "Tỉnh Thái Bình")
        at(made, "2026-02-09 07:31")
        made.tick()
        at(made, "2026-02-23 07:31")
        made.tick()
        assert len(texts(made)) == 2
        assert "Tuần 8/2026" in texts(made)[1]
        assert "Chưa gửi riêng: tuần 7/2026" in texts(made)[1]


def test_the_month_and_the_quarter_come_once_beside_the_weeks(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        at(made, "2026-11-20 09:00")
        made.person("boss").channel = "telegram"
        made.official("boss", "Tỉnh Thái Bình")
        assert "bản tin tháng" in made.says("boss", "/subscribe tháng")
        assert "bản tin quý" in made.says("boss", "/subscribe bản tin quý")
        assert "/subscribe tuần" in made.says("boss", "/subscribe ngày")
        at(made, "2026-11-30 09:00")  # a Monday
        made.tick()
        assert len(texts(made)) == 1
        at(made, "2026-12-01 07:29")
        made.tick()
        assert len(texts(made)) == 1
        for _ in range(2):
            at(made, "2026-12-01 07:31")
            made.tick()
            assert len(texts(made)) == 2
        assert "Tháng 11/2026" in texts(made)[1]
        assert "đến muộn" not in texts(made)[1]
        made.connection.execute("DELETE FROM outbox")
        at(made, "2027-01-04 08:00")  # 1 January is a holiday, then a weekend: month, quarter and week together
        made.tick()
        heads = " ".join(texts(made))
        assert all(name in heads for name in ("Tuần 53/2026", "Tháng 12/2026", "Quý IV/2026"))
        assert len(texts(made)) == 3
        assert made.rows("SELECT DISTINCT edition, period FROM report WHERE edition <> 'weekly' ORDER BY 2") == [
            ("monthly", "2026-11"),
            ("monthly", "2026-12"),
            ("quarterly", "2026-Q4"),
        ]
        made.says("boss", "/unsubscribe")
        at(made, "2027-02-01 08:00")
        made.tick()
        assert len(texts(made)) == 3


def test_what_a_clock_ahead_has_not_sent_is_taken_back(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        at(made, "2026-11-20 09:00")
        made.person("boss").channel = "telegram"
        made.official("boss", "Tỉnh Thái Bình")
        at(made, "2027-12-20 09:00")
        made.tick()
        assert "Tuần 50/2027" in texts(made)[0]
        at(made, "2026-11-23 07:31")
        made.tick()
        assert len(texts(made)) == 1
        assert "Tuần 47/2026" in texts(made)[0]
        assert made.rows("SELECT period FROM report") == [("2026-W47",)]
