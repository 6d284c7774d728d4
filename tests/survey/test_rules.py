"""Whatever people do, the rules of the conversation hold; and wrong variants of `step` break them."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from survey.flow import Turn, step
from survey.model import (
    DONE,
    NEXT,
    Back,
    Begin,
    Edit,
    Event,
    Noted,
    Pressed,
    Quit,
    Resume,
    Said,
    Session,
    Skip,
    Submit,
    Survey,
)
from survey.screens import form_of, screen
from tests.survey.build import small
from tests.survey.rules import Step, broken

SMALL = small()
NAMES = [*(q.name for q in SMALL.questions), "nothing"]
CHOICES = [*"1245", "dk", "early", "late", "none", "refused", "yes", "no", "wait", "papers", DONE, NEXT, ""]
TYPED = ["4", "hài lòng", "1, 3", "2", "99", "xin chào", "trễ hẹn", "0912345678", "\u202e", "ồ" * 1001]

_NAME = st.sampled_from(NAMES)
_RIGHT = st.sampled_from(
    [Pressed("overall", n) for n in "124"] + [Pressed("ontime", n) for n in ("late", "none", "early")]
    + [Pressed("result", "2"), Pressed("sorry", "no"), Pressed("why", "wait"), Pressed("why", DONE)]
    + [Pressed("about", NEXT), Said("2"), Said("tốt"), Submit(), Skip("ontime"), Skip("trips"), Skip("comment")]
)  # fmt: skip
_EVENT: st.SearchStrategy[Event] = st.one_of(
    _RIGHT,
    _RIGHT,
    st.builds(Pressed, _NAME, st.sampled_from(CHOICES)),
    st.builds(Said, st.sampled_from(TYPED) | st.text(max_size=12)),
    st.builds(Skip, _NAME),
    st.builds(Back, _NAME | st.none()),
    st.builds(Edit, _NAME),
    st.sampled_from([Begin(), Submit(), Quit(), Resume()]),
)
_EVENTS = st.lists(_EVENT, max_size=30).map(lambda events: [Begin(), *events])


@settings(max_examples=400)
@given(_EVENTS)
def test_no_rule_is_ever_broken(events: list[Event]) -> None:
    assert broken(SMALL, events, step) == []


@settings(max_examples=50)
@given(st.lists(_EVENT, max_size=6))
def test_no_rule_is_broken_without_consent(events: list[Event]) -> None:
    assert broken(SMALL, events, step) == []


# --- wrong variants: each breaks the rule that it is named for ---


def _consent_by_any_press(survey: Survey, session: Session, event: Event) -> Turn:
    if session.place == "consent" and isinstance(event, Pressed):
        session = step(survey, session, Begin())[0]
    return step(survey, session, event)


def _press_answers_the_open_question(survey: Survey, session: Session, event: Event) -> Turn:
    if isinstance(event, Pressed) and session.current:
        event = Pressed(session.current, event.choice)
    return step(survey, session, event)


def _closed_branches_stay(survey: Survey, session: Session, event: Event) -> Turn:
    after, effects = step(survey, session, event)
    return replace(after, answers={**session.answers, **after.answers}), effects


def _ticks_travel(survey: Survey, session: Session, event: Event) -> Turn:
    after, effects = step(survey, session, event)
    return replace(after, picked=after.picked or session.picked), effects


def _skip_ignores_required(survey: Survey, session: Session, event: Event) -> Turn:
    free = dataclasses.replace(
        survey, questions=tuple(dataclasses.replace(q, required=False) for q in survey.questions), version="free"
    )
    after, effects = step(free, replace(session, version="free"), event)
    return replace(after, version=session.version), effects


def _constraints_are_ignored(survey: Survey, session: Session, event: Event) -> Turn:
    free = dataclasses.replace(
        survey, questions=tuple(dataclasses.replace(q, constraint="") for q in survey.questions), version="free"
    )
    after, effects = step(free, replace(session, version="free"), event)
    return replace(after, version=session.version), effects


def _comments_are_kept_as_typed(survey: Survey, session: Session, event: Event) -> Turn:
    after, effects = step(survey, session, event)
    if isinstance(event, Said) and session.current == "comment" and "comment" in after.answers:
        answers = {**after.answers, "comment": event.text}
        return replace(after, answers=answers), (Noted(SMALL.questions[-1], 5, event.text), *effects[1:])
    return after, effects


def _answers_after_the_end(survey: Survey, session: Session, event: Event) -> Turn:
    if session.place == "finished" and isinstance(event, Pressed):
        after = replace(session, answers={**session.answers, event.question: event.choice})
        return after, (screen(form_of(survey, after), after),)
    return step(survey, session, event)


def _submits_from_anywhere(survey: Survey, session: Session, event: Event) -> Turn:
    if isinstance(event, Submit) and session.place == "question":
        session = replace(session, place="review", current=None, picked=())
        return replace(session, place="finished", sent=True), step(SMALL, _sent(), Submit())[1]
    return step(survey, session, event)


def _sent() -> Session:
    done = {"overall": "4", "ontime": "none"}
    return Session("s", "test", "1", "review", None, dict(done), frozenset({"about", "trips", "comment"}))


def _says_nothing(survey: Survey, session: Session, event: Event) -> Turn:
    return step(survey, session, event)[0], ()


_REVIEW: list[Event] = [
    Begin(), Pressed("overall", "4"), Pressed("ontime", "late"), Pressed("result", "4"), Pressed("sorry", "no"),
    Pressed("about", NEXT), Said("2"), Said("tốt"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "events", "rule"),
    [
        (_consent_by_any_press, [Pressed("overall", "4")], "no answer before consent"),
        (
            _press_answers_the_open_question,
            [Begin(), Pressed("overall", "4"), Skip("ontime"), Pressed("overall", "5")],
            "an answer comes from its own question",
        ),
        (_closed_branches_stay, [*_REVIEW, Pressed("ontime", "none")], "answers only where they apply"),
        (
            _ticks_travel,
            [Begin(), Pressed("overall", "1"), Skip("ontime"), Skip("result"), Pressed("why", "wait"),
             Pressed("why", DONE)],
            "ticks belong to the open question",
        ),
        (_skip_ignores_required, [Begin(), Skip("overall")], "required is not skipped"),
        (_constraints_are_ignored, [*_REVIEW[:-2], Said("99")], "constraints hold"),
        (_comments_are_kept_as_typed, [*_REVIEW[:-1], Said("0912345678")], "no long number is kept"),
        (_answers_after_the_end, [*_REVIEW, Submit(), Pressed("overall", "1")], "the end stays the end"),
        (_submits_from_anywhere, [*_REVIEW[:3], Submit()], "finish comes with everything asked"),
        (_says_nothing, [Begin()], "something is shown"),
    ],
)  # fmt: skip
def test_a_wrong_variant_is_caught(wrong: Step, events: list[Event], rule: str) -> None:
    assert rule not in broken(SMALL, events, step)
    assert rule in broken(SMALL, events, wrong)
