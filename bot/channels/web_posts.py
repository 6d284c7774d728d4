"""What every POST of the web goes through: it came from our page, it is a form within bounds, its nonce is ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web_desk import SECOND_CLICK_SECONDS, Desk, WebName
from bot.channels.web_form import Form, read_form
from bot.channels.web_keys import COOKIE_SECONDS, Mark, cookie_name, is_same_origin, mark_of, new_token
from bot.errors import StorageUnavailable
from handlers import Standing, route
from handlers.context import Incoming, Message


@dataclass(frozen=True)
class Sheet:
    """One form of one conversation, as it was given out."""

    channel: WebName
    token: str
    nonce: str


@dataclass(frozen=True)
class Act:
    """One thing done on a page."""

    kind: Literal["press", "text", "start"]
    what: str


def act_of(form: Form) -> Act | None:
    """What the form carries; None when nothing was pressed and nothing typed."""
    if form.press:
        return Act("press", form.press)
    return Act("text", form.text) if form.text else None


def is_enrolment(act: Act | None, *, awaits_words: bool = False) -> bool:
    """Whether a typed text carries an official's one-time code; the handlers' own routing decides.

    `awaits_words`: a question takes free text, so that only a slash command is one.
    """
    if act is None or act.kind != "text":
        return False
    found = route(Incoming("web", "", "", "text", act.what), Standing(awaits_words=awaits_words))
    return found.kind == "command" and found.name == "vao" and bool(found.argument)


async def read_post(desk: Desk, request: Request, token: str, back: str) -> Form | Response:
    """The form, or the calm page that says why not. `token` is the one the nonce was made for."""
    language = desk.pages.guess(request)
    if not is_same_origin(request.headers, desk.lent.public_url):
        return desk.pages.calm(language, 403, "web.not_taken", back=back)
    form = await read_form(request)
    if isinstance(form, int):
        return desk.pages.calm(language, form, "web.too_long" if form == 413 else "web.not_taken", back=back)
    if not desk.keys.is_nonce(token, form.nonce):
        return desk.pages.calm(language, 403, "web.not_taken", back=back)
    return form


async def take(
    desk: Desk, sheet: Sheet, act: Act, language: str | None, *, trusted: bool = False
) -> tuple[Mark, list[Message]]:
    """One event to the shell: the mark of its reply, and the reply. `language` is a guess for a new conversation."""
    mark = mark_of(sheet.nonce, act.kind, act.what, trusted=trusted)
    update_id = mark.update_id(sheet.token)
    incoming = Incoming(sheet.channel, update_id, sheet.token, act.kind, act.what, language, trusted=trusted)
    return mark, await desk.take(incoming)


def see(path: str, mark: Mark | None = None) -> Response:
    """After a POST the browser is sent to a page that can be loaded again."""
    return RedirectResponse(f"{path}?m={mark.text}" if mark else path, 303)


def busy(desk: Desk, request: Request, form: Form) -> Response:
    """Nothing was stored: the same form once more."""
    fields = {"nonce": form.nonce, "press": form.press, "text": form.text, "l": form.language}
    kept = {name: value for name, value in fields.items() if value}
    return desk.pages.busy(desk.pages.guess(request), request.url.path, kept)


def token_for(desk: Desk, key: str) -> str:
    """A new token; a second click on the same form gets the same one."""
    token = desk.starts.get(key) or new_token()
    desk.starts.put(key, token, SECOND_CLICK_SECONDS)
    return token


async def enrol(desk: Desk, request: Request, form: Form, language: str, back: str) -> Response:
    """An official's code: a new conversation, bound to this browser by a cookie.

    The token is new so that a link somebody else knows never becomes an official's (session fixation).
    """
    text = form.text or ""
    if not desk.may_bind(request):
        return desk.pages.calm(language, 403, "web.https_needed", back=back)
    token = token_for(desk, f"{form.nonce}:{text}")
    try:
        mark, _ = await take(desk, Sheet("web", token, form.nonce), Act("text", text), language, trusted=True)
    except StorageUnavailable:
        return busy(desk, request, form)
    response = see(f"/c/{token}", mark)
    keep(desk, response, cookie_name(desk.lent.public_url), desk.keys.cookie(token), COOKIE_SECONDS)
    return response


def keep(desk: Desk, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads, no other site sends, and no plain connection where there is TLS."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=desk.lent.public_url.startswith("https://"),
        httponly=True,
        samesite="strict",
    )
