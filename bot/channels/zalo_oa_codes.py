"""What Zalo's error codes mean for us: answers are HTTP 200 with `error`. Its own words never enter a log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.errors import SendError, SendKind

MINUTE, HOUR = 60.0, 3_600.0

EXPIRED = frozenset({-216, -220})
"""The access token is over: get another and try once more."""
USED = -14020
"""The refresh token was used before, or was withdrawn."""


class Meaning(NamedTuple):
    kind: SendKind
    says: str
    retry_after: float = 0.0


MEANINGS: Mapping[int, Meaning] = {
    -32: Meaning("throttled", "too many requests in this minute", 10.0),
    -201: Meaning("rejected", "Zalo takes no message of this form"),
    -209: Meaning("misconfigured", "the app is not active"),
    -211: Meaning("throttled", "the account's quota is used up", HOUR),
    -213: Meaning("rejected", "she does not follow the account any more"),
    -216: Meaning("misconfigured", "the access token is not taken"),
    # `throttled` would keep everybody else waiting for one person's quota.
    -218: Meaning("unreachable", "this person's quota is used up", HOUR),
    -220: Meaning("misconfigured", "the access token is not taken"),
    -221: Meaning("misconfigured", "the account is not verified"),
    -224: Meaning("misconfigured", "the account's package does not allow it"),
    -227: Meaning("rejected", "her Zalo account is banned or idle"),
    -230: Meaning("rejected", "she has not written for 7 days, so Zalo takes no message to her"),
    -232: Meaning("rejected", "she has not written for 7 days, so Zalo takes no message to her"),
    -234: Meaning("unreachable", "Zalo takes no such message at night", HOUR),
    -240: Meaning("misconfigured", "this address of the API is closed"),
}


def error_of(code: int) -> SendError:
    """The SendError for a code that is not 0; one that is not known was refused, so it did not arrive."""
    meaning = MEANINGS.get(code, Meaning("rejected", "refused"))
    return SendError(meaning.kind, f"{meaning.says} (Zalo {code})", meaning.retry_after)
