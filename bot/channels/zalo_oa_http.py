"""The one HTTP session towards Zalo: an answer's JSON, or a SendError without an address or a token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.errors import SendError

TOTAL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
CONNECTIONS = 32
THROTTLED_SECONDS = 10.0

Json = dict[str, Any]


class Http:
    """Opened and closed with the channel. Redirects are not followed: a token is for one address only."""

    def __init__(self, patience: float = TOTAL_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(total=patience, sock_connect=CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def json(self, method: str, url: str, headers: Mapping[str, str], **body: Any) -> Json:
        """The answer's object. Raises SendError: `unreachable` where the call never arrived, else `uncertain`."""
        if self._session is None:
            raise SendError("unreachable", "the client is closed")
        try:
            async with self._session.request(method, url, headers=headers, allow_redirects=False, **body) as response:
                return _object(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise SendError("unreachable", type(error).__name__) from None
        except TimeoutError:
            raise SendError("uncertain", "timed out") from None
        except (aiohttp.ClientError, OSError) as error:
            raise SendError("uncertain", type(error).__name__) from None


def _object(status: int, raw: bytes) -> Json:
    """Whatever the status: Zalo puts its errors into the object. Anything else is a proxy's or a broken server's."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and "error" in found | {"error": 0} and (status == HTTPStatus.OK or "error" in found):
        return found
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SendError("throttled", "too many requests", THROTTLED_SECONDS)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SendError("unreachable", f"HTTP {status}, not Zalo's answer")
    raise SendError("uncertain", f"HTTP {status}, not Zalo's answer")


def code_of(answer: Json) -> int:
    """Its `error`, a number or a number in a string; 0 where there is none. SendError for anything else."""
    found = answer.get("error", 0)
    try:
        return int(found) if isinstance(found, int | str) else _odd()
    except ValueError:
        return _odd()


def _odd() -> int:
    raise SendError("uncertain", "an answer that is not Zalo's")
