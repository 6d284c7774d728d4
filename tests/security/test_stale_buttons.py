"""B4: an old button corrects its own question or is refused; it never answers the one that happens to be open."""

from __future__ import annotations

import json
import random
from pathlib import Path

from bot.verify import differences
from tests.faults.figures import Figure, record, size
from tests.handlers.visits import Citizen, buttons
from tests.security.crowd import UNIT
from tests.world import World, world

WALKS = size(12, 400)
PRESSES = 45
TICKS = frozenset({"why"})
"""A question with boxes: one press ticks, a later one ends it."""
ASIDE = frozenset({"@quit", "@later", "@who", "@language", "@elsewhere", "@back"})


def answers(made: World, session: str) -> dict[str, object]:
    """What the session holds as answered, by question."""
    (state,) = made.rows("SELECT state FROM session WHERE id = ?", session)[0]
    found: dict[str, object] = json.loads(state)["answers"]
    return found


def meddled(before: dict[str, object], after: dict[str, object], pressed: str) -> set[str]:
    """Questions whose answer is new or another though a button of `pressed` was pressed; dropped ones are fine."""
    return {name for name, value in after.items() if name != pressed and before.get(name) != value}


def walk(made: World, number: int, rng: random.Random) -> int:
    """One person who presses old buttons a third of the time; how many presses meddled."""
    one = Citizen(made, f"walker-{number}")
    fresh = [button.data for button in buttons(one.press(f"p:{UNIT}:khac"))]
    session = next(data for data in fresh if data.startswith("s:")).split(":")[1]
    shown, wrong = list(fresh), 0
    for _ in range(PRESSES):
        forward = [data for data in fresh if data.split(":")[2] not in ASIDE]
        data = rng.choice(shown if rng.random() < 1 / 3 or not forward else forward)
        before = answers(made, session)
        fresh = [b.data for b in buttons(one.press(data)) if b.data.startswith(f"s:{session}:")]
        shown += [data for data in fresh if data not in shown]
        wrong += bool(meddled(before, answers(made, session), _question(data)) - TICKS)
    return wrong


def _question(data: str) -> str:
    _, _, word, detail = [*data.split(":", 3), ""][:4]
    return detail if word in {"@skip", "@back", "@edit"} else word


def test_old_buttons_never_answer_another_question(tmp_path: Path) -> None:
    """B4: walks over every button ever shown; each session has one response, and the counts agree with the answers."""
    rng = random.Random(4)
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        wrong = sum(walk(made, number, rng) for number in range(WALKS))
        assert wrong == 0
        assert made.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]
        doubled = made.rows("SELECT visit_id FROM response GROUP BY visit_id HAVING count(*) > 1")
        assert doubled == []
        assert list(differences(made.connection, "sample")) == []
        sent = made.rows("SELECT count(*) FROM response WHERE disposition = 'complete'")[0][0]
    assert sent >= WALKS // 4
    record(Figure("B4 stale buttons", WALKS * PRESSES, wrong, f"{sent} of {WALKS} walks sent a form"))


def test_the_check_sees_a_press_that_answers_the_open_question() -> None:
    """B4's mutant: what an answer to the wrong question looks like."""
    assert meddled({"overall": "4"}, {"overall": "4", "ontime": "late"}, "overall") == {"ontime"}
    assert meddled({"overall": "1", "sorry": "no"}, {"overall": "5"}, "overall") == set()
