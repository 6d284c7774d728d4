"""What is left of a person after six weeks: nothing that leads to her, however her survey ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.schedule import UPDATES_AT_ONCE
from tests.handlers.visits import Citizen, always
from tests.world import World, world

DAY_MS = 86_400_000
DAYS = 42
"""Longer than update ids are remembered."""
ADDRESS = "84901234567"
OFFICE = "340"


def gives_up(citizen: Citizen) -> None:
    citizen.visits(OFFICE, lambda question, names: None if question == "papers" else always("4")(question, names))


def refuses(citizen: Citizen) -> None:
    """In the middle."""
    gives_up(citizen)
    [(session,)] = citizen.world.rows("SELECT id FROM session")
    citizen.press(f"s:{session}:@quit")


def finishes(citizen: Citizen) -> None:
    citizen.visits(OFFICE, always("4"))


def finishes_when_reminded(citizen: Citizen) -> None:
    gives_up(citizen)
    citizen.world.wait(days=2)
    citizen.world.tick()
    [(session,)] = citizen.world.rows("SELECT id FROM session")
    citizen.goes_on(citizen.press(f"s:{session}:@resume"), always("4"))


def lives_on(made: World) -> None:
    """Daily ticks; what is queued is sent at once."""
    for _ in range(DAYS):
        made.tick()
        made.connection.execute(
            "UPDATE outbox SET state = 'sent', settled_at = ? WHERE state = 'queued'",
            (int(made.now.timestamp() * 1000),),
        )
        made.wait(days=1)


@pytest.mark.parametrize("end", [gives_up, refuses, finishes, finishes_when_reminded], ids=lambda end: end.__name__)
def test_after_six_weeks_nothing_leads_to_her(tmp_path: Path, end: Callable[[Citizen], None]) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        end(Citizen(made, ADDRESS, "telegram"))
        lives_on(made)
        for table in ("person", "session", "response_link", "outbox"):
            assert made.rows(f"SELECT * FROM {table}") == [], table
        instants = made.rows(
            "SELECT started_at, finished_at, created_at, given_at FROM response r "
            "JOIN visit v ON v.province_id = r.province_id AND v.id = r.visit_id "
            "JOIN consent c ON c.province_id = r.province_id AND c.id = r.consent_id"
        )
        assert instants
        assert {moment % DAY_MS for row in instants for moment in row} == {0}
        assert holds(made, ADDRESS) == []


def holds(made: World, text: str) -> list[str]:
    """The tables in which a text stands."""
    tables = made.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return [name for (name,) in tables if re.search(text, repr(made.rows(f"SELECT * FROM {name}")))]


def test_who_refuses_in_the_middle_leaves_no_answer_at_once(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        citizen = Citizen(made, ADDRESS, "telegram")
        refuses(citizen)
        assert made.rows("SELECT count(*) FROM answer") == [(0,)]
        [(session, state)] = made.rows("SELECT id, state FROM session")
        assert '"answers":{}' in state
        [shown] = citizen.press(f"s:{session}:@review")
        assert "→" not in shown.text


def test_after_weeks_without_the_program_a_tick_forgets_a_part_and_the_next_ones_the_rest(tmp_path: Path) -> None:
    """Citizens' taps wait while a tick runs: it never takes on all that three weeks left."""
    rows = 2 * UPDATES_AT_ONCE + 1
    with world(tmp_path) as made:
        then = int(made.now.timestamp() * 1000) - 3 * DAY_MS
        for channel in ("telegram", "web"):
            updates = [("sample", channel, str(at), "done", ADDRESS, "[]", then) for at in range(rows)]
            made.connection.executemany("INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?)", updates)
        held = []
        for _ in range(3):
            made.tick()
            [counts] = made.rows("SELECT sum(channel = 'web'), sum(channel = 'telegram' AND reply <> '') FROM inbox")
            held.append(tuple(count or 0 for count in counts))
        assert held == [(UPDATES_AT_ONCE + 1,) * 2, (1, 1), (0, 0)]
