"""How a conversation moves: one event in, the next session and what to show out.

Rule 1: no answer is stored before Begin, nor after the end unless Edit opened it again.
Rule 2: an answer comes from its own question's button, or from text typed while that question is open.
Rule 3: a press on another question corrects that question if it was asked before, else it is refused politely.
Rule 4: what no longer applies is dropped with the answer that closed it.
Rule 5: whatever a person does leads to a screen; nothing a person does raises.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from msgspec.structs import replace

from survey.kinds import accept, read
from survey.logic import FormLogic
from survey.model import (
    DONE,
    DONT_KNOW,
    NEXT,
    Answer,
    AskConsent,
    Back,
    Begin,
    Edit,
    Event,
    Explain,
    Finish,
    Pressed,
    Question,
    Quit,
    Refused,
    Resume,
    Said,
    Session,
    Skip,
    Submit,
    Survey,
)
from survey.places import Turn, first_open, open_at, settle
from survey.saved import from_json, to_json
from survey.screens import Form, Progress, form_of, order, progress, screen
from survey.text import MAX_TEXT

__all__ = ["Progress", "Turn", "from_json", "order", "progress", "start", "step", "to_json"]

_UNCLEAR: Final[tuple[Literal["unclear", "unclear_again", "later"], ...]] = ("unclear", "unclear_again", "later")


def start(survey: Survey, session_id: str) -> Session:
    """A new session, before consent; it stays on this version of the survey."""
    return Session(session_id, survey.id, survey.version)


def step(
    survey: Survey,
    session: Session,
    event: Event,
    *,
    logic: FormLogic | None = None,
    language: str = "vi",
    today: date | None = None,
) -> Turn:
    """The session after `event` and what to show; raises ValueError only for another survey's session."""
    if (session.survey, session.version) != (survey.id, survey.version):
        raise ValueError(f"session of {session.survey} {session.version}, survey {survey.id} {survey.version}")
    form = form_of(survey, session, logic, language, today)
    match session.place:
        case "consent" | "refused":
            return _before(form, session, event)
        case "finished":
            return _after(form, session, event)
        case "question" | "review":
            return _during(form, session, event)


def _before(form: Form, session: Session, event: Event) -> Turn:
    match event:
        case Begin():
            return settle(form, session, session.answers, session.skipped)
        case Quit():
            return replace(session, place="refused"), (Refused(),)
        case _:
            return session, (AskConsent() if session.place == "consent" else Refused(),)


def _after(form: Form, session: Session, event: Event) -> Turn:
    question = form.question(event.question) if isinstance(event, Edit) else None
    if question and question.name in session.carried:
        return session, (Explain("carried"),)
    if question and question.name in form.counted(form.shown(session.answers)):
        return open_at(form, replace(session, returning=True), question)
    return session, (Explain("finished"),)


def _during(form: Form, session: Session, event: Event) -> Turn:
    match event:
        case Said(text):
            return _said(form, session, text)
        case Pressed(name, choice):
            return _pressed(form, session, form.question(name), choice)
        case Skip(name):
            return _skip(form, session, form.question(name))
        case Submit():
            return _submit(form, session)
        case Quit():
            return _quit(form, session)
        case Begin() | Resume() | Back() | Edit():
            return _moved(form, session, event)


def _moved(form: Form, session: Session, event: Begin | Resume | Back | Edit) -> Turn:
    match event:
        case Back(name):
            return _back(form, session, name)
        case Edit(name):
            return _edit(form, session, form.question(name))
        case Begin() | Resume():
            return session, (screen(form, session),)


# --- typed text ---


def _said(form: Form, session: Session, text: str) -> Turn:
    question = form.question(session.current)
    if len(text) > MAX_TEXT:
        return _explain(form, session, Explain("too_long"))
    answer = read(question, text, form.language) if question else None
    if question is None or answer is None:
        return _unclear(form, session)
    return _answer(form, session, question, answer)


def _unclear(form: Form, session: Session) -> Turn:
    """First a hint alone, then the hint with the buttons again, then whether to go on later."""
    explain = Explain(_UNCLEAR[min(session.misses, 2)])
    after = replace(session, misses=min(session.misses + 1, len(_UNCLEAR)))
    return (after, (explain,)) if session.misses == 0 else _explain(form, after, explain)


def _explain(form: Form, session: Session, explain: Explain) -> Turn:
    return session, (explain, screen(form, session))


# --- buttons ---


def _pressed(form: Form, session: Session, question: Question | None, choice: str) -> Turn:
    if question is None:
        return _explain(form, session, Explain("old_button"))
    if question.name != session.current:
        return _correct(form, session, question, choice)
    if question.kind == "select_multiple":
        return _tick(form, session, question, choice)
    answer = accept(question, choice)
    if answer is None:
        return _explain(form, session, Explain("old_button"))
    return _answer(form, session, question, answer)


def _tick(form: Form, session: Session, question: Question, choice: str) -> Turn:
    if choice == DONE:
        picked = session.picked
        return _answer(form, session, question, picked) if picked else _skip(form, session, question)
    if accept(question, choice) is None:
        return _explain(form, session, Explain("old_button"))
    ticked = replace(session, picked=_toggled(question, session.picked, choice), misses=0)
    return ticked, (screen(form, ticked),)


def _toggled(question: Question, picked: tuple[str, ...], choice: str) -> tuple[str, ...]:
    """The boxes after one press, in the sheet's order; "no opinion" stands alone."""
    if choice in picked:
        return tuple(name for name in picked if name != choice)
    if choice == DONT_KNOW:
        return (choice,)
    names = {*picked, choice} - {DONT_KNOW}
    return tuple(c.name for c in question.choices if c.name in names)


def _correct(form: Form, session: Session, question: Question, choice: str) -> Turn:
    """A press on a question that is not open: a late correction, a second tap, or a button that means nothing now."""
    answer = accept(question, choice) if question.kind == "select_one" else None
    if not _asked(session, question):
        return _explain(form, session, Explain("old_button"))
    if question.name in session.carried:
        return _explain(form, session, Explain("carried"))
    if answer is not None:
        return _answer(form, session, question, answer)
    if choice in {DONE, NEXT}:  # the second tap of two on the button that goes on
        return session, (screen(form, session),)
    return _explain(form, session, Explain("old_button"))


def _asked(session: Session, question: Question) -> bool:
    return question.name in session.answers or question.name in session.skipped


# --- storing ---


def _answer(form: Form, session: Session, question: Question, answer: Answer) -> Turn:
    if question.kind == "note":
        return settle(form, session, session.answers, session.skipped | {question.name}, question)
    if form.logic.allows(question.name, answer, session.answers, form.today) is False:
        return _explain(form, session, Explain("constraint", question.constraint_message))
    answers = {**session.answers, question.name: answer}
    return settle(form, session, answers, session.skipped - {question.name}, question)


# --- moving ---


def _skip(form: Form, session: Session, question: Question | None) -> Turn:
    if question is None or question.name != session.current:
        if question and question.name in session.skipped:  # the second tap of two
            return session, (screen(form, session),)
        return _explain(form, session, Explain("old_button"))
    if question.required:
        return _explain(form, session, Explain("required"))
    answers = {name: answer for name, answer in session.answers.items() if name != question.name}
    return settle(form, session, answers, session.skipped | {question.name}, question)


def _back(form: Form, session: Session, name: str | None) -> Turn:
    if name not in {None, session.current}:  # the second tap of two, or an old bubble
        return session, (screen(form, session),)
    shown = form.shown(session.answers)
    if session.returning and first_open(shown, session.answers, session.skipped) is None:
        return open_at(form, session, None)
    here = shown.index(session.current) if session.current in shown else len(shown)
    if here and shown[here - 1] in session.carried:
        return _explain(form, session, Explain("carried"))
    return (
        open_at(form, session, form.question(shown[here - 1])) if here else (session, (screen(form, session, shown),))
    )


def _edit(form: Form, session: Session, question: Question | None) -> Turn:
    if question is None or question.kind == "note" or not _asked(session, question):
        return _explain(form, session, Explain("old_button"))
    if question.name in session.carried:
        return _explain(form, session, Explain("carried"))
    return open_at(form, replace(session, returning=session.returning or session.place == "review"), question)


def _submit(form: Form, session: Session) -> Turn:
    if session.place != "review":
        return _explain(form, session, Explain("old_button"))
    settled, effects = settle(form, session, session.answers, session.skipped)
    if settled.place != "review":  # a question opened since (a condition on the date): it is asked first
        return settled, effects
    return replace(settled, place="finished", sent=True), (Finish(),)


def _quit(form: Form, session: Session) -> Turn:
    """Stopped, and what she had answered is forgotten. What was sent stays sent: then it is an old screen's button."""
    if session.sent:
        return _explain(form, session, Explain("old_button"))
    return replace(start(form.survey, session.id), place="refused"), (Refused(),)
