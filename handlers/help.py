"""`/trogiup`: the commands this person may use, in her language."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.access import RANK, offices, role_of
from handlers.context import Context, Message
from handlers.start import rows


def help_text(context: Context, commands: Sequence[tuple[str, str]]) -> list[Message]:
    """`commands`: (name, role) of the table, in order."""
    mine = RANK[role_of(offices(context))]
    open_to_all = context.province.publishes
    lines = [
        f"/{name} – {context.texts(f'help.{name}')}"
        for name, role in commands
        if RANK[role] <= mine or (open_to_all and role == "viewer" and name in {"score", "rank"})
    ]
    buttons = rows((context.texts("button.survey"), "c:khaosat")) if mine == 0 else ()
    return [Message("\n".join([context.texts("help"), *lines]), buttons)]
