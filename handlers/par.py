"""`/par [YEAR] [UNIT]`, `/par lost UNIT`, `/par rank departments|districts`, `/par what-if UNIT`: the reform index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from handlers import audit
from handlers.access import covers, offices
from handlers.asked import CODE, named, own_units, token
from handlers.book_units import as_told
from handlers.context import Button, Context, Message
from handlers.overview import Answer, Overview, as_message, instead
from handlers.par_figures import (
    PARTS,
    Opened,
    draft,
    levels_of,
    may_see_draft,
    opened,
    signed_years,
    unit_overview,
)
from handlers.par_lists import lost, places, what_if
from scoring.period import by_id
from scoring.typed import without
from scoring.unit import Level, Unit
from survey.text import fold

View = Literal["", "lost", "rank", "up"]

WORDS: Mapping[str, View] = {
    "lost": "lost", "mat diem": "lost",
    "rank": "rank", "xep hang": "rank",
    "up": "up", "what-if": "up", "whatif": "up", "what if": "up",
    "nang hang": "up", "nang loai": "up", "len hang": "up",
}  # fmt: skip
"""What people say for each view, folded; the longest is looked for first."""
GROUPS: Mapping[str, Level] = {
    "departments": "department", "department": "department", "so ban nganh": "department", "so nganh": "department",
    "so": "department", "districts": "district", "district": "district", "huyen thanh pho": "district",
    "huyen": "district", "communes": "commune", "commune": "commune", "xa phuong": "commune", "xa": "commune",
}  # fmt: skip
DRAFT, FILE, CHART = "@draft", "@file", "@chart"
"""Said by buttons only."""
MOST_YEARS = 4
_YEAR = re.compile(r"(?:\b(?:nam|year) )?\b(20\d\d)\b", re.ASCII)


@dataclass(frozen=True)
class Said:
    """What stands after the command: the view, the year ("" = the newest), the unit's or the group's words."""

    view: View
    year: str
    name: str
    draft: bool
    gives: Literal["", "file", "picture"]


def respond(context: Context, argument: str) -> list[Message]:
    return [as_message(context, answer(context, argument))]


def answer(context: Context, argument: str) -> Answer:
    """Signed figures are every official's to read; a draft is a manager's, of her own units."""
    asked = read(argument)
    found = draft(context, asked.year) if asked.draft else opened(context, asked.year)
    if found is None:
        return instead(_none(context, asked.year))
    level = _group(asked, found)
    if level is not None:
        return _rank(context, asked, found, level)
    again = " ".join(["par", *_flags(asked), *([asked.view] if asked.view else []), CODE, found.book.key])
    unit = _unit(context, again, asked, found)
    if isinstance(unit, Message):
        return instead(unit)
    if found.draft and not may_see_draft(context, unit):
        audit.refused(context, "par", unit.id)
        return instead(Message(context.texts("book.draft_not_yours")))
    audit.note(context, "par", f"{unit.id} {found.book.key}{DRAFT * found.draft}", "read")
    shown = _VIEWS[asked.view if asked.view != "rank" else ""](context, found, unit)
    buttons = [*_chart_button(context, asked, shown, f"{token(context, unit)} {found.book.key}")]
    buttons += _buttons(context, asked, found, unit)
    return Answer(shown, tuple(buttons), asked.gives, context.texts("par.file", year=found.book.key))


def read(argument: str) -> Said:
    """Words in any order, without accents: "2017 mất điểm đông hưng", "rank districts", "what-if Sở Nội vụ 2017"."""
    words = argument.split()
    flags = {word for word in words if word in {DRAFT, FILE, CHART}}
    text = " ".join(word for word in words if word not in flags)
    folded = fold(text)
    year = _YEAR.search(folded)
    if year:
        text = without(text, year[0])
    view: View = ""
    for said in sorted(WORDS, key=len, reverse=True):
        rest = fold(text)
        # A single word may be part of a name ("Hàng Kênh"): it counts at either end, several words anywhere.
        inside = " " in said and f" {said} " in f" {rest} "
        if inside or rest == said or rest.startswith(f"{said} ") or rest.endswith(f" {said}"):
            view, text = WORDS[said], without(text, said)
            break
    if not view and _group_of(text):
        view = "rank"  # "districts" alone asks for their places
    gives: Literal["", "file", "picture"] = "file" if FILE in flags else "picture" if CHART in flags else ""
    return Said(view, year[1] if year else "", text.strip(), DRAFT in flags, gives)


def _group(asked: Said, found: Opened) -> Level | None:
    """`rank` alone is of the first group there is."""
    if asked.view != "rank":
        return None
    return _group_of(asked.name) if asked.name else next(iter(levels_of(found)), None)


def _group_of(words: str) -> Level | None:
    """sở, các sở, cac huyen, departments, ..."""
    return GROUPS.get(fold(words).removeprefix("cac "))


def _flags(asked: Said) -> list[str]:
    given = {"file": [FILE], "picture": [CHART], "": []}[asked.gives]
    return [DRAFT, *given] if asked.draft else given


def _none(context: Context, year: str) -> Message:
    """No such year: which ones there are."""
    years = [book.key for book in signed_years(context)]
    buttons = [(Button(one, f"c:par {one}"),) for one in years[:MOST_YEARS]]
    mine = next((unit for unit in own_units(context) if may_see_draft(context, unit)), None)
    if mine is not None and draft(context, year):
        buttons.append((Button(context.texts("button.draft"), f"c:par {DRAFT} {token(context, mine)} {year}"),))
    if not years or not year:
        return Message(context.texts("par.none"), tuple(buttons))
    return Message(context.texts("par.no_year", year=year, years=", ".join(years)), tuple(buttons))


def _unit(context: Context, again: str, asked: Said, found: Opened) -> Unit | Message:
    """The unit that is meant in that year; without a name the first of hers that is in the index, else the province."""
    if asked.name:
        meant = named(context, again, asked.name, by_id(found.book.key), everyone=True)
        return meant if isinstance(meant, Message) else as_told(context, meant[0], found.tells_of)
    own = (as_told(context, unit, found.tells_of) for unit in own_units(context))
    return next((unit for unit in own if found.tells_of(unit.id)), None) or found.province(context)


def _rank(context: Context, asked: Said, found: Opened, level: Level) -> Answer:
    root = found.province(context)
    group = found.year.group(level)
    if group is None:
        name = context.texts(f"par.group.{level}")
        return instead(Message(context.texts("par.no_group", group=name, year=found.book.key)))
    if found.draft and not may_see_draft(context, root):
        audit.refused(context, "par", root.id)
        return instead(Message(context.texts("book.draft_not_yours")))
    audit.note(context, "par", f"{level} {found.book.key}{DRAFT * found.draft}", "read")
    shown = places(context, found, root, group)
    again = f"rank {level} {found.book.key}"
    buttons = (*_chart_button(context, asked, shown, again), _file_button(context, asked, again))
    return Answer(shown, buttons, asked.gives, context.texts("par.file", year=found.book.key))


def _chart_button(context: Context, asked: Said, shown: Overview, again: str) -> list[Button]:
    flag = f"{DRAFT} " if asked.draft else ""
    return [Button(context.texts("button.chart"), f"c:par {CHART} {flag}{again}")] * bool(shown.bars)


def _file_button(context: Context, asked: Said, again: str) -> Button:
    flag = f"{DRAFT} " if asked.draft else ""
    return Button(context.texts("button.sheet"), f"c:par {FILE} {flag}{again}")


def _buttons(context: Context, asked: Said, found: Opened, unit: Unit) -> list[Button]:
    """The other views of the same unit and year, each one press away."""
    say, year, flag = context.texts, found.book.key, f"{DRAFT} " if found.draft else ""
    code = token(context, unit)
    views: dict[View, str] = {"lost": "button.lost", "up": "button.class_up"}
    shown = [Button(say(key), f"c:par {flag}{view} {code} {year}") for view, key in views.items() if view != asked.view]
    if unit.level == "province":
        shown = shown[:1]
        shown += [
            Button(say("button.places", name=say(f"par.short.{level}")), f"c:par {flag}rank {level} {year}")
            for level in levels_of(found)
        ]
    shown.append(_file_button(context, asked, " ".join(part for part in (asked.view, code, year) if part)))
    if not found.draft and covers(context, offices(context), unit.id, "manager") and draft(context, year):
        shown.append(Button(say("button.draft"), f"c:par {DRAFT} {code} {year}"))
    return shown


_VIEWS: Mapping[View, Callable[[Context, Opened, Unit], Overview]] = {
    "": unit_overview,
    "lost": lost,
    "up": what_if,
}

assert set(GROUPS.values()) == set(PARTS)
assert set(WORDS.values()) | {""} == set(get_args(View))
