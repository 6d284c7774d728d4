"""`POST /api/dossiers`: the one-stop software of an office tells of its dossiers as they happen."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import StorageUnavailable
from scoring.dossier_sheet import COLUMNS

PATH = "/api/dossiers"
MOST_ROWS = 500
"""Of one request: a transaction that citizens' taps wait for."""

_BEARER = re.compile(r"Bearer (?P<key>[0-9A-Z]{16,64})", re.ASCII)

SenderOf = Callable[[str], Awaitable[str | None]]
"""The sender whose key this is."""
Take = Callable[[str, list[tuple[int, dict[str, str]]]], Awaitable[dict[str, Any]]]
"""(sender, rows) to what became of them."""


def feed_route(sender_of: SenderOf, take: Take, public_url: str) -> Route:
    """401 without a key that is ours, 400 for what is no list of dossiers, 413 for too many, 503 to be sent again."""

    async def post(request: Request) -> Response:
        key = _BEARER.fullmatch(request.headers.get("authorization", ""))
        sender = await sender_of(key["key"]) if key else None
        if sender is None:
            return JSONResponse({"error": "the key is missing or not known"}, 401, {"WWW-Authenticate": "Bearer"})
        given = rows_of(await request.body())
        if isinstance(given, str):
            return JSONResponse({"error": given}, 413 if given.startswith("more than") else 400)
        try:
            done = await take(sender, list(enumerate(given, 1)))
        except StorageUnavailable:
            return JSONResponse({"error": "nothing was stored; send it again"}, 503, {"Retry-After": "5"})
        return JSONResponse(_answer(done, public_url))

    return Route(PATH, post, methods=["POST"])


def rows_of(body: bytes) -> list[dict[str, str]] | str:
    """The rows of `{"dossiers": [{...}]}`, or the sentence that says why there are none."""
    try:
        given = json.loads(body, object_pairs_hook=_once)
        # A half of a letter is valid JSON and no text: it could be neither kept nor answered.
        json.dumps(given, ensure_ascii=False).encode()
    except _TwiceError as twice:
        return f"{twice.name[:40]!r} stands twice in one object"
    except (ValueError, RecursionError):
        return "the body is no JSON"
    rows = given.get("dossiers") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not rows:
        return 'the body is not {"dossiers": [{...}, ...]}'
    if len(rows) > MOST_ROWS:
        return f"more than {MOST_ROWS} dossiers: send them in parts"
    for at, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            return f"dossier {at} is no object"
        if unknown := sorted(set(row) - set(COLUMNS)):
            return f"dossier {at}: {unknown[0][:40]!r} is none of {', '.join(COLUMNS)}"
        if wrong := next((name for name, value in row.items() if not _is_text(value)), None):
            return f"dossier {at}: {wrong} is no text"
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


def _is_text(value: object) -> bool:
    """Also a whole number, as codes often are, and nothing at all."""
    return value is None or isinstance(value, str) or type(value) is int


class _TwiceError(ValueError):
    """A name that stands twice in one object: which of them is meant nobody can know."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _answer(done: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """Numbers, every fault with its place, and for each good dossier the code and link for its slip."""
    return {
        "new": done["new"],
        "known": done["known"],
        "no_phones": done["no_phones"],
        "faults": [
            {"dossier": one["line"], "field": one["column"], "reason": one["reason"], "value": one["value"]}
            for one in done["faults"]
        ],
        "codes": [
            {"dossier": line, "code": code, "link": f"{public_url}/s/{code}" if public_url else ""}
            for line, code in done["codes"]
        ],
    }
