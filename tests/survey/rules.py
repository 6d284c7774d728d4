"""The rules of the conversation as a judge of single turns, for any implementation of `step`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from survey.flow import Turn, from_json, order, start, step, to_json
from survey.kinds import accept
from survey.logic import as_text, logic_of
from survey.model import (
    DONE,
    Ask,
    AskConsent,
    Edit,
    Event,
    Explain,
    Finish,
    Noted,
    Pressed,
    Refused,
    Review,
    Said,
    Session,
    Skip,
    Survey,
)
from survey.text import MASK

Step = Callable[[Survey, Session, Event], Turn]


def play(survey: Survey, events: Iterable[Event], do: Step = step) -> Turn:
    """The last turn of a conversation, saved and reloaded between all turns."""
    turn: Turn = (start(survey, "s"), ())
    for event in events:
        turn = do(survey, from_json(to_json(turn[0])), event)
    return turn


def broken(survey: Survey, events: Iterable[Event], do: Step) -> list[str]:
    """Every rule that a conversation breaks."""
    session = start(survey, "s")
    faults: list[str] = []
    for event in events:
        after, effects = do(survey, session, event)
        faults += judge(survey, session, event, (after, effects))
        session = from_json(to_json(after))
    return faults


def judge(survey: Survey, before: Session, event: Event, turn: Turn) -> list[str]:
    """The rules that one turn breaks, by name."""
    after, effects = turn
    shown = tuple(question.name for question in order(survey, after))
    current = survey.question(after.current or "")
    rules = {
        "a reload changes nothing": from_json(to_json(after)) == after,
        "something is shown": bool(effects),
        "no answer before consent": before.place != "consent" or not after.answers,
        "before consent only consent screens": after.place not in {"consent", "refused"}
        or all(isinstance(effect, AskConsent | Refused) for effect in effects),
        "answers only where they apply": set(after.answers) | after.skipped <= set(shown),
        "an open question applies": after.place != "question" or after.current in shown,
        "required is not skipped": not any(q.required and q.name in after.skipped for q in survey.questions),
        "the end stays the end": before.place != "finished" or isinstance(event, Edit) or after == before,
        "sent stays sent": after.sent >= before.sent,
        "finish comes with everything asked": Finish() not in effects
        or set(shown) == set(after.answers) | after.skipped,
        "ticks belong to the open question": not after.picked
        or (current is not None and current.kind == "select_multiple"),
        "the screen is the session's": bool(effects) and _screen_fits(after, effects[-1]),
        **_about_the_answer(survey, before, event, turn),
    }
    return [rule for rule, holds in rules.items() if not holds]


def _about_the_answer(survey: Survey, before: Session, event: Event, turn: Turn) -> dict[str, bool]:
    after, effects = turn
    changed = {name for name, answer in after.answers.items() if before.answers.get(name) != answer}
    noted = {effect.question.name for effect in effects if isinstance(effect, Noted)}
    target = {
        Said: before.current,
        Pressed: getattr(event, "question", None),
    }.get(type(event))
    rules = {
        "an answer comes from its own question": changed <= {target},
        "what is stored is noted": changed <= noted,
        "what was noted is stored": all(
            after.answers.get(effect.question.name) == effect.answer for effect in effects if isinstance(effect, Noted)
        ),
    }
    for name in changed:
        question = survey.question(name)
        assert question is not None
        match event:
            case Pressed(_, choice) if choice != DONE:
                rules["a button gives its own choice"] = accept(question, choice) == after.answers[name]
            case Pressed():
                rules["done gives the ticks"] = before.picked == after.answers[name]
        value = after.answers[name]
        rules["constraints hold"] = logic_of(survey).allows(name, value, before.answers) is not False
        rules["no long number is kept"] = "0912345678" not in as_text(value) or MASK in as_text(value)
    if isinstance(event, Skip):
        rules["a skip stores nothing"] = not changed
    return rules


def _screen_fits(session: Session, effect: object) -> bool:
    match effect:
        case Ask(question, number, total, picked):
            open_now = (session.place, session.current, session.picked) == ("question", question.name, picked)
            return open_now and 1 <= number <= total
        case Explain("finished"):
            return session.place == "finished"
        case Explain(reason):
            return reason == "unclear"
    return (
        session.place == {Review: "review", AskConsent: "consent", Refused: "refused", Finish: "finished"}[type(effect)]
    )
