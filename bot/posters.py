"""What a poster says: the words of the catalogues, and the address as people can type it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.drawing.poster import Poster
from bot.texts import Catalogue
from handlers.visit_code import grouped
from survey.text import clean

GROUP = 5
"""Letters of a code between two dashes."""


def poster_of(way_in: Mapping[str, Any], base: str, counter: str, languages: Sequence[Catalogue]) -> Poster:
    """`way_in` is what the operation `link` answers; the first of `languages` is printed larger."""
    first = languages[0]
    address, code, counter = f"{base}/s/{way_in['code']}", grouped(way_in["code"], GROUP), clean(counter)
    telegram, hotline = way_in["telegram"], clean(way_in["hotline"])
    foot = [clean(way_in["agency"]), *([first("who.hotline", hotline=hotline)] if hotline else [])]
    return Poster(
        address=address,
        typed=(typed_host(base), f"/s/{code}"),
        code=code,
        office=clean(way_in["unit"]),
        counter=tuple(texts("poster.counter", counter=counter) for texts in languages) if counter else (),
        title=tuple(texts("poster.title") for texts in languages),
        say=tuple(texts("poster.say", minutes=way_in["minutes"]) for texts in languages),
        scan=tuple(texts("poster.scan") for texts in languages),
        how_to_type=tuple(texts("poster.address") for texts in languages),
        how_to_name=tuple(texts("poster.code") for texts in languages),
        foot=tuple(foot),
        telegram=f"https://t.me/{telegram}?start={way_in['code']}" if telegram else "",
        telegram_label=tuple(texts("poster.telegram") for texts in languages),
        watermark=tuple(texts("sample") for texts in languages) if way_in["sample"] else (),
    )


def typed_host(base: str) -> str:
    """The host without its scheme where browsers find it all the same.

    They need the scheme for a name without a dot (they would search for it), and for https on a port of its own (they
    would speak http to it).
    """
    parts = urlsplit(base)
    found = "." in (parts.hostname or "") and not (parts.scheme == "https" and parts.port is not None)
    return parts.netloc if found else base
