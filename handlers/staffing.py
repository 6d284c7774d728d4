"""`/staffing [DAY|YEAR] [UNIT]`, `/staffing trend [UNIT]`: how many people there are, are short and are to be cut."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import audit
from handlers.access import covers, offices
from handlers.asked import CODE, named, own_units, token
from handlers.book_store import shown
from handlers.context import Button, Context, Message
from handlers.overview import Answer, as_message, instead
from handlers.par import DRAFT, FILE, GROUPS
from handlers.par_figures import may_see_draft
from handlers.staffing_days import cut, exists
from handlers.staffing_figures import (
    Opened,
    Subject,
    draft,
    levels_of,
    opened,
    overview,
    signed_days,
)
from handlers.staffing_trend import trend
from scoring.period import by_id
from scoring.typed import without
from scoring.unit import Level, Unit
from survey.text import fold

TREND = "trend"
TRENDS = ("trend", "xu huong", "dien bien", "qua cac ngay")
"""What people say for it, folded."""
MOST_DAYS = 4
_KINDS = ("year", "month", "day")
"""What the beginning of a key is, by how many hyphens it has."""


@dataclass(frozen=True)
class Said:
    """What stands after the command: the beginning of a day's key ("" = the newest), the unit's or group's words."""

    trend: bool
    day: str
    name: str
    draft: bool
    file: bool


def respond(context: Context, argument: str) -> list[Message]:
    return [as_message(context, answer(context, argument))]


def answer(context: Context, argument: str) -> Answer:
    """Signed figures are every official's to read; a draft is a manager's, of her own units."""
    asked = read(argument)
    found = draft(context, asked.day) if asked.draft else opened(context, asked.day)
    if found is None:
        return instead(_none(context, asked.day))
    subject = _subject(context, asked, found)
    if isinstance(subject, Message):
        return instead(subject)
    if found.draft and not may_see_draft(context, subject.unit):
        audit.refused(context, "staffing", subject.unit.id)
        return instead(Message(context.texts("book.draft_not_yours")))
    if subject.level and subject.people(found.staffing) is None and subject.level not in levels_of(found):
        return instead(Message(_no_group(context, found, subject.level)))
    audit.note(context, "staffing", f"{subject.level or subject.unit.id} {found.book.key}", "read")
    over_days = asked.trend and not found.draft
    made = trend(context, subject) if over_days else overview(context, found, subject)
    say = context.texts
    sentence = say("staffing.file_trend") if over_days else say("staffing.file", day=found.book.shown)
    return Answer(made, tuple(_buttons(context, asked, found, subject)), "file" if asked.file else "", sentence)


def read(argument: str) -> Said:
    """Words in any order, without accents: "30/6/2018 đông hưng", "xu hướng sở", "2018"."""
    words = argument.split()
    flags = {word for word in words if word in {DRAFT, FILE}}
    day, text = cut(" ".join(word for word in words if word not in flags))
    for said in TRENDS:
        shorter = without(text, said)
        if shorter != text:
            return Said(True, day, shorter, DRAFT in flags, FILE in flags)
    return Said(False, day, text, DRAFT in flags, FILE in flags)


def _subject(context: Context, asked: Said, found: Opened) -> Subject | Message:
    """The unit or group that is meant; without a name the first of hers that is told of, else the province."""
    root = context.stores.units.tree().root(context.today)
    assert root is not None, "a served province has a root"
    level = GROUPS.get(fold(asked.name).removeprefix("cac "))
    if level is not None:
        return Subject(root, level)
    if not asked.name:
        own = [unit for unit in own_units(context) if found.staffing.told_of(unit.id)]
        return Subject(next(iter(own), root))
    again = " ".join(["staffing", *_flags(asked), CODE, *_day(asked, found)])
    meant = named(context, again, asked.name, by_id(found.book.key[:7]), everyone=True)
    return meant if isinstance(meant, Message) else Subject(meant[0])


def _flags(asked: Said) -> list[str]:
    flags = ((DRAFT, asked.draft), (FILE, asked.file), (TREND, asked.trend))
    return [flag for flag, on in flags if on]


def _day(asked: Said, found: Opened) -> list[str]:
    """A trend is of all days."""
    return [] if asked.trend else [found.book.key]


def _none(context: Context, day: str) -> Message:
    """No such day: which ones there are."""
    days = signed_days(context)[:MOST_DAYS]
    buttons = [(Button(one.shown, f"c:staffing {one.key}"),) for one in days]
    mine = next((unit for unit in own_units(context) if may_see_draft(context, unit)), None)
    waits = draft(context, day) if mine else None
    if mine is not None and waits is not None:
        data = f"c:staffing {DRAFT} {token(context, mine)} {waits.book.key}"
        buttons.append((Button(context.texts("button.draft"), data),))
    if day and not exists(day):
        return Message(context.texts("staffing.bad_day", day=shown(day)), tuple(buttons))
    if not days:
        return Message(context.texts("staffing.none"), tuple(buttons))
    when = context.texts(f"staffing.when.{_KINDS[day.count('-')]}", day=shown(day))
    said = context.texts("staffing.no_day", when=when, days=", ".join(one.shown for one in days))
    return Message(said, tuple(buttons))


def _no_group(context: Context, found: Opened, level: Level) -> str:
    return context.texts("staffing.no_group", group=context.texts(f"par.group.{level}"), day=found.book.shown)


def _buttons(context: Context, asked: Said, found: Opened, subject: Subject) -> list[Button]:
    """The trend where there is one, the groups of the province, the file, and the version that waits."""
    say, key, whose = context.texts, found.book.key, subject.level or token(context, subject.unit)
    flag = f"{DRAFT} " if found.draft else ""
    made = []
    if not asked.trend and not found.draft and len(signed_days(context)) > 1:
        made.append(Button(say("button.trend"), f"c:staffing {TREND} {whose}"))
    if not asked.trend and not subject.level and subject.unit.level == "province":
        made += [_each(context, flag, level, key) for level in levels_of(found)]
    again = f"{TREND} {whose}" if asked.trend and not found.draft else f"{flag}{whose} {key}"
    made.append(Button(say("button.sheet"), f"c:staffing {FILE} {again}"))
    if not found.draft and not asked.trend and _waits(context, subject.unit, key):
        made.append(Button(say("button.draft"), f"c:staffing {DRAFT} {whose} {key}"))
    return made


def _each(context: Context, flag: str, level: Level, key: str) -> Button:
    label = context.texts("button.each", name=context.texts(f"par.short.{level}"))
    return Button(label, f"c:staffing {flag}{level} {key}")


def _waits(context: Context, unit: Unit, key: str) -> bool:
    return covers(context, offices(context), unit.id, "manager") and draft(context, key) is not None
