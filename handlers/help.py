"""`/trogiup`: the commands this person may use, in her language."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.access import RANK, offices, role_of
from handlers.context import Context, Message
from handlers.start import rows


def help_text(context: Context, commands: Sequence[tuple[str, str, str]]) -> list[Message]:
    """`commands`: (name, role, name in English) of the table, in order."""
    in_english = context.texts.language == "en"
    mine = RANK[role_of(offices(context))]
    open_to_all = context.province.publishes
    lines = [
        f"/{english if in_english else name} – {context.texts(f'help.{name}')}"
        for name, role, english in commands
        if RANK[role] <= mine or (open_to_all and role == "viewer" and name in {"score", "rank"})
    ]
    buttons = rows((context.texts("button.survey"), "c:khaosat")) if mine == 0 else ()
    return [Message("\n".join([context.texts("help"), *lines]), buttons)]
