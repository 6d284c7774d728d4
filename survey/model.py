"""The nouns: Survey, Question, Choice, Session, and the events and effects of one turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from msgspec import Struct

Labels = dict[str, str]
"""Text by language code: {"vi": "...", "en": "..."}."""

Kind = Literal["select_one", "select_multiple", "text", "integer", "note"]

DONT_KNOW = "dk"
"""The one choice name that means "Không có ý kiến": kept as an answer, left out of every score."""


@dataclass(frozen=True)
class Choice:
    """One possible answer. `score` is 1 to 5 on a satisfaction scale, else None."""

    name: str
    label: Labels
    score: int | None = None


@dataclass(frozen=True)
class Question:
    """One screen. `name` is the XLSForm name; `criterion` the stable code that figures are kept under.

    `factor` is the SIPAS factor letter (A to E), `overall` for the overall item, or None for a fact question.
    `confidential` marks what is never shown to the visited unit; `rotated` what is asked of some people only, in turn.
    `short` is what the criterion is called in tables.
    """

    name: str
    kind: Kind
    label: Labels
    hint: Labels = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: Labels = field(default_factory=dict)
    factor: str | None = None
    criterion: str = ""
    appearance: str = ""
    confidential: bool = False
    rotated: bool = False
    short: Labels = field(default_factory=dict)

    @cached_property
    def scores(self) -> dict[str, int | None]:
        """The score of every choice, by its name."""
        return {choice.name: choice.score for choice in self.choices}


@dataclass(frozen=True)
class Survey:
    """A published questionnaire: immutable, named by (id, version). Each person is asked `rotate` of those rotated."""

    id: str
    version: str
    title: Labels
    default_language: str
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    factors: dict[str, Labels] = field(default_factory=dict)
    rotate: int = 0

    def question(self, name: str) -> Question | None:
        return self.by_name.get(name)

    @cached_property
    def by_name(self) -> dict[str, Question]:
        return {question.name: question for question in self.questions}

    @cached_property
    def rotated(self) -> tuple[str, ...]:
        """Names of the questions that are asked in rotation."""
        return tuple(question.name for question in self.questions if question.rotated)

    def __hash__(self) -> int:
        """A published version never changes, so its name is enough: what is worked out from it can be cached."""
        return hash((self.id, self.version))


Place = Literal["consent", "question", "review", "finished", "refused"]

Answer = str | int | tuple[str, ...]
"""A choice's name, a whole number, several choices' names, or text."""


class Session(Struct, frozen=True):
    """Where one respondent stands. Plain data: it is saved and reloaded between all turns.

    `answers` holds what was answered, by question name; a skipped question is in `skipped`.
    `current` is the open question while `place` is "question". `picked` holds the boxes ticked so far of an
    open select_multiple. `returning` is set while one answer is corrected from the review.
    `misses` counts unclear inputs in a row at the open question. `sent` stays set once the answers were sent:
    then an answer may be corrected (Edit), reviewed and sent again. `carried` names what was answered before the
    conversation came here through another door: it counts, is not shown and stays as it is,
    for who holds a code need not be who spoke.
    """

    id: str
    survey: str
    version: str
    place: Place = "consent"
    current: str | None = None
    answers: dict[str, Answer] = {}
    skipped: frozenset[str] = frozenset()
    picked: tuple[str, ...] = ()
    returning: bool = False
    misses: int = 0
    sent: bool = False
    carried: frozenset[str] = frozenset()


# --- events: what a person did ---


@dataclass(frozen=True)
class Begin:
    """Consent was given by a tap on the start button."""


@dataclass(frozen=True)
class Said:
    text: str


class Pressed(Struct, frozen=True):
    """A button of `question` was pressed. For select_multiple a press ticks or unticks; DONE ends it."""

    question: str
    choice: str


@dataclass(frozen=True)
class Skip:
    question: str


@dataclass(frozen=True)
class Back:
    """Go to the question before `question` (or from the review to the last one)."""

    question: str | None = None


@dataclass(frozen=True)
class Edit:
    """From the review: correct the answer to `question`, then return to the review."""

    question: str


@dataclass(frozen=True)
class Submit:
    """Send, from the review."""


@dataclass(frozen=True)
class Quit:
    """Declined at the consent, or stopped by the person."""


@dataclass(frozen=True)
class Resume:
    """Show where we are; changes nothing."""


Event = Begin | Said | Pressed | Skip | Back | Edit | Submit | Quit | Resume

DONE = "@done"
"""The choice name of the button that ends a select_multiple."""

NEXT = "@next"
"""The choice name of the only button of a note."""

CARRIED = "@carried"
"""Stands in a review for an answer that was given at another door."""


# --- effects: what the caller should do ---


class Ask(Struct, frozen=True):
    """Show `question`; `number` of `total` counts the relevant questions as far as known, starting at 1."""

    question: Question
    number: int
    total: int
    picked: tuple[str, ...] = ()


class Noted(Struct, frozen=True):
    """An answer was stored (or changed): show "✓ Câu 1: Hài lòng"."""

    question: Question
    number: int
    answer: Answer


@dataclass(frozen=True)
class Explain:
    """The input was not used; `reason` names a sentence. `detail` is the form's own message where it has one."""

    reason: Literal[
        "unclear",
        "unclear_again",
        "later",
        "old_button",
        "constraint",
        "too_long",
        "required",
        "finished",
        "carried",
    ]
    detail: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class AskConsent:
    """Show the consent screen."""


@dataclass(frozen=True)
class Review:
    """Show the summary: (question, answer or None when skipped) in order, each can be changed."""

    lines: tuple[tuple[Question, Answer | None], ...]


@dataclass(frozen=True)
class Finish:
    """The answers were sent: close the response as complete."""


@dataclass(frozen=True)
class Refused:
    """The person declined or stopped."""


Effect = Ask | Noted | Explain | AskConsent | Review | Finish | Refused
