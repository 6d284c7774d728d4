"""Zalo's rating template (ZBS, once ZNS): five stars after a service, sent to a telephone number; pure.

A citizen answers without typing; the answer comes as an event `user_feedback`, and is pulled as well, because a webhook
may be switched off. Neither bears a person: what it belongs to is known by our tracking id or by Zalo's message id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

MOST_TRACKING = 48
MOST_REASONS = 5
LONGEST_NOTE = 5_000
"""What is longer is cut: no note has been seen, so this only keeps a row from growing without end."""

_TRACKING = re.compile(rf"[0-9A-Za-z_-]{{1,{MOST_TRACKING}}}")
_DIGITS = re.compile(r"[0-9]{1,15}")

Json = Mapping[str, Any]


class Rating(Struct, frozen=True):
    """One answer: `stars` 1 to 5, the `reasons` that were ticked, at Unix ms. A repeat has the same `msg_id`."""

    stars: int
    msg_id: str
    tracking_id: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    at: int | None = None


def is_tracking_id(text: str) -> bool:
    """Whether Zalo surely gives it back as it is. Never a person or a dossier: it stands in Zalo's own records."""
    return _TRACKING.fullmatch(text) is not None


def template_body(phone: str, template_id: str, template_data: Mapping[str, str], tracking_id: str) -> dict[str, Any]:
    """The body of `message/template`."""
    return {
        "phone": phone,
        "template_id": template_id,
        "template_data": dict(template_data),
        "tracking_id": tracking_id,
    }


def feedback(payload: object) -> Rating | None:
    """The rating in an event, None for any other event and for one that makes no sense."""
    if not isinstance(payload, dict) or payload.get("event_name") != "user_feedback":
        return None
    return _rating(payload.get("message"))


def pulled(answer: Json) -> tuple[int, list[Rating]]:
    """(how many there are in all, those of this page) of `rating/get`; what makes no sense is left out."""
    data = answer.get("data")
    data = data if isinstance(data, dict) else {}
    rows, total = data.get("data"), data.get("total")
    found = [rating for row in rows if (rating := _rating(row))] if isinstance(rows, list) else []
    return (total if type(total) is int and total >= 0 else len(found)), found


def _rating(row: object) -> Rating | None:
    """Of an event (`msg_id`, `submit_time`) or of a pulled row, which writes its names otherwise (`msgId`)."""
    if not isinstance(row, dict):
        return None
    stars = _number(row.get("rate"))
    msg_id = _words(row.get("msg_id", row.get("msgId")))
    tracking_id = _words(row.get("tracking_id", row.get("trackingId")))
    if stars is None or not 1 <= stars <= 5 or not (msg_id or tracking_id):
        return None
    reasons = row.get("feedbacks")
    ticked = reasons[:MOST_REASONS] if isinstance(reasons, list) else []
    return Rating(
        stars=stars,
        msg_id=msg_id,
        tracking_id=tracking_id,
        reasons=tuple(words for one in ticked if (words := _words(one))),
        note=_words(row.get("note")),
        at=_number(row.get("submit_time", row.get("submitDate"))),
    )


def _number(value: object) -> int | None:
    if type(value) is int:
        return value if 0 <= value < 10**15 else None
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _words(value: object) -> str:
    """JSON can spell half a surrogate pair, which neither a database nor UTF-8 can hold."""
    if not isinstance(value, str):
        return ""
    return value[:LONGEST_NOTE].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
