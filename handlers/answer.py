"""The survey itself: a tap, a typed word, the end of a response, a later correction."""

from __future__ import annotations

from dataclasses import replace

from handlers import counting, start, who
from handlers.context import Context, Message, strong
from handlers.screens import CONSENT_VERSION, consent_text, screen, survey_data
from handlers.stores import Response, Talk
from scoring.counts import Item
from scoring.period import containing
from survey.flow import order, step
from survey.model import (
    AskConsent,
    Back,
    Begin,
    Edit,
    Effect,
    Event,
    Finish,
    Pressed,
    Quit,
    Refused,
    Resume,
    Review,
    Said,
    Session,
    Skip,
    Submit,
    Survey,
)

EDIT_DAYS = 7
"""How long a sent response can be seen and corrected; then the link to the person is deleted."""
RECEIPT_LETTERS = 8


def pressed(context: Context, data: str) -> list[Message]:
    """A survey button: `s:session:word:detail`. A button of another person or an unknown survey changes nothing."""
    _, session_id, word, detail = [*data.split(":", 3), "", "", ""][:4]
    talk = context.stores.talks.get(session_id)
    if talk is None or talk.person_id != context.person.id:
        return [start.foreign_button(context)]
    match word:
        case "@later":
            return [Message(context.texts("later"), start.resume_button(context, talk), replaces=True)]
        case "@elsewhere":
            close_unanswered(context, talk)
            return start.choose_office(context)
        case "@who":
            return [*who.respond(context), *_shown(context, talk, (), replaces=False)]
        case "@language":
            return _relanguage(context, talk, detail)
        case "@review":
            return _review(context, talk)
        case _:
            return take(context, talk, _event(word, detail))


def _event(word: str, detail: str) -> Event:
    match word:
        case "@begin":
            return Begin()
        case "@quit":
            return Quit()
        case "@resume":
            return Resume()
        case "@send":
            return Submit()
        case "@back":
            return Back(detail or None)
        case "@skip":
            return Skip(detail)
        case "@edit":
            return Edit(detail)
        case _:
            return Pressed(word, detail)


def said(context: Context, talk: Talk, text: str) -> list[Message]:
    """Typed words while a survey is open."""
    messages = take(context, talk, Said(text))
    # A typed answer stands below our bubble, so the next question is a new one.
    return [replace(message, replaces=False) for message in messages]


def take(context: Context, talk: Talk, event: Event) -> list[Message]:
    """One step of the conversation, and everything it stores."""
    survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
    response = context.stores.responses.get(talk.response_id) if talk.response_id else None
    sent = response is not None and response.disposition == "complete"
    if (not talk.open and not sent) or _too_late(context, response):
        return [Message(context.texts("closed"), start.again_button(context), replaces=True)]
    if context.person.choosing is not None:  # she came back to her survey: typed words are answers again
        context.stores.people.set_choosing(context.person.id, None)
    session, effects = step(survey, talk.session, event, language=context.texts.language, today=context.today)
    if session == talk.session:
        return _shown(context, talk, effects)
    response_id = talk.response_id
    if talk.session.place == "consent" and session.place == "question":
        response_id = _begin(context, talk, survey)
    if response_id and not sent:
        _store_answers(context, response_id, survey, talk.session, session)
    is_open = session.place in {"consent", "question", "review"}
    context.stores.talks.save(session, response_id=response_id, open=is_open, at=context.now_ms)
    now = replace(talk, session=session, response_id=response_id, open=is_open)
    if any(isinstance(effect, Finish) for effect in effects):
        assert response_id is not None
        return _correct(context, now, survey, response_id) if sent else _finish(context, now, response_id)
    if any(isinstance(effect, Refused) for effect in effects):
        _refuse(context, response_id)
    return _shown(context, now, effects)


def _too_late(context: Context, response: Response | None) -> bool:
    """Whether a sent response is past its correction days: a session kept open by corrections holds no right longer."""
    finished = response.local_day if response else None
    return finished is not None and (context.today - finished).days > EDIT_DAYS


def _shown(context: Context, talk: Talk, effects: tuple[Effect, ...], *, replaces: bool = True) -> list[Message]:
    survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
    effects = effects or step(survey, talk.session, Resume(), language=context.texts.language, today=context.today)[1]
    message = screen(context, survey, talk.session, effects, lambda: unit_name(context, talk))
    return [replace(message, replaces=replaces)]


def shown_again(context: Context, talk: Talk) -> list[Message]:
    """The screen she is at, as a new bubble."""
    return _shown(context, talk, (), replaces=False)


def unit_name(context: Context, talk: Talk) -> str:
    unit = context.stores.units.tree().get(context.stores.talks.visit(talk.visit_id).unit_id)
    return unit.name if unit else ""


def _begin(context: Context, talk: Talk, survey: Survey) -> str:
    """Consent was tapped: its row, and the response that cannot exist without it."""
    visit = context.stores.talks.visit(talk.visit_id)
    response_id = context.new_id()
    context.stores.responses.begin(
        response_id,
        context.new_id(),
        visit,
        survey,
        channel=context.incoming.channel,
        language=context.texts.language,
        text=consent_text(context, survey, unit_name(context, talk)),
        text_version=CONSENT_VERSION,
        at=context.now_ms,
    )
    return response_id


def _store_answers(context: Context, response_id: str, survey: Survey, before: Session, after: Session) -> None:
    """Bring the answer rows from `before` to `after`: only what changed is written."""
    if before.answers == after.answers:
        return
    gone = [name for name in before.answers if name not in after.answers]
    context.stores.responses.drop_answers(response_id, gone)
    for name, answer in after.answers.items():
        if before.answers.get(name) == answer:
            continue
        question = survey.question(name)
        assert question is not None
        match answer:
            case tuple():
                value = " ".join(answer) or "none"
            case _:
                value = str(answer)
        words = value if question.kind == "text" else None
        score = next((c.score for c in question.choices if c.name == answer), None)
        item = Item(question.criterion, question.factor, str(score) if score else value)
        context.stores.responses.put_answer(response_id, name, item, words)


def _finish(context: Context, talk: Talk, response_id: str) -> list[Message]:
    stores = context.stores
    visit = stores.talks.visit(talk.visit_id)
    receipt = context.new_code(RECEIPT_LETTERS)
    week = containing(context.today)[0].id
    counted = stores.responses.link(
        response_id,
        talk.person_id,
        visit.unit_id,
        week,
        visit.dossier_digest or "",
        context.later_ms(days=EDIT_DAYS),
    )
    stores.responses.set_disposition(
        response_id, "complete", counted=counted, receipt=receipt, local_day=context.today, at=context.now_ms
    )
    response = stores.responses.get(response_id)
    assert response is not None
    if counted:
        counting.count(context, response)
    return [_receipt(context, talk, response)]


def _receipt(context: Context, talk: Talk, response: Response) -> Message:
    receipt = response.receipt or ""
    shown = strong(f"{receipt[:4]}-{receipt[4:]}")
    text = context.texts("receipt", code=shown, days=EDIT_DAYS)
    if not response.counted:
        text += "\n" + context.texts("receipt.repeated")
    data = survey_data(talk.session.id, "@review")
    return Message(text, start.rows((context.texts("button.review"), data)), replaces=True)


def _correct(context: Context, talk: Talk, survey: Survey, response_id: str) -> list[Message]:
    """A sent response was changed and sent again: its day stays, its counts follow."""
    response = context.stores.responses.get(response_id)
    assert response is not None
    if response.counted:
        counting.add_to_counts(context, response, -1)
    stored = set(context.stores.responses.answers(response_id))
    context.stores.responses.drop_answers(response_id, stored)
    _store_answers(context, response_id, survey, replace(talk.session, answers={}), talk.session)
    if response.counted:
        counting.add_to_counts(context, response, 1)
    return [Message(context.texts("corrected"), replaces=True)]


def _review(context: Context, talk: Talk) -> list[Message]:
    """Show a sent response again, each line to be changed, while its link to the person stands."""
    survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
    asked = (question for question in order(survey, talk.session, today=context.today) if question.kind != "note")
    lines = tuple((question, talk.session.answers.get(question.name)) for question in asked)
    return [screen(context, survey, talk.session, (Review(lines),), lambda: unit_name(context, talk))]


def _refuse(context: Context, response_id: str | None) -> None:
    """She stopped: what she had answered until then goes."""
    if response_id is not None:
        stored = set(context.stores.responses.answers(response_id))
        context.stores.responses.drop_answers(response_id, stored)
        context.stores.responses.set_disposition(
            response_id, "refused", counted=False, receipt=None, local_day=None, at=context.now_ms
        )


def close_unanswered(context: Context, talk: Talk) -> None:
    """Close a session at its consent screen: nothing was asked yet."""
    if talk.open and talk.response_id is None:
        context.stores.talks.save(
            replace(talk.session, place="refused"), response_id=None, open=False, at=context.now_ms
        )


def _relanguage(context: Context, talk: Talk, language: str) -> list[Message]:
    if language not in context.languages:
        return _shown(context, talk, ())
    context.stores.people.set_language(context.person.id, language)
    return _shown(context.in_language(language), talk, (AskConsent(),) if talk.session.place == "consent" else ())
