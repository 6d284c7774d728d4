"""The HTTP control surface, for a stand-in that runs as its own process: /control/..., JSON in, JSON out."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from tests.standins.telegram.faults import Fault
from tests.standins.telegram.refusals import Json

if TYPE_CHECKING:
    from tests.standins.telegram.standin import TelegramStandin

MAX_RECORDS_A_PAGE = 1000
Action = Callable[["TelegramStandin", Json], Json]


def _say(standin: "TelegramStandin", body: Json) -> Json:
    return {"update_id": standin.say(body["user_id"], body["text"], chat_id=body.get("chat_id"))}


def _write(standin: "TelegramStandin", body: Json) -> Json:
    return {"update_id": standin.write(body["user_id"], body["content"], chat_id=body.get("chat_id"))}


def _press(standin: "TelegramStandin", body: Json) -> Json:
    return {"update_id": standin.press(body["user_id"], body["message_id"], body["data"], chat_id=body.get("chat_id"))}


def _send_update(standin: "TelegramStandin", body: Json) -> Json:
    return {"update_id": standin.send_update(body["content"], body["chat_id"], update_id=body.get("update_id"))}


def _redeliver(standin: "TelegramStandin", body: Json) -> Json:
    standin.redeliver(body["update_id"])
    return {}


def _jump(standin: "TelegramStandin", body: Json) -> Json:
    standin.jump_ids(body["to"])
    return {}


def _fault(standin: "TelegramStandin", body: Json) -> Json:
    methods = frozenset(body.pop("methods", ()))
    standin.faults.add(Fault(**body, methods=methods))
    return {}


def _clear_faults(standin: "TelegramStandin", body: Json) -> Json:
    standin.faults.clear()
    return {}


def _chat(standin: "TelegramStandin", body: Json) -> Json:
    chat = standin.chat(body["chat_id"])
    return {"about": chat.about, "revision": chat.revision, "messages": list(chat.messages.values())}


def _log(standin: "TelegramStandin", body: Json) -> Json:
    since = int(body.get("since", 0))
    return {
        "records": standin.journal.records[since : since + MAX_RECORDS_A_PAGE],
        "total": len(standin.journal.records),
    }


def _state(standin: "TelegramStandin", body: Json) -> Json:
    return {
        "waiting": len(standin.delivery.queue),
        "acknowledged": len(standin.journal.acknowledged),
        "chats": sorted(standin.world.chats),
        "webhook": standin.delivery.get_webhook_info({}),
    }


def _stop(standin: "TelegramStandin", body: Json) -> Json:
    standin.stopped.set()
    return {}


ACTIONS: dict[str, Action] = {
    "say": _say,
    "write": _write,
    "press": _press,
    "send_update": _send_update,
    "redeliver": _redeliver,
    "jump": _jump,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "chat": _chat,
    "log": _log,
    "state": _state,
    "stop": _stop,
}


def add_control(application: web.Application, standin: "TelegramStandin") -> None:
    """Add POST /control/<action> for every action; 400 with a reason for a body that does not fit."""
    for name, action in ACTIONS.items():
        application.router.add_post(f"/control/{name}", _route(standin, action))


def _route(standin: "TelegramStandin", action: Action) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json() if request.can_read_body else {}
            return web.json_response(action(standin, body))
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return handle
