"""Pages from templates: the furniture around the bubbles, the calm pages, the style sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.channels.web_keys import preferred_language
from bot.channels.web_render import LONG_REVIEW, bubble_of, marked
from handlers.context import Button, Message, Province, Texts, strong
from handlers.page import Board
from handlers.topics import TOPICS, Sight
from handlers.wording import within
from survey.text import MAX_TEXT

HERE = Path(__file__).parent.parent
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
RETRY_SECONDS = 30

_MEDIA = {"chat.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True)
class Talking:
    """Where a page stands in a conversation: `action` is its path, `mark` names the reply that is shown."""

    action: str
    nonce: str
    mark: str = ""
    trusted: bool = False
    kiosk: bool = False
    ended: bool = False
    leave: str = ""
    seconds: int = 0


class Pages:
    """Renders every page; holds nothing but templates, sentences and the two static files."""

    def __init__(self, catalogues: Mapping[str, Texts], language: str, province: Province) -> None:
        self.catalogues = catalogues
        self.language = language
        self._province = province
        self._files = {name: (HERE / "static" / name).read_bytes() for name in _MEDIA}
        self._versions = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in self._files.items()}
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["marked"] = marked
        self._environment.globals.update(
            versions=self._versions,
            province=province,
            most_text=MAX_TEXT,
            strong=strong,
            within=within,
            long_review=LONG_REVIEW,
            topics=tuple(TOPICS),
        )
        # Compiled now: the first page may be asked for when memory is short, and a compiler that runs out of it in the
        # middle has ended the whole program.
        for template in self._environment.list_templates():
            self._environment.get_template(template)

    def guess(self, request: Request) -> str:
        """The language of a page that belongs to no conversation yet."""
        asked = request.query_params.get("l", "")
        if asked in self.catalogues:
            return asked
        return preferred_language(request.headers.get("accept-language", ""), self.catalogues, self.language)

    def conversation(self, messages: Sequence[Message], language: str, at: Talking) -> Response:
        return self._page("talk.html", language, 200, bubbles=[(m, bubble_of(m)) for m in messages], at=at)

    def start(self, language: str, nonce: str, *, notice: str = "", status: int = 200) -> Response:
        """The start page. The welcome is the same as in `handlers.start`, said before anything is stored."""
        return self._page(
            "start.html",
            language,
            status,
            nonce=nonce,
            notice=notice,
            bubble=bubble_of(self.welcome(language)),
            other=self._other(language),
        )

    def office(self, language: str, nonce: str, code: str, unit: str) -> Response:
        return self._page("office.html", language, 200, nonce=nonce, code=code, unit=unit, other=self._other(language))

    def kiosk(self, language: str, nonce: str, unit: str) -> Response:
        response = self._page("kiosk.html", language, 200, nonce=nonce, unit=unit, other=self._other(language))
        # Otherwise Back could bring up the last person's pages from the browser's memory.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def door(self, language: str, nonce: str) -> Response:
        return self._page("door.html", language, 200, nonce=nonce)

    def scores(
        self, language: str, board: Board, to: Callable[..., str], figures: Callable[..., str] | None = None
    ) -> Response:
        """`to`: (unit, period, order) to the address of that page; `figures`: (topic) to others, for officials."""
        return self._page("scores.html", language, 200, board=board, to=to, figures=figures)

    def figures(self, language: str, sight: Sight, to: Callable[..., str]) -> Response:
        """`to`: (topic, words) to the address of that page; no topic: the scores."""
        return self._page("figures.html", language, 200, sight=sight, figures=to)

    def calm(self, language: str, status: int, key: str, *, back: str = "") -> Response:
        """One sentence and one way on: `back` to the conversation, else to the start."""
        return self._page("calm.html", language, status, sentence=key, back=back)

    def busy(self, language: str, action: str, fields: Mapping[str, str]) -> Response:
        """Nothing was stored: the same form once more, so that the same press can be repeated."""
        response = self._page("busy.html", language, 503, action=action, fields=fields)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    def welcome(self, language: str) -> Message:
        texts = self.catalogues[language]
        named = (("button.survey", "c:khaosat"), ("button.who", "c:ai"), ("button.help", "c:trogiup"))
        rows = tuple((Button(texts(key), data),) for key, data in named)
        return Message(texts("welcome", agency=self._province.agency), rows)

    def static(self, name: str, version: str) -> Response | None:
        """A static file; kept for ever by browsers when asked for by the hash of its content."""
        if name not in self._files:
            return None
        headers = FOR_EVER if version == self._versions[name] else AN_HOUR
        return Response(self._files[name], media_type=_MEDIA[name], headers=headers)

    def _other(self, language: str) -> str:
        return next((code for code in self.catalogues if code != language), language)

    def _page(self, template: str, language: str, status: int, **values: object) -> Response:
        texts = self.catalogues[language]
        html = self._environment.get_template(template).render(t=texts, language=language, **values)
        return HTMLResponse(html, status)
