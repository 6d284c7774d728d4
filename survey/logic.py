"""Which questions are asked, and which answers pass: the form's conditions behind one small interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from survey.compiled import TODAY, Values, condition
from survey.model import Answer, Survey


class Failure(NamedTuple):
    """A condition that could not be worked out: to be logged; the form's author must mend it."""

    question: str
    reason: str


class Relevance(NamedTuple):
    """Names of the questions that apply, in the survey's order, and the conditions that failed."""

    shown: tuple[str, ...]
    failed: tuple[Failure, ...] = ()


class FormLogic(Protocol):
    """What the conversation asks of a form's conditions. Nothing here raises."""

    def relevant(self, answers: Mapping[str, Answer], today: date | None = None) -> Relevance:
        """Which questions apply; answers to questions that do not apply count as blank."""
        ...

    def allows(
        self, question: str, answer: Answer, answers: Mapping[str, Answer], today: date | None = None
    ) -> bool | None:
        """Whether the question's constraint lets `answer` pass; None when that could not be worked out."""
        ...


class CompiledLogic:
    """FormLogic over expressions compiled once; raises XPathError if the survey holds one that is not allowed."""

    def __init__(self, survey: Survey) -> None:
        self._rows = [(q.name, condition(q.relevant) if q.relevant else None) for q in survey.questions]
        self._branches = any(test for _, test in self._rows)
        self._everything = Relevance(tuple(name for name, _ in self._rows))
        self._constraints = {q.name: condition(q.constraint) for q in survey.questions if q.constraint}

    def relevant(self, answers: Mapping[str, Answer], today: date | None = None) -> Relevance:
        if not self._branches:
            return self._everything
        values = _today(today)
        shown: list[str] = []
        failed: list[Failure] = []
        for name, test in self._rows:
            if test is None or _holds(test, values, name, failed):
                shown.append(name)
                if name in answers:
                    values[name] = as_text(answers[name])
        return Relevance(tuple(shown), tuple(failed))

    def allows(
        self, question: str, answer: Answer, answers: Mapping[str, Answer], today: date | None = None
    ) -> bool | None:
        test = self._constraints.get(question)
        if test is None:
            return True
        values = {name: as_text(value) for name, value in answers.items()} | _today(today) | {"": as_text(answer)}
        failed: list[Failure] = []
        holds = _holds(test, values, question, failed)
        return None if failed else holds


def _holds(test: Callable[[Values], bool], values: Values, name: str, failed: list[Failure]) -> bool:
    """The test's truth; a test that fails is false and is written down."""
    try:
        return test(values)
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
        failed.append(Failure(name, f"{type(error).__name__}: {error}"))
        return False


def _today(today: date | None) -> dict[str, str]:
    return {} if today is None else {TODAY: today.isoformat()}


def as_text(answer: Answer) -> str:
    """The answer as XForms writes it: several choices with blanks between them."""
    return answer if isinstance(answer, str) else " ".join(answer) if isinstance(answer, tuple) else str(answer)


@lru_cache(maxsize=64)
def logic_of(survey: Survey) -> FormLogic:
    """The survey's own logic, compiled once; raises XPathError for a survey that `read_survey` would refuse."""
    return CompiledLogic(survey)
