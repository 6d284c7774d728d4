"""Where a session stands after its answers changed, and how it is put somewhere else."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from survey.model import Answer, Effect, Noted, Question, Session
from survey.screens import Form, number_of, screen

Turn = tuple[Session, tuple[Effect, ...]]
"""The session after an event, and what to show."""


def settle(
    form: Form,
    session: Session,
    answers: dict[str, Answer],
    skipped: frozenset[str],
    changed: Question | None = None,
) -> Turn:
    """Drop what no longer applies, then stay at the open question unless it is the one that changed or is gone."""
    shown = form.shown(answers)
    if gone := (answers.keys() | skipped) - set(shown):
        answers = {name: answer for name, answer in answers.items() if name not in gone}
        skipped -= gone
    if session.carried:
        session = replace(session, carried=(session.carried & answers.keys()) - {changed.name if changed else None})
    stays = session.current in shown and (changed is None or changed.name != session.current)
    if stays:
        settled = replace(session, answers=answers, skipped=skipped, misses=0)
    else:
        settled = _placed(form, session, first_open(shown, answers, skipped), answers, skipped, returning=False)
    noted: tuple[Effect, ...] = ()
    if changed and changed.name in answers:
        noted = (Noted(changed, number_of(form, shown, changed.name), answers[changed.name]),)
    return settled, (*noted, screen(form, settled, shown))


def first_open(shown: tuple[str, ...], answers: Mapping[str, Answer], skipped: frozenset[str]) -> str | None:
    for name in shown:
        if name not in answers and name not in skipped:
            return name
    return None


def _placed(
    form: Form,
    session: Session,
    name: str | None,
    answers: dict[str, Answer],
    skipped: frozenset[str],
    *,
    returning: bool,
) -> Session:
    """The session at question `name` with the boxes of an earlier answer ticked, or at the review."""
    question = form.question(name)
    earlier = answers.get(name) if name and name not in session.carried else None
    return replace(
        session,
        place="question" if question else "review",
        current=name if question else None,
        answers=answers,
        skipped=skipped,
        picked=earlier if isinstance(earlier, tuple) else (),
        returning=returning,
        misses=0,
    )


def open_at(form: Form, session: Session, question: Question | None) -> Turn:
    name, returning = (question.name, session.returning) if question else (None, False)
    moved = _placed(form, session, name, session.answers, session.skipped, returning=returning)
    return moved, (screen(form, moved),)
