"""Who is told what about orders, unasked: news, reminders before and after the deadline, and the superior unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.access import RANK
from handlers.context import Button, Context, Message, strong
from handlers.daytime import by_day
from handlers.figures import sample_mark
from handlers.order_list import COMMAND
from handlers.order_rights import heirs, judges
from handlers.order_store import Order
from handlers.order_words import line
from handlers.stores import Official, Person
from handlers.upkeep import SILENT
from scoring.orders import EARLIEST_AHEAD, LATEST_BEFORE, NEWS_DAYS, escalates, news, reminder
from scoring.working_days import works

MOST_NAMED = 8
"""Orders in one message; the list has the rest."""
SUPPORTING_TOO = re.compile(r"given|withdrawn|before:[13]$")
"""What supporting units are told, too: that there is an order, that its end is near, that it is off. Lateness is the
lead's."""
ESCALATED = "superior"


@dataclass(frozen=True)
class Notice:
    """One thing to be told once about an order, and to whom."""

    order: Order
    name: str
    people: Sequence[Person]


def remind(context: Context, write: Callable[[Person, Message], None]) -> int:
    """Tell what is due, by day and on working days: one message a person, each notice once. `write` queues it.

    A notice that nobody could be told stays due until somebody can, or a newer one takes its place.
    """
    now = context.now.astimezone(context.zone)
    if by_day(now) != now or not works(context.today, context.quiet_days):
        return 0
    due = list(_due(context))
    told: dict[str, tuple[Person, list[Notice]]] = {}
    for notice in due:
        context.stores.orders.notify(notice.order.number, notice.name, context.now_ms)
        for person in notice.people:
            told.setdefault(person.id, (person, []))[1].append(notice)
    for person, notices in told.values():
        write(person, _message(context.in_language(person.language), notices))
    return len(told)


def _due(context: Context) -> Iterator[Notice]:
    orders, today = context.stores.orders, context.today
    touched = (
        *orders.changed(today - timedelta(days=NEWS_DAYS)),
        *orders.due(today - LATEST_BEFORE, today + EARLIEST_AHEAD),
    )
    everybody: Sequence[Official] | None = None
    for order in {one.number: one for one in touched}.values():
        wanted = _wanted(context, order)
        sent = orders.notices(order.number) if wanted else frozenset()
        for name in wanted:
            if name in sent or (name.startswith("withdrawn") and not sent):
                continue  # who never heard of it need not hear that it is off
            everybody = context.stores.officials.all(today) if everybody is None else everybody
            if people := _people(context, everybody, order, name):
                yield Notice(order, name, people)


def _wanted(context: Context, order: Order) -> list[str]:
    """The notices that are due by now, whether or not they went out."""
    history, today, deadline = context.stores.orders.history(order.number), context.today, order.given.deadline
    last = history[-1]
    found = [news(last.deed, len(history), last.day, today)]
    if order.state == "open" and deadline is not None:
        found.append(reminder(deadline, today, context.quiet_days))
        found.append(ESCALATED if escalates(deadline, today, context.quiet_days) else None)
    return [name for name in found if name]


def _people(context: Context, everybody: Sequence[Official], order: Order, name: str) -> list[Person]:
    """The lead's officials, the supporting units' with them, or the managers of whoever judges it."""
    tree, given = context.stores.units.tree(), order.given
    if name == ESCALATED or name.startswith("reported"):
        leads = heirs(context, given.lead)
        above = [unit.id for lead in leads for unit in tree.ancestors(lead, context.today)]
        asked = above if name == ESCALATED else [*heirs(context, given.given_by), *above]
        managers = [one for one in everybody if RANK[one.role] >= RANK["manager"] and judges(context, [one], order)]
        found = (_of(context, managers, [unit]) for unit in asked if unit not in leads)
        return next((people for people in found if people), [])  # the nearest that has anybody
    units = (given.lead, *(given.supporting if SUPPORTING_TOO.match(name) else ()))
    return _of(context, everybody, [one for unit in units for one in heirs(context, unit)])


def _of(context: Context, officials: Sequence[Official], units: Sequence[str]) -> list[Person]:
    """Those of them who hold an office of these units and can be written to, each once."""
    ids = dict.fromkeys(one.person_id for one in officials if one.unit_id in units)
    people = (context.stores.people.by_id(person_id) for person_id in ids)
    return [person for person in people if person is not None and person.channel not in SILENT]


def _message(context: Context, notices: Sequence[Notice]) -> Message:
    """Each order once, what is news before what is only near."""
    first = {notice.order.number: notice for notice in reversed(notices)}
    shown = [notice for notice in notices if first[notice.order.number] is notice]
    lines = [*sample_mark(context), strong(context.texts("order.notices"))]
    lines += [_line(context, notice) for notice in shown[:MOST_NAMED]]
    if len(shown) > MOST_NAMED:
        lines.append(context.texts("order.more", count=len(shown) - MOST_NAMED))
    return Message("\n".join(lines), _buttons(context, [notice.order for notice in shown[:MOST_NAMED]]))


def _line(context: Context, notice: Notice) -> str:
    kind = notice.name.partition(":")[0]
    told = line(context, notice.order)
    return told if kind in {"before", "late"} else context.texts(f"order.notice.{kind}", line=told)


def _buttons(context: Context, orders: Sequence[Order]) -> tuple[tuple[Button, ...], ...]:
    """One button for each, two a row."""
    shown = [Button(context.texts("button.order", number=one.number), f"c:{COMMAND} {one.number}") for one in orders]
    return tuple(tuple(shown[place : place + 2]) for place in range(0, len(shown), 2))
