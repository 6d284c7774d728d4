"""Where managers see a summary before its other readers: who waits for whom, and since when it may go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.access import RANK
from handlers.context import Context
from handlers.stores import Edition, Official
from handlers.upkeep import SILENT

APPROVAL = timedelta(minutes=90)
"""How long a manager may think before the summary goes out by itself: silence must not hold a figure back."""

Taken = tuple[Official, Edition, date]
"""An official's subscription to an edition, and since when."""
Summaries = frozenset[tuple[Edition, str]]
"""Editions of units."""


def manages(official: Official) -> bool:
    return RANK[official.role] >= RANK["manager"]


def once_each(taken: Sequence[Taken]) -> list[Taken]:
    """One subscription for each person, unit and edition: the one of her highest role, the oldest of several."""
    best: dict[tuple[Edition, str, str], Taken] = {}
    for official, edition, since in taken:
        key = (edition, official.unit_id, official.person_id)
        known = best.get(key)
        if known is None or RANK[official.role] > RANK[known[0].role]:
            best[key] = (official, edition, min(since, known[2]) if known else since)
        elif since < known[2]:
            best[key] = (known[0], edition, since)
    return list(best.values())


def awaited(context: Context, taken: Sequence[Taken]) -> Summaries:
    """The summaries that wait for a manager: some who manage get them, in a chat, and so do others."""
    if not context.province.approves:
        return frozenset()
    written_to = [(official, edition) for official, edition, _ in taken if _in_a_chat(context, official)]
    managed = {(edition, official.unit_id) for official, edition in written_to if manages(official)}
    return frozenset(
        managed & {(edition, official.unit_id) for official, edition in written_to if not manages(official)}
    )


def _in_a_chat(context: Context, official: Official) -> bool:
    """Whether a message can reach her there."""
    person = context.stores.people.by_id(official.person_id)
    return person is not None and person.channel not in SILENT


def goes_at(
    context: Context, official: Official, edition: Edition, period_id: str, hour: datetime, asked: Summaries
) -> datetime | None:
    """When a summary goes to this reader: at its hour; where it waits for a manager, once sent on; None while held.

    A decision binds whether or not anybody still waits for one: who held it may have left since.
    """
    if not context.province.approves or manages(official):
        return hour
    decision = context.stores.posts.decision(edition, period_id, official.unit_id)
    if decision is None:
        return hour + APPROVAL if (edition, official.unit_id) in asked else hour
    decided, at = decision
    # A clock that was set back since must not keep her waiting until then.
    return max(hour, min(datetime.fromtimestamp(at / 1000, context.zone), context.now)) if decided == "send" else None


def held(context: Context, edition: Edition, period_id: str, unit_id: str, person_id: str) -> bool:
    """Whether a summary that is about to be queued was held for this reader in the meantime."""
    if not context.province.approves:
        return False
    decision = context.stores.posts.decision(edition, period_id, unit_id)
    if decision is None or decision[0] == "send":
        return False
    offices = context.stores.officials.of_person(person_id, context.today)
    return not any(manages(office) and office.unit_id == unit_id for office in offices)
