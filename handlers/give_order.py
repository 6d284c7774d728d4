"""`/giao UNIT[; UNIT...] [DAY] [#A]: WORDS`: a manager gives an office below hers an order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from handlers import audit, order_words, tasks
from handlers.access import offices
from handlers.asked import CODE, named
from handlers.context import Context, Message
from handlers.order_rights import giver
from handlers.orders_taken import aims
from handlers.wording import quoted, within
from scoring.day_words import read_day
from scoring.names import knows
from scoring.orders import LIVE, MOST_SUPPORTING, MOST_WORDS, Given
from scoring.units import Unit
from survey.text import fold, mask

_DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{4}|\d{2}))?"
    r"|\d{1,2}\s+(?:tháng|thang)\s+\d{1,2}(?:,?\s+(?:năm|nam)\s+\d{4})?)(?![\w/.-])"
)
_UNTIL = (
    r"\b(?:(?:(?:thời|thoi)\s+)?(?:hạn|han)(?:\s+(?:chót|chot|cuối|cuoi))?|trước|truoc|đến|den|chậm nhất|cham nhat"
    r"|muộn nhất|muon nhat|by|due|before|until)\b(?:\s+(?:là|la|vào|vao|hết|het|on)\b)?"
)
_COLON_BEFORE_A_DAY = re.compile(rf"^([^:]*{_UNTIL})\s*:\s*(?=(?:ngày\s+|ngay\s+)?{_DATE})", re.IGNORECASE)
_DAY = re.compile(rf"(?:{_UNTIL}\s*){{0,2}}(?:\b(?:ngày|ngay)\s+)?(?<![\w#/.-])({_DATE})", re.IGNORECASE)
"""A day with what may lead to it: "hạn chót ngày 30/11/2026", "chậm nhất là 30/11/26", "trước ngày 30 tháng 11"."""


def respond(context: Context, argument: str) -> list[Message]:
    """Everything before the colon says who and until when; without one it is said how to write it."""
    head, colon, words = _COLON_BEFORE_A_DAY.sub(r"\1 ", argument).partition(":")
    day, head = _day(head)
    aim, code, head = _aim(context, head)
    names = _names(context, head)
    if not names:
        return [Message(_bad_aim(context, aim) if aim and not code else _how(context, None))]
    units = _units(context, names)
    if isinstance(units, Message):
        return [units]
    lead, *supporting = units
    by = giver(context, offices(context), lead)
    if by is None:
        audit.refused(context, "giao", lead.id)
        return [Message(context.texts("order.not_superior", unit=within(context.texts, lead.name)))]
    words = mask(words.strip())
    if not (colon and words):
        return [Message(_how(context, lead))]
    deadline = _deadline(context, day) if day else None
    if fault := _fault(context, words, day, deadline, aim, code):
        return [Message(fault)]
    others = dict.fromkeys(unit.id for unit in supporting if unit.id != lead.id)
    given = Given(words, lead.id, by.id, context.today, deadline, tuple(others)[:MOST_SUPPORTING], aim=code)
    return [_give(context, given)]


def _give(context: Context, given: Given) -> Message:
    """Once, unless it was withdrawn: then the same may be given again, with another deadline."""
    orders = context.stores.orders
    while (before := orders.known(given.digest)) is not None:
        if before.state in LIVE:
            return tasks.shown(context, before, context.texts("order.given_before"))
        given = replace(given, again=given.again + 1)
    number = orders.add(given, context.now_ms)
    order = orders.known(given.digest)
    assert order is not None, "it is kept now"
    audit.note(context, "giao", f"{given.lead} {number}", "given")
    return tasks.shown(context, order, context.texts("order.gave"))


def _names(context: Context, head: str) -> list[str]:
    """Apart by semicolons; by commas where they are no part of one office's name."""
    head = " ".join(head.split()).strip(" ,;")
    whole = ";" in head or knows(context.stores.units.tree(), head, context.today)
    return [name.strip() for name in head.split(";" if whole else ",") if name.strip()]


def _units(context: Context, names: list[str]) -> list[Unit] | Message:
    """The offices of these names, all of them hers to order; else what is to be said."""
    found: list[Unit] = []
    for name in names:
        one = named(context, f"giao {CODE}", name, None, "manager")
        if isinstance(one, Message):
            return one
        found.append(one[0])
    return found


def _fault(context: Context, words: str, day: str, deadline: date | None, aim: str, code: str) -> str:
    """What is wrong with an order as it was typed, or ""."""
    if len(words) > MOST_WORDS:
        return context.texts("improvement.long", most=MOST_WORDS)
    if day and (deadline is None or deadline < context.today):
        return context.texts("order.bad_day", day=quoted(day), example=_example(context))
    if aim and not code:
        return _bad_aim(context, aim)
    return ""


def _bad_aim(context: Context, aim: str) -> str:
    return context.texts("order.bad_aim", aim=quoted(aim))


def _deadline(context: Context, text: str) -> date | None:
    """The day; of a year in two digits this century's; without a year the next one of that name."""
    parts = re.findall(r"\d+", text)
    if len(parts) == 3:
        day, month, year = reversed(parts) if len(parts[0]) == 4 else parts
        return read_day(f"{day}/{month}/{year if len(year) == 4 else f'20{year}'}")
    years = (context.today.year, context.today.year + 1)
    days = (read_day(f"{parts[0]}/{parts[1]}/{year}") for year in years)
    return next((day for day in days if day and day >= context.today), None)


def _day(head: str) -> tuple[str, str]:
    """(the day as it is typed, the head without it)."""
    found = _DAY.search(head)
    return (found[1], head[: found.start()] + " " + head[found.end() :]) if found else ("", head)


def _aim(context: Context, head: str) -> tuple[str, str, str]:
    """(what stands behind #, its letter or code, the head without it): the longest words that name one.

    Where none do, all up to the next comma or semicolon are meant for it.
    """
    before, _, behind = head.partition("#")
    known = aims(context)
    for end in reversed([word.end() for word in re.finditer(r"[^\s,;]+", behind)]):
        code = known.get(fold(behind[:end]))
        if code:
            return behind[:end], code, f"{before} {behind[end:]}"
    aim = re.split(r"[,;]", behind)[0]
    return aim.strip(), "", f"{before} {behind[len(aim) :]}"


def _how(context: Context, lead: Unit | None) -> str:
    unit = lead.name if lead else context.texts("improvement.unit")
    return context.texts("order.give_how", unit=unit, example=_example(context))


def _example(context: Context) -> str:
    """A deadline as it may be written."""
    return order_words.day(context.today + timedelta(days=14))
