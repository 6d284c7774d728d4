"""`/dalam UNIT: WORDS`: what an office did after people said what was wrong, shown beside its figures."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from msgspec.structs import replace

from handlers import audit
from handlers.access import covers, herself, offices
from handlers.asked import asked
from handlers.context import Context, Message
from handlers.figures import sources
from handlers.start import rows
from handlers.stores import Improvement
from handlers.wording import within
from scoring.period import Period
from scoring.units import Unit
from survey.text import mask

MOST_LETTERS = 200
LISTED_DAYS = 366
MOST_SHOWN = 20
"""So many can be seen, and so many can be taken back."""
WITHDRAW = "xoa "


def respond(context: Context, argument: str) -> list[Message]:
    """`UNIT: WORDS` tells, `xoa ID` takes back, a unit or nothing lists what was told in the last year."""
    if argument.startswith(WITHDRAW):
        return [_withdraw(context, argument.removeprefix(WITHDRAW).strip())]
    name, colon, words = argument.partition(":")
    found = asked(context, "dalam", name, "manager")
    if isinstance(found, Message):
        # Whatever was typed after the name is not kept until she chose.
        how = context.texts("improvement.how", unit=context.texts("improvement.unit"))
        return [replace(found, text=f"{found.text}\n{how}")]
    if found.period is not None or not found.unit.valid(context.today):
        return [Message(context.texts("improvement.today"))]
    words = mask(words.strip())
    if not words:
        return [_list(context, found.unit, context.texts("improvement.how", unit=found.unit.name) if colon else "")]
    if len(words) > MOST_LETTERS:
        return [Message(context.texts("improvement.long", most=MOST_LETTERS))]
    done = Improvement(context.new_id(), found.unit.id, context.today, words)
    context.stores.units.improve(done, herself(context), context.now_ms)
    audit.note(context, "improvement", found.unit.id, "told")
    return [_list(context, found.unit, context.texts("improvement.told"))]


def _withdraw(context: Context, improvement_id: str) -> Message:
    done = context.stores.units.improvement(improvement_id)
    if done is None or not covers(context, offices(context), done.unit_id, "manager"):
        audit.refused(context, "improvement", done.unit_id if done else "-")
        return Message(context.texts("improvement.unknown"))
    context.stores.units.withdraw_improvement(done.id, context.now_ms)
    audit.note(context, "improvement", done.unit_id, "withdrawn")
    return Message(context.texts("improvement.withdrawn", words=done.words), replaces=True)


def _list(context: Context, unit: Unit, above: str) -> Message:
    told = _of(context, {unit.id}, context.today - timedelta(days=LISTED_DAYS), context.today)[:MOST_SHOWN]
    lines = [above] if above else []
    lines += [_line(context, one) for one in told] or [
        context.texts("improvement.none", unit=within(context.texts, unit.name))
    ]
    if not above:
        lines.append(context.texts("improvement.how", unit=unit.name))
    buttons = rows(
        *((context.texts("button.withdraw", number=at), f"c:dalam xoa {one.id}") for at, one in enumerate(told, 1))
    )
    return Message("\n".join(lines), buttons)


def done_at(context: Context, unit: Unit, period: Period) -> list[str]:
    """What the unit itself told as done in a period, the newest first."""
    whose = {one.id for one in sources(context, unit, period)}
    return [_line(context, one) for one in _of(context, whose, period.first, period.last)]


def done_below(context: Context, unit: Unit, period: Period) -> list[str]:
    """The same of the unit and of all that lies under it, each with its name."""
    tree = context.stores.units.tree()
    day = min(period.last, context.today)
    below = (unit, *tree.descendants(unit.id, day))
    units = {source.id: source for one in below for source in sources(context, one, period)}
    found = _of(context, units.keys(), period.first, period.last)[:MOST_SHOWN]
    return [f"{units[one.unit_id].name} · {_line(context, one)}" for one in found]


def _of(context: Context, unit_ids: AbstractSet[str], first: date, last: date) -> Sequence[Improvement]:
    return [one for one in context.stores.units.improvements(first, last) if one.unit_id in unit_ids]


def _line(context: Context, done: Improvement) -> str:
    return context.texts("improvement.line", day=f"{done.day.day}/{done.day.month}", words=done.words)
