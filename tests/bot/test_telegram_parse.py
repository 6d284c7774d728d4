"""Every shape of update, by table; and no JSON at all may raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bot.channels.telegram_parse import CONTENTS, KINDS, Heard, Reach, parse

Json = dict[str, Any]
PAYLOADS = Path(__file__).parent.parent / "payloads" / "telegram"
CASES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def load(name: str) -> Json:
    case: Json = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return case


def plain(meaning: Heard | Reach | None) -> Json | None:
    match meaning:
        case Heard(incoming, chat, bubble, query):
            one = structs.asdict(incoming)
            assert one.pop("channel") == "telegram"
            assert one.pop("trusted") is True
            one.pop("update_id")
            return {"heard": {**one, "chat": chat, "bubble": bubble, "query": query}}
        case Reach(chat, reachable):
            return {"reach": {"chat": chat, "reachable": reachable}}
        case _:
            return None


@pytest.mark.parametrize("name", CASES)
def test_payload(name: str) -> None:
    case = load(name)
    meaning = parse(case["update"])
    assert plain(meaning) == case["means"], case["about"]
    if isinstance(meaning, Heard):
        assert meaning.incoming.update_id == str(case["update"]["update_id"])
    if isinstance(meaning, Reach):
        assert meaning.address == str(meaning.chat)


def test_the_table_has_every_kind_of_update_and_the_common_contents() -> None:
    parts = [part for name in CASES for kind, part in load(name)["update"].items() if kind != "update_id"]
    kinds = {kind for name in CASES for kind in load(name)["update"]}
    assert set(KINDS) < kinds
    assert len({content for content in CONTENTS for part in parts if content in part}) >= 12


@pytest.mark.parametrize("name", [name for name in CASES if "lan_tb" in json.dumps(load(name)["update"])])
def test_a_name_that_changes_hands_changes_nothing(name: str) -> None:
    """B7: identity is the number: usernames can be taken over."""
    text = json.dumps(load(name)["update"])
    assert parse(json.loads(text.replace("lan_tb", "somebody_else"))) == parse(json.loads(text))


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_stored() -> None:
    update = load("text")["update"]
    update["message"]["text"] = json.loads('"a\\ud83d b"')
    meaning = parse(update)
    assert isinstance(meaning, Heard)
    assert meaning.incoming.text.encode() == "a\ufffd b".encode()


KEYS = st.text(max_size=3) | st.sampled_from(
    ["update_id", *KINDS, "from", "chat", "id", "type", "text", "data", "message", "date", "new_chat_member", "status"]
)
JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from([10**4000, -(2**64), 0, 5510185758, "private", "/start", "kicked", "member", "", " "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
SLOTS = [
    ("message", "from"),
    ("message", "chat"),
    ("message", "text"),
    ("callback_query", "message"),
    ("callback_query", "data"),
    ("callback_query", "id"),
    ("my_chat_member", "new_chat_member"),
]


@settings(max_examples=300)
@given(JSONS)
def test_any_json_is_a_value(payload: object) -> None:
    assert isinstance(parse(payload), Heard | Reach | None)


@settings(max_examples=300)
@given(st.sampled_from(CASES), st.sampled_from(SLOTS), JSONS)
def test_a_true_update_with_any_one_part_replaced_is_a_value(name: str, slot: tuple[str, str], part: object) -> None:
    update = load(name)["update"]
    if slot[0] in update:
        update[slot[0]][slot[1]] = part
    meaning = parse(update)
    assert isinstance(meaning, Heard | Reach | None)
    if isinstance(meaning, Heard):
        meaning.incoming.text.encode()
        int(meaning.incoming.address)


@settings(max_examples=200)
@given(st.integers() | st.floats() | st.booleans() | st.text(max_size=3) | st.none() | st.just(2**63))
def test_an_update_without_a_usable_number_is_ignored(number: object) -> None:
    meaning = parse({**load("text")["update"], "update_id": number})
    usable = type(number) is int and abs(number) < 2**63
    assert (meaning is not None) is usable
