"""The ways in: the code of a poster, the code of a visit, or picking the office by name."""

from __future__ import annotations

from handlers import invited, start, visit_code
from handlers.context import Context, Message


def respond(context: Context, argument: str) -> list[Message]:
    """`/start CODE`: straight to that office or visit. Without a code, or with one that is not ours: pick by name."""
    code = argument.strip()
    if not code:
        return start.welcome(context)
    entry = context.stores.units.entry(code)
    if entry is not None:
        return start.begin(context, entry)
    invitation = visit_code.read(context, code)
    if invitation is not None:
        return invited.begin(context, invitation)
    return [Message(context.texts("start.unknown_code"), start.again_button(context))]


def survey(context: Context, argument: str) -> list[Message]:
    """`/khaosat [CODE]`."""
    return respond(context, argument) if argument.strip() else start.choose_office(context)


def office_of(context: Context, code: str) -> str | None:
    """The name of the office that a code leads to, of either kind."""
    entry = context.stores.units.entry(code)
    invitation = None if entry else visit_code.read(context, code)
    if invitation is not None:
        unit_id = context.stores.talks.visit(invitation.visit_id).unit_id
    elif entry is not None:
        unit_id = entry.unit_id
    else:
        return None
    unit = context.stores.units.tree().get(unit_id)
    return unit.name if unit else None
