"""The pages of a conversation: GET shows a reply or the current screen, POST is one event."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_desk import Desk
from bot.channels.web_form import Form
from bot.channels.web_keys import Mark, is_token, read_mark
from bot.channels.web_pages import Talking
from bot.channels.web_posts import Act, Sheet, act_of, busy, enrol, is_enrolment, read_post, see, take
from bot.channels.web_render import bubble_of
from bot.errors import DrawError, StorageUnavailable
from handlers.context import Message

log = structlog.get_logger()


def gone(desk: Desk, request: Request) -> Response:
    return desk.pages.calm(desk.pages.guess(request), 404, "web.gone")


async def show(desk: Desk, request: Request) -> Response:
    """`GET /c/TOKEN`: the reply of `?m=`, else the screen the conversation is at. Writes nothing."""
    token = request.path_params["token"]
    if not is_token(token):
        return gone(desk, request)
    mark = _readable(desk, request, token)
    reply = await desk.reply("web", token, mark) if mark else None
    language = await desk.lent.language_of("web", token)
    # After erasing there is no conversation any more, but the words that say so are still shown.
    if language is None and reply is None:
        return gone(desk, request)
    language = language or desk.pages.guess(request)
    messages = reply or await desk.lent.current("web", token) or [desk.pages.welcome(language)]
    at = Talking(
        action=f"/c/{token}",
        nonce=desk.keys.nonce(token),
        mark=mark.text if mark and reply else "",
        trusted=desk.is_bound(request, token),
    )
    return desk.pages.conversation(messages, language, at)


def _readable(desk: Desk, request: Request, token: str) -> Mark | None:
    """The mark that was asked for; what an official was answered only with her cookie."""
    mark = read_mark(request.query_params.get("m", ""))
    return mark if mark and (not mark.trusted or desk.is_bound(request, token)) else None


async def act(desk: Desk, request: Request) -> Response:
    """`POST /c/TOKEN`: one press or one text."""
    token = request.path_params["token"]
    if not is_token(token):
        return gone(desk, request)
    path = f"/c/{token}"
    form = await read_post(desk, request, token, path)
    if isinstance(form, Response):
        return form
    done = act_of(form)
    try:
        return await _take(desk, request, form, done) if done else see(path)
    except StorageUnavailable:
        return busy(desk, request, form)


async def _take(desk: Desk, request: Request, form: Form, done: Act) -> Response:
    token = request.path_params["token"]
    path = f"/c/{token}"
    known = await desk.lent.language_of("web", token)
    if known is None and done.kind == "press" and done.what.startswith("s:"):  # a survey that was erased
        return gone(desk, request)
    # Who has only read so far is nobody yet, and may begin.
    language = known or (form.language if form.language in desk.pages.catalogues else desk.pages.guess(request))
    trusted = desk.is_bound(request, token)
    if not trusted and is_enrolment(done) and is_enrolment(done, awaits_words=await _awaits_words(desk, token)):
        return await enrol(desk, request, form, language, path)
    new = None if known else language
    mark, _ = await take(desk, Sheet("web", token, form.nonce), done, new, trusted=trusted)
    return see(path, mark)


async def _awaits_words(desk: Desk, token: str) -> bool:
    """Whether a question with free text is open: there a card number alone is an answer, not an official's code."""
    messages = await desk.lent.current("web", token)
    return any(message.awaits == "words" and bubble_of(message).heading for message in messages)


async def attachment(desk: Desk, request: Request) -> Response:
    """`GET /c/TOKEN/a/N?m=`: the picture or file of the reply's message N, drawn now from its description."""
    token, number = request.path_params["token"], request.path_params["number"]
    mark = _readable(desk, request, token) if is_token(token) else None
    messages = (await desk.reply("web", token, mark) if mark else None) or []
    found = _attached(messages, number)
    if found is None or found.attachment is None:
        return gone(desk, request)
    try:
        drawn = await desk.lent.draw(found.attachment)
    except DrawError as error:
        log.warning("not drawn", kind=error.kind, detail=error.detail)
        return desk.pages.calm(desk.pages.guess(request), 503, "sorry", back=request.url.path)
    shown = "inline" if found.attachment.kind == "picture" else "attachment"
    disposition = f"{shown}; filename*=UTF-8''{quote(drawn.name)}"
    return Response(drawn.content, media_type=drawn.media_type, headers={"Content-Disposition": disposition})


def _attached(messages: list[Message], number: int) -> Message | None:
    return messages[number] if number < len(messages) else None
