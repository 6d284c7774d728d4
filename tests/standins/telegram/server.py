"""The HTTP face of the stand-in: /bot<token>/<method>, with the faults that the test has set."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.standins.telegram.delivery import Delivery
from tests.standins.telegram.faults import REFUSING, Fault, Faults
from tests.standins.telegram.journal import Journal
from tests.standins.telegram.methods import METHODS
from tests.standins.telegram.parameters import MAX_BODY_BYTES, for_the_log, read_params
from tests.standins.telegram.refusals import Json, RefusedError
from tests.standins.telegram.world import World


class Api:
    """Executes API calls against the world and writes each one, with its answer, into the journal."""

    def __init__(self, world: World, delivery: Delivery, faults: Faults, journal: Journal) -> None:
        self._world = world
        self._delivery = delivery
        self._faults = faults
        self._journal = journal
        self._waiting: dict[str, Callable[[Json], Awaitable[Any]]] = {"getUpdates": delivery.get_updates}
        self._own: dict[str, Callable[[Json], Any]] = {
            "setWebhook": delivery.set_webhook,
            "deleteWebhook": delivery.delete_webhook,
            "getWebhookInfo": delivery.get_webhook_info,
        }
        self._names = {name.casefold(): name for name in (*METHODS, *self._own, *self._waiting)}

    def application(self) -> web.Application:
        """The aiohttp application with the API's one route."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_route("*", "/bot{token:[^/]+}/{method}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        method = self._names.get(method.casefold(), method)
        if request.match_info["token"] != self._world.token:
            return self._answered(method, {}, RefusedError(401, "Unauthorized").answer(), "http")
        try:
            params = await read_params(request)
        except RefusedError as refusal:
            return self._answered(method, {}, refusal.answer(), "http")
        fault = self._faults.take(method, params)
        if fault and fault.kind == "slow":
            await self._faults.delay(fault.seconds)
        if fault and fault.kind == "drop_before":
            self._journal.write(
                "call", method=method, params=for_the_log(params), answer=None, via="http", cut="before"
            )
            return _cut(request)
        answer = await self._execute(method, params, fault)
        if fault and fault.kind == "drop_after":
            self._journal.write(
                "call", method=method, params=for_the_log(params), answer=answer, via="http", cut="after"
            )
            return _cut(request)
        return self._answered(method, params, answer, "http")

    async def _execute(self, method: str, params: Json, fault: Fault | None) -> Json:
        """The answer's JSON, refusals included."""
        waits = self._waiting.get(method)
        if waits is None or (fault and fault.kind in REFUSING):
            return self._execute_now(method, params, fault)
        try:
            return {"ok": True, "result": await waits(params)}
        except RefusedError as refusal:
            return refusal.answer()

    def _execute_now(self, method: str, params: Json, fault: Fault | None) -> Json:
        if fault and fault.kind in REFUSING:
            return fault.refusal().answer()
        try:
            if own := self._own.get(method):
                return {"ok": True, "result": own(params)}
            if known := METHODS.get(method):
                return {"ok": True, "result": known(self._world, params)}
        except RefusedError as refusal:
            return refusal.answer()
        return RefusedError(404, "Not Found: method not found").answer()

    def run_reply(self, method: str, params: Json) -> None:
        """Execute the call that came as the answer to a webhook; its result is seen by nobody but the journal."""
        name = self._names.get(method.casefold(), method)
        answer = self._execute_now(name, params, self._faults.take(name, params))
        self._journal.write("call", method=name, params=for_the_log(params), answer=answer, via="webhook")

    def _answered(self, method: str, params: Json, answer: Json, via: str) -> web.Response:
        self._journal.write("call", method=method, params=for_the_log(params), answer=answer, via=via)
        return web.json_response(answer, status=200 if answer["ok"] else answer["error_code"])


def _cut(request: web.Request) -> web.Response:
    """Cut the connection; what is returned never reaches the caller."""
    if request.transport:
        request.transport.abort()
    return web.Response()
