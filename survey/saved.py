"""A session as JSON, saved and reloaded between all turns."""

from __future__ import annotations

from typing import Any, get_args

import pydantic_core

from survey.model import Answer, Place, Session

FORMAT = 1
"""Written with every session; a later layout gets the next number and reads this one."""
_KEYS = frozenset(
    {
        "format",
        "id",
        "survey",
        "version",
        "place",
        "current",
        "answers",
        "skipped",
        "picked",
        "returning",
        "misses",
        "sent",
    }
)
_PLACES = frozenset(get_args(Place))


def to_json(session: Session) -> str:
    """The whole session; equal sessions give equal text."""
    return pydantic_core.to_json(
        {
            "format": FORMAT,
            "id": session.id,
            "survey": session.survey,
            "version": session.version,
            "place": session.place,
            "current": session.current,
            "answers": session.answers,
            "skipped": sorted(session.skipped),
            "picked": session.picked,
            "returning": session.returning,
            "misses": session.misses,
            "sent": session.sent,
        }
    ).decode()


def from_json(text: str) -> Session:
    """The session that `to_json` wrote; raises ValueError for anything else."""
    data = pydantic_core.from_json(text)
    if not isinstance(data, dict) or data.keys() != _KEYS or data["format"] != FORMAT:
        raise ValueError("not a saved session")
    if _text(data["place"]) not in _PLACES or (data["current"] is None) == (data["place"] == "question"):
        raise ValueError("a saved session stands nowhere")
    return Session(
        id=_text(data["id"]),
        survey=_text(data["survey"]),
        version=_text(data["version"]),
        place=data["place"],
        current=None if data["current"] is None else _text(data["current"]),
        answers=_answers(data["answers"]),
        skipped=frozenset(_texts(data["skipped"])),
        picked=_texts(data["picked"]),
        returning=_truth(data["returning"]),
        misses=_count(data["misses"]),
        sent=_truth(data["sent"]),
    )


def _answers(value: Any) -> dict[str, Answer]:
    answers: dict[str, Answer] = _mapping(value)
    for name, answer in answers.items():
        if type(answer) is not str:  # most are, and this is read on every tap
            answers[name] = _answer(answer)
    return answers


def _answer(value: Any) -> Answer:
    if isinstance(value, list):
        return _texts(value)
    if isinstance(value, str) or type(value) is int:
        return value
    raise ValueError("an answer is text, a whole number or a list of names")


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("answers are kept by question")  # noqa: TRY004 - foreign data is one kind of error
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of names was expected")  # noqa: TRY004
    return tuple(_text(item) for item in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text was expected")  # noqa: TRY004
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false was expected")  # noqa: TRY004
    return value


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a count was expected")
    return value
