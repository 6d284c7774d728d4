"""`/bantin`: who got the last summary of her units; where the province says so, she sends it on or holds it."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import audit
from handlers.access import covers, herself, offices
from handlers.approval import APPROVAL, awaited, manages, once_each
from handlers.context import Button, Context, Message, strong
from handlers.due import EDITION_OF, hour_of, newest_due
from handlers.figures import period_name
from handlers.stores import Decided, Edition
from scoring.period import Period, by_id
from scoring.units import Unit

MOST_OFFICES = 3
DECISIONS: Mapping[str, Decided] = {"gui": "send", "giu": "hold"}
LABELS: Mapping[Decided, str] = {"send": "button.bulletin_send", "hold": "button.bulletin_hold"}
Rows = tuple[tuple[Button, ...], ...]


def respond(context: Context, argument: str) -> list[Message]:
    """Nothing after the command: the newest week of her units. `gui` or `giu`, a period and a unit: her decision."""
    word, _, rest = argument.strip().partition(" ")
    decided = DECISIONS.get(word)
    if decided is not None and rest:
        return [_decide(context, decided, rest)]
    period = newest_due(context)
    tree = context.stores.units.tree()
    managed = dict.fromkeys(office.unit_id for office in offices(context) if manages(office))
    units = [unit for unit_id in list(managed)[:MOST_OFFICES] if (unit := tree.get(unit_id))]
    assert period is not None, "a week is always over"
    return [Message("\n".join(_state(context, unit, period)), _choice(context, unit, period)) for unit in units]


def _decide(context: Context, decided: Decided, rest: str) -> Message:
    period_id, _, code = rest.partition(" ")
    period, unit = by_id(period_id), context.stores.units.tree().find(code.strip(), context.today)
    edition = EDITION_OF.get(period.kind) if period else None
    if period is None or edition is None or unit is None or not covers(context, offices(context), unit.id, "manager"):
        audit.refused(context, "bulletin", unit.id if unit else "-")
        return Message(context.texts("bulletin.unknown"))
    if period != newest_due(context, period.kind):
        return Message(context.texts("bulletin.old"))
    if not context.province.approves:
        return Message(context.texts("bulletin.goes_by_itself"))
    if _gone(context, edition, period, unit):
        return Message(context.texts("bulletin.gone"))
    context.stores.posts.decide(edition, period.id, unit.id, herself(context), decided, context.now_ms)
    audit.note(context, "bulletin", f"{unit.id} {period.id}", decided)
    return Message("\n".join(_state(context, unit, period)), _choice(context, unit, period))


def _gone(context: Context, edition: Edition, period: Period, unit: Unit) -> bool:
    """Whether it was sent on, or anybody but managers has got it: then it cannot be held any more."""
    decision = context.stores.posts.decision(edition, period.id, unit.id)
    if decision is not None and decision[0] == "send":
        return True
    readers = (one.person_id for one in context.stores.posts.recipients(edition, period.id, unit.id))
    held = (context.stores.officials.of_person(reader, context.today) for reader in readers)
    return any(not any(manages(office) for office in offices) for offices in held)


def _state(context: Context, unit: Unit, period: Period) -> list[str]:
    """What was decided, how many it reached, and how many of them asked on."""
    texts, edition = context.texts, EDITION_OF[period.kind]
    head = texts("weekly.head", period=period_name(context, period), unit=unit.name)
    got = context.stores.posts.recipients(edition, period.id, unit.id)
    sent = [one for one in got if one.state == "sent"]
    lines = [strong(head), *_decision(context, edition, period, unit)]
    looked = sum(one.looked for one in sent)
    lines.append(texts("bulletin.got", sent=len(sent), looked=looked) if sent else texts("bulletin.nobody"))
    if elsewhere := sum(one.second for one in sent):
        lines.append(texts("bulletin.second", count=elsewhere))
    if lost := sum(one.state in {"failed", "unknown"} for one in got):
        lines.append(texts("bulletin.lost", count=lost))
    return lines


def _decision(context: Context, edition: Edition, period: Period, unit: Unit) -> list[str]:
    if not context.province.approves:
        return []
    decision = context.stores.posts.decision(edition, period.id, unit.id)
    if decision is not None:
        return [context.texts("bulletin.sent_on" if decision[0] == "send" else "bulletin.held")]
    goes = hour_of(context, period) + APPROVAL
    waits = (edition, unit.id) in awaited(context, once_each(context.stores.officials.subscribed(context.today)))
    return [context.texts("bulletin.waits", hour=f"{goes:%H:%M}")] if waits and context.now < goes else []


def _choice(context: Context, unit: Unit, period: Period) -> Rows:
    edition = EDITION_OF[period.kind]
    if not context.province.approves or _gone(context, edition, period, unit):
        return ()
    decision = context.stores.posts.decision(edition, period.id, unit.id)
    return choice(context, unit, period, decision[0] if decision else None)


def choice(context: Context, unit: Unit, period: Period, stands: Decided | None) -> Rows:
    """To send it on or to hold it, but for what stands; what was sent on cannot be held any more."""
    if stands == "send":
        return ()
    buttons = [
        Button(context.texts(LABELS[decided]), f"c:bantin {word} {period.id} {unit.code}")
        for word, decided in DECISIONS.items()
        if decided != stands
    ]
    return (tuple(buttons),)
