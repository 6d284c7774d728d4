"""What is shown for a session: the questions that apply, where the person stands, the screen to draw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from survey.logic import Failure, FormLogic, logic_of
from survey.model import CARRIED, Answer, Ask, AskConsent, Effect, Explain, Question, Refused, Review, Session, Survey
from survey.rotation import NOBODY, resting


class Progress(NamedTuple):
    """`number` of `total` questions that apply as far as known; notes are not counted."""

    number: int
    total: int


class Form(Struct, frozen=True):
    """What does not change during one turn: the survey, its logic, what rests, the person's language, the local day."""

    survey: Survey
    logic: FormLogic
    language: str
    today: date | None
    resting: frozenset[str] = NOBODY

    def question(self, name: str | None) -> Question | None:
        return self.survey.question(name) if name else None

    def shown(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        """Names of the questions that apply, in order."""
        shown = self.logic.relevant(answers, self.today).shown
        return tuple(name for name in shown if name not in self.resting) if self.resting else shown

    def counted(self, shown: tuple[str, ...]) -> tuple[str, ...]:
        notes = _notes(self.survey)
        return tuple(name for name in shown if name not in notes) if notes else shown


def form_of(
    survey: Survey, session: Session, logic: FormLogic | None = None, language: str = "vi", today: date | None = None
) -> Form:
    return Form(survey, logic or logic_of(survey), language, today, resting(survey, session.id))


@lru_cache(maxsize=64)
def _notes(survey: Survey) -> frozenset[str]:
    return frozenset(question.name for question in survey.questions if question.kind == "note")


def number_of(form: Form, shown: tuple[str, ...], name: str) -> int:
    """The question's number, from 1; a note has the number of the question before it (at least 1)."""
    counted = form.counted(shown)
    if name in counted:
        return counted.index(name) + 1
    before = shown[: shown.index(name)] if name in shown else shown
    return max(len(form.counted(before)), 1)


def screen(form: Form, session: Session, shown: tuple[str, ...] | None = None) -> Effect:
    """What the person should see now; changes nothing. `shown` spares working it out again."""
    match session.place:
        case "consent":
            return AskConsent()
        case "refused":
            return Refused()
        case "finished":
            return Explain("finished")
        case "question" | "review":
            shown = form.shown(session.answers) if shown is None else shown
            question = form.question(session.current) if session.place == "question" else None
            if question is None:
                return review(form, session, shown)
            number = number_of(form, shown, question.name)
            return Ask(question, number, len(form.counted(shown)), session.picked)


def review(form: Form, session: Session, shown: tuple[str, ...]) -> Review:
    by_name = form.survey.by_name
    return Review(tuple((by_name[name], told(session, name)) for name in form.counted(shown)))


def told(session: Session, name: str) -> Answer | None:
    """An answer as it may be shown where the conversation is now."""
    return CARRIED if name in session.carried else session.answers.get(name)


# --- for callers that show something beside the conversation ---


def order(survey: Survey, session: Session, *, today: date | None = None) -> tuple[Question, ...]:
    """The questions that apply to this session as far as known, in order, notes included."""
    form = form_of(survey, session, today=today)
    return tuple(survey.by_name[name] for name in form.shown(session.answers))


def progress(survey: Survey, session: Session, *, today: date | None = None) -> Progress:
    """Where the session stands: 0 before the first question, the total at the review and after."""
    form = form_of(survey, session, today=today)
    shown = form.shown(session.answers)
    total = len(form.counted(shown))
    match session.place:
        case "question" if session.current:
            return Progress(number_of(form, shown, session.current), total)
        case "review" | "finished":
            return Progress(total, total)
        case _:
            return Progress(0, total)


def failures(survey: Survey, session: Session, *, today: date | None = None) -> tuple[Failure, ...]:
    """Conditions that could not be worked out for this session; their questions were left out. For the log."""
    return logic_of(survey).relevant(session.answers, today).failed
