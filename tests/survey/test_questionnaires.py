"""The questionnaires that ship: sound, complete in both languages, the same in Excel, and judged by rxeval."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from survey.flow import Turn, from_json, order, start, step, to_json
from survey.kinds import accept, read
from survey.logic import logic_of
from survey.markdown import read_markdown
from survey.model import (
    DONE,
    Answer,
    Ask,
    Begin,
    Event,
    Finish,
    Pressed,
    Question,
    Review,
    Said,
    Session,
    Skip,
    Submit,
    Survey,
)
from survey.sheet import read_xlsx, write_xlsx
from survey.text import fold
from survey.xlsform import read_survey
from tests.survey.peers import RxevalForm
from tests.survey.rules import broken

FOLDER = Path(__file__).parents[2] / "config" / "surveys"
NAMES = ("sipas-quick", "sipas-2017", "sipas-rotating")


def cells(name: str) -> dict[str, list[list[str]]]:
    return read_markdown((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def load(name: str) -> Survey:
    survey = read_survey(cells(name), gate=False)
    assert isinstance(survey, Survey), survey
    return survey


QUICK, FULL, ROTATING = (load(name) for name in NAMES)
EACH = pytest.mark.parametrize("survey", [QUICK, FULL, ROTATING], ids=NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_excel_and_markdown_say_the_same(name: str) -> None:
    book = read_xlsx((FOLDER / f"{name}.xlsx").read_bytes())
    assert isinstance(book, dict)
    assert book == read_xlsx(write_xlsx(cells(name))), f"build {name}.xlsx again: write_xlsx(read_markdown(...))"
    assert read_survey(book) == load(name)


@pytest.mark.parametrize("name", NAMES)
def test_kobo_and_odk_read_the_excel_file(name: str) -> None:
    result = convert(xlsform=(FOLDER / f"{name}.xlsx").read_bytes(), validate=False)
    assert 'lang="English (en)"' in result.xform


@EACH
def test_both_languages_are_complete(survey: Survey) -> None:
    texts = [survey.title, *survey.factors.values(), *(q.label for q in survey.questions)]
    texts += [choice.label for q in survey.questions for choice in q.choices]
    texts += [q.hint for q in survey.questions if q.hint]
    assert [text for text in texts if set(text) != {"vi", "en"}] == []


@EACH
def test_texts_fit_a_telephone(survey: Survey) -> None:
    assert [q.name for q in survey.questions if max(map(len, q.label.values())) > 110] == []
    assert [c.name for q in survey.questions for c in q.choices if max(map(len, c.label.values())) > 40] == []


@EACH
def test_every_choice_is_understood_when_its_label_is_typed(survey: Survey) -> None:
    for question in survey.questions:
        for choice in question.choices:
            for language, label in choice.label.items():
                for typed in (label, fold(label), label.upper() + "."):
                    answer = read(question, typed, language)
                    assert answer in {choice.name, (choice.name,)}, (question.name, typed)


def test_the_quick_survey() -> None:
    assert [q.name for q in QUICK.questions if not q.relevant or q.factor == "D"] == [
        "overall", "ontime", "access", "papers", "officer", "result", "feedback", "trips", "comment",
    ]  # fmt: skip
    assert {q.factor: q.criterion for q in QUICK.questions if q.factor} == {
        "overall": "OVERALL", "A": "A0", "B": "B0", "C": "C0", "D": "D0", "E": "E0",
    }  # fmt: skip


def test_the_full_survey_has_the_22_criteria() -> None:
    criteria = [q.criterion for q in FULL.questions if q.factor not in {None, "overall"}]
    wanted = {"A": 4, "B": 5, "C": 6, "D": 3, "E": 4}
    assert criteria == [f"{factor}{n}" for factor, count in wanted.items() for n in range(1, count + 1)]
    assert all(q.factor == q.criterion[0] for q in FULL.questions if q.criterion in criteria)
    assert {q.name for q in FULL.questions if q.confidential} == {"trouble", "extra", "around"}


def test_in_rotation_everybody_is_asked_five_factors_and_two_facts_and_somebody_each_of_the_22_criteria() -> None:
    full = [q.criterion for q in FULL.questions if q.factor not in {None, "overall"}]
    assert [q.criterion for q in ROTATING.questions if q.rotated] == full
    assert [(q.label, q.factor) for q in ROTATING.questions if q.rotated] == [
        (q.label, q.factor) for q in FULL.questions if q.criterion in full
    ], "a criterion is asked in the same words"
    assert ROTATING.rotate == 3
    assert [q.name for q in ROTATING.questions if q.factor and not q.rotated] == [
        q.name for q in QUICK.questions if q.factor
    ]
    asked, _ = walk(ROTATING, {})
    assert len(asked) == 12, "eleven short questions, and room for her own words"
    assert len([name for name in asked if name in ROTATING.rotated]) == 3


@EACH
def test_scales_are_whole_and_facts_have_no_score(survey: Survey) -> None:
    for question in survey.questions:
        scores = [choice.score for choice in question.choices]
        assert scores == [1, 2, 3, 4, 5, None] if question.factor else set(scores) <= {None}


@EACH
def test_nothing_is_required_but_what_offers_no_opinion(survey: Survey) -> None:
    for question in survey.questions:
        assert not question.required or "dk" in {choice.name for choice in question.choices}


# --- ways through ---


def walk(survey: Survey, answers: dict[str, str], usual: str = "4") -> tuple[list[str], Turn]:
    """Asked questions in order and the last turn, answering as told, else `usual` on scales and the first choice."""
    turn = step(survey, start(survey, "s"), Begin())
    asked: list[str] = []
    while isinstance(turn[1][-1], Ask):
        question = turn[1][-1].question
        asked.append(question.name)
        session = from_json(to_json(turn[0]))
        for event in _events(question, answers.get(question.name, usual if question.factor else "")):
            turn = step(survey, session, event)
            session = turn[0]
    return asked, turn


def _events(question: Question, answer: str) -> list[Pressed | Said | Skip]:
    match question.kind:
        case "text":
            return [Said(answer)] if answer else [Skip(question.name)]
        case "select_multiple":
            return [Pressed(question.name, answer or question.choices[0].name), Pressed(question.name, DONE)]
        case _:
            return [Pressed(question.name, answer or question.choices[0].name)]


def test_a_content_person_answers_nine_questions() -> None:
    asked, turn = walk(QUICK, {})
    assert len(asked) == 9
    assert isinstance(turn[1][-1], Review)
    assert step(QUICK, turn[0], Submit())[1] == (Finish(),)


def test_the_full_survey_asks_a_content_person_27() -> None:
    asked, _ = walk(FULL, {"profile": "no"})
    assert len(asked) == 27
    assert not {"trouble", "extra", "around", "why", "sorry", "sex"} & set(asked)


@pytest.mark.parametrize("outcome", ["none", "refused"])
@EACH
def test_without_a_result_nothing_is_asked_about_it(survey: Survey, outcome: str) -> None:
    asked, _ = walk(survey, {"ontime": outcome})
    assert not [q.name for q in survey.questions if q.factor == "D" and q.name in asked]


@EACH
def test_who_was_late_is_asked_for_the_apology_at_once(survey: Survey) -> None:
    asked, _ = walk(survey, {"ontime": "late"})
    assert asked[asked.index("ontime") + 1] == "sorry"


@EACH
def test_one_low_answer_asks_for_causes(survey: Survey) -> None:
    asked = {question.name for question in order(survey, start(survey, "s"))}
    for question in survey.questions:
        if question.factor and question.name in asked:
            for score in ("1", "2"):
                assert "why" in walk(survey, {question.name: score, "profile": "no"})[0]
    assert "why" not in walk(survey, {"profile": "no"}, usual="3")[0]
    assert "why" not in walk(survey, {"profile": "no"}, usual="dk")[0]


def test_conduct_is_asked_only_after_a_low_answer_about_the_staff() -> None:
    conduct = {"trouble", "extra", "around"}
    for question in FULL.questions:
        if question.factor:
            asked = set(walk(FULL, {question.name: "2"})[0])
            assert conduct & asked == (conduct if question.factor == "C" else set())


def test_the_profile_opens_by_yes_only() -> None:
    profile = {"who", "sex", "age", "school", "job", "area"}
    assert set(walk(FULL, {"profile": "yes"})[0]) >= profile
    assert not set(walk(FULL, {"profile": "no"})[0]) & profile


# --- second opinion ---


@pytest.mark.parametrize(("name", "fillings"), [("sipas-quick", 60), ("sipas-2017", 60), ("sipas-rotating", 60)])
def test_rxeval_agrees_on_what_applies(name: str, fillings: int) -> None:
    survey = load(name)
    peer = RxevalForm(convert(xlsform=(FOLDER / f"{name}.xlsx").read_bytes(), validate=False).xform)
    names = {question.name for question in survey.questions}
    for seed in range(fillings):
        answers = _filling(survey, random.Random(seed))
        ours = set(logic_of(survey).relevant(answers).shown)
        assert peer.relevant(answers) & names == ours, answers


def _filling(survey: Survey, chance: random.Random) -> dict[str, Answer]:
    """Answers as a conversation leaves them: some blank, none where the question does not apply."""
    answers: dict[str, Answer] = {}
    for question in survey.questions:
        if question.name not in logic_of(survey).relevant(answers).shown or chance.random() < 0.15:
            continue
        names = [choice.name for choice in question.choices]
        if question.kind == "select_multiple":
            answers[question.name] = tuple(sorted(chance.sample(names, 2)))
        elif names:
            satisfied = [*"34455", "dk"] if chance.random() < 0.8 else [*"12"]
            answers[question.name] = chance.choice(satisfied if question.factor else names)
        else:
            answers[question.name] = "tốt"
    return answers


@EACH
def test_random_conversations_keep_the_rules(survey: Survey) -> None:
    for seed in range(12):
        chance = random.Random(seed)
        events: list[Event] = [Begin()]
        session: Session = start(survey, "s")
        for _ in range(60):
            session = step(survey, session, events[-1])[0]
            events.append(_likely(survey, session, chance))
        assert broken(survey, events, step) == []


def _likely(survey: Survey, session: Session, chance: random.Random) -> Pressed | Said | Skip | Submit:
    """Mostly an answer to the open question, sometimes a press on any other."""
    question = survey.question(session.current or "") if chance.random() < 0.8 else chance.choice(survey.questions)
    if question is None:
        return Submit()
    if not question.choices:
        return Said("gọi 0912345678") if chance.random() < 0.5 else Skip(question.name)
    choice = chance.choice([*(c.name for c in question.choices), DONE])
    assert choice == DONE or accept(question, choice)
    return Pressed(question.name, choice)
