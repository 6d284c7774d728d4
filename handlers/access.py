"""Who may read what: one policy, used by every command."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.stores import Official, Role

RANK: dict[str, int] = {"citizen": 0, "viewer": 1, "manager": 2, "admin": 3}


def offices(context: Context) -> Sequence[Official]:
    """Her offices in force. None where the channel does not prove who writes, in groups, or for old messages."""
    incoming = context.incoming
    if not (incoming.private and incoming.fresh and incoming.trusted):
        return ()
    return context.stores.officials.of_person(context.person.id, context.today)


def herself(context: Context) -> str:
    """The person id that what she decides is kept under: of her first account, whichever of the two she writes from."""
    return next((office.person_id for office in offices(context)), context.person.id)


def role_of(held: Sequence[Official]) -> str:
    """The highest role among her offices."""
    return max((office.role for office in held), key=RANK.__getitem__, default="citizen")


def covers(context: Context, held: Sequence[Official], unit_id: str, at_least: Role = "viewer") -> bool:
    """Whether one of her offices reaches `unit_id` with that role: her unit and below; an admin the province.

    A unit that ended is reached by whoever reaches everything that it went into.
    """
    if any(office.role == "admin" for office in held):
        return True
    tree = context.stores.units.tree()
    units = [unit.id for unit in tree.successors(unit_id)] or [unit_id]
    return any(
        RANK[office.role] >= RANK[at_least] and all(tree.covers(office.unit_id, one) for one in units)
        for office in held
    )


def may_read(context: Context, unit_id: str) -> bool:
    """Released figures of `unit_id`: officials of it and above, and everybody where the province publishes."""
    return context.province.publishes or covers(context, offices(context), unit_id)
