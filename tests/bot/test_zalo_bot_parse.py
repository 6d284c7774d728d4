"""Every shape of event, by table; and no JSON at all may raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bot.channels.zalo_bot_parse import CONTENTS, LONGEST_ID, TEXT, Heard, parse

Json = dict[str, Any]
PAYLOADS = Path(__file__).parent.parent / "payloads" / "zalo-bot"
CASES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def load(name: str) -> Json:
    case: Json = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return case


def plain(heard: Heard | None) -> Json | None:
    if heard is None:
        return None
    one = structs.asdict(heard.incoming)
    assert one.pop("channel") == "zalo-bot"
    assert one.pop("trusted") is True
    assert one.pop("update_id") == "2d758cb5e222177a4e35"
    return {**one, "chat": heard.chat}


@pytest.mark.parametrize("name", CASES)
def test_payload(name: str) -> None:
    case = load(name)
    assert plain(parse(case["payload"])) == case["means"], case["about"]


def test_the_table_has_every_kind_of_event() -> None:
    named = {load(name)["payload"].get("result", load(name)["payload"]).get("event_name") for name in CASES}
    assert {TEXT, *CONTENTS} < named


def test_a_name_that_changes_changes_nothing() -> None:
    """B7: identity is the id: anybody may call herself anything."""
    case = load("text_wrapped")["payload"]
    named = json.loads(json.dumps(case).replace("Ted", "Sở Nội vụ"))
    assert parse(named) == parse(case)


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_stored() -> None:
    payload = load("text_bare")["payload"]
    payload["message"]["text"] = json.loads('"a\\ud83d b"')
    heard = parse(payload)
    assert heard
    assert heard.incoming.text.encode() == "a\ufffd b".encode()


@pytest.mark.parametrize("wrong", ["", " ", "x" * (LONGEST_ID + 1), "á", "a\n", 7, None, ["a"]])
@pytest.mark.parametrize("place", ["from", "chat", "message_id"])
def test_an_id_that_could_be_none_is_refused(place: str, wrong: object) -> None:
    payload = load("text_bare")["payload"]
    payload["message"][place] = wrong if place == "message_id" else {**payload["message"][place], "id": wrong}
    assert parse(payload) is None


KEYS = st.text(max_size=3) | st.sampled_from(
    ["ok", "result", "event_name", "message", "from", "chat", "id", "chat_type", "text", "message_id"]
)
JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from([TEXT, *CONTENTS, "PRIVATE", "GROUP", 10**4000, "", " "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300)
@given(JSONS)
def test_any_json_is_a_value(payload: object) -> None:
    assert isinstance(parse(payload), Heard | None)


@settings(max_examples=300)
@given(
    st.sampled_from(["text_wrapped", "group_mention", "image_wire", "unsupported"]),
    st.sampled_from(["from", "chat", "text", "message_id"]),
    JSONS,
)
def test_a_true_event_with_any_one_part_replaced_is_a_value(name: str, slot: str, part: object) -> None:
    payload = load(name)["payload"]
    payload["result"]["message"][slot] = part
    heard = parse(payload)
    if heard is not None:
        heard.incoming.text.encode()
        assert heard.incoming.update_id
        assert heard.incoming.address
