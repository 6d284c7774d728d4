"""When somebody may be written to who did not just write; pure.

Zalo takes messages for seven days after a person's last action: 48 hours for nothing, then for money. Officials asked
for their summaries, so those are worth it; a citizen's reminder is not, and none comes at night.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import SendError

FREE = timedelta(hours=48)
LONGEST = timedelta(days=7)
MORNING, EVENING = time(7), time(21)
OFFICIALS = frozenset({"weekly", "second"})
"""The kinds of posts that go to officials who asked for them, or must know at once who has what they have."""


def check(kind: str, acted: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a post of this kind is billed. Raises SendError where it may not go out, now or at all."""
    silent = now - acted if acted else None
    if silent is None or silent > LONGEST:
        raise SendError("rejected", "on Zalo nobody can be written to 7 days after she last wrote")
    billed = silent > FREE
    if kind in OFFICIALS:
        return billed
    if billed:
        raise SendError("rejected", "48 hours after she last wrote Zalo bills a message, and this kind is not worth it")
    if wait := until_morning(now.astimezone(zone)):
        raise SendError("unreachable", "no citizen is written to between 21:00 and 07:00", wait)
    return False


def until_morning(local: datetime) -> float:
    """Seconds to 07:00 of the local clock where it is night, else 0."""
    if MORNING <= local.time() < EVENING:
        return 0.0
    day = local.date() + timedelta(days=1) if local.time() >= EVENING else local.date()
    morning = datetime.combine(day, MORNING, tzinfo=local.tzinfo)
    return morning.timestamp() - local.timestamp()
