"""One table of scenarios, through polling and through the webhook: the same outcomes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from bot.channels.base import Drawn
from handlers.context import Attachment, Button, Incoming, Message
from tests.bot.telegram_rig import QUICK, Mode, Rig, Shell, rig
from tests.standins.telegram import Fault, TelegramStandin, updates

LAN, HOA, GROUP = 1001, 1002, -1_001_234_567
Scenario = Callable[[Rig], Awaitable[None]]


async def a_survey_is_one_bubble(r: Rig) -> None:
    bubble = await r.start(LAN)
    for step in (1, 2, 3):
        await r.done(r.standin.press(LAN, bubble, f"q:{step}"))
        await r.sees(LAN, f"Câu {step}/3")
    await r.done(r.standin.press(LAN, bubble, "q:4"))
    await r.sees(LAN, "✓ Câu 3", "Cảm ơn. Mã K7Q2")
    assert r.shell.texts(LAN) == ["", "q:1", "q:2", "q:3", "q:4"]
    assert await r.standin.wait_calls("answerCallbackQuery", 4)


async def what_is_no_text_is_named(r: Rig) -> None:
    await r.done(r.standin.write(LAN, updates.sticker()), r.standin.write(LAN, updates.location()))
    await r.sees(LAN, "other: sticker", "other: location")


async def five_thousand_characters_come_whole_and_go_cut(r: Rig) -> None:
    await r.done(r.standin.say(LAN, "ă" * 5000))
    assert await r.standin.wait_until(lambda: len(r.standin.chat(LAN).from_bot()) == 1)
    assert r.shell.texts(LAN) == ["ă" * 5000]
    text = r.seen(LAN)[0]
    assert len(text) == 4096
    assert text.endswith("ă…")


async def right_to_left_marks_and_markup_stay_letters(r: Rig) -> None:
    typed = "\u202ehài lòng\u200f <b>đậm</b> [x](http://y.vn) *a* `c`"
    await r.done(r.standin.say(LAN, typed))
    await r.sees(LAN, f"text: {typed}")
    assert "entities" not in r.standin.chat(LAN).from_bot()[0]


async def a_redelivered_press_shows_the_same_screen(r: Rig) -> None:
    bubble = await r.start(LAN)
    press = r.standin.press(LAN, bubble, "q:2")
    await r.done(press)
    await r.sees(LAN, "Câu 2/3")
    r.standin.redeliver(press)
    assert await r.standin.wait_until(lambda: len(r.shell.calls) == 3)
    assert await r.standin.wait_idle()
    assert r.shell.texts(LAN) == ["", "q:2"]
    assert r.seen(LAN) == ["Câu 2/3"]


async def a_double_tap_is_no_error(r: Rig) -> None:
    bubble = await r.start(LAN)
    await r.done(r.standin.press(LAN, bubble, "q:2"), r.standin.press(LAN, bubble, "q:2"))
    await r.sees(LAN, "Câu 2/3")
    assert await r.standin.wait_until(lambda: len(r.standin.journal.calls("editMessageText")) == 2)
    refused = r.standin.journal.calls("editMessageText")[1]["answer"]
    assert "not modified" in refused["description"]
    assert await r.standin.wait_calls("answerCallbackQuery", 2)


async def a_callback_that_is_too_old_is_ignored(r: Rig) -> None:
    r.standin.world.query_window = -1.0
    bubble = await r.start(LAN)
    await r.done(r.standin.press(LAN, bubble, "q:2"))
    await r.sees(LAN, "Câu 2/3")
    assert await r.standin.wait_calls("answerCallbackQuery")
    assert "too old" in r.standin.journal.calls("answerCallbackQuery")[0]["answer"]["description"]


async def a_throttled_callback_loses_nothing(r: Rig) -> None:
    bubble = await r.start(LAN)
    r.standin.faults.add(Fault("throttled", methods=frozenset({"answerCallbackQuery"}), retry_after=3000))
    await r.done(r.standin.press(LAN, bubble, "q:1"), r.standin.press(LAN, bubble, "q:2"))
    await r.sees(LAN, "Câu 2/3")
    assert await r.standin.wait_calls("answerCallbackQuery", 2)


async def a_throttled_send_waits_and_arrives_once(r: Rig) -> None:
    await r.start(HOA)
    r.standin.faults.add(Fault("throttled", methods=frozenset({"sendMessage"}), chat_id=LAN, retry_after=1))
    slow = r.standin.say(LAN, "a")
    await r.done(r.standin.say(HOA, "b"))
    await r.sees(HOA, "Xin chào", "text: b")
    await r.done(slow)
    await r.sees(LAN, "text: a")
    assert len([c for c in r.standin.journal.calls("sendMessage") if c["params"]["chat_id"] == LAN]) == 2


async def a_send_that_may_have_arrived_is_not_repeated(r: Rig) -> None:
    for kind, left in (("drop_before", 0), ("drop_after", 1)):
        user = LAN + 50 + left
        r.standin.faults.add(Fault(kind, methods=frozenset({"sendMessage"}), chat_id=user))  # type: ignore[arg-type]
        await r.done(r.standin.say(user, "a"))
        assert len(r.seen(user)) == left
        await r.done(r.standin.say(user, "b"))
        await r.sees(user, *(["text: a"] * left), "text: b")


async def who_blocks_and_comes_back_is_noted(r: Rig) -> None:
    await r.start(LAN)
    await r.done(r.standin.block(LAN))
    assert r.shell.reachable == {str(LAN): False}
    await r.done(r.standin.unblock(LAN))
    assert r.shell.reachable == {str(LAN): True}
    assert len(r.shell.turns) == 1


async def a_send_to_somebody_who_blocked_is_noted_and_not_repeated(r: Rig) -> None:
    r.standin.faults.add(Fault("blocked", methods=frozenset({"sendMessage"}), chat_id=LAN))
    await r.done(r.standin.say(LAN, "a"))
    assert await r.standin.wait_until(lambda: r.shell.reachable == {str(LAN): False})
    assert len(r.standin.journal.calls("sendMessage")) == 1


async def without_storage_nothing_is_acknowledged(r: Rig) -> None:
    await r.start(LAN)
    r.shell.refuse = 2
    update = r.standin.say(LAN, "a")
    assert await r.standin.wait_until(lambda: r.shell.refuse == 0)
    assert r.shell.texts(LAN) == [""]
    await r.done(update)
    await r.sees(LAN, "Xin chào", "text: a")
    assert r.shell.texts(LAN) == ["", "a"]
    assert r.standin.journal.deliveries(update) >= 3


async def a_broken_turn_gets_one_plain_sentence(r: Rig) -> None:
    def broken(incoming: Incoming) -> list[Message]:
        raise ValueError(incoming.text)

    r.shell.script = broken
    update = r.standin.say(LAN, "a")
    await r.done(update)
    await r.sees(LAN, "vi:sorry")
    assert r.standin.journal.deliveries(update) == 1


async def one_persons_things_keep_their_order(r: Rig) -> None:
    chance = random.Random(7)
    r.shell.pause = lambda _: chance.uniform(0, 0.02)
    sent: dict[int, list[int]] = {LAN: [], HOA: []}
    for n in range(12):
        for user, ids in sent.items():
            ids.append(r.standin.say(user, str(n)))
    for user, ids in sent.items():
        await r.done(*ids)
        await r.sees(user, *(f"text: {n}" for n in range(12)))
        assert r.shell.texts(user) == [str(n) for n in range(12)]


async def a_slow_person_holds_nobody_up(r: Rig) -> None:
    r.shell.gates[str(LAN)] = gate = asyncio.Event()
    slow, quick = r.standin.say(LAN, "a"), r.standin.say(HOA, "b")
    await r.sees(HOA, "text: b")
    assert not r.standin.acknowledged(slow)
    gate.set()
    await r.done(slow, quick)
    await r.sees(LAN, "text: a")


async def an_edit_without_a_message_is_a_send(r: Rig) -> None:
    r.shell.script = lambda _: [Message("Câu 2", replaces=True)]
    await r.done(r.standin.say(LAN, "hài lòng"))
    await r.sees(LAN, "Câu 2")


async def a_picture_cannot_be_edited_into_a_question(r: Rig) -> None:
    chart = Message("Điểm", ((Button("Vì sao?", "q:1"),),), attachment=Attachment("picture", "bieu-do"))
    r.shell.script = lambda incoming: [chart] if incoming.kind == "text" else small(incoming)
    await r.done(r.standin.say(LAN, "x"))
    await r.sees(LAN, "Điểm", "<photo>")
    photo = r.standin.chat(LAN).from_bot()[1]
    await r.done(r.standin.press(LAN, photo["message_id"], "q:1"))
    await r.sees(LAN, "Điểm", "<photo>", "Câu 1/3")


def small(incoming: Incoming) -> list[Message]:
    return [Message("Câu 1/3", replaces=True)]


async def pictures_and_files_follow_their_message(r: Rig) -> None:
    sheet = Message("Tệp", attachment=Attachment("sheet", "diem"))
    r.shell.script = lambda _: [Message("Biểu đồ", attachment=Attachment("picture", "x")), sheet, Message("Hết")]
    r.shell.draw_with = lambda a: (
        Drawn(b"\x89PNG\r\n\x1a\n" + bytes(32), "x.png", "image/png")
        if a.kind == "picture"
        else Drawn(b"PK", "điểm.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )
    await r.done(r.standin.say(LAN, "a"))
    await r.sees(LAN, "Biểu đồ", "<photo>", "Tệp", "<điểm.xlsx>", "Hết")


async def a_refused_picture_goes_as_a_file_and_a_huge_one_as_words(r: Rig) -> None:
    r.shell.script = lambda _: [Message("Biểu đồ", attachment=Attachment("picture", "x"))]
    r.standin.faults.add(Fault("refused", methods=frozenset({"sendPhoto"}), reason="PHOTO_INVALID_DIMENSIONS"))
    await r.done(r.standin.say(LAN, "a"))
    await r.sees(LAN, "Biểu đồ", "<x.png>")
    r.shell.draw_with = lambda _: Drawn(bytes(50 * 1024 * 1024 + 1), "x.png", "image/png")
    await r.done(r.standin.say(HOA, "a"))
    await r.sees(HOA, "Biểu đồ", "vi:file.too_big")


async def a_drawing_that_fails_is_told(r: Rig) -> None:
    def broken(attachment: Attachment) -> Drawn:
        raise RuntimeError(attachment.name)

    r.shell.script = lambda _: [Message("Biểu đồ", attachment=Attachment("picture", "x")), Message("Hết")]
    r.shell.draw_with = broken
    await r.done(r.standin.say(LAN, "a"))
    await r.sees(LAN, "Biểu đồ", "vi:sorry", "Hết")


async def a_group_that_moved_is_answered_where_it_went(r: Rig) -> None:
    new = GROUP - 1
    await r.done(r.standin.say(LAN, "/rank", chat_id=new), r.standin.say(LAN, "/score", chat_id=GROUP))
    r.standin.faults.add(Fault("migrated", chat_id=GROUP, migrate_to=new))
    await r.done(r.standin.say(LAN, "/help", chat_id=GROUP))
    await r.sees(new, "text: /rank", "text: /help")
    assert {(turn.address, turn.private) for turn in r.shell.turns} == {(str(LAN), False)}


async def numbers_that_jump_are_no_matter(r: Rig) -> None:
    await r.done(r.standin.say(LAN, "a"))
    r.standin.jump_ids(17)
    low = r.standin.say(LAN, "b")
    await r.done(low)
    r.standin.jump_ids(2_000_000_000)
    await r.done(r.standin.say(LAN, "c"))
    assert low == 17
    await r.sees(LAN, "text: a", "text: b", "text: c")


SCENARIOS: tuple[Scenario, ...] = (
    a_survey_is_one_bubble,
    what_is_no_text_is_named,
    five_thousand_characters_come_whole_and_go_cut,
    right_to_left_marks_and_markup_stay_letters,
    a_redelivered_press_shows_the_same_screen,
    a_double_tap_is_no_error,
    a_callback_that_is_too_old_is_ignored,
    a_throttled_callback_loses_nothing,
    a_throttled_send_waits_and_arrives_once,
    a_send_that_may_have_arrived_is_not_repeated,
    who_blocks_and_comes_back_is_noted,
    a_send_to_somebody_who_blocked_is_noted_and_not_repeated,
    without_storage_nothing_is_acknowledged,
    a_broken_turn_gets_one_plain_sentence,
    one_persons_things_keep_their_order,
    a_slow_person_holds_nobody_up,
    an_edit_without_a_message_is_a_send,
    a_picture_cannot_be_edited_into_a_question,
    pictures_and_files_follow_their_message,
    a_refused_picture_goes_as_a_file_and_a_huge_one_as_words,
    a_drawing_that_fails_is_told,
    a_group_that_moved_is_answered_where_it_went,
    numbers_that_jump_are_no_matter,
)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_both_ways(scenario: Scenario, mode: Mode) -> None:
    async with TelegramStandin(patience=QUICK) as standin, rig(mode, Shell(), standin) as r:
        await scenario(r)
