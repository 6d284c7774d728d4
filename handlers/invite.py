"""`/moi`, `/thuhoi`, `/uyquyen`: managers and admins let colleagues in and out; anyone names a deputy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from handlers import audit
from handlers.access import RANK, covers, offices, role_of
from handlers.context import Context, Message, strong
from handlers.one_time import CODE_LETTERS, code_digest, shown_code
from handlers.start import rows
from handlers.stores import Invite, Official, Role
from handlers.wording import quoted, unit_label, within
from scoring.names import Choices, Match, resolve
from scoring.units import Unit
from survey.text import fold

INVITE_HOURS = 72
MOST_LISTED = 20
DEPUTY_DAYS = 60
"""The longest a deputy may stand in."""
_ROLES: dict[str, Role] = {
    "viewer": "viewer",
    "xem": "viewer",
    "manager": "manager",
    "quanly": "manager",
    "admin": "admin",
}


def make_invite(
    context: Context, unit_id: str, role: Role, by: str, deputy_of: str | None = None, until: date | None = None
) -> str:
    """Store an invitation and return its code, which is shown once and never stored."""
    code = context.new_code(CODE_LETTERS)
    invite = Invite(unit_id, role, deputy_of, until, context.later_ms(hours=INVITE_HOURS), used=False)
    context.stores.officials.add_invite(code_digest(context.province.id, code), invite, by, context.now_ms)
    audit.note(context, "invite", unit_id, role, actor=by)
    return shown_code(code)


def respond(context: Context, argument: str) -> list[Message]:
    """`/moi UNIT [xem|quanly|admin]`: managers invite viewers of their unit and below, admins anyone."""
    words = argument.split()
    role = _ROLES.get(fold(words[-1]).replace(" ", "")) if words else None
    name = " ".join(words[:-1] if role else words)
    role = role or "viewer"
    if not name:
        return [Message(context.texts("invite.how"))]
    match resolve(context.stores.units.tree(), name, context.today):
        case Match(unit=unit):
            return _invite(context, unit, role)
        case Choices(units=units):
            pairs = ((unit_label(context, one), f"c:moi {one.code} {role}") for one in units)
            return [Message(context.texts("score.which"), rows(*pairs))]
        case _:
            return [Message(context.texts("score.unknown_unit", name=quoted(name), command="moi"))]


def _invite(context: Context, unit: Unit, role: Role) -> list[Message]:
    mine = offices(context)
    allowed = role_of(mine) == "admin" or (role == "viewer" and covers(context, mine, unit.id, "manager"))
    if not allowed:
        audit.refused(context, "invite", unit.id)
        return [Message(context.texts("invite.not_yours", unit=within(context.texts, unit.name)))]
    code = make_invite(context, unit.id, role, context.person.id)
    shown = {"role": context.texts(f"role.{role}"), "unit": within(context.texts, unit.name), "code": strong(code)}
    text = context.texts("invite.done", hours=INVITE_HOURS, **shown)
    return [Message(text, kept=context.texts("invite.once"))]


def revoke(context: Context, argument: str) -> list[Message]:
    """`/thuhoi [UNIT]` lists whom she may remove; `/thuhoi ID` removes, with effect on the next message."""
    wanted = argument.strip()
    others = [one for one in context.stores.officials.all(context.today) if _may_revoke(context, one)]
    target = next((one for one in others if one.id == wanted), None)
    if target is not None:
        context.stores.officials.revoke(target.id, context.now_ms)
        audit.note(context, "revoke", target.id, "done")
        return [Message(context.texts("revoke.done", who=_name(context, target)), replaces=True)]
    listed = _within(context, others, wanted) if wanted else others
    if not listed:
        if context.stores.officials.get(wanted):
            audit.refused(context, "revoke", wanted)
        return [Message(context.texts("revoke.none"))]
    pairs = [(_name(context, one), f"c:thuhoi {one.id}") for one in listed[:MOST_LISTED]]
    more = [context.texts("revoke.more", count=len(listed) - MOST_LISTED)] if len(listed) > MOST_LISTED else []
    return [Message("\n".join([context.texts("revoke.which"), *more]), rows(*pairs))]


def _within(context: Context, others: Sequence[Official], name: str) -> list[Official]:
    """Those of the unit that she names and of what lies below."""
    tree = context.stores.units.tree()
    match resolve(tree, name, context.today):
        case Match(unit=unit):
            return [one for one in others if tree.covers(unit.id, one.unit_id)]
        case _:
            return []


def _may_revoke(context: Context, other: Official) -> bool:
    held = offices(context)
    if other.person_id == context.person.id:
        return False
    if any(other.deputy_of == office.id for office in held) or role_of(held) == "admin":
        return True
    return other.role == "viewer" and covers(context, held, other.unit_id, "manager")


def _name(context: Context, official: Official) -> str:
    """Officials are shown by role and unit: we keep no names."""
    unit = context.stores.units.tree().get(official.unit_id)
    return f"{context.texts(f'role.{official.role}')} · {unit.name if unit else official.unit_id} · {official.id[-4:]}"


def deputy(context: Context, argument: str) -> list[Message]:
    """`/uyquyen 31/12/2026`: a code for a colleague who sees and receives the same until that day."""
    held = [office for office in offices(context) if office.deputy_of is None]
    until = _date(argument)
    if not held:
        audit.refused(context, "deputy")
        return [Message(context.texts("deputy.of_deputy"))]
    if until is None or not 0 <= (until - context.today).days <= DEPUTY_DAYS:
        return [Message(context.texts("deputy.how", days=DEPUTY_DAYS))]
    principal = max(held, key=lambda office: RANK[office.role])
    code = make_invite(context, principal.unit_id, "viewer", context.person.id, principal.id, until)
    text = context.texts("deputy.done", day=until.strftime("%d/%m/%Y"), code=strong(code), hours=INVITE_HOURS)
    return [Message(text, kept=context.texts("invite.once"))]


def _date(text: str) -> date | None:
    """DD/MM/YYYY or YYYY-MM-DD."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if len(numbers) != 3:
        return None
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    try:
        return date(year, month, day)
    except ValueError:
        return None
