"""`/vao CODE`: a one-time code makes a person an official, or an official's second account."""

from __future__ import annotations

import hashlib

from handlers import audit, second
from handlers.access import RANK
from handlers.context import Context, Message, strong
from handlers.one_time import code_digest, normal_code
from handlers.start import rows
from handlers.stores import Invite, Official
from handlers.upkeep import SILENT
from handlers.wording import within

HOUR_MS = 3_600_000
MISSES_AN_HOUR = 5
ALL_MISSES_AN_HOUR = 100


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
    if first_id := second.offered_by(context, digest):
        return [second.link(context, first_id)]
    invite = officials.invite(digest)
    if invite is None or invite.used or invite.expires_at < context.now_ms:
        officials.add_miss(context.new_id(), _who(context), context.now_ms)
        audit.note(context, "enroll", "-", "refused")
        return [Message(context.texts("enroll.bad"))]
    return [_enroll(context, digest, invite)]


def _enroll(context: Context, digest: str, invite: Invite) -> Message:
    officials = context.stores.officials
    if second.is_second(context):
        return Message(context.texts("enroll.second"))
    if not officials.of_person(context.person.id, context.today):
        context.stores.seconds.end(context.person.id)  # what an office of before left behind begins nothing anew
    official = Official(
        context.new_id(), context.person.id, invite.unit_id, invite.role, invite.deputy_of, invite.until_day
    )
    officials.add(official, context.now_ms)
    officials.use_invite(digest, official.id, context.now_ms)
    officials.subscribe(official.id, "weekly", context.today)
    audit.note(context, "enroll", invite.unit_id, "done")
    return _welcome(context, official)


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
