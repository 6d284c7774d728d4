"""A code as people type it from a poster, and a week that may be sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import Unusable
from bot.named_units import find_unit
from bot.schedule import SYSTEM
from handlers.stores import Entry
from tests.world import world


def test_a_posters_code_may_be_typed_small_and_with_blanks(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        code = made.perform("link", unit="Xã Vũ Hội", counter="")["code"]
        for typed in (code.lower(), f" {code[:5]} {code[5:]} ", f"{code[:5]}-{code[5:].lower()}"):
            assert "xã Vũ Hội" in made.says(f"someone {typed}", f"/start {typed}"), typed
        assert "không dùng được" in made.says("stranger", f"/start {code[:-1]}")


def test_letters_that_no_code_holds_are_the_figures_they_look_like(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        context = made.core.context(made.connection, SYSTEM)
        unit = find_unit(context, "Xã Vũ Hội")
        made.commit(lambda _: context.stores.units.add_entry(Entry("01AB10CD23", unit.id), context.now_ms))
        for typed in ("OIAB1OCD23", "olab-iocd23"):
            assert "xã Vũ Hội" in made.says(f"someone {typed}", f"/start {typed}"), typed


@pytest.mark.parametrize("week", ["2026-W47", "2026-W48", "2027-W10"])
def test_a_week_that_is_not_over_is_not_sent_and_not_used_up(tmp_path: Path, week: str) -> None:
    with world(tmp_path) as made:
        made.official("official", "Huyện Đông Hưng")
        with pytest.raises(Unusable, match="is not over"):
            made.perform("push", week=week)
        assert made.rows("SELECT * FROM report") == []


def test_where_there_are_no_districts_no_button_is_promised(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.connection.execute("UPDATE unit SET valid_to = '2020-01-01' WHERE level = 'district'")
        for typed in ("/khaosat", "zzzzzz"):
            said = made.says("someone", typed)
            assert "xã, phường hoặc sở" in said, typed
            assert "huyện" not in said, typed
            assert "bấm" not in said, typed
