"""The screens of a survey: effects of `step` become one bubble."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from handlers.context import Button, Context, Message, strong
from handlers.wording import answer_words, label
from survey.flow import progress, start
from survey.model import (
    DONE,
    NEXT,
    Ask,
    AskConsent,
    Effect,
    Explain,
    Finish,
    Noted,
    Question,
    Refused,
    Review,
    Session,
    Survey,
)

CONSENT_VERSION = "3"
PASSES_THROUGH = {"telegram": "consent.abroad", "zalo-oa": "consent.zalo", "zalo-bot": "consent.zalo"}
"""What is said about where messages go, by channel."""
NUMBERS_A_ROW = 5
SECONDS_A_QUESTION = 8

Rows = tuple[tuple[Button, ...], ...]


def survey_data(session_id: str, word: str, detail: str = "") -> str:
    """A survey button's data: it names the session, the question (or a verb with @) and the choice."""
    return f"s:{session_id}:{word}:{detail}" if detail else f"s:{session_id}:{word}"


class About(NamedTuple):
    """What a survey is about: the office, and the sentence that names the visit. `invited`: a dossier proves it."""

    unit: str
    visit: str
    invited: bool = False


def screen(
    context: Context, survey: Survey, session: Session, effects: Iterable[Effect], about: Callable[[], About]
) -> Message:
    """One bubble for one turn: what was noted, what could not be used, and what comes next.

    Only the consent screen asks what the survey is `about`.
    """
    above: list[str] = []
    later: Rows = ()
    for effect in effects:
        match effect:
            case Noted():
                words = answer_words(context, effect.question, effect.answer)
                above.append(context.texts("noted", number=effect.number, answer=words))
            case Explain():
                above.append(
                    label(context, effect.detail) if effect.detail else context.texts(f"explain.{effect.reason}")
                )
                if effect.reason == "later":
                    later = ((Button(context.texts("button.later"), survey_data(session.id, "@later")),),)
            case Ask():
                asked = _ask(context, session, effect)
                return _join(above, replace(asked, buttons=(*asked.buttons, *later)) if later else asked)
            case AskConsent():
                return _join(above, consent(context, survey, session, about()))
            case Review():
                return _join(above, _review(context, session, effect.lines))
            case Refused():
                return _join(above, Message(context.texts("refused"), replaces=True))
            case Finish():
                continue
    return Message("\n\n".join(above), replaces=True)


def _join(above: Sequence[str], message: Message) -> Message:
    return Message("\n\n".join([*above, message.text]), message.buttons, replaces=True, awaits=message.awaits)


_NUMBERED = frozenset({"zalo-bot", "zalo-oa"})
"""Channels where a button may be a number to type: in a review the number of a line must change that line, so that
nobody answers the question beside the one she meant."""


def minutes(survey: Survey) -> int:
    """How long answering takes, as it is promised before it begins."""
    return max(1, round(progress(survey, start(survey, "")).total * SECONDS_A_QUESTION / 60))


def consent_text(context: Context, survey: Survey, about: About) -> str:
    """What she agrees to; its digest is kept with the consent."""
    count = progress(survey, start(survey, "")).total
    return context.texts(
        "consent",
        visit=about.visit,
        count=count,
        minutes=minutes(survey),
        agency=context.province.agency,
        where=context.texts(PASSES_THROUGH.get(context.incoming.channel, "consent.here")),
    )


def consent(context: Context, survey: Survey, session: Session, about: About) -> Message:
    texts = context.texts
    other = next((code for code in context.languages if code != texts.language), None)
    not_this = (texts("button.notme"), "@notme") if about.invited else (texts("button.elsewhere"), "@elsewhere")
    no = (texts("button.never"), "@never") if about.invited else (texts("button.no"), "@quit")
    rows: list[tuple[Button, ...]] = [
        (Button(texts("button.begin"), survey_data(session.id, "@begin"), "main"),),
        (
            Button(texts("button.later"), survey_data(session.id, "@later")),
            Button(not_this[0], survey_data(session.id, not_this[1])),
        ),
        (
            Button(texts("button.who"), survey_data(session.id, "@who")),
            Button(no[0], survey_data(session.id, no[1])),
        ),
    ]
    if about.invited:
        rows.append((Button(texts("button.door"), survey_data(session.id, "@door")),))
    if other:
        rows.append((Button(texts(f"language.{other}"), survey_data(session.id, "@language", other)),))
    return Message(consent_text(context, survey, about), tuple(rows), awaits="press")


def _ask(context: Context, session: Session, ask: Ask) -> Message:
    question = ask.question
    hint = label(context, question.hint)
    head = strong(f"{ask.number}/{ask.total}") + " · " + label(context, question.label)
    text = f"{head}\n{hint}" if hint else head
    rows = (*_choices(context, session, ask), *_moves(context, session, question, first=ask.number == 1))
    return Message(text, rows, awaits="words" if question.kind in {"text", "integer"} else "press")


def _choices(context: Context, session: Session, ask: Ask) -> Rows:
    question = ask.question
    match question.kind:
        case "select_one":
            return tuple(
                (
                    Button(
                        label(context, choice.label),
                        survey_data(session.id, question.name, choice.name),
                        _tone(choice.score),
                    ),
                )
                for choice in question.choices
            )
        case "select_multiple":
            boxes = tuple(
                (
                    Button(
                        ("☑ " if choice.name in ask.picked else "☐ ") + label(context, choice.label),
                        survey_data(session.id, question.name, choice.name),
                    ),
                )
                for choice in question.choices
            )
            return (
                *boxes,
                (Button(context.texts("button.done"), survey_data(session.id, question.name, DONE), "main"),),
            )
        case "note":
            return ((Button(context.texts("button.next"), survey_data(session.id, question.name, NEXT), "main"),),)
        case _:
            return ()


def _tone(score: int | None) -> Literal["plain", "good", "bad"]:
    if score is None or score == 3:
        return "plain"
    return "good" if score > 3 else "bad"


def _moves(context: Context, session: Session, question: Question, *, first: bool) -> Rows:
    moves: list[Button] = []
    if not first or session.returning:
        moves.append(Button(context.texts("button.back"), survey_data(session.id, "@back", question.name)))
    if not question.required and question.kind != "note":
        moves.append(Button(context.texts("button.skip"), survey_data(session.id, "@skip", question.name)))
    return (tuple(moves),) if moves else ()


def _review(context: Context, session: Session, lines: Sequence[tuple[Question, object]]) -> Message:
    shown = [
        f"{at}. {label(context, question.label)}\n   → {answer_words(context, question, answer)}"  # type: ignore[arg-type]
        for at, (question, answer) in enumerate(lines, 1)
    ]
    edits = [
        Button(context.texts("button.edit", number=at), survey_data(session.id, "@edit", question.name))
        for at, (question, _) in enumerate(lines, 1)
    ]
    # A response that was sent already has nothing to send until a line is changed.
    send = (Button(context.texts("button.send"), survey_data(session.id, "@send"), "main"),)
    rows = [tuple(edits[at : at + NUMBERS_A_ROW]) for at in range(0, len(edits), NUMBERS_A_ROW)]
    if session.place != "finished":
        rows.insert(len(rows) if context.incoming.channel in _NUMBERED else 0, send)
    return Message("\n".join([context.texts("review"), "", *shown]), tuple(rows), awaits="press")
