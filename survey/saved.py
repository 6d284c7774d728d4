"""A session as JSON, saved and reloaded between all turns."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder, Encoder

from survey.model import Answer, Place, Session

FORMAT: Final = 1
"""Written with every session; a later layout gets the next number and reads this one."""


class _Saved(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What stands in the text: every field, and no other."""

    format: Literal[1]
    id: str
    survey: str
    version: str
    place: Place
    current: str | None
    answers: dict[str, Answer]
    skipped: list[str]
    picked: tuple[str, ...]
    returning: bool
    misses: Annotated[int, Meta(ge=0)]
    sent: bool
    carried: list[str] = []


_encode = Encoder().encode
_decode = Decoder(_Saved).decode


def to_json(session: Session) -> str:
    """The whole session; equal sessions give equal text."""
    saved = _Saved(
        FORMAT,
        session.id,
        session.survey,
        session.version,
        session.place,
        session.current,
        session.answers,
        sorted(session.skipped),
        session.picked,
        session.returning,
        session.misses,
        session.sent,
        sorted(session.carried),
    )
    return _encode(saved).decode()


def from_json(text: str) -> Session:
    """The session that `to_json` wrote; raises ValueError for anything else."""
    try:
        saved = _decode(text)
    except MsgspecError as error:
        raise ValueError(f"not a saved session: {error}") from None
    if (saved.current is None) == (saved.place == "question"):
        raise ValueError("a saved session stands nowhere")
    return Session(
        saved.id,
        saved.survey,
        saved.version,
        saved.place,
        saved.current,
        saved.answers,
        frozenset(saved.skipped),
        saved.picked,
        saved.returning,
        saved.misses,
        saved.sent,
        frozenset(saved.carried),
    )
