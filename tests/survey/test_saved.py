"""Sessions as JSON: everything returns, and what is foreign is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.flow import from_json, to_json
from survey.model import Session

FULL = Session(
    "s-1", "sipas-quick", "1", "question", "why",
    {"overall": "2", "trips": 3, "why": ("a", "b"), "comment": "Chờ lâu “quá”"},
    frozenset({"x", "y"}), ("a",), True, 2, True,
)  # fmt: skip


def test_everything_returns() -> None:
    assert from_json(to_json(FULL)) == FULL
    assert from_json(to_json(Session("s", "q", "1"))) == Session("s", "q", "1")


def test_equal_sessions_give_equal_text() -> None:
    assert to_json(FULL) == to_json(from_json(to_json(FULL)))
    assert "Chờ lâu" in to_json(FULL)


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", "1", '"x"', '{"format":1}'])
def test_foreign_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("id", 1),
        ("survey", None),
        ("version", 1),
        ("place", "elsewhere"),
        ("place", "review"),
        ("place", []),
        ("current", None),
        ("current", 3),
        ("answers", []),
        ("answers", {"a": 1.5}),
        ("answers", {"a": True}),
        ("answers", {"a": None}),
        ("answers", {"a": [1]}),
        ("skipped", "x"),
        ("skipped", [1]),
        ("picked", {}),
        ("returning", 1),
        ("misses", True),
        ("misses", -1),
        ("sent", "no"),
        ("more", 1),
    ],
)
def test_a_wrong_field_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError):
        from_json(json.dumps({**json.loads(to_json(FULL)), key: value}))


@pytest.mark.parametrize("key", json.loads(to_json(FULL)))
def test_a_missing_field_is_refused(key: str) -> None:
    fields = json.loads(to_json(FULL))
    del fields[key]
    with pytest.raises(ValueError):
        from_json(json.dumps(fields))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(json.loads(to_json(FULL)))), _JSON))
def test_any_json_is_a_session_or_refused(fields: dict[str, Any]) -> None:
    try:
        session = from_json(json.dumps({**json.loads(to_json(FULL)), **fields}))
    except ValueError:
        return
    assert from_json(to_json(session)) == session
