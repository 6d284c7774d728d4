"""python-telegram-bot's transport over aiohttp: far cheaper than its own, and it knows what was never sent."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECTIONS = 64
TOTAL_SECONDS = 15.0
CONNECT_SECONDS = 5.0
UPLOAD_SECONDS = 45.0
LATE_SECONDS = 5.0
"""Added to the read timeout of a long poll, so that Telegram's own end of it comes first."""

MOST_URLS = 64
_JSON = {"Content-Type": "application/json"}
_UPLOAD = aiohttp.ClientTimeout(total=UPLOAD_SECONDS, sock_connect=CONNECT_SECONDS)


class NotSentError(NetworkError):
    """No connection came about: the call certainly did not reach Telegram."""


class AiohttpRequest(BaseRequest):
    """One pool of connections. Errors bear the kind of the fault only: an address would show the token."""

    def __init__(self, total: float = TOTAL_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(total=total, sock_connect=CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}

    @property
    def read_timeout(self) -> float:
        return self._timeout.total or TOTAL_SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            # A jar that keeps nothing: looking for cookies took a fifth of a call's time (measured).
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Status and body. Raises NotSentError, TimedOut or NetworkError; write, connect and pool timeouts are ours."""
        del write_timeout, connect_timeout, pool_timeout
        if self._session is None:
            raise NotSentError("the client is closed")
        body, headers = _packed(request_data)
        timeout = self._time_for(request_data, read_timeout)
        try:
            async with self._session.request(
                method, self._parsed(url), data=body, headers=headers, timeout=timeout
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSentError(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut("timed out") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    def _time_for(self, request_data: RequestData | None, read_timeout: Any) -> aiohttp.ClientTimeout:
        if request_data is not None and request_data.contains_files:
            return _UPLOAD
        if isinstance(read_timeout, int | float):
            return aiohttp.ClientTimeout(total=read_timeout + LATE_SECONDS, sock_connect=CONNECT_SECONDS)
        return self._timeout

    def _parsed(self, url: str) -> URL:
        """The addresses of methods are few and repeat; those with a query do not."""
        known = self._urls.get(url)
        if known is None:
            known = URL(url)
            if "?" not in url and len(self._urls) < MOST_URLS:
                self._urls[url] = known
        return known


class Received(BaseRequest):
    """An answer that is there already: its `post` gives the result, or raises the error it means."""

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = (status, body)

    @property
    def read_timeout(self) -> float:
        return 0.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._answer


def _packed(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None]:
    """Body and headers."""
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        return json.dumps(request_data.parameters).encode(), _JSON
    # Unquoted: Telegram shows a file name as it stands in the header, percent signs and all.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=media_type)
    return form, None
