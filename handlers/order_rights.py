"""Who may see an order, report it done, judge that, and give one."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.access import RANK, covers, role_of
from handlers.context import Context
from handlers.order_store import Order
from handlers.stores import Official
from scoring.units import Unit


def sees(context: Context, held: Sequence[Official], order: Order) -> bool:
    """Whoever reaches the office that leads, one that supports, or the one that gave it; after a merger also whoever
    has a part of the work of those who are to do it."""
    given = order.given
    doing = (given.lead, *given.supporting)
    if any(covers(context, held, unit) for unit in (*doing, given.given_by)):
        return True
    return any(lies_in(context, office.unit_id, unit) for office in held for unit in doing)


def reports(context: Context, held: Sequence[Official], order: Order) -> str | None:
    """The office of hers that may report it: the one that leads, or has its work now, where she is a manager.

    Nobody does so from above: a superior unit judges what the lead says.
    """
    leads = heirs(context, order.given.lead)
    able = (office.unit_id for office in held if RANK[office.role] >= RANK["manager"])
    return next((unit for unit in able if unit in leads), None)


def judges(context: Context, held: Sequence[Official], order: Order) -> bool:
    """Managers of the office that gave it, and of those above the one that leads."""
    given = order.given
    if covers(context, held, given.given_by, "manager"):
        return True
    lead = context.stores.units.tree().get(given.lead)
    if lead is None or lead.parent is None:
        return role_of(held) == "admin"
    return covers(context, held, lead.parent, "manager")


def giver(context: Context, held: Sequence[Official], lead: Unit) -> Unit | None:
    """The office of hers that orders this unit: the nearest above it that she manages; an admin's: the province."""
    tree = context.stores.units.tree()
    managed = {office.unit_id for office in held if RANK[office.role] >= RANK["manager"]}
    above = next((unit for unit in tree.ancestors(lead.id, context.today) if unit.id in managed), None)
    return above or (tree.root(context.today) if role_of(held) == "admin" else None)


def judging_office(held: Sequence[Official], context: Context, unit_id: str) -> str | None:
    """The office by whose right she judges what that unit gave; her first one where an admin reaches everything."""
    able = [office for office in held if RANK[office.role] >= RANK["manager"]]
    near = [office for office in able if covers(context, [office], unit_id, "manager") and office.role != "admin"]
    return next((office.unit_id for office in (*near, *able)), None)


def heirs(context: Context, unit_id: str) -> list[str]:
    """The unit, or, where it ended, whoever has its work now."""
    return [unit.id for unit in context.stores.units.tree().successors(unit_id)] or [unit_id]


def lies_in(context: Context, unit_id: str, part: str) -> bool:
    """Whether an office, or one that has its work now, is that unit or lies under it."""
    tree = context.stores.units.tree()
    return tree.covers(unit_id, part) or any(tree.covers(unit_id, one) for one in heirs(context, part))
