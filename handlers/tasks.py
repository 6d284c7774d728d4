"""`/nhiemvu` (`/tasks`): orders and their deadlines; to report one done, to accept or return that, to withdraw one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from handlers import audit
from handlers.access import covers, offices
from handlers.asked import asked, not_yours
from handlers.context import Button, Context, Message, strong
from handlers.figures import sample_mark
from handlers.order_rights import deed_office, judges, reports, sees
from handlers.order_store import Done, Order
from handlers.order_words import line, whole_order
from handlers.wording import within
from scoring.orders import LIVE, POSSIBLE, Deed, is_overdue
from scoring.units import Unit
from survey.text import fold, mask

COMMAND = "nhiemvu"
MINE = frozenset({"", "duoc giao", "cua toi", "mine"})
OVERDUE = frozenset({"qua han", "tre han", "overdue", "late"})
DEEDS: Mapping[str, Deed] = {
    "xong": "reported", "bao cao": "reported", "bao cao xong": "reported", "done": "reported", "report": "reported",
    "chap nhan": "accepted", "duyet": "accepted", "accept": "accepted",
    "tra lai": "returned", "return": "returned",
    "rut": "withdrawn", "rut lai": "withdrawn", "withdraw": "withdrawn",
}  # fmt: skip
"""What may follow an order's number, folded."""

MOST_LISTED = 10
MOST_BUTTONS = 6
MOST_LETTERS = 500
MOST_LINK = 300

_NUMBERED = re.compile(r"(?:#|số |so )?(\d{1,6})(?:\s+(.*))?", re.ASCII | re.IGNORECASE)
_GLUED = re.compile(r"^([^:/]{1,20}):")
"""A deed's word with its colon; an address holds one, too, but behind more letters or before a slash."""
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


def respond(context: Context, argument: str) -> list[Message]:
    """Nothing: her orders; `quá hạn`; a unit; a number; a number, a deed and words."""
    typed = argument.strip()
    if fold(typed) in MINE | OVERDUE:
        return [_list(context, overdue=fold(typed) in OVERDUE)]
    numbered = None if typed.startswith("@") else _NUMBERED.fullmatch(typed)
    if numbered is None:
        return [_of_unit(context, *_late(typed.removeprefix("@").strip()))]
    order = context.stores.orders.get(int(numbered[1]))
    if order is None or not sees(context, offices(context), order):
        return [_unknown(context, numbered[1], named=bool(numbered[2]), there=order is not None)]
    if numbered[2]:
        return [_do(context, order, numbered[2])]
    audit.note(context, "orders", str(order.number), "read")
    return [shown(context, order)]


def _unknown(context: Context, number: str, *, named: bool, there: bool) -> Message:
    """No such order, or not hers, which is said the same way; a code of a unit looks like a number, too."""
    if not named and context.stores.units.tree().by_code(number, context.today):
        return _of_unit(context, number, overdue=False)
    if there:
        audit.refused(context, "orders", number)
    return Message(context.texts("order.unknown", number=number))


def _late(typed: str) -> tuple[str, bool]:
    """(the unit's words, whether only what is overdue is asked for): "Đông Hưng quá hạn"."""
    words = typed.split()
    for taken in (2, 1):
        if len(words) > taken and fold(" ".join(words[-taken:])) in OVERDUE:
            return " ".join(words[:-taken]), True
    return typed, False


def _of_unit(context: Context, name: str, overdue: bool) -> Message:
    found = asked(context, f"{COMMAND} @", name)
    if isinstance(found, Message):
        return found
    if found.period is not None:
        return Message(context.texts("order.no_period", unit=found.unit.name))
    if not covers(context, offices(context), found.unit.id):
        return not_yours(context, COMMAND, found.unit)  # figures may be everybody's, orders are not
    return _list(context, overdue=overdue, unit=found.unit)


def _list(context: Context, *, overdue: bool = False, unit: Unit | None = None) -> Message:
    """Live orders, the soonest deadline first."""
    texts = context.texts
    orders = mine(context, unit)
    late = [one for one in orders if is_overdue(one.state, one.given.deadline, context.today)]
    audit.note(context, "orders", unit.id if unit else "-", "read")
    found = late if overdue else orders
    what = texts("order.of_unit", unit=within(texts, unit.name)) if unit else texts("order.hers")
    if not found:
        return Message(texts("order.none_late" if overdue else "order.none", what=what))
    head = texts("order.list_late" if overdue else "order.list", what=what, count=len(found), late=len(late))
    lines = [*sample_mark(context), strong(head), *(line(context, one) for one in found[:MOST_LISTED])]
    if len(found) > MOST_LISTED:
        lines.append(texts("order.more", count=len(found) - MOST_LISTED))
    if late and not overdue and len(late) < len(found):
        lines.append(texts("order.see_late"))
    return Message("\n".join(lines), buttons_of(context, found[:MOST_BUTTONS]))


def mine(context: Context, unit: Unit | None = None) -> list[Order]:
    """The live orders she may see; those in which a unit, or one below it, has a part."""
    tree, held = context.stores.units.tree(), offices(context)
    live = [one for state in LIVE for one in context.stores.orders.of_state(state) if sees(context, held, one)]
    if unit is not None:
        live = [one for one in live if any(tree.covers(unit.id, part) for part in _parts(one))]
    return sorted(live, key=lambda one: (one.given.deadline is None, one.given.deadline or context.today, one.number))


def _parts(order: Order) -> Sequence[str]:
    return (order.given.lead, order.given.given_by, *order.given.supporting)


def buttons_of(context: Context, orders: Sequence[Order]) -> tuple[tuple[Button, ...], ...]:
    """One button for each, two a row."""
    shown = [Button(context.texts("button.order", number=one.number), f"c:{COMMAND} {one.number}") for one in orders]
    return tuple(tuple(shown[place : place + 2]) for place in range(0, len(shown), 2))


def shown(context: Context, order: Order, above: str = "") -> Message:
    """One order whole, with what she may do about it."""
    lines = [*([above] if above else []), *sample_mark(context), whole_order(context, order)]
    return Message("\n".join(lines), _choices(context, order))


def _choices(context: Context, order: Order) -> tuple[tuple[Button, ...], ...]:
    held = offices(context)
    judging = judges(context, held, order)
    may: dict[Deed, bool] = {
        "reported": reports(context, held, order),
        "accepted": judging,
        "returned": judging,
        "withdrawn": judging and order.state == "open",  # what was reported is accepted or returned
    }
    able = [deed for deed in may if may[deed] and order.state in POSSIBLE[deed]]
    buttons = [_button(context, order, deed) for deed in able]
    return tuple(tuple(buttons[place : place + 2]) for place in range(0, len(buttons), 2))


def _button(context: Context, order: Order, deed: Deed) -> Button:
    label = context.texts(f"button.order_{deed}")
    return Button(label, f"c:{COMMAND} {order.number} {next(word for word in DEEDS if DEEDS[word] == deed)}")


def _do(context: Context, order: Order, rest: str) -> Message:
    """Report, accept, return or withdraw: who may, from which state, with which words."""
    texts, held = context.texts, offices(context)
    deed, words = _deed(rest)
    if deed is None:
        return Message(texts("order.how", number=order.number), _choices(context, order))
    if not (reports if deed == "reported" else judges)(context, held, order):
        audit.refused(context, "orders", str(order.number))
        return Message(texts("order.not_hers", number=order.number))
    if order.state not in POSSIBLE[deed]:
        return shown(context, order, texts(f"order.already.{order.state}"))
    note, link = _note(words)
    if deed != "accepted" and not (note or link):
        return Message(texts(f"order.write.{deed}", number=order.number))
    if len(note) > MOST_LETTERS or len(link) > MOST_LINK:
        return Message(texts("order.long", most=MOST_LETTERS, link=MOST_LINK))
    unit = order.given.lead if deed == "reported" else order.given.given_by
    done = Done(deed, context.today, deed_office(held, context, unit), note, link)
    context.stores.orders.do(order.number, done, context.now_ms)
    audit.note(context, "orders", str(order.number), deed)
    now = context.stores.orders.get(order.number)
    assert now is not None, "it was there a moment ago"
    return shown(context, now, texts(f"order.did.{deed}"))


def _deed(rest: str) -> tuple[Deed | None, str]:
    """(what is to be done, the words behind it)."""
    words = _GLUED.sub(r"\1: ", rest).split()
    for taken in (3, 2, 1):
        deed = DEEDS.get(fold(" ".join(words[:taken])).rstrip(":. "))
        if deed is not None:
            return deed, " ".join(words[taken:]).lstrip(": ")
    return None, ""


def _note(words: str) -> tuple[str, str]:
    """(her note without anybody's number or address, the last web address in it)."""
    links = _LINK.findall(words)
    if not links:
        return mask(words), ""
    return mask(" ".join(words.replace(links[-1], " ").split())), links[-1].rstrip(".,;)")
