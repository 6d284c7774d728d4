"""`/nhiemvu` (`/tasks`): orders and their deadlines; to report one done, to accept or return that, to withdraw one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers import audit
from handlers.access import covers, offices
from handlers.asked import asked, not_yours
from handlers.context import Button, Context, Message
from handlers.figures import sample_mark
from handlers.order_list import COMMAND, FILE, listing
from handlers.order_rights import judges, judging_office, reports, sees
from handlers.order_store import Done, Order
from handlers.order_words import whole_order
from handlers.overview import Answer, as_message, instead
from scoring.orders import POSSIBLE, Deed
from survey.text import fold, mask

MINE = frozenset({"", "duoc giao", "cua toi", "mine"})
OVERDUE = frozenset({"qua han", "tre han", "overdue", "late"})
OF = frozenset({"cua", "of"})
DEEDS: Mapping[str, Deed] = {
    "xong": "reported", "da xong": "reported", "hoan thanh": "reported", "da hoan thanh": "reported",
    "bao cao": "reported", "bao cao xong": "reported", "bao cao da xong": "reported",
    "bao cao hoan thanh": "reported", "bao cao da hoan thanh": "reported", "done": "reported", "report": "reported",
    "chap nhan": "accepted", "duyet": "accepted", "accept": "accepted",
    "tra lai": "returned", "return": "returned",
    "rut": "withdrawn", "rut lai": "withdrawn", "withdraw": "withdrawn",
}  # fmt: skip
"""What may follow an order's number, folded."""
LONGEST_DEED = max(len(words.split()) for words in DEEDS)
BEHIND_A_DEED = ":.,;- "

MOST_LETTERS = 500
MOST_LINK = 300

_NUMBERED = re.compile(r"(?:#|số |so )?(\d{1,6})(?:\s+(.*))?", re.ASCII | re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


def respond(context: Context, argument: str) -> list[Message]:
    """Nothing: her orders; `quá hạn`; a unit; a number; a number, a deed and words."""
    numbered = _numbered(argument)
    order = _seen(context, numbered[1]) if numbered else None
    if numbered and numbered[2]:
        return [_do(context, order, numbered[2]) if order else _unknown(context, numbered[1])]
    said = as_message(context, answer(context, argument))
    return [Message(said.text, _choices(context, order)) if order else said]


def answer(context: Context, argument: str) -> Answer:
    """What is asked, and nothing done: a list, or one order whole; a number's further words are left alone.

    The page asks here, too, and nothing can be done there: so no button offers a deed.
    """
    words = argument.split()
    file, typed = FILE in words, " ".join(word for word in words if word != FILE)
    if fold(typed) in MINE | OVERDUE:
        return listing(context, overdue=fold(typed) in OVERDUE, file=file)
    numbered = _numbered(typed)
    if numbered is None:
        return _of_unit(context, *_late(typed.removeprefix("@").strip()), file=file)
    order = _seen(context, numbered[1])
    if order is not None:
        audit.note(context, "orders", str(order.number), "read")
        return instead(Message(_whole(context, order)))
    if context.stores.units.tree().by_code(numbered[1], context.today):  # a code of a unit looks like a number, too
        return _of_unit(context, numbered[1], overdue=False, file=file)
    return instead(_unknown(context, numbered[1]))


def _numbered(typed: str) -> re.Match[str] | None:
    return None if typed.strip().startswith("@") else _NUMBERED.fullmatch(typed.strip())


def _seen(context: Context, number: str) -> Order | None:
    """The order, where she may see it."""
    order = context.stores.orders.get(int(number))
    return order if order is not None and sees(context, offices(context), order) else None


def _unknown(context: Context, number: str) -> Message:
    """No such order, or not hers, which is said the same way and noted."""
    if context.stores.orders.get(int(number)) is not None:
        audit.refused(context, "orders", number)
    return Message(context.texts("order.unknown", number=number))


def _late(typed: str) -> tuple[str, bool]:
    """(the unit's words, whether only what is overdue is asked for): "Đông Hưng quá hạn", "quá hạn của Đông Hưng"."""
    words = typed.split()
    for taken in (2, 1):
        for said, others in ((words[-taken:], words[:-taken]), (words[:taken], words[taken:])):
            if others and fold(" ".join(said)) in OVERDUE:
                of = len(others) > 1 and fold(others[0]) in OF
                return " ".join(others[of:]), True
    return typed, False


def _of_unit(context: Context, name: str, overdue: bool, *, file: bool) -> Answer:
    found = asked(context, f"{COMMAND} @", name)
    if isinstance(found, Message):
        return instead(found)
    if found.period is not None:
        return instead(Message(context.texts("order.no_period", unit=found.unit.name)))
    if not covers(context, offices(context), found.unit.id):
        return instead(not_yours(context, COMMAND, found.unit))  # figures may be everybody's, orders are not
    return listing(context, overdue=overdue, unit=found.unit, file=file)


def shown(context: Context, order: Order, above: str = "") -> Message:
    """One order whole, with what she may do about it."""
    text = _whole(context, order)
    return Message(f"{above}\n{text}" if above else text, _choices(context, order))


def _whole(context: Context, order: Order) -> str:
    return "\n".join([*sample_mark(context), whole_order(context, order)])


def _choices(context: Context, order: Order) -> tuple[tuple[Button, ...], ...]:
    held = offices(context)
    judging = judges(context, held, order)
    may: dict[Deed, bool] = {
        "reported": reports(context, held, order) is not None,
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
    reporting = reports(context, held, order) if deed == "reported" else None
    if not (reporting or (deed != "reported" and judges(context, held, order))):
        audit.refused(context, "orders", str(order.number))
        return Message(texts("order.not_hers" if deed == "reported" else "order.not_judge", number=order.number))
    if order.state not in POSSIBLE[deed]:
        return shown(context, order, texts(f"order.already.{order.state}"))
    note, link = _note(words)
    if deed != "accepted" and not (note or link):
        return Message(texts(f"order.write.{deed}", number=order.number))
    if len(note) > MOST_LETTERS or len(link) > MOST_LINK:
        return Message(texts("order.long", most=MOST_LETTERS, link=MOST_LINK))
    office = reporting or judging_office(held, context, order.given.given_by)
    done = Done(deed, context.today, office, note, link)
    context.stores.orders.do(order.number, done, context.now_ms)
    audit.note(context, "orders", str(order.number), deed)
    now = context.stores.orders.get(order.number)
    assert now is not None, "it was there a moment ago"
    return shown(context, now, texts(f"order.did.{deed}"))


def _deed(rest: str) -> tuple[Deed | None, str]:
    """(what is to be done, the words behind it): all before the colon, or the first words; an address has one, too."""
    before, _, behind = rest.partition(":")
    deed = DEEDS.get(fold(before))
    if deed is not None:
        return deed, behind.strip()
    words = rest.split()
    for taken in range(LONGEST_DEED, 0, -1):
        deed = DEEDS.get(fold(" ".join(words[:taken])).rstrip(BEHIND_A_DEED))
        if deed is not None:
            return deed, " ".join(words[taken:]).lstrip(BEHIND_A_DEED)
    return None, ""


def _note(words: str) -> tuple[str, str]:
    """(her note without anybody's number or address, the last web address in it)."""
    links = _LINK.findall(words)
    if not links:
        return mask(words), ""
    return mask(" ".join(words.replace(links[-1], " ").split())), links[-1].rstrip(".,;)")
