"""Events are stored while Zalo waits, answers follow in order, and an answer that is out is not given again."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.channels import zalo_oa_intake
from bot.channels.zalo_oa_intake import MOST_REMEMBERED, Intake
from bot.channels.zalo_oa_parse import Heard, Left
from bot.channels.zalo_oa_reply import Replies
from bot.errors import StorageUnavailable
from handlers.context import Incoming, Message


def did(update_id: str, address: str = "77", text: str = "x") -> Heard:
    return Heard(Incoming("zalo-oa", update_id, address, "text", text), 1_000)


class Office:
    """Everything around the intake: a shell that stores, and a way out that can be held."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.shown: list[tuple[str, str]] = []
        self.marks: list[tuple[str, bool]] = []
        self.touched: list[tuple[str, int]] = []
        self.full = False
        self.held: dict[str, asyncio.Event] = {}
        self.fails: set[str] = set()
        self.intake = Intake(self.receive, cast("Replies", self), self.touch, self.mark, Message("sorry"))

    async def receive(self, incoming: Incoming) -> list[Message]:
        await asyncio.sleep(0)
        if self.full:
            raise StorageUnavailable("full")
        if incoming.text == "bug":
            raise ZeroDivisionError
        self.turns.append(incoming.update_id)
        return [Message(incoming.text)]

    async def carry_out(self, address: str, messages: list[Message], update_id: str) -> bool:
        if gate := self.held.get(address):
            await gate.wait()
        self.shown.append((address, messages[0].text))
        if update_id in self.fails:
            raise ZeroDivisionError
        return True

    async def touch(self, address: str, at: int) -> None:
        if self.full:
            raise StorageUnavailable("full")
        self.touched.append((address, at))

    async def mark(self, address: str, reachable: bool) -> None:
        self.marks.append((address, reachable))


@pytest.fixture
def office() -> Office:
    return Office()


async def test_taken_before_it_is_answered_and_answers_keep_their_order(office: Office) -> None:
    office.held["77"] = gate = asyncio.Event()
    for number in range(5):
        await office.intake.take(did(f"m{number}", text=str(number)))
    await office.intake.take(did("other", "88", "beside"))
    assert office.turns == ["m0", "m1", "m2", "m3", "m4", "other"]
    await asyncio.sleep(0.01)
    assert office.shown == [("88", "beside")]  # nobody waits for somebody else
    gate.set()
    await office.intake.finish(1)
    assert [text for address, text in office.shown if address == "77"] == ["0", "1", "2", "3", "4"]


async def test_one_persons_events_are_stored_in_their_order(office: Office) -> None:
    await asyncio.gather(*(office.intake.take(did(f"m{number}")) for number in range(20)))
    assert office.turns == [f"m{number}" for number in range(20)]
    await office.intake.finish(1)


async def test_an_event_whose_answer_is_out_is_not_answered_again(office: Office) -> None:
    await office.intake.take(did("m1"))
    await office.intake.finish(1)
    await office.intake.take(did("m1"))
    await office.intake.finish(1)
    assert office.turns == ["m1"]
    assert len(office.shown) == 1


async def test_a_repeat_that_comes_before_the_answer_is_out_is_shown_once(office: Office) -> None:
    office.held["77"] = gate = asyncio.Event()
    await asyncio.gather(*(office.intake.take(did("m1")) for _ in range(3)))
    gate.set()
    await office.intake.finish(1)
    assert len(office.shown) == 1


async def test_what_was_not_stored_is_not_answered(office: Office) -> None:
    office.full = True
    with pytest.raises(StorageUnavailable):
        await office.intake.take(did("m1"))
    office.full = False
    await office.intake.take(did("m1"))
    await office.intake.finish(1)
    assert len(office.shown) == 1


async def test_too_many_waiting_answers_take_nothing_more_in(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zalo_oa_intake, "MOST_WAITING", 3)
    office.held["77"] = gate = asyncio.Event()
    for number in range(3):
        await office.intake.take(did(f"m{number}"))
    with pytest.raises(StorageUnavailable, match="too many"):
        await office.intake.take(did("m3"))
    assert office.turns == ["m0", "m1", "m2"]
    gate.set()
    await office.intake.finish(1)
    await office.intake.take(did("m3"))
    await office.intake.finish(1)
    assert office.turns[-1] == "m3"


async def test_a_bug_is_told_plainly_and_nobody_else_suffers(office: Office) -> None:
    office.fails = {"m2"}
    with capture_logs() as logs:
        for update_id, text in (("m1", "bug"), ("m2", "x"), ("m3", "y")):
            await office.intake.take(did(update_id, text=text))
        await office.intake.finish(1)
    assert [text for _, text in office.shown] == ["sorry", "x", "y"]
    assert [log["update_id"] for log in logs] == ["m1", "m2"]
    assert "77" not in repr([{**log, "exc_info": None} for log in logs])


async def test_leaving_is_noted_in_its_place(office: Office) -> None:
    await office.intake.take(did("m1"))
    await office.intake.take(Left("77"))
    await office.intake.finish(1)
    assert office.marks == [("77", False)]
    assert office.touched == [("77", 1_000)]


async def test_ending_waits_for_answers_but_not_for_ever(office: Office) -> None:
    office.held["77"] = asyncio.Event()
    await office.intake.take(did("m1"))
    with capture_logs() as logs:
        await office.intake.finish(0.01)
    assert [log.get("count") for log in logs] == [1]
    office.held["77"].set()
    await office.intake.finish(1)


async def test_memory_is_bounded(office: Office) -> None:
    remembered: dict[str, Any] = office.intake._answered
    for number in range(MOST_REMEMBERED + 10):
        office.intake._remember(f"m{number}")
    assert len(remembered) == MOST_REMEMBERED
    assert "m9" not in remembered
    assert "m10" in remembered
