"""`/vao CODE`: a one-time code makes a person an official."""

from __future__ import annotations

import hashlib
import re

from handlers import audit
from handlers.access import RANK
from handlers.context import Context, Message, strong
from handlers.start import rows
from handlers.stores import Official
from handlers.upkeep import SILENT
from handlers.wording import within

HOUR_MS = 3_600_000
MISSES_AN_HOUR = 5
ALL_MISSES_AN_HOUR = 100
CODE_LETTERS = 16
"""Crockford base 32: 80 bits."""


def normal_code(text: str) -> str:
    """A code as typed: case, blanks and dashes do not matter, and O, I, L are read as 0, 1, 1."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())
    return letters.translate(str.maketrans("OIL", "011"))


def code_digest(province_id: str, code: str) -> str:
    """What is stored instead of the code (80 random bits need no salt or stretching)."""
    return hashlib.sha256(f"{province_id}:{normal_code(code)}".encode()).hexdigest()


def shown_code(code: str) -> str:
    """XXXX-XXXX-XXXX-XXXX"""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def respond(context: Context, argument: str) -> list[Message]:
    if not (context.incoming.private and context.incoming.fresh):
        return [Message(context.texts("private_only"))]
    if not normal_code(argument):
        return [Message(context.texts("enroll.how"))]
    if not context.incoming.trusted:  # whoever holds the link could take the code's rights: it stays unused
        return [Message(context.texts("web.https_needed"))]
    officials = context.stores.officials
    since = context.now_ms - HOUR_MS
    if officials.misses(_who(context), since) >= MISSES_AN_HOUR or officials.misses(None, since) >= ALL_MISSES_AN_HOUR:
        return [Message(context.texts("enroll.wait"))]
    digest = code_digest(context.province.id, argument)
    invite = officials.invite(digest)
    if invite is None or invite.used or invite.expires_at < context.now_ms:
        officials.add_miss(context.new_id(), _who(context), context.now_ms)
        audit.note(context, "enroll", "-", "refused")
        return [Message(context.texts("enroll.bad"))]
    official = Official(
        context.new_id(), context.person.id, invite.unit_id, invite.role, invite.deputy_of, invite.until_day
    )
    officials.add(official, context.now_ms)
    officials.use_invite(digest, official.id, context.now_ms)
    officials.subscribe(official.id, "weekly", context.today)
    audit.note(context, "enroll", invite.unit_id, "done")
    return [_welcome(context, official)]


def _who(context: Context) -> str:
    """Whom wrong codes are counted for: the address, which outlives an erasure, as a digest."""
    address = f"{context.province.id}:{context.person.channel}:{context.person.address}"
    return hashlib.sha256(address.encode()).hexdigest()


def _welcome(context: Context, official: Official) -> Message:
    unit = context.stores.units.tree().get(official.unit_id)
    name = within(context.texts, unit.name) if unit else ""
    key = "enroll.done.page" if context.person.channel in SILENT else "enroll.done"
    text = context.texts(key, role=context.texts(f"role.{official.role}"), unit=strong(name))
    if official.until_day:
        text += "\n" + context.texts("enroll.deputy", day=official.until_day.strftime("%d/%m/%Y"))
    buttons = [(context.texts("button.my_score"), "c:score"), (context.texts("button.preview"), "c:tuan")]
    if RANK[official.role] >= RANK["manager"]:
        buttons.append((context.texts("button.invite"), "c:moi"))
    return Message(text, rows(*buttons))
