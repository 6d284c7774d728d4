"""The HTTP face of the stand-in: /bot<token>/<method> by GET or POST; method names are case-sensitive."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.standins.zalo_bot.faults import Fault, Faults
from tests.standins.zalo_bot.refusals import Json, RefusedError, bad_request
from tests.standins.zalo_bot.shapes import SHAPES, check

Method = Callable[[Json], Awaitable[Any]]
NO_RESULT = object()
"""What sendChatAction gives: `ok` alone."""


@dataclass(frozen=True)
class Asked:
    """One API call and its answer; `cut` where the connection was dropped before or after it was carried out."""

    method: str
    params: Json
    answer: Json | None
    cut: str = ""


class Api:
    """Executes calls by the table of methods, with the faults that the test has set."""

    def __init__(self, token: str, methods: dict[str, Method], faults: Faults) -> None:
        self.asked: list[Asked] = []
        self._token = token
        self._methods = methods
        self._faults = faults

    def application(self) -> web.Application:
        """The aiohttp application with the API's one route."""
        application = web.Application()
        application.router.add_route("*", "/bot{token:[^/]+}/{method}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params: Json = {}
        try:
            self._let_in(request.match_info["token"], method)
            params = await _params(request)
        except RefusedError as refusal:
            return self._answered(method, params, refusal.answer())
        fault = self._faults.take(method, params)
        if fault and fault.kind == "drop_before":
            return self._cut(request, Asked(method, params, None, "before"))
        if fault and fault.kind == "hang":
            self.asked.append(Asked(method, params, None, "before"))
            await asyncio.Event().wait()
        answer = await self._execute(method, params, fault)
        if fault and fault.kind == "drop_after":
            return self._cut(request, Asked(method, params, answer, "after"))
        if fault and fault.kind == "proxy_page":
            self.asked.append(Asked(method, params, None))
            return web.Response(text="<html>Bad gateway</html>", status=502, content_type="text/html")
        return self._answered(method, params, answer)

    def _let_in(self, token: str, method: str) -> None:
        if token != self._token:
            raise RefusedError(401, "Unauthorized")
        if method not in SHAPES:
            raise RefusedError(404, "Not found")

    async def _execute(self, method: str, params: Json, fault: Fault | None) -> Json:
        if fault and (meant := fault.refusal()):
            return meant.answer()
        try:
            check(method, params)
            result = await self._methods[method](params)
        except RefusedError as refusal:
            return refusal.answer()
        return {"ok": True} if result is NO_RESULT else {"ok": True, "result": result}

    def _answered(self, method: str, params: Json, answer: Json) -> web.Response:
        self.asked.append(Asked(method, params, answer))
        return web.json_response(answer)

    def _cut(self, request: web.Request, asked: Asked) -> web.Response:
        """Cut the connection; what is returned never reaches the caller."""
        self.asked.append(asked)
        if request.transport:
            request.transport.abort()
        return web.Response()


async def _params(request: web.Request) -> Json:
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            body = json.loads(raw) if raw.strip() else {}
        except ValueError:
            raise bad_request("the body is no JSON") from None
        if not isinstance(body, dict):
            raise bad_request("the body is no object")
        return params | body
    if request.can_read_body:
        params |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return params
