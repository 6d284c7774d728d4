"""Planned gaps: of the questions marked as rotated each session is asked a few, so that all are asked of somebody."""

from __future__ import annotations

from hashlib import sha256

from survey.model import Survey

NOBODY: frozenset[str] = frozenset()


def resting(survey: Survey, session_id: str) -> frozenset[str]:
    """Names of the rotated questions that this session is not asked; the same at every turn.

    The session's id, which is random, chooses a starting point on the wheel of the rotated questions in their order;
    what stands there and at even distances from it is asked. So every question is asked of the same share of people,
    and neighbours, which mostly ask about one thing, are not asked of one person.
    """
    wheel, asked = survey.rotated, survey.rotate
    if not wheel:
        return NOBODY
    start = int.from_bytes(sha256(session_id.encode()).digest()[:8]) % len(wheel)
    chosen = {wheel[(start + number * len(wheel) // asked) % len(wheel)] for number in range(asked)}
    return frozenset(wheel) - chosen
