"""The ways in: the start page and the page of an office's code. GET writes nothing; POST makes a conversation."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_desk import Desk, WebName
from bot.channels.web_form import Form
from bot.channels.web_keys import Mark
from bot.channels.web_posts import Act, Sheet, act_of, busy, enrol, is_enrolment, read_post, see, take, token_for
from bot.errors import StorageUnavailable
from handlers.context import Message

_CODE = re.compile(r"[\w-]{1,64}", re.ASCII)

PICK_OFFICE = Act("press", "c:khaosat")


def language_of(desk: Desk, request: Request, form: Form) -> str:
    """The language of the page that was pressed, which its form carries."""
    return form.language if form.language in desk.pages.catalogues else desk.pages.guess(request)


async def office_of(desk: Desk, code: str) -> str | None:
    """The office that a code from a link leads to."""
    return await desk.lent.look_up_code(code) if _CODE.fullmatch(code) else None


async def show_start(desk: Desk, request: Request) -> Response:
    """`GET /`"""
    return desk.pages.start(desk.pages.guess(request), desk.keys.nonce(""))


async def show_office(desk: Desk, request: Request) -> Response:
    """`GET /s/CODE`: which office, and one button. An unknown code leads to the way by name."""
    code = request.path_params["code"]
    unit = await office_of(desk, code)
    language, nonce = desk.pages.guess(request), desk.keys.nonce("")
    if unit is None:
        return desk.pages.start(language, nonce, notice="start.unknown_code", status=404)
    return desk.pages.office(language, nonce, code, unit)


async def start(desk: Desk, request: Request) -> Response:
    """`POST /`: a button of the welcome, or a typed office, code or command, in a new conversation."""
    form = await read_post(desk, request, "", "/")
    if isinstance(form, Response):
        return form
    language = language_of(desk, request, form)
    if is_enrolment(act_of(form)):
        return await enrol(desk, request, form, language, "/")
    try:
        acts = await _acts(desk, form)
    except StorageUnavailable:
        return busy(desk, request, form)
    return await _begin(desk, request, form, acts)


async def start_at(desk: Desk, request: Request) -> Response:
    """`POST /s/CODE`"""
    code = request.path_params["code"]
    form = await read_post(desk, request, "", "/")
    if isinstance(form, Response):
        return form
    return await _begin(desk, request, form, [Act("start", code if _CODE.fullmatch(code) else "")])


async def _acts(desk: Desk, form: Form) -> list[Act]:
    """A typed name is first asked for, then said: to the handlers it is the way by name."""
    done = act_of(form)
    match done:
        case None:
            return [Act("start", "")]
        case Act("text", text) if await office_of(desk, text) is not None:
            return [Act("start", text)]
        case Act("text", text) if not text.startswith("/"):
            return [PICK_OFFICE, done]
        case _:
            return [done]


async def _begin(desk: Desk, request: Request, form: Form, acts: list[Act]) -> Response:
    try:
        token, mark, _ = await open_conversation(desk, "web", form, acts, language_of(desk, request, form))
    except StorageUnavailable:
        return busy(desk, request, form)
    return see(f"/c/{token}", mark)


async def open_conversation(
    desk: Desk, channel: WebName, form: Form, acts: list[Act], language: str
) -> tuple[str, Mark, list[Message]]:
    """A new conversation and its first events (at least one): its token, and the last reply."""
    token = token_for(desk, f"{channel}:{form.nonce}")
    for done in acts:
        mark, messages = await take(desk, Sheet(channel, token, form.nonce), done, language)
    return token, mark, messages
