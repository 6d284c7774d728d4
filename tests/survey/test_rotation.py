"""Planned gaps: each person is asked three of the criteria, everybody together all of them, alike often."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from survey.flow import order, progress, start, step
from survey.markdown import read_markdown
from survey.model import Begin, Edit, Explain, Pressed, Skip, Survey
from survey.rotation import resting
from survey.xlsform import read_survey

FILE = Path(__file__).parents[2] / "config" / "surveys" / "sipas-rotating.md"
_READ = read_survey(read_markdown(FILE.read_text(encoding="utf-8")), gate=False)
assert isinstance(_READ, Survey)
SURVEY = _READ
PEOPLE = [f"session-{number}" for number in range(22_000)]


def asked_of(session_id: str, survey: Survey = SURVEY) -> tuple[str, ...]:
    rests = resting(survey, session_id)
    return tuple(name for name in survey.rotated if name not in rests)


def test_each_is_asked_three_of_three_factors() -> None:
    for session_id in PEOPLE[:500]:
        asked = asked_of(session_id)
        assert len(asked) == 3
        assert len({name[0] for name in asked}) == 3, "three questions about three things"
        assert asked == asked_of(session_id), "the same at every turn"


def test_every_criterion_is_asked_alike_often() -> None:
    times = Counter(name for session_id in PEOPLE for name in asked_of(session_id))
    assert set(times) == set(SURVEY.rotated)
    expected = 3 * len(PEOPLE) / 22
    assert max(abs(count - expected) for count in times.values()) < 4 * expected**0.5


@pytest.mark.parametrize(("marked", "rotate"), [(2, 1), (3, 2), (22, 5), (22, 21), (7, 3)])
def test_any_wheel_is_balanced(marked: int, rotate: int) -> None:
    kept = SURVEY.rotated[:marked]
    questions = tuple(q for q in SURVEY.questions if not q.rotated or q.name in kept)
    survey = replace(SURVEY, questions=questions, rotate=rotate)
    forms = Counter(asked_of(session_id, survey) for session_id in PEOPLE[:3000])
    assert {len(form) for form in forms} == {rotate}
    assert set(Counter(name for form in forms for name in form).values()) == {rotate * len(forms) // marked}


def test_a_survey_without_rotation_leaves_nothing_out() -> None:
    questions = tuple(replace(question, rotated=False) for question in SURVEY.questions)
    assert resting(replace(SURVEY, questions=questions, rotate=0), "s") == frozenset()


def test_what_rests_is_neither_counted_nor_answered_nor_skipped() -> None:
    session = step(SURVEY, start(SURVEY, "s"), Begin())[0]
    rests = sorted(resting(SURVEY, "s"))
    assert not {question.name for question in order(SURVEY, session)} & set(rests)
    assert progress(SURVEY, session) == (1, 12)
    for event in (Pressed(rests[0], "5"), Skip(rests[0]), Edit(rests[0])):
        after, effects = step(SURVEY, session, event)
        assert (after, effects[0]) == (session, Explain("old_button"))


def test_a_low_criterion_asks_why_like_any_other_low_answer() -> None:
    session = step(SURVEY, start(SURVEY, "s"), Begin())[0]
    low = asked_of("s")[0]
    for _ in range(30):
        if session.place != "question" or session.current is None:
            break
        question = SURVEY.by_name[session.current]
        names = {choice.name for choice in question.choices}
        answer = "2" if question.name == low else "4" if "4" in names else min(names, default="")
        event = Pressed(question.name, answer) if answer and question.kind == "select_one" else Skip(question.name)
        session = step(SURVEY, session, event)[0]
    assert "why" in session.skipped
    assert session.answers[low] == "2"
