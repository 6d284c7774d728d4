"""A posted form, read within bounds: a value, or the status that says why not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

MAX_FORM = 64 * 1024
"""Bytes: a text of 5,000 Vietnamese letters takes up to 45,000 once it is percent-encoded."""
MAX_FIELDS = 8
MAX_PRESS = 64
"""Bytes of a button's data; nothing longer was ever on a button."""
READ_SECONDS = 10


@dataclass(frozen=True)
class Form:
    """`press` is a button's data and `text` what was typed; at most one of them is there."""

    nonce: str
    press: str | None = None
    text: str | None = None
    language: str = ""


async def read_form(request: Request) -> Form | int:
    """The form, or 400, 408, 413 or 415."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        return 415
    body = b""
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_FORM:
                    return 413
    except TimeoutError:
        return 408
    except ClientDisconnect:
        return 400
    return parse_form(body)


def parse_form(body: bytes) -> Form | int:
    """The form, or 400."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        return 400
    fields = dict(pairs)
    press, text = fields.get("press"), fields.get("text")
    if len(fields) != len(pairs) or (press is not None and (text is not None or len(press.encode()) > MAX_PRESS)):
        return 400
    # Browsers send line ends as CRLF.
    typed = text.replace("\r\n", "\n").strip() if text is not None else None
    return Form(fields.get("nonce", ""), press, typed, fields.get("l", ""))
