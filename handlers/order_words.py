"""An order as people read it: in a line of a list, whole, and as a row of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from handlers.access import may_read
from handlers.context import Context, Texts, strong
from handlers.criteria import criterion_name
from handlers.figures import change_sentence, factor_names, index_survey, period_name, read, values
from handlers.order_rights import lies_in
from handlers.order_store import Done, Order
from handlers.wording import whole, within
from scoring.compare import change
from scoring.counts import FACTORS
from scoring.index import Figure
from scoring.orders import LIVE, is_overdue
from scoring.period import Period, of_kind
from scoring.working_days import working_days, works

COLUMNS = (
    "number", "text", "lead", "supporting", "given_by", "given_on", "deadline", "source", "aim", "state", "days_late",
    "note", "link",
)  # fmt: skip
MOST_OF_WORDS = 90
MOST_DEEDS = 8
"""So many lines of a history are shown, the newest ones."""


def line(context: Context, order: Order) -> str:
    """One line of a list: its number, who leads, until when, how late, and its first words."""
    short = shortened(order.given.words)
    lead = context.stores.units.tree().get(order.given.lead)
    shown = {"number": order.number, "unit": lead.name if lead else order.given.lead, "words": short}
    return context.texts("order.line", when=when(context, order), **shown)


def shortened(words: str, most: int = MOST_OF_WORDS) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def when(context: Context, order: Order) -> str:
    """Its deadline and how it stands: "hạn 30/8/2018, quá hạn 1 ngày"."""
    stands, deadline = state(context, order), order.given.deadline
    return context.texts("order.until", day=day(deadline), state=stands) if deadline else stands


def state(context: Context, order: Order) -> str:
    """How far it is; while it is open also how late, or how many working days are left."""
    texts, deadline, today = context.texts, order.given.deadline, context.today
    if order.state != "open":
        return texts(f"order.state.{order.state}")
    if deadline is None:
        return texts("order.state.open")
    if is_overdue(order.state, deadline, today):
        return texts("order.late", days=whole(context, (today - deadline).days))
    if deadline == today:
        return texts("order.today")
    left = working_days(today, deadline, context.quiet_days)
    return texts("order.left", days=left) if left else _no_days(context, deadline)


def _no_days(context: Context, deadline: date) -> str:
    """Between today and the deadline nobody works: how far it is, and whether people work today."""
    days = (deadline - context.today).days
    near = context.texts("order.tomorrow") if days == 1 else context.texts("order.in_days", days=days)
    last = works(context.today, context.quiet_days)
    return context.texts("order.last_working_day" if last else "order.no_working_day", near=near)


def whole_order(context: Context, order: Order) -> str:
    """Everything of one order, its history and what the figures say."""
    texts, given = context.texts, order.given
    lines = [strong(texts("order.head", number=order.number, state=state(context, order))), given.words]
    lines.append(texts("order.lead", unit=unit_name(context, given.lead)))
    if given.supporting:
        names = "; ".join(unit_name(context, unit) for unit in given.supporting)
        lines.append(texts("order.supporting", units=names))
    if given.deadline:
        lines.append(texts("order.deadline", day=day(given.deadline)))
    lines.append(texts("order.given", day=day(given.given_on), unit=unit_name(context, given.given_by)))
    if given.source:
        lines.append(texts("order.source", source=given.source))
    deeds = context.stores.orders.history(order.number)[1:]  # the first one says that it was given
    lines += [_deed(context, done) for done in deeds[-MOST_DEEDS:]]
    if given.aim:
        lines.append(texts("order.aim", name=aim_name(context, given.aim)))
        lines += _before_and_after(context, order)
    return "\n".join(lines)


def _deed(context: Context, done: Done) -> str:
    unit = unit_name(context, done.unit) if done.unit else context.texts("order.operator")
    told = " ".join(word for word in (done.note, done.link) if word)
    said = context.texts(f"order.deed.{done.deed}", unit=unit)
    return context.texts("order.deed", day=day(done.day), said=said) + (f": {told}" if told else "")


def aim_name(context: Context, aim: str) -> str:
    """What the factor or criterion is called; its code where the questionnaire of today does not have it."""
    named = dict(factor_names(context))
    named |= {one.criterion: criterion_name(context, one) for one in index_survey(context).questions if one.factor}
    return named.get(aim, aim)


def _before_and_after(context: Context, order: Order) -> list[str]:
    """The figure it should help: in the quarter in which it was given, and in this one."""
    given = order.given
    if not may_read(context, given.lead):
        return []
    then, now = of_kind("quarter", given.given_on), of_kind("quarter", context.today)
    assert then is not None, "a day lies in a quarter"
    assert now is not None, "a day lies in a quarter"
    before = _figure(context, order, then)
    lines = [_figure_line(context, then, before)]
    if now.first > then.first:
        after = _figure(context, order, now)
        lines.append(_figure_line(context, now, after))
        if moved := change(after, before) if before and after else None:
            lines[-1] += f". {change_sentence(context, moved, then)}"
    return lines


def _figure(context: Context, order: Order, period: Period) -> Figure | None:
    unit = context.stores.units.tree().get(order.given.lead)
    if unit is None:
        return None
    figures = read(context, unit, period).figures
    found = figures.factors if order.given.aim in FACTORS else figures.criteria
    return found.get(order.given.aim)


def _figure_line(context: Context, period: Period, figure: Figure | None) -> str:
    name = period_name(context, period)
    if figure is None or figure.score is None:
        return context.texts("order.too_few", period=name)
    return context.texts("order.figure", period=name, **values(context, figure))


def monday(context: Context, unit_id: str) -> list[str]:
    """The Monday line: orders of the unit and below that are late, fall due until Sunday, or were reported."""
    orders, today = context.stores.orders, context.today
    sunday = today + timedelta(days=6 - today.weekday())
    live = [one for name in LIVE for one in orders.of_state(name) if lies_in(context, unit_id, one.given.lead)]
    still = [one for one in live if one.state == "open"]
    counts = {
        "weekly.orders_late": sum(is_overdue(one.state, one.given.deadline, today) for one in still),
        "weekly.orders_due": sum(today <= one.given.deadline <= sunday for one in still if one.given.deadline),
        "weekly.orders_reported": len(live) - len(still),
    }
    parts = [context.texts(key, count=count) for key, count in counts.items() if count]
    return [context.texts("weekly.orders", parts=", ".join(parts))] if parts else []


def order_table(context: Context, orders: Sequence[Order]) -> tuple[list[str], list[list[str | int]]]:
    """Orders as a table: titles, and a row of plain values each; days are ISO, "" where there is none."""
    return list(titles(context.texts).values()), [list(_row(context, one)) for one in orders]


def titles(texts: Texts) -> dict[str, str]:
    """The table's columns and what they are called."""
    return {name: texts(f"order.column.{name}") for name in COLUMNS}


def _row(context: Context, order: Order) -> Iterator[str | int]:
    given, today = order.given, context.today
    done = context.stores.orders.history(order.number)[-1]
    yield order.number
    yield given.words
    yield unit_name(context, given.lead)
    yield "; ".join(unit_name(context, unit) for unit in given.supporting)
    yield unit_name(context, given.given_by)
    yield given.given_on.isoformat()
    yield given.deadline.isoformat() if given.deadline else ""
    yield given.source
    yield aim_name(context, given.aim) if given.aim else ""
    yield context.texts(f"order.state.{order.state}")
    late = given.deadline is not None and is_overdue(order.state, given.deadline, today)
    yield (today - given.deadline).days if late and given.deadline else 0
    yield done.note
    yield done.link


def unit_name(context: Context, unit_id: str) -> str:
    unit = context.stores.units.tree().get(unit_id)
    return within(context.texts, unit.name) if unit else unit_id


def day(moment: date | None) -> str:
    """30/8/2018, as people write it."""
    return f"{moment.day}/{moment.month}/{moment.year}" if moment else ""
