"""Who gets a summary when two write it: the ledger's key decides, and no week is forgotten by it."""

from __future__ import annotations

from pathlib import Path

from bot.schedule import SYSTEM, queue_letters, write_letters
from handlers.context import Context
from tests.world import World, world


def a_week_missed(made: World) -> Context:
    """The context of an official whose two last weeks are due at once."""
    made.official("lan", "Huyện Đông Hưng")
    made.connection.execute("UPDATE subscription SET since_day = '2026-11-09'")
    return made.core.context(made.connection, SYSTEM)


def reported(made: World) -> list[str]:
    return [row[0] for row in made.rows("SELECT period FROM report ORDER BY period")]


def test_a_letter_settles_its_week_and_those_it_names(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        context = a_week_missed(made)
        assert queue_letters(context, write_letters(context)) == 1
        assert reported(made) == ["2026-W45", "2026-W46"]
        assert queue_letters(context, write_letters(context)) == 0


def test_where_somebody_was_quicker_the_weeks_a_letter_names_are_left_for_the_next(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        context = a_week_missed(made)
        letters = write_letters(context)
        made.perform("push", week="2026-W46")
        assert queue_letters(context, letters) == 0
        assert reported(made) == ["2026-W46"]
        made.wait(days=7)
        assert made.tick()["summaries"] == 1
        assert reported(made) == ["2026-W45", "2026-W46", "2026-W47"]
