"""Sending Zalo's rating template to a telephone number, and pulling the answers.

No error bears the number: it is a person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.channels.zalo_oa_client import with_token
from bot.channels.zalo_oa_codes import HOUR, Meaning
from bot.channels.zalo_oa_http import Http, Json, code_of
from bot.channels.zalo_oa_tokens import Tokens
from bot.channels.zalo_zbs import Rating, is_tracking_id, pulled, template_body
from bot.errors import SendError
from scoring.phone import phone_of

SEND, RATINGS = "/message/template", "/rating/get"
MOST_A_PAGE = 100
EXPIRED = frozenset({-124})

MEANINGS: Mapping[int, Meaning] = {
    -32: Meaning("throttled", "too many requests in this minute", 10.0),
    -118: Meaning("rejected", "the number has no Zalo account"),
    -124: Meaning("misconfigured", "the access token is not taken"),
    -131: Meaning("misconfigured", "the template is not approved"),
    -133: Meaning("unreachable", "Zalo takes no such message at night", HOUR),
    -139: Meaning("gone", "she refuses such messages"),
    -140: Meaning("gone", "she refuses such messages"),
    -141: Meaning("gone", "she refuses such messages"),
    -144: Meaning("throttled", "the day's quota is used up", HOUR),
    -147: Meaning("throttled", "the template's quota of the day is used up", HOUR),
}


class Sent(NamedTuple):
    """`remaining`: how many more may be sent today, None where Zalo does not say."""

    msg_id: str
    remaining: int | None


class RatingClient:
    """Of one app, on one API root (https://business.openapi.zalo.me)."""

    def __init__(self, http: Http, api: str, tokens: Tokens) -> None:
        self._http = http
        self._api = api.rstrip("/")
        self._tokens = tokens

    async def send_rating(
        self, phone: str, template_id: str, template_data: Mapping[str, str], tracking_id: str
    ) -> Sent:
        """Ask one number for its stars. Raises SendError; `uncertain` may have arrived and is never repeated."""
        number = phone_of(phone)
        if number is None:
            raise SendError("rejected", "no Vietnamese mobile number")
        if not is_tracking_id(tracking_id):
            raise SendError("rejected", "the tracking id is not 1 to 48 letters, digits, - and _")
        body = template_body(number, template_id, template_data, tracking_id)
        data = (await self._call("POST", SEND, json=body)).get("data")
        data = data if isinstance(data, dict) else {}
        quota = data.get("quota")
        return Sent(str(data.get("msg_id", "")), _remaining(quota if isinstance(quota, dict) else {}))

    async def ratings(
        self, template_id: str, from_ms: int, to_ms: int, offset: int = 0, limit: int = MOST_A_PAGE
    ) -> tuple[int, list[Rating]]:
        """(how many in all, those from `offset` on) answered between two instants. Raises SendError."""
        query = {"template_id": template_id, "from_time": from_ms, "to_time": to_ms, "offset": offset, "limit": limit}
        return pulled(await self._call("GET", RATINGS, params=query))

    async def _call(self, method: str, path: str, **sent: Json) -> Json:
        async def call(token: str) -> Json:
            return await self._http.json(method, self._api + path, {"access_token": token}, **sent)

        answer = await with_token(self._tokens, EXPIRED, call)
        if code := code_of(answer):
            meaning = MEANINGS.get(code, Meaning("rejected", "refused"))
            raise SendError(meaning.kind, f"{meaning.says} (ZBS {code})", meaning.retry_after)
        return answer


def _remaining(quota: Json) -> int | None:
    """A number or its digits."""
    found = str(quota.get("remainingQuota", ""))
    return int(found) if found.isdecimal() and len(found) < 12 else None
