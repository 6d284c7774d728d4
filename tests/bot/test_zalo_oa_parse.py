"""Every shape of event, by table; and no JSON at all may raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bot.channels.zalo_oa_parse import CONTENTS, LATER, Heard, Left, parse, stamp
from handlers.screens import survey_data

Json = dict[str, Any]
PAYLOADS = Path(__file__).parent.parent / "payloads" / "zalo-oa"
CASES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def load(name: str) -> Json:
    case: Json = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return case


def plain(meaning: Heard | Left | None) -> Json | None:
    match meaning:
        case Heard(incoming, at):
            one = structs.asdict(incoming)
            assert one.pop("channel") == "zalo-oa"
            assert one.pop("trusted") is True
            one.pop("update_id")
            return {"heard": {**one, "at": at}}
        case Left(address):
            return {"left": address}
        case _:
            return None


@pytest.mark.parametrize("name", CASES)
def test_payload(name: str) -> None:
    case = load(name)
    meaning = parse(case["event"])
    assert plain(meaning) == case["means"], case["about"]
    if meaning is not None:
        assert meaning.line == 5510185758261927916
    if isinstance(meaning, Heard) and "message" in case["event"]:
        named = case["event"]["message"].get("msg_id")
        assert named is None or meaning.incoming.update_id == named


def test_the_table_has_every_event_that_is_read_and_those_that_are_not() -> None:
    events = {load(name)["event"]["event_name"] for name in CASES}
    assert {f"user_send_{content}" for content in CONTENTS if content != "business_card"} <= events
    assert events >= LATER | {"follow", "unfollow", "user_click_chatnow", "user_submit_info", "user_received_message"}
    assert {"user_seen_message", "oa_send_text"} <= events


@pytest.mark.parametrize("name", ["follow", "click_chatnow", "no_message_id"])
def test_an_event_without_a_name_gets_one_that_repeats_and_shows_nobody(name: str) -> None:
    event = load(name)["event"]
    first, again = parse(event), parse(json.loads(json.dumps(event)))
    later = parse({**event, "timestamp": "1795744839660"})
    assert isinstance(first, Heard)
    assert isinstance(again, Heard)
    assert isinstance(later, Heard)
    assert first.incoming.update_id == again.incoming.update_id != later.incoming.update_id
    assert first.incoming.address not in first.incoming.update_id


@pytest.mark.parametrize(
    "data",
    [
        survey_data("k3v9q2m8x1c7b5n4z0", "q2", "4"),
        survey_data("k3v9q2m8x1c7b5n4z0", "q_7.a-b", "@done"),
        survey_data("k3v9q2m8x1c7b5n4z0", "@language", "en"),
        *("o:34", "p:34:khac", "p:34:", "c:khaosat", "c:xoa dong-y", "c:bantin gui 2026-W47 34", "c:trend 34 by E"),
    ],
)
def test_what_we_put_on_a_button_comes_back_as_a_press(data: str) -> None:
    event = load("text")["event"]
    event["message"]["text"] = data
    meaning = parse(event)
    assert isinstance(meaning, Heard)
    assert (meaning.incoming.kind, meaning.incoming.text) == ("press", data)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("1717061839659", 1717061839659), (1717061839659, 1717061839659), ("0", 0), ("", None), (None, None), (1.5, None)],
)
def test_timestamps_are_strings_of_digits_or_numbers(value: object, wanted: int | None) -> None:
    assert stamp({"timestamp": value}) == wanted


@pytest.mark.parametrize("value", [True, -1, 10**15, "1" * 16, "１７", " 17", "-17", [], {}])
def test_what_is_no_timestamp(value: object) -> None:
    assert stamp({"timestamp": value}) is None


def test_half_a_surrogate_pair_becomes_a_character_that_can_be_stored() -> None:
    event = load("text")["event"]
    event["message"]["text"] = json.loads('"a\\ud83d b"')
    meaning = parse(event)
    assert isinstance(meaning, Heard)
    assert meaning.incoming.text.encode() == "a\ufffd b".encode()


KEYS = st.text(max_size=3) | st.sampled_from(
    ["event_name", "sender", "follower", "user_id", "id", "message", "text", "msg_id", "timestamp", "app_id"]
)
JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=12)
    | st.sampled_from([10**4000, -(2**64), "5510185758261927916", "user_send_text", "follow", "s:a:b", "#abcdef", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
SLOTS = ["event_name", "sender", "message", "follower", "user_id", "timestamp"]


@settings(max_examples=300)
@given(JSONS)
def test_any_json_is_a_value(payload: object) -> None:
    assert isinstance(parse(payload), Heard | Left | None)


@settings(max_examples=300)
@given(st.sampled_from(CASES), st.sampled_from([*SLOTS, "text", "msg_id", "id"]), JSONS)
def test_a_true_event_with_any_one_part_replaced_is_a_value(name: str, slot: str, part: object) -> None:
    event = load(name)["event"]
    where = {"text": "message", "msg_id": "message", "id": "sender"}.get(slot)
    if where is None:
        event[slot] = part
    elif where in event:
        event[where][slot] = part
    meaning = parse(event)
    assert isinstance(meaning, Heard | Left | None)
    if isinstance(meaning, Heard):
        meaning.incoming.text.encode()
        assert meaning.line >= 0
