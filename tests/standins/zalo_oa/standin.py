"""The stand-in: people who act, the API that answers, and the chats as people see them."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.standins.zalo_oa import events
from tests.standins.zalo_oa.courier import Courier, Delivery, Patience, dumped, signed
from tests.standins.zalo_oa.faults import Fault, Faults
from tests.standins.zalo_oa.messages import checked
from tests.standins.zalo_oa.ratings import Ratings
from tests.standins.zalo_oa.refusals import QUOTA, RECIPIENT_QUOTA, WINDOW, ZBS_TOKEN, Json, RefusedError, bad
from tests.standins.zalo_oa.tokens import TokenServer

APP_ID, OA_ID = "505012345678", "164600001111"
OA_SECRET, APP_SECRET = "stand-in-oa-secret-key-0123456789", "stand-in-app-secret-9876543210"
WINDOW_SECONDS = 7 * 86_400
MESSAGE, TOKEN = "/v3.0/oa/message/cs", "/v4/oa/access_token"
TEMPLATE, RATING = "/message/template", "/rating/get"


@dataclass(frozen=True)
class Call:
    """A call that reached the API: what was sent and what was answered (None: the connection broke)."""

    path: str
    body: Any
    answer: Json | None


class ZaloOaStandin:
    """One Official Account on loopback. `url` serves as the OA API and as the oauth server."""

    def __init__(self, patience: Patience = Patience(), port: int = 0) -> None:  # noqa: B008
        self.ahead = 0.0
        """Seconds by which its clock is ahead of this machine's."""
        self.tokens = TokenServer(APP_ID, APP_SECRET, self.now)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.chats: dict[str, list[Json]] = {}
        self.acted: dict[str, float] = {}
        self.quota: int | None = None
        """Messages that the account may still send; None: no end."""
        self.quotas: dict[str, int] = {}
        """The same for one person."""
        self.ratings = Ratings()
        self.courier = Courier(patience, self._wake)
        self.url = ""
        self._port = port
        self._ids = itertools.count(1)
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post(MESSAGE, self._message)
        application.router.add_post(TOKEN, self._token)
        application.router.add_post(TEMPLATE, self._template)
        application.router.add_get(RATING, self._rating)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        assert site._server is not None
        self._port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._port}"
        await self.courier.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.courier.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead

    # What people do. Each gives the delivery, so that a test can see its tries, or bring it again.

    def say(self, user: str, words: str) -> Delivery:
        return self._act(user, events.text(user, OA_ID, words, self._id("msg")))

    def press(self, user: str, title: str) -> Delivery:
        """The newest button that bears this title: its payload comes back as text."""
        for message in reversed(self.chats[user]):
            for button in buttons(message):
                if button["title"] == title:
                    return self.say(user, button["payload"])
        raise AssertionError(f"no button {title!r}")

    def send(self, user: str, kind: str) -> Delivery:
        return self._act(user, events.content(user, OA_ID, kind, self._id("msg")))

    def follow(self, user: str) -> Delivery:
        return self._act(user, events.following(user, OA_ID, "follow"))

    def unfollow(self, user: str) -> Delivery:
        return self._act(user, events.following(user, OA_ID, "unfollow"))

    def click(self, user: str) -> Delivery:
        return self._act(user, events.click(user, OA_ID))

    def again(self, delivery: Delivery) -> Delivery:
        """The same event once more, to the byte."""
        repeated = Delivery(delivery.user, delivery.raw, delivery.header)
        self.courier.put(repeated)
        return repeated

    def event(self, event: Json, *, ago: float = 0.0) -> tuple[bytes, str]:
        """Body and header of an event of this account that happened so many seconds ago."""
        whole = {"app_id": APP_ID, **event, "timestamp": str(int((self.now() - ago) * 1000))}
        raw = dumped(whole)
        return raw, signed(raw, APP_ID, OA_SECRET)

    def _act(self, user: str, event: Json) -> Delivery:
        self.acted[user] = self.now()
        self.chats.setdefault(user, [])
        delivery = Delivery(user, *self.event(event))
        self.courier.put(delivery)
        return delivery

    # What is seen.

    def texts(self, user: str) -> list[str]:
        """What the account has written to her."""
        return [message["text"] for message in self.chats.get(user, [])]

    def newest(self, user: str) -> Json:
        return self.chats[user][-1]

    def close_window(self, user: str) -> None:
        """She last did something eight days ago."""
        self.acted[user] = self.now() - WINDOW_SECONDS - 86_400

    async def wait_until(self, holds: Callable[[], bool], seconds: float = 10.0) -> bool:
        """Whether it came to hold in time; looked at after each call and each try."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return holds()
        return True

    # The API.

    async def _message(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json() if request.content_type == "application/json" else None
        except ValueError:
            body = None
        user = str(((body or {}).get("recipient") or {}).get("user_id", "")) if isinstance(body, dict) else ""

        def carry_out() -> Json:
            if "Authorization" in request.headers:
                raise bad("Authorization is no header of this API")
            self.tokens.check(request.headers.get("access_token"))
            return self._send(*checked(body))

        return await self._answered(request, body, user, carry_out)

    async def _template(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()

        def carry_out() -> Json:
            self.tokens.check(request.headers.get("access_token"), ZBS_TOKEN)
            return self.ratings.send(body)

        return await self._answered(request, body, "", carry_out)

    async def _rating(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def carry_out() -> Json:
            self.tokens.check(request.headers.get("access_token"), ZBS_TOKEN)
            return self.ratings.pull(query)

        return await self._answered(request, query, "", carry_out)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        is_form = request.content_type == "application/x-www-form-urlencoded"
        form = {name: str(value) for name, value in (await request.post()).items()} if is_form else {}
        secret = request.headers.get("secret_key", "")
        return await self._answered(request, form, "", lambda: self.tokens.exchange(secret, form))

    async def _answered(
        self, request: web.Request, body: object, user: str, carry_out: Callable[[], Json]
    ) -> web.StreamResponse:
        fault = self.faults.next(request.path, user)
        answer: Json | None = None
        if fault is None or fault.kind in {"drop_after", "slow"}:
            answer = _tried(carry_out)
        elif fault.kind == "code":
            answer = {"error": fault.code, "message": "asked for by a test"}
        shown = None if fault is not None and fault.kind.startswith("drop") else answer
        self.calls.append(Call(request.path, body, shown))
        self._wake()
        return await _shown(request, fault, answer)

    def _send(self, user: str, message: Json) -> Json:
        if self.now() - self.acted.get(user, 0.0) > WINDOW_SECONDS:
            raise RefusedError(WINDOW, "User has not interacted with the OA in the past 7 days")
        if self.quota is not None and self.quota <= 0:
            raise RefusedError(QUOTA, "Out of quota")
        if self.quotas.get(user, 1) <= 0:
            raise RefusedError(RECIPIENT_QUOTA, "Out of quota for this recipient")
        if self.quota is not None:
            self.quota -= 1
        self.chats.setdefault(user, []).append(message)
        sent = {"message_id": self._id("oa"), "user_id": user, "sent_time": str(int(self.now() * 1000))}
        return {"data": sent, "error": 0, "message": "Success"}

    def _id(self, kind: str) -> str:
        return f"{kind}{next(self._ids):010x}"

    def _wake(self) -> None:
        self._changed.set()


def buttons(message: Json) -> list[Json]:
    found: list[Json] = message.get("attachment", {}).get("payload", {}).get("buttons", [])
    return found


def _tried(carry_out: Callable[[], Json]) -> Json:
    try:
        return carry_out()
    except RefusedError as refused:
        return refused.body


async def _shown(request: web.Request, fault: Fault | None, answer: Json | None) -> web.StreamResponse:
    match fault:
        case Fault(kind="drop_before" | "drop_after"):
            assert request.transport is not None
            request.transport.close()
            raise ConnectionResetError
        case Fault(kind="server_error"):
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        case Fault(kind="redirect"):
            return web.Response(status=307, headers={"Location": request.path})
        case Fault(kind="slow", seconds=seconds):
            await asyncio.sleep(seconds)
    return web.Response(text=json.dumps(answer), content_type="application/json")
