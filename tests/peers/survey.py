"""A whole `sipas-quick` survey, by the callback data found in the bubbles, checked against the database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.faults.program import Program
from tests.peers.person import Json, Person, buttons
from tests.standins.checker import read_rows

MOST_SCREENS = 40
WORDS = "Cán bộ hướng dẫn tận tình, xin cảm ơn."

_LAST = "SELECT id, disposition, channel, unit_id FROM response WHERE channel = 'telegram'"
_ANSWERS = "SELECT question, value, words FROM answer WHERE response_id = ?"


async def figure(program: Program, unit: str) -> Json:
    """`sipas score UNIT --json`."""
    done = await asyncio.to_thread(program.sipas, "score", unit, "--json")
    found: Json = json.loads(done.stdout)
    return found


async def whole_survey(program: Program, citizen: Person, unit: str) -> str:
    """From the slip's link to the receipt; afterwards the unit has one respondent more."""
    before = await figure(program, unit)
    code = await asyncio.to_thread(program.entry, unit)
    bubble = await citizen.say(f"/start {code}")
    assert unit.lower() in bubble["text"].lower(), bubble["text"]
    pressed = await _answer_all(citizen, bubble)
    _stands(program.database, pressed)
    after = await figure(program, unit)
    assert after["n"] == before["n"] + 1, f"{before['n']} respondents before, {after['n']} after"
    return f"{citizen.presses} presses, {len(pressed)} answers and one comment stored; {unit} has {after['n']} answers"


async def _answer_all(citizen: Person, bubble: Json) -> dict[str, str]:
    """What was answered, by question."""
    pressed: dict[str, str] = {}
    first = bubble["message_id"]
    for _ in range(MOST_SCREENS):
        data = _next(bubble)
        if data is None:
            bubble = await citizen.say(WORDS)
            continue
        word = data.split(":")
        if not word[2].startswith("@"):
            # A comment ends the bubble; up to there the survey is one bubble, edited in place.
            assert bubble["message_id"] == first, "the survey left its bubble"
            pressed[word[2]] = word[3]
        bubble = await citizen.press(bubble, data)
        if word[2] == "@send":
            assert "Mã của ông/bà" in bubble["text"], bubble["text"]
            return pressed
    raise AssertionError(f"no end after {MOST_SCREENS} screens: {bubble['text']}")


def _next(bubble: Json) -> str | None:
    """Begin, a good answer on each screen, send; None where only words or skipping are left."""
    found: list[str] = [
        button["callback_data"] for button in buttons(bubble) if button["callback_data"].startswith("s:")
    ]
    assert found, f"no button of the survey in: {bubble['text']}"
    by_word = {data.split(":")[2]: data for data in found}
    forward: str | None = by_word.get("@begin") or by_word.get("@send")
    choices = [data for data in found if not data.split(":")[2].startswith("@")]
    if forward or not choices:
        return forward
    satisfied: list[str] = [data for data in choices if data.endswith(":4")]
    return (satisfied or choices)[0]


def _stands(database: Path, pressed: dict[str, str]) -> None:
    """One complete response whose answers are those pressed, and the words."""
    responses: list[tuple[Any, ...]] = read_rows(database, _LAST)
    assert [row[1] for row in responses] == ["complete"], responses
    stored = read_rows(database, _ANSWERS, responses[0][:1])
    values = {question: value for question, value, words in stored if value is not None}
    assert values == pressed, f"stored {values}, pressed {pressed}"
    assert WORDS in [words for _, _, words in stored], stored
