"""The tablet at the counter: the same conversation, which forgets each person before the next one comes.

Which conversations are shown is kept in memory: whoever presses Back later, or after a restart, meets the start.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_desk import Desk
from bot.channels.web_keys import read_mark
from bot.channels.web_pages import Talking
from bot.channels.web_posts import Act, Sheet, act_of, busy, read_post, see, take
from bot.channels.web_start import language_of, office_of, open_conversation
from bot.errors import StorageUnavailable
from handlers.context import Message

IDLE_SECONDS = 60
WRITING_SECONDS = 120
"""Where words are awaited: without JavaScript typing is not seen until it is sent."""
RECEIPT_SECONDS = 20
SLACK_SECONDS = 5
"""A page may be asked for this much later than it resets itself."""


async def show_start(desk: Desk, request: Request) -> Response:
    """`GET /k/CODE`: the big start screen. `?x=TOKEN` ends that conversation's time on the screen."""
    desk.kiosks.drop(request.query_params.get("x", ""))
    unit = await office_of(desk, request.path_params["code"])
    language = desk.pages.guess(request)
    if unit is None:
        return desk.pages.calm(language, 404, "start.unknown_code")
    return desk.pages.kiosk(language, desk.keys.nonce(""), unit)


async def start(desk: Desk, request: Request) -> Response:
    """`POST /k/CODE`"""
    code = request.path_params["code"]
    path = f"/k/{code}"
    form = await read_post(desk, request, "", path)
    if isinstance(form, Response):
        return form
    try:
        if await office_of(desk, code) is None:
            return see(path)
        acts = [Act("start", code)]
        token, mark, messages = await open_conversation(desk, "kiosk", form, acts, language_of(desk, request, form))
    except StorageUnavailable:
        return busy(desk, request, form)
    desk.kiosks.put(token, "", _seconds(messages, ended=False) + SLACK_SECONDS)
    return see(f"{path}/{token}", mark)


async def show(desk: Desk, request: Request) -> Response:
    """`GET /k/CODE/TOKEN`: as on the web, while this person is still there; then the start screen."""
    code, token = request.path_params["code"], request.path_params["token"]
    last = desk.kiosks.get(token)
    mark = read_mark(request.query_params.get("m", ""))
    if last is None or (last and (mark is None or mark.text != last)):
        return see(f"/k/{code}")
    messages = (await desk.reply("kiosk", token, mark) if mark else None) or await desk.lent.current("kiosk", token)
    if not messages:
        return see(f"/k/{code}")
    at = Talking(
        action=f"/k/{code}/{token}",
        nonce=desk.keys.nonce(token),
        kiosk=True,
        ended=bool(last),
        leave=f"/k/{code}?x={token}",
        seconds=_seconds(messages, ended=bool(last)),
    )
    language = await desk.lent.language_of("kiosk", token) or desk.pages.guess(request)
    return desk.pages.conversation(messages, language, at)


async def act(desk: Desk, request: Request) -> Response:
    """`POST /k/CODE/TOKEN`: one press or one text; nothing of an official is taken here."""
    code, token = request.path_params["code"], request.path_params["token"]
    path = f"/k/{code}/{token}"
    if desk.kiosks.get(token) is None:
        return see(f"/k/{code}")
    form = await read_post(desk, request, token, path)
    if isinstance(form, Response):
        return form
    done = act_of(form)
    last = desk.kiosks.get(token)
    if done is None or last is None:
        return see(path)
    if last:
        # A second tap on the button that ended it: the same last screen.
        return see(path, read_mark(last))
    if done.kind == "text":
        done = Act("text", done.what.lstrip("/"))
    try:
        mark, messages = await take(desk, Sheet("kiosk", token, form.nonce), done, None)
    except StorageUnavailable:
        return busy(desk, request, form)
    ended = bool(messages) and all(message.awaits == "nothing" for message in messages)
    desk.kiosks.put(token, mark.text if ended else "", _seconds(messages, ended=ended) + SLACK_SECONDS)
    return see(path, mark)


def _seconds(messages: list[Message], *, ended: bool) -> int:
    """Idle seconds after which the screen goes back to the start."""
    if ended:
        return RECEIPT_SECONDS
    return WRITING_SECONDS if any(message.awaits == "words" for message in messages) else IDLE_SECONDS
