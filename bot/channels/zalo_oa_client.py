"""Zalo's OA API as the channel uses it: one message to one person, with a token that is renewed when it must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container

from bot.channels.zalo_oa_codes import EXPIRED, error_of
from bot.channels.zalo_oa_http import Http, Json, code_of
from bot.channels.zalo_oa_tokens import Tokens

MESSAGE = "/v3.0/oa/message/cs"


class OaClient:
    """One Official Account on one API root. Every error is a SendError whose kind says what to do."""

    def __init__(self, http: Http, api: str, tokens: Tokens) -> None:
        self._http = http
        self._api = api.rstrip("/")
        self._tokens = tokens

    async def say(self, address: str, message: Json) -> str:
        """Send `message` to a user id; what Zalo calls it. Never sent twice: without an answer it is `uncertain`."""
        answer = await self.post(MESSAGE, {"recipient": {"user_id": address}, "message": message})
        data = answer.get("data")
        return str(data.get("message_id", "")) if isinstance(data, dict) else ""

    async def post(self, path: str, body: Json) -> Json:
        """The answer to a call that Zalo took. A token that is over is renewed, and the call repeated, once."""

        async def call(token: str) -> Json:
            return await self._http.json("POST", self._api + path, {"access_token": token}, json=body)

        answer = await with_token(self._tokens, EXPIRED, call)
        if code := code_of(answer):
            raise error_of(code)
        return answer


async def with_token(tokens: Tokens, expired: Container[int], call: Callable[[str], Awaitable[Json]]) -> Json:
    """The answer to `call(access token)`, made once more with another token where its code is an `expired` one."""
    token = await tokens.access()
    answer = await call(token)
    return await call(await tokens.renew(token)) if code_of(answer) in expired else answer
