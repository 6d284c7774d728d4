"""Beginning a survey: from the code of an office, or by picking the office and the procedure by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from handlers.context import Button, Context, Message, strong
from handlers.screens import About, consent, survey_data
from handlers.stores import Entry, Talk
from handlers.visit_store import Provenance, Visit
from handlers.wording import unit_label, within
from scoring.names import Choices, Match, exact, find, former, is_bare, resolve
from scoring.units import Unit
from survey.flow import start

MOST_SUCCESSORS = 12
MOST_OFFICES = 6
"""How many offices are offered for one typed name."""

Rows = tuple[tuple[Button, ...], ...]


def rows(*labels_and_data: tuple[str, str]) -> Rows:
    """One button a row."""
    return tuple((Button(label, data),) for label, data in labels_and_data)


def again_button(context: Context) -> Rows:
    return rows((context.texts("button.survey"), "c:khaosat"))


def resume_button(context: Context, talk: Talk) -> Rows:
    return rows((context.texts("button.resume"), survey_data(talk.session.id, "@resume")))


def foreign_button(context: Context, *, moved: bool = False) -> Message:
    """A button of another person, of a survey that is gone, or of nothing at all: what she can do instead.

    `moved`: the survey is open with somebody else, as one is that was taken on by its code.
    """
    talk = context.stores.talks.latest(context.person.id)
    buttons = resume_button(context, talk) if talk else again_button(context)
    return Message(context.texts("moved" if moved else "button.foreign"), buttons)


def welcome(context: Context) -> list[Message]:
    buttons = rows(
        (context.texts("button.survey"), "c:khaosat"),
        (context.texts("button.who"), "c:ai"),
        (context.texts("button.help"), "c:trogiup"),
    )
    return [Message(context.texts("welcome", agency=context.province.agency), buttons)]


def resume(context: Context, _: str) -> list[Message]:
    """`/tieptuc`: where she left off, on any channel process, at any later time."""
    talks = [talk for talk in context.stores.talks.all_of(context.person.id) if talk.open]
    match talks:
        case []:
            return [Message(context.texts("resume.none"), again_button(context))]
        case [talk]:
            return [Message(context.texts("resume.here"), resume_button(context, talk))]
    pairs = [
        (office_name(context, talk) or context.texts("button.resume"), survey_data(talk.session.id, "@resume"))
        for talk in talks[:MOST_OFFICES]
    ]
    return [Message(context.texts("resume.which"), rows(*pairs))]


def office_name(context: Context, talk: Talk) -> str:
    """The office that a session is about."""
    unit = context.stores.units.tree().get(context.stores.talks.visit(talk.visit_id).unit_id)
    return unit.name if unit else ""


def about(context: Context, talk: Talk) -> About:
    """What a session is about, in words: the visit of a dossier by its day and procedure."""
    visit = context.stores.talks.visit(talk.visit_id)
    unit = context.stores.units.tree().get(visit.unit_id)
    name = unit.name if unit else ""
    said = {"unit": strong(within(context.texts, name))}
    if not visit.key:
        return About(name, context.texts("visit.now", **said))
    procedure = next((one for one in context.procedures if one.code == visit.procedure_group), None)
    kind = "visit.dossier" if procedure is None or procedure.code == "khac" else "visit.procedure"
    group = procedure.label.get(context.texts.language, procedure.code) if procedure else ""
    day = visit.local_day.strftime("%d/%m/%Y")
    return About(name, context.texts(kind, day=day, procedure=group, **said), invited=True)


def begin(context: Context, entry: Entry, procedure: str = "") -> list[Message]:
    """Open a session for one visit, or show the one that is already open for it."""
    unit = context.stores.units.tree().get(entry.unit_id)
    if unit is None or not unit.valid(context.today):
        return [Message(context.texts("start.closed_office"), again_button(context))]
    open_talk = _open_talk(context, unit.id)
    if open_talk is not None:
        return [Message(context.texts("start.already"), resume_button(context, open_talk))]
    return [open_session(context, _visit(context, entry, procedure))]


def open_session(context: Context, visit: Visit) -> Message:
    """A new session about a visit, at its consent screen."""
    questionnaire = context.stores.surveys.newest(context.province.index_survey)
    session = start(questionnaire, context.new_id())
    talk = Talk(session, context.person.id, visit.id, None, True, context.now_ms)
    context.stores.talks.add(talk)
    return consent(context, questionnaire, session, about(context, talk))


def _open_talk(context: Context, unit_id: str) -> Talk | None:
    """Her open session for the same office, if any: a second scan of the poster is not a second visit."""
    for talk in context.stores.talks.all_of(context.person.id):
        if talk.open and context.stores.talks.visit(talk.visit_id).unit_id == unit_id:
            return talk
    return None


def _visit(context: Context, entry: Entry, procedure: str) -> Visit:
    provenance: Provenance = "assisted" if context.incoming.channel == "kiosk" else "walk_in"
    visit = Visit(context.new_id(), entry.unit_id, None, procedure, context.today, provenance, counter=entry.counter)
    context.stores.talks.add_visit(visit, context.incoming.channel, context.now_ms)
    return visit


# --- picking by name ---


def choose_office(context: Context) -> list[Message]:
    _choose(context, {"step": "office"})
    districts = _top_offices(context)
    return [Message(context.texts("choose.office" if districts else "choose.commune"), districts, awaits="words")]


def _top_offices(context: Context) -> Rows:
    """The districts, where there are few enough to show; the rest is found by typing."""
    tree = context.stores.units.tree()
    root = tree.root(context.today)
    children = tree.children(root.id, context.today) if root else ()
    districts = [unit for unit in children if unit.level == "district"]
    pairs = [_office_button(unit) for unit in districts]
    return tuple(tuple(pairs[at : at + 2]) for at in range(0, len(pairs), 2))


def _office_button(unit: Unit) -> Button:
    return Button(unit.name, f"o:{unit.id}")


def typed_office(context: Context, text: str) -> list[Message]:
    """Words typed while an office is being picked."""
    tree = context.stores.units.tree()
    now = _instead_of(context, text)
    if len(now) == 1:
        said = context.texts("choose.former_one", unit=within(context.texts, now[0].name))
        return [Message(said, _offices(context, now), awaits="words")]
    if now:
        return [Message(context.texts("choose.former"), _offices(context, now), awaits="words")]
    match resolve(tree, text, context.today):
        case Match(unit=unit, others=others):
            found: Sequence[Unit] = (unit, *others)
        case _:
            found = find(tree, text, context.today, MOST_OFFICES)
    if not found:
        districts = _top_offices(context)
        return [Message(context.texts("choose.none" if districts else "choose.again"), districts, awaits="words")]
    said = context.texts("choose.this" if len(found) == 1 else "choose.which")
    return [Message(said, _offices(context, found), awaits="words")]


def _offices(context: Context, units: Sequence[Unit]) -> Rows:
    return tuple((Button(unit_label(context, unit), f"o:{unit.id}"),) for unit in units)


def _instead_of(context: Context, text: str) -> list[Unit]:
    """Where an office that ended went: people go on saying the old name for years. Empty for a name of today."""
    tree = context.stores.units.tree()
    today = exact(tree, text, context.today)
    if isinstance(today, Match) or (today is not None and is_bare(text)):
        return []
    match former(tree, text, context.today):
        case Match(unit=unit):
            ended: tuple[Unit, ...] = (unit,)
        case Choices(units=units):
            ended = units
        case _:
            return []
    successors = dict.fromkeys(new for old in ended for new in tree.successors(old.id) if new.level == "commune")
    return list(successors)[:MOST_SUCCESSORS]


def pressed(context: Context, data: str) -> list[Message]:
    """`o:UNIT` picks the office, `p:UNIT:GROUP` the procedure (an empty group: she would rather not say)."""
    kind, unit_id, group = [*data.split(":", 2), "", ""][:3]
    unit = context.stores.units.tree().get(unit_id)
    if unit is None or kind not in {"o", "p"}:
        return [foreign_button(context)]
    if kind == "o":
        _choose(context, None)
        return [_procedures(context, unit)]
    known = {procedure.code for procedure in context.procedures}
    return begin(context, Entry("", unit.id), group if group in known else "")


def _procedures(context: Context, unit: Unit) -> Message:
    language = context.texts.language
    labels = [(one.label.get(language) or one.code, f"p:{unit.id}:{one.code}") for one in context.procedures]
    return Message(
        context.texts("choose.procedure", unit=unit.name),
        rows(*labels, (context.texts("button.skip"), f"p:{unit.id}:")),
        replaces=True,
        awaits="press",
    )


def _choose(context: Context, state: dict[str, Any] | None) -> None:
    context.stores.people.set_choosing(context.person.id, json.dumps(state) if state else None)


def is_choosing_office(context: Context) -> bool:
    return context.person.choosing is not None
