"""Who may see an order, report it done, judge that, and give one."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.access import RANK, covers, role_of
from handlers.context import Context
from handlers.order_store import Order
from handlers.stores import Official
from scoring.units import Unit


def sees(context: Context, held: Sequence[Official], order: Order) -> bool:
    """Whoever reaches the office that leads, one that supports, or the one that gave it."""
    given = order.given
    return any(covers(context, held, unit) for unit in (given.lead, given.given_by, *given.supporting))


def reports(context: Context, held: Sequence[Official], order: Order) -> bool:
    """Managers of the office that leads, and of those above it."""
    return covers(context, held, order.given.lead, "manager")


def judges(context: Context, held: Sequence[Official], order: Order) -> bool:
    """Managers of the office that gave it, and of those above the one that leads: nobody accepts his own work."""
    given = order.given
    if given.given_by != given.lead and covers(context, held, given.given_by, "manager"):
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


def deed_office(held: Sequence[Official], context: Context, unit_id: str) -> str | None:
    """The office by whose right she acts on what is that unit's; her first one where an admin reaches everything."""
    able = [office for office in held if RANK[office.role] >= RANK["manager"]]
    near = [office for office in able if covers(context, [office], unit_id, "manager") and office.role != "admin"]
    return next((office.unit_id for office in (*near, *able)), None)
