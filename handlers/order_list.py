"""Orders in a list: in the chat one line for what several units were told alike, in tables one row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers import audit
from handlers.access import offices
from handlers.context import Button, Context, Message, strong
from handlers.figures import sample_mark
from handlers.order_rights import lies_in, sees
from handlers.order_store import Order
from handlers.order_words import COLUMNS, line, order_table, shortened, when
from handlers.overview import Answer, Cell, Overview, Table, instead
from handlers.wording import within
from scoring.orders import LIVE, is_overdue
from scoring.units import Unit

COMMAND = "nhiemvu"
FILE = "@file"
DAYS = ("given_on", "deadline")
MOST_LISTED = 10
MOST_BUTTONS = 6
MOST_OF_ALIKE = 200
MOST_NAMES = 30
"""Of units that were told the same."""


def listing(context: Context, *, overdue: bool = False, unit: Unit | None = None, file: bool = False) -> Answer:
    """Live orders, the soonest deadline first."""
    texts = context.texts
    orders = mine(context, unit)
    late = [one for one in orders if is_overdue(one.state, one.given.deadline, context.today)]
    audit.note(context, "orders", unit.id if unit else "-", "read")
    found = late if overdue else orders
    what = texts("order.of_unit", unit=within(texts, unit.name)) if unit else texts("order.hers")
    if not found:
        return instead(Message(texts("order.none_late" if overdue else "order.none", what=what)))
    head = strong(texts("order.list_late" if overdue else "order.list", what=what, count=len(found), late=len(late)))
    alike = _alike(found)
    lines = [*sample_mark(context), head, *(_line(context, group) for group in alike[:MOST_LISTED])]
    if len(alike) > MOST_LISTED:
        lines.append(texts("order.more", count=sum(len(group) for group in alike[MOST_LISTED:])))
    if any(len(group) > 1 for group in alike[:MOST_LISTED]):
        lines.append(texts("order.by_number"))
    if late and not overdue and len(late) < len(found):
        lines.append(texts("order.see_late"))
    columns, rows = order_table(context, found)
    table = Table(texts("order.table"), tuple(columns), tuple(_cells(row) for row in rows))
    again = " ".join([FILE, *([f"@{unit.id}"] if unit else []), *(["overdue"] if overdue else [])])
    buttons = [
        Button(texts("button.order", number=group[0].number), f"c:{COMMAND} {group[0].number}")
        for group in alike[:MOST_BUTTONS]
    ]
    buttons.append(Button(texts("button.sheet"), f"c:{COMMAND} {again}"))
    shown = Overview(f"orders-{context.today.isoformat()}", head, tuple(lines), (table,))
    return Answer(shown, tuple(buttons), "file" if file else "", texts("order.file"))


def _cells(row: Sequence[str | int]) -> tuple[Cell, ...]:
    """Days as days; what is not told is left empty."""
    named = zip(COLUMNS, row, strict=True)
    return tuple(
        date.fromisoformat(str(value)) if name in DAYS and value else value if value != "" else None
        for name, value in named
    )


def mine(context: Context, unit: Unit | None = None) -> list[Order]:
    """The live orders she may see; those in which a unit, or one below it, has a part."""
    held = offices(context)
    live = [one for state in LIVE for one in context.stores.orders.of_state(state) if sees(context, held, one)]
    if unit is not None:
        live = [one for one in live if any(lies_in(context, unit.id, part) for part in _parts(one))]
    return sorted(live, key=lambda one: (one.given.deadline is None, one.given.deadline or context.today, one.number))


def _parts(order: Order) -> Sequence[str]:
    return (order.given.lead, order.given.given_by, *order.given.supporting)


def _alike(orders: Sequence[Order]) -> list[list[Order]]:
    """Those that say the same by the same day and stand the same, together, in the order of the first of them."""
    found: dict[object, list[Order]] = {}
    for one in orders:
        given = one.given
        found.setdefault((given.words, given.deadline, given.given_by, one.state), []).append(one)
    return list(found.values())


def _line(context: Context, group: Sequence[Order]) -> str:
    if len(group) == 1:
        return line(context, group[0])
    tree, first = context.stores.units.tree(), group[0]
    names = [unit.name if (unit := tree.get(one.given.lead)) else one.given.lead for one in group]
    more = "…" if len(names) > MOST_NAMES else ""
    return context.texts(
        "order.line_alike",
        numbers=_numbers([one.number for one in group]),
        count=len(group),
        units=", ".join(names[:MOST_NAMES]) + more,
        when=when(context, first),
        words=shortened(first.given.words, MOST_OF_ALIKE),
    )


def _numbers(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 as "1–3, 7"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
