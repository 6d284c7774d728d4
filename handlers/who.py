"""`/ai`: who runs this, who sees the answers, how to reach a person."""

from __future__ import annotations

from handlers.context import Context, Message


def respond(context: Context, _: str = "") -> list[Message]:
    province = context.province
    lines = [context.texts("who", agency=province.agency)]
    if province.hotline:
        lines.append(context.texts("who.hotline", hotline=province.hotline))
    if province.page:
        lines.append(context.texts("who.page", page=province.page))
    return [Message("\n".join(lines))]
