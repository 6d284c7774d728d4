"""Five stars after a service: what is sent, what comes back by event and by pull, and how each refusal ends."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo_oa_http import Http
from bot.channels.zalo_zbs import Rating, feedback, is_tracking_id, pulled
from bot.channels.zalo_zbs_client import MEANINGS, RatingClient
from bot.errors import SendError
from scoring.phone import phone_of
from tests.bot.test_zalo_oa_client import Given
from tests.standins.zalo_oa import Fault, ZaloOaStandin

PHONE, TEMPLATE = "0901 234 567", "7895417"
DATA = {"ma_ho_so": "H-123", "ten_thu_tuc": "Khai sinh"}
EVENT = json.loads((Path(__file__).parents[1] / "payloads" / "zalo-oa" / "feedback.json").read_text(encoding="utf-8"))


@pytest.fixture
async def standin() -> AsyncIterator[ZaloOaStandin]:
    async with ZaloOaStandin() as made:
        yield made


@pytest.fixture
async def client(standin: ZaloOaStandin) -> AsyncIterator[RatingClient]:
    http = Http(patience=0.5)
    await http.open()
    yield RatingClient(http, standin.url, Given(standin))
    await http.close()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("0901234567", "84901234567"), ("84901234567", "84901234567"), ("+84 90-123.4567", "84901234567"),
        ("(090) 123 4567", "84901234567"),
        ("0084 901 234 567", "84901234567"), ("0101234567", None), ("090123456", None), ("09012345678", None),
        ("", None),
        ("02473 020 000", None), ("+1 202 555 0123", None), ("０９０１２３４５６７", None), ("x0901234567", None),
    ],
)  # fmt: skip
def test_a_number_as_people_write_it(typed: str, wanted: str | None) -> None:
    assert phone_of(typed) == wanted


@pytest.mark.parametrize(
    ("text", "fits"), [("s7f3-000123", True), ("a" * 48, True), ("a" * 49, False), ("", False), ("ă", False)]
)
def test_a_tracking_id(text: str, fits: bool) -> None:
    assert is_tracking_id(text) is fits


def test_the_event_of_the_documents() -> None:
    assert feedback(EVENT["event"]) == Rating(5, "m1", "s7f3-000123", ("Nhanh",), "Tốt", 1795744839659)


@pytest.mark.parametrize(
    "changed",
    [{"rate": 0}, {"rate": 6}, {"rate": None}, {"rate": True}, {"rate": "năm"}, {"msg_id": None, "tracking_id": ""}],
)
def test_what_makes_no_sense_is_no_rating(changed: dict[str, object]) -> None:
    event = EVENT["event"]
    assert feedback({**event, "message": {**event["message"], **changed}}) is None
    assert feedback({**event, "event_name": "follow"}) is None


async def test_sent_answered_told_and_pulled_are_one_rating(standin: ZaloOaStandin, client: RatingClient) -> None:
    sent = await client.send_rating(PHONE, TEMPLATE, DATA, "s7f3-1")
    assert sent.remaining == 499
    assert standin.ratings.sent[sent.msg_id]["phone"] == "84901234567"
    event = standin.ratings.rate(sent.msg_id, 4, "Nhanh, cảm ơn", ["Đúng hẹn"], at=5_000)
    told = feedback(event)
    assert told == Rating(4, sent.msg_id, "s7f3-1", ("Đúng hẹn",), "Nhanh, cảm ơn", 5_000)
    assert await client.ratings(TEMPLATE, 0, 9_000) == (1, [told])
    assert await client.ratings(TEMPLATE, 6_000, 9_000) == (0, [])
    assert await client.ratings("77", 0, 9_000) == (0, [])


async def test_pages(standin: ZaloOaStandin, client: RatingClient) -> None:
    for number in range(5):
        sent = await client.send_rating(PHONE, TEMPLATE, DATA, f"t{number}")
        standin.ratings.rate(sent.msg_id, number % 5 + 1, "", [], at=number)
    total, second = await client.ratings(TEMPLATE, 0, 9, offset=2, limit=2)
    assert (total, [one.tracking_id for one in second]) == (5, ["t2", "t3"])


async def test_a_token_that_is_over_is_renewed(standin: ZaloOaStandin, client: RatingClient) -> None:
    await client.send_rating(PHONE, TEMPLATE, DATA, "a")
    standin.tokens.expire()
    await client.send_rating(PHONE, TEMPLATE, DATA, "b")
    assert len(standin.ratings.sent) == 2


@pytest.mark.parametrize("code", sorted(MEANINGS))
async def test_a_code_has_its_kind_and_shows_no_number(standin: ZaloOaStandin, client: RatingClient, code: int) -> None:
    standin.faults.add(Fault("code", times=2 if code == -124 else 1, code=code))
    with pytest.raises(SendError) as caught:
        await client.send_rating(PHONE, TEMPLATE, DATA, "a")
    assert caught.value.kind == MEANINGS[code].kind
    assert "901234567" not in str(caught.value)


async def test_refusals_of_the_stand_in(standin: ZaloOaStandin, client: RatingClient) -> None:
    async def kind(phone: str = PHONE, template: str = TEMPLATE, tracking: str = "a", **data: str) -> str:
        with pytest.raises(SendError) as caught:
            await client.send_rating(phone, template, data or DATA, tracking)
        return caught.value.kind

    assert await kind("không có") == "rejected"
    assert await kind(tracking="") == "rejected"
    assert standin.calls == []
    assert await kind(template="1") == "misconfigured"
    assert await kind(ma="x") == "rejected"
    standin.ratings.unknown = {"84901234567"}
    assert await kind() == "rejected"
    standin.ratings.unknown, standin.ratings.refusing = set(), {"84901234567"}
    assert await kind() == "gone"
    standin.ratings.refusing, standin.ratings.quota = set(), 0
    assert await kind() == "throttled"
    standin.faults.add(Fault("drop_after"))
    assert await kind() == "uncertain"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "total", "rate", "msg_id", "msgId", "feedbacks", "note", "message"]), inner
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200)
@given(ANYTHING, st.sampled_from(["rate", "note", "feedbacks", "msg_id", "submit_time", "tracking_id"]))
def test_any_json_is_a_value(anything: Any, slot: str) -> None:
    event = EVENT["event"]
    for payload in (
        anything,
        {**event, "message": anything},
        {**event, "message": {**event["message"], slot: anything}},
    ):
        assert isinstance(feedback(payload), Rating | None)
    total, found = pulled({"data": anything})
    assert total >= 0
    assert all(1 <= one.stars <= 5 for one in found)
