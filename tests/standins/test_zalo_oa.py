"""The stand-in itself: as strict as the documents, and signing as they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.standins.zalo_oa import Patience, ZaloOaStandin, signed
from tests.standins.zalo_oa.messages import checked
from tests.standins.zalo_oa.refusals import RefusedError
from tests.standins.zalo_oa.standin import APP_ID, APP_SECRET, MESSAGE, OA_SECRET, TOKEN

Json = dict[str, Any]
LAN = "5510185758261927916"


def body(message: object, **more: object) -> Json:
    return {"recipient": {"user_id": LAN}, "message": message, **more}


def button(**changed: object) -> Json:
    return {"title": "4", "type": "oa.query.hide", "payload": "s:k:q2:4"} | changed


def with_buttons(*buttons: object) -> Json:
    return body({"text": "?", "attachment": {"type": "template", "payload": {"buttons": list(buttons)}}})


@pytest.mark.parametrize(
    "fits",
    [
        body({"text": "a" * 2_000}),
        with_buttons(*[button()] * 5),
        with_buttons(button(title="a" * 100, payload="a" * 1_000)),
        with_buttons(button(type="oa.open.url", payload={"url": "https://a.vn"})),
        body(
            {
                "text": "?",
                "attachment": {"type": "template", "payload": {"template_type": "button", "buttons": [button()]}},
            }
        ),
    ],
)
def test_what_fits(fits: Json) -> None:
    assert checked(fits)[0] == LAN


@pytest.mark.parametrize(
    "unfit",
    [
        None, [], {}, body({}), body({"text": ""}), body({"text": " "}), body({"text": "a" * 2_001}), body({"text": 5}),
        body({"text": "a", "parse_mode": "HTML"}), body({"text": "a"}, notify=True),
        {"recipient": {"user_id": LAN}}, {"recipient": {"user_id": 5}, "message": {"text": "a"}},
        {"recipient": {"phone": "84"}, "message": {"text": "a"}}, with_buttons(*[button()] * 6), with_buttons(),
        with_buttons(button(title="a" * 101)), with_buttons(button(title="")),
        with_buttons(button(payload="a" * 1_001)), with_buttons(button(payload={})),
        with_buttons(button(type="callback")), with_buttons(button(image="x")), with_buttons({"title": "a"}),
        with_buttons(button(type="oa.open.url", payload="https://a.vn")),
        body({"text": "a", "attachment": {"type": "file", "payload": {}}}),
    ],
)  # fmt: skip
def test_what_does_not(unfit: object) -> None:
    with pytest.raises(RefusedError) as caught:
        checked(unfit)
    assert caught.value.code == -201


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin(Patience(timeout=0.3, pauses=(0.01, 0.01, 0.01))) as made:
        made.acted[LAN] = made.now()
        yield made


async def post(url: str, headers: dict[str, str], **sent: Any) -> Json:
    async with aiohttp.ClientSession() as session, session.post(url, headers=headers, **sent) as answer:
        assert answer.status == 200  # also where it refuses
        found: Json = await answer.json()
        return found


async def fetched(standin: ZaloOaStandin, refresh: str, secret: str = APP_SECRET) -> Json:
    form = {"app_id": APP_ID, "grant_type": "refresh_token", "refresh_token": refresh}
    return await post(standin.url + TOKEN, {"secret_key": secret}, data=form)


async def test_a_refresh_token_works_once(standin: ZaloOaStandin) -> None:
    first = standin.tokens.refresh
    given = await fetched(standin, first)
    assert given["expires_in"] == "90000"
    assert (await fetched(standin, first))["error"] == -14020
    assert (await fetched(standin, given["refresh_token"], "wrong"))["error"] == -14002
    assert "access_token" in await fetched(standin, given["refresh_token"])


async def test_only_the_token_in_force_and_its_own_header_are_taken(standin: ZaloOaStandin) -> None:
    token = (await fetched(standin, standin.tokens.refresh))["access_token"]
    url = standin.url + MESSAGE

    async def error(**headers: str) -> int:
        return int((await post(url, headers, json=body({"text": "a"})))["error"])

    assert await error(access_token=token) == 0
    assert await error() == -216
    assert await error(access_token=f"Bearer {token}") == -216
    assert await error(Authorization=f"Bearer {token}") == -201
    assert await error(Authorization=f"Bearer {token}", access_token=token) == -201
    standin.ahead = 90_001
    assert await error(access_token=token) == -216
    standin.ahead = 0
    await fetched(standin, standin.tokens.refresh)
    assert await error(access_token=token) == -216
    assert (await post(url, {"access_token": standin.tokens.access}, data="text=a"))["error"] == -201


async def test_windows_and_quotas(standin: ZaloOaStandin) -> None:
    await fetched(standin, standin.tokens.refresh)

    async def error() -> int:
        headers = {"access_token": standin.tokens.access}
        return int((await post(standin.url + MESSAGE, headers, json=body({"text": "a"})))["error"])

    standin.quota = 1
    assert [await error(), await error()] == [0, -211]
    standin.quota, standin.quotas = None, {LAN: 0}
    assert await error() == -218
    standin.quotas.clear()
    standin.close_window(LAN)
    assert await error() == -230


async def test_events_are_signed_in_order_and_tried_again(standin: ZaloOaStandin) -> None:
    got: list[tuple[bytes, str]] = []
    statuses = [500, 404, 200, 200]

    async def hook(request: web.Request) -> web.Response:
        got.append((await request.read(), request.headers["X-ZEvent-Signature"]))
        return web.Response(status=statuses[len(got) - 1])

    application = web.Application()
    application.router.add_post("/hook", hook)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    standin.courier.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/hook"  # type: ignore[attr-defined]
    first, second = standin.say(LAN, "một"), standin.say(LAN, "hai")
    assert await standin.wait_until(lambda: second.taken)
    await runner.cleanup()
    assert (first.tries, second.tries) == ([500, 404, 200], [200])
    assert [json.loads(raw)["message"]["text"] for raw, _ in got] == ["một", "một", "một", "hai"]
    assert got[0] == got[1] == got[2]
    for raw, header in got:
        event = json.loads(raw)
        text = APP_ID + raw.decode() + event["timestamp"] + OA_SECRET
        assert header == "mac=" + hashlib.sha256(text.encode()).hexdigest() == signed(raw, APP_ID, OA_SECRET)
    assert not standin.courier.disabled


async def test_after_the_last_try_the_webhook_is_off(standin: ZaloOaStandin) -> None:
    standin.courier.url = "http://127.0.0.1:9/hook"
    lost = standin.say(LAN, "a")
    assert await standin.wait_until(lambda: len(lost.tries) == 4)
    assert await standin.wait_until(lambda: standin.courier.disabled, 1)
