"""`/subscribe`, `/unsubscribe`: the Monday summary."""

from __future__ import annotations

from handlers.access import offices
from handlers.context import Context, Message
from handlers.start import rows
from handlers.upkeep import SILENT


def subscribe(context: Context, _: str) -> list[Message]:
    if context.person.channel in SILENT:
        return [Message(context.texts("subscribe.page"), rows((context.texts("button.preview"), "c:tuan")))]
    for office in offices(context):
        context.stores.officials.subscribe(office.id, context.today)
    return [Message(context.texts("subscribe.on"), rows((context.texts("button.unsubscribe"), "c:unsubscribe")))]


def unsubscribe(context: Context, _: str) -> list[Message]:
    for office in offices(context):
        context.stores.officials.unsubscribe(office.id, context.now_ms)
    return [Message(context.texts("subscribe.off"), rows((context.texts("button.subscribe"), "c:subscribe")))]
