"""The page of scores: a link from the chat opens it once, in one browser, for half a day; and the public one."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web_desk import Desk
from bot.channels.web_keys import cookie_name
from bot.channels.web_posts import keep, read_post, see
from bot.errors import StorageUnavailable

PATH, PUBLIC_PATH, FIGURES_PATH = "/o", "/diem", "/o/figures"
COOKIE = "-scores"
"""Behind the conversation's cookie name, which says whether it needs TLS."""
COOKIE_SECONDS = 12 * 3600
MOST_LETTERS = 80
"""Of what the address names; longer is nonsense."""


async def show_door(desk: Desk, request: Request) -> Response:
    """`GET /o/LINK`: one button. Programs that look at links in chats do not use it up."""
    return desk.pages.door(desk.pages.guess(request), desk.keys.nonce(""))


async def come_in(desk: Desk, request: Request) -> Response:
    """`POST /o/LINK`"""
    language = desk.pages.guess(request)
    form = await read_post(desk, request, "", request.url.path)
    if isinstance(form, Response):
        return form
    if not desk.may_bind(request):
        return desk.pages.calm(language, 403, "web.https_needed")
    try:
        cookie = await desk.lent.scores.open(request.path_params["link"])
    except StorageUnavailable:
        return desk.pages.calm(language, 503, "sorry", back=request.url.path)
    if cookie is None:
        return desk.pages.calm(language, 403, "page.used")
    response = see(PATH)
    keep(desk, response, cookie_name(desk.lent.public_url) + COOKIE, cookie, COOKIE_SECONDS)
    return response


async def show_scores(desk: Desk, request: Request) -> Response:
    """`GET /o?u=UNIT&p=PERIOD&s=ORDER`"""
    cookie = request.cookies.get(cookie_name(desk.lent.public_url) + COOKIE, "")
    found = await desk.lent.scores.show(cookie, *_asked(request))
    if found is None:
        return desk.pages.calm(desk.pages.guess(request), 403, "page.closed")
    language, board = found
    if board is None:
        return desk.pages.calm(language, 404, "page.not_yours", back=PATH)
    return desk.pages.scores(language, board, partial(address, PATH), figures_address)


async def show_figures(desk: Desk, request: Request) -> Response:
    """`GET /o/figures?c=COMMAND&q=WORDS`: what that command says in the chat, with its tables."""
    cookie = request.cookies.get(cookie_name(desk.lent.public_url) + COOKIE, "")
    topic, words = (request.query_params.get(name, "")[:MOST_LETTERS] for name in ("c", "q"))
    found = await desk.lent.scores.figures(cookie, topic, words)
    if found is None:
        return desk.pages.calm(desk.pages.guess(request), 403, "page.closed")
    language, sight = found
    if sight is None:
        return desk.pages.calm(language, 404, "page.not_yours", back=PATH)
    return desk.pages.figures(language, sight, figures_address)


async def show_public(desk: Desk, request: Request) -> Response:
    """`GET /diem`: the same page for everybody, where the province publishes its scores."""
    language = desk.pages.guess(request)
    board = await desk.lent.scores.public(language, *_asked(request))
    if board is None:
        return desk.pages.calm(language, 404, "page.not_public")
    return desk.pages.scores(language, board, partial(address, PUBLIC_PATH, language=language))


def _asked(request: Request) -> tuple[str, str, str]:
    """Unit, period and order as they stand in the address."""
    unit, period, order = (request.query_params.get(name, "")[:MOST_LETTERS] for name in ("u", "p", "s"))
    return unit, period, order


def figures_address(topic: str, words: str = "") -> str:
    """The page of a command's figures; of the scores without one."""
    named = {"c": topic, "q": words}
    return f"{FIGURES_PATH}?{urlencode({name: value for name, value in named.items() if value})}" if topic else PATH


def address(path: str, unit: str, period: str, order: str = "", language: str = "") -> str:
    """The page of another unit, period or order."""
    named = {"u": unit, "p": period, "s": order, "l": language}
    return f"{path}?{urlencode({name: value for name, value in named.items() if value})}"
