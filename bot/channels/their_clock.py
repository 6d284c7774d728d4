"""How far this machine's clock is ahead of a platform's."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import aiohttp

HALF_A_SECOND = 0.5
"""A Date header holds whole seconds: on average half a one is cut off."""


async def seconds_ahead(api: str, patience: float) -> float | None:
    """From the Date header of the API's front page, which needs no token; None where there is none to be had."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience)) as session:
            before = time.time()
            async with session.get(api, allow_redirects=False) as answer:
                between = (before + time.time()) / 2
                there = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None
    return between - there - HALF_A_SECOND
