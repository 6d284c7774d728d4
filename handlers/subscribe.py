"""`/subscribe`, `/unsubscribe`: the summary of Monday, of the month, of the quarter."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.access import offices
from handlers.context import Context, Message
from handlers.start import rows
from handlers.stores import Edition
from handlers.upkeep import SILENT
from survey.text import fold

EDITIONS: Mapping[str, Edition] = {
    "": "weekly", "tuan": "weekly", "week": "weekly", "weekly": "weekly",
    "thang": "monthly", "month": "monthly", "monthly": "monthly",
    "quy": "quarterly", "quarter": "quarterly", "quarterly": "quarterly",
}  # fmt: skip
BEFORE = ("ban tin", "hang", "theo", "tin")
"""What people say before the word of the edition, folded."""


def subscribe(context: Context, argument: str) -> list[Message]:
    """`/subscribe [tuần | tháng | quý]`"""
    if context.person.channel in SILENT:
        return [Message(context.texts("subscribe.page"), rows((context.texts("button.preview"), "c:tuan")))]
    words = fold(argument)
    for word in BEFORE:
        words = words.removeprefix(word).strip()
    edition = EDITIONS.get(words)
    if edition is None:
        return [Message(context.texts("subscribe.which"))]
    for office in offices(context):
        context.stores.officials.subscribe(office.id, edition, context.today)
    said = context.texts(f"subscribe.{edition}")
    return [Message(said, rows((context.texts("button.unsubscribe"), "c:unsubscribe")))]


def unsubscribe(context: Context, _: str) -> list[Message]:
    """Every edition ends."""
    for office in offices(context):
        context.stores.officials.unsubscribe(office.id, context.now_ms)
    return [Message(context.texts("subscribe.off"), rows((context.texts("button.subscribe"), "c:subscribe")))]
