"""The parameters of an API call, however they came: query, JSON, form or multipart."""

import json
from typing import Any

from aiohttp import BodyPartReader, web

from tests.standins.telegram.messages import Upload
from tests.standins.telegram.refusals import Json, bad_request

MAX_BODY_BYTES = 60 * 1024 * 1024
_STRUCTURED = frozenset(
    {
        "reply_markup",
        "entities",
        "caption_entities",
        "commands",
        "scope",
        "allowed_updates",
        "link_preview_options",
        "menu_button",
    }
)


async def read_params(request: web.Request) -> Json:
    """All parameters; JSON in a string is decoded, uploads become `Upload`, `attach://` is resolved."""
    params: Json = dict(request.query)
    if request.content_type == "application/json":
        params |= await _json_body(request)
    elif request.content_type.startswith("multipart/"):
        params |= await _parts(request)
    elif request.can_read_body:
        params |= dict(await request.post())
    return _attached({name: _decoded(name, value) for name, value in params.items()})


async def _json_body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise bad_request("can't parse JSON") from None
    if not isinstance(body, dict):
        raise bad_request("expected a JSON object")
    return body


async def _parts(request: web.Request) -> Json:
    params: Json = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("nested multipart is not expected")
        content = bytes(await part.read(decode=True))
        mime = part.headers.get("Content-Type", "application/octet-stream")
        params[part.name] = content.decode() if part.filename is None else Upload(part.filename, content, mime)
    return params


def _decoded(name: str, value: Any) -> Any:
    if name not in _STRUCTURED or not isinstance(value, str) or not value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name} JSON object") from None


def _attached(params: Json) -> Json:
    prefix = "attach://"
    return {
        name: params.get(value.removeprefix(prefix), value)
        if isinstance(value, str) and value.startswith(prefix)
        else value
        for name, value in params.items()
    }


def for_the_log(params: Json) -> Json:
    """The parameters with uploads replaced by their name and size in bytes."""
    return {
        name: {"file_name": value.name, "bytes": len(value.content), "mime": value.mime}
        if isinstance(value, Upload)
        else value
        for name, value in params.items()
    }
