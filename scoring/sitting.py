"""One finished response as those see it who ask whether a citizen gave it: nothing in it leads to a person."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Channel = Literal["telegram", "zalo-oa", "zalo-bot", "web", "kiosk"]
Provenance = Literal["verified", "walk_in", "assisted"]


class Sitting(Struct, frozen=True, gc=False):
    """`began` and `ended` in Unix ms; `minute` (0 to 1439) and `weekday` (0 Monday) are local, of the end.

    `device` is an opaque key of the account or kiosk, "" where unknown (each web conversation is new). `levels`: 1 to 5
    in the order asked, without don't-knows. `words`: the masked comment or "". `ordinal`: the place of its dossier in
    that day's list of the office. `staff`: the device belongs to an official.
    """

    device: str
    channel: Channel
    provenance: Provenance
    began: int
    ended: int
    minute: int
    weekday: int
    levels: tuple[int, ...]
    words: str = ""
    ordinal: int | None = None
    staff: bool = False
