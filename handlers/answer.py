"""The survey itself: a tap or a typed word becomes one step, and what it shows."""

from __future__ import annotations

from msgspec.structs import replace

from handlers import invited, keeping, start, who
from handlers.context import Context, Message
from handlers.screens import screen
from handlers.stores import Talk
from handlers.upkeep import SILENT
from survey.flow import order, step
from survey.model import (
    AskConsent,
    Back,
    Begin,
    Edit,
    Effect,
    Event,
    Explain,
    Finish,
    Pressed,
    Quit,
    Refused,
    Resume,
    Review,
    Said,
    Skip,
    Submit,
    Survey,
)
from survey.screens import failures, told


def pressed(context: Context, data: str) -> list[Message]:
    """A survey button: `s:session:word:detail`. A button of another person or an unknown survey changes nothing."""
    _, session_id, word, detail = [*data.split(":", 3), "", "", ""][:4]
    talk = context.stores.talks.get(session_id)
    if talk is not None and talk.person_id != context.person.id and invited.may_move(context, talk):
        back = invited.take_back(context, talk)
        return shown_again(context, back) if back else [start.foreign_button(context, moved=True)]
    if talk is None or talk.person_id != context.person.id:
        return [start.foreign_button(context)]
    match word:
        case "@later":
            return [Message(context.texts("later"), start.resume_button(context, talk), replaces=True)]
        case "@elsewhere":
            close_unanswered(context, talk)
            return start.choose_office(context)
        case "@door":
            return [invited.door(context, talk)]
        case "@notme" | "@never":
            return _not_asked(context, talk, for_good=word == "@never")
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
    response = context.stores.responses.get(talk.response_id) if talk.response_id and talk.session.sent else None
    sent = response is not None and response.disposition == "complete"
    if (not talk.open and not sent) or keeping.too_late(context, response):
        return [Message(context.texts("closed"), start.again_button(context), replaces=True)]
    if context.person.choosing is not None:  # she came back to her survey: typed words are answers again
        context.stores.people.set_choosing(context.person.id, None)
    session, effects = step(survey, talk.session, event, language=context.texts.language, today=context.today)
    if session == talk.session:
        return _shown(context, talk, effects)
    response_id = talk.response_id
    if talk.session.place == "consent" and session.place == "question":
        response_id = keeping.begin(context, talk, survey)
    if response_id and not sent:
        keeping.store_answers(context, response_id, survey, talk.session, session)
    is_open = session.place in {"consent", "question", "review"}
    now = replace(talk, session=session, response_id=response_id, open=is_open)
    context.stores.talks.save(talk, now, context.now_ms)
    if any(isinstance(effect, Finish) for effect in effects):
        assert response_id is not None
        for failure in failures(survey, session, today=context.today):
            context.warn("a condition could not be worked out", survey=survey.id, question=failure.question)
        return keeping.correct(context, now, survey, response_id) if sent else keeping.finish(context, now, response_id)
    if any(isinstance(effect, Refused) for effect in effects):
        keeping.refuse(context, response_id)
    return _shown(context, now, effects)


def _shown(context: Context, talk: Talk, effects: tuple[Effect, ...], *, replaces: bool = True) -> list[Message]:
    survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
    if effects == (Explain("unclear"),) and context.person.channel in SILENT:
        effects = (*effects, *_here(context, survey, talk))  # a page shows nothing but the newest message
    effects = effects or _here(context, survey, talk)
    message = screen(context, survey, talk.session, effects, lambda: start.about(context, talk))
    return [message if message.replaces == replaces else replace(message, replaces=replaces)]


def _here(context: Context, survey: Survey, talk: Talk) -> tuple[Effect, ...]:
    return step(survey, talk.session, Resume(), language=context.texts.language, today=context.today)[1]


def shown_again(context: Context, talk: Talk) -> list[Message]:
    """The screen she is at, as a new bubble."""
    return _shown(context, talk, (), replaces=False)


def _review(context: Context, talk: Talk) -> list[Message]:
    """Show a sent response again, each line to be changed, while its link to the person stands."""
    response = context.stores.responses.get(talk.response_id) if talk.response_id else None
    if response is None or response.disposition != "complete" or keeping.too_late(context, response):
        return [Message(context.texts("closed"), start.again_button(context), replaces=True)]
    survey = context.stores.surveys.get(talk.session.survey, talk.session.version)
    asked = (question for question in order(survey, talk.session, today=context.today) if question.kind != "note")
    lines = tuple((question, told(talk.session, question.name)) for question in asked)
    return [screen(context, survey, talk.session, (Review(lines),), lambda: start.about(context, talk))]


def close_unanswered(context: Context, talk: Talk) -> None:
    """Close a session at its consent screen: nothing was asked yet."""
    if talk.open and talk.response_id is None:
        refused = replace(talk, session=replace(talk.session, place="refused"), open=False)
        context.stores.talks.save(talk, refused, context.now_ms)


def _not_asked(context: Context, talk: Talk, *, for_good: bool) -> list[Message]:
    """It was not her visit, or she does not want to be asked at all: about this one no word any more."""
    close_unanswered(context, talk)
    if for_good:
        invited.refuse(context)
    return [Message(context.texts("never" if for_good else "notme"), replaces=True)]


def _relanguage(context: Context, talk: Talk, language: str) -> list[Message]:
    if language not in context.languages:
        return _shown(context, talk, ())
    context.stores.people.set_language(context.person.id, language)
    return _shown(context.in_language(language), talk, (AskConsent(),) if talk.session.place == "consent" else ())
