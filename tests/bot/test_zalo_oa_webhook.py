"""B2: who may bring events, and what becomes of one that is forged, altered, old or not stored."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.zalo_oa_parse import Heard, Left
from bot.channels.zalo_oa_webhook import Webhook, is_signed, signature
from bot.channels.zalo_zbs import Rating
from bot.errors import StorageUnavailable
from tests.standins.zalo_oa import RETRIES, signed
from tests.standins.zalo_oa.courier import dumped

APP, SECRET = "5050123456789012345", "oa-secret-key-of-the-tests"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def event(text: str = "Hài lòng", *, at: int = NOW_MS, **changed: Any) -> bytes:
    whole = {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": "551018"},
        "recipient": {"id": "1646"},
        "message": {"text": text, "msg_id": "m1"},
        "timestamp": str(at),
    }
    return dumped({name: value for name, value in (whole | changed).items() if value is not None})


class Desk:
    """The webhook and what it took."""

    def __init__(self) -> None:
        self.taken: list[Heard | Left] = []
        self.full = False
        self.webhook = Webhook(APP, SECRET, self.take, lambda: NOW, read_seconds=0.2)

    async def take(self, meaning: Heard | Left) -> None:
        if self.full:
            raise StorageUnavailable("full")
        self.taken.append(meaning)

    async def post(self, raw: bytes, *headers: tuple[bytes, bytes], chunks: Iterable[bytes] | None = None) -> int:
        """The status; `headers` beside the length."""
        waiting = [
            {"type": "http.request", "body": chunk, "more_body": True}
            for chunk in ([raw] if chunks is None else chunks)
        ]
        waiting.append({"type": "http.request", "body": b"", "more_body": False})
        self.read = 0
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            self.read += 1
            return waiting.pop(0)

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        head = [(b"content-length", str(len(raw)).encode()), *headers]
        await self.webhook({"type": "http", "headers": head}, receive, send)
        assert sent[1].get("body", b"") == b""
        return int(sent[0]["status"])

    async def signed(self, raw: bytes, secret: str = SECRET, app: str = APP) -> int:
        return await self.post(raw, header(signed(raw, app, secret)))


def header(value: str) -> tuple[bytes, bytes]:
    return (b"x-zevent-signature", value.encode())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_our_signature_and_the_stand_ins_are_one() -> None:
    """Two writings of one document, and coreutils' sha256sum over `1{"app_id":"1","timestamp":"2"}2s`."""
    raw = event()
    assert signed(raw, APP, SECRET) == "mac=" + signature(raw, str(NOW_MS), SECRET, APP)
    vector = b'{"app_id":"1","timestamp":"2"}'
    assert signature(vector, "2", "s", "1") == "5262cb1f32c4896618d333ebb01d45531a8f1fbf303ef49370d4a912413f7cd0"


async def test_a_signed_event_is_taken(desk: Desk) -> None:
    assert await desk.signed(event()) == 200
    (heard,) = desk.taken
    assert isinstance(heard, Heard)
    assert (heard.incoming.text, heard.at) == ("Hài lòng", NOW_MS)


async def test_the_prefix_and_the_case_of_the_hex_do_not_matter(desk: Desk) -> None:
    mac = signed(event(), APP, SECRET).removeprefix("mac=")
    for value in (mac, mac.upper(), "MAC=" + mac, f" mac={mac} "):
        assert await desk.post(event(), header(value)) == 200
    assert len(desk.taken) == 4


async def test_the_consoles_probe_gets_200_and_does_nothing(desk: Desk) -> None:
    assert await desk.post(b"{}") == 200
    assert await desk.post(b"{}\n") == 200
    assert desk.taken == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"{ }", b'{"a":1}', b"null", event()])
async def test_whatever_else_is_unsigned_is_refused(desk: Desk, raw: bytes) -> None:
    assert await desk.post(raw) == 403
    assert desk.taken == []


async def test_of_a_long_unsigned_body_no_byte_is_read(desk: Desk) -> None:
    assert await desk.post(event()) == 403
    assert desk.read == 0


async def test_two_signatures_are_none(desk: Desk) -> None:
    right = header(signed(event(), APP, SECRET))
    assert await desk.post(event(), right, right) == 403


async def test_the_raw_bytes_are_signed_not_their_meaning(desk: Desk) -> None:
    raw = event()
    mac = header(signed(raw, APP, SECRET))
    for other in (raw + b" ", json.dumps(json.loads(raw)).encode(), raw.replace(b'"text"', b' "text"')):
        assert json.loads(other) == json.loads(raw)
        assert await desk.post(other, mac) == 403


async def test_a_thousand_changed_bytes_and_signatures_are_refused(desk: Desk) -> None:
    rng = random.Random(2)
    raw, mac = event(), signed(event(), APP, SECRET)
    for number in range(1_000):
        if number % 2:
            at = rng.randrange(len(raw))
            changed = raw[:at] + bytes([raw[at] ^ (1 + rng.randrange(255))]) + raw[at + 1 :]
            status = await desk.post(changed, header(mac))
        else:
            at = 4 + rng.randrange(64)
            digit = rng.choice([one for one in "0123456789abcdef" if one != mac[at]])
            status = await desk.post(raw, header(mac[:at] + digit + mac[at + 1 :]))
        assert status == 403
    assert desk.taken == []


async def test_the_secret_and_the_app_of_others_sign_nothing_here(desk: Desk) -> None:
    assert await desk.signed(event(), secret="another secret") == 403
    assert await desk.signed(event(), app="77") == 403
    assert await desk.signed(event(), secret="") == 403


def test_without_a_secret_nothing_is_signed() -> None:
    raw = event()
    mac = signed(raw, APP, "").encode()
    assert not is_signed(raw, json.loads(raw), mac, "", APP)


@pytest.mark.parametrize("app", ["77", 5050123456789012345, ["5050123456789012345"], ""])
async def test_a_body_of_another_app_is_refused_also_when_it_is_signed(desk: Desk, app: object) -> None:
    assert await desk.signed(event(app_id=app)) == 403
    assert desk.taken == []


async def test_an_event_without_an_app_is_known_by_its_signature(desk: Desk) -> None:
    assert await desk.signed(event(app_id=None)) == 200
    assert len(desk.taken) == 1


@pytest.mark.parametrize(
    ("seconds", "effect"),
    [(0, 1), (sum(RETRIES), 1), (7_199, 1), (7_201, 0), (86_400, 0), (-599, 1), (-601, 0), (-86_400, 0)],
)
async def test_what_is_too_old_or_from_the_future_has_no_effect(desk: Desk, seconds: float, effect: int) -> None:
    with capture_logs() as logs:
        assert await desk.signed(event(at=NOW_MS - int(seconds * 1000))) == 200
    assert len(desk.taken) == effect
    assert [(log["what"], log["count"]) for log in logs] == ([] if effect else [("too old or from the future", 1)])


@pytest.mark.parametrize("at", [None, "", "soon", "12e3", True, [], {}, "\ud83d"])
async def test_a_signed_event_without_a_time_has_no_effect(desk: Desk, at: object) -> None:
    raw = json.dumps({"app_id": APP, "event_name": "follow", "follower": {"id": "1"}, "timestamp": at}).encode()
    told = str(at) if isinstance(at, str | int) else ""
    mac = signature(raw, told.encode(errors="replace").decode(), SECRET, APP)
    assert await desk.post(raw, header(mac)) == 200
    assert desk.taken == []


@pytest.mark.parametrize("raw", [b"", b"x", b"[1]", b"null", b"[" * 50_000, b"\xff"])
async def test_what_is_signed_and_no_event_is_not_asked_for_again(desk: Desk, raw: bytes) -> None:
    assert await desk.post(raw, header(signature(raw, "", SECRET, APP))) == 200
    assert desk.taken == []


async def test_503_when_storage_refuses_and_200_when_it_takes(desk: Desk) -> None:
    desk.full = True
    assert await desk.signed(event()) == 503
    desk.full = False
    assert await desk.signed(event()) == 200
    assert len(desk.taken) == 1


async def test_events_that_nobody_waits_for_are_taken_without_effect(desk: Desk) -> None:
    for name in ("user_seen_message", "oa_send_text", "user_submit_info", "something_new"):
        assert await desk.signed(event(event_name=name)) == 200
    assert desk.taken == []


async def test_refusals_are_told_as_a_count_without_what_was_sent(desk: Desk) -> None:
    with capture_logs() as logs:
        for _ in range(50):
            await desk.post(event("bí mật"), header("mac=" + "0" * 64))
    assert [(log["event"], log["count"]) for log in logs] == [("calls of Zalo's webhook had no effect", 1)]
    assert "bí mật" not in repr(logs)


async def test_bodies_are_bounded(desk: Desk) -> None:
    assert await desk.post(b"x" * 300_000, header("mac=0")) == 413
    assert await desk.post(b"", header("mac=0"), chunks=[b"x" * 100_000] * 4) == 413


async def test_a_rating_is_taken_in_where_a_template_is_set_up_and_comes_again_when_it_was_not_stored() -> None:
    desk, taken, full = Desk(), list[Rating](), True

    async def rate(found: Rating) -> None:
        if full:
            raise StorageUnavailable("full")
        taken.append(found)

    raw = event(event_name="user_feedback", message={"rate": 4, "msg_id": "m1", "tracking_id": "t1"})
    assert await desk.signed(raw) == 200
    desk.webhook = Webhook(APP, SECRET, desk.take, lambda: NOW, read_seconds=0.2, rate=rate)
    assert await desk.signed(raw) == 503
    full = False
    assert await desk.signed(raw) == 200
    assert await desk.signed(event(event_name="user_feedback", message={"rate": 9})) == 200
    assert await desk.signed(raw, secret="another") == 403
    assert taken == [Rating(4, "m1", "t1")]
    assert desk.taken == []
