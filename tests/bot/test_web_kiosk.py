"""The tablet at the counter: provenance, the reset, and that nobody meets the answers of the one before."""

from __future__ import annotations

import re

from tests.browser.talk import CODE, OFFICE, RECEIPT
from tests.browser.visitor import Visitor, visit

DOOR = f"/k/{CODE}"


async def touch(one: Visitor) -> None:
    """From the big start screen to the first question."""
    await one.get(DOOR)
    await one.post(l="vi")
    await one.press("Bắt đầu")


async def finish(one: Visitor) -> None:
    for label in ("Hài lòng", "Hài lòng", "Xong"):
        await one.press(label)
    await one.say("chuyện riêng")
    await one.press("Gửi")


def refresh(one: Visitor) -> tuple[int, str] | None:
    found = re.search(r'http-equiv="refresh" content="(\d+);url=([^"]+)"', one.text)
    return (int(found[1]), found[2]) if found else None


async def test_the_start_screen_names_the_office_and_forgets_what_the_browser_kept() -> None:
    async with visit() as one:
        answer = await one.get(DOOR)
        assert "Chạm để đánh giá" in answer.text
        assert OFFICE in answer.text
        assert answer.headers["clear-site-data"] == '"cache"'
        assert answer.headers["cache-control"] == "no-store"
        assert one.talk.events == []


async def test_an_unknown_code_is_calm() -> None:
    async with visit() as one:
        assert (await one.get("/k/nope")).status_code == 404
        assert "Mã này không dùng được" in one.text
        await one.get(DOOR)
        answer = await one.client.post("/k/nope", data={"nonce": one.nonce})
        assert answer.status_code == 404
        assert one.talk.events == []


async def test_answers_come_in_as_the_kiosks() -> None:
    async with visit() as one:
        await touch(one)
        await one.press("Hài lòng")
        assert {event.channel for event in one.talk.events} == {"kiosk"}
        assert not any(event.trusted for event in one.talk.events)
        assert re.fullmatch(rf"{DOOR}/[\w-]{{22}}", one.path)
        assert "<details>" not in one.text, "no typing box where nothing is to be typed"


async def test_it_resets_itself_without_a_script() -> None:
    async with visit() as one:
        await touch(one)
        token = one.path.rsplit("/", 1)[1]
        assert refresh(one) == (60, f"{DOOR}?x={token}")
        for label in ("Hài lòng", "Hài lòng", "Xong"):
            await one.press(label)
        assert refresh(one) == (120, f"{DOOR}?x={token}"), "writing takes longer"


async def test_after_the_receipt_it_goes_back_and_offers_nothing_of_this_person() -> None:
    async with visit() as one:
        await touch(one)
        await finish(one)
        assert RECEIPT in one.text
        found = refresh(one)
        assert found is not None
        assert found[0] == 20
        assert one.labels == {}
        assert "Kết thúc" in one.text


async def test_back_after_the_receipt_leads_to_the_start() -> None:
    async with visit() as one:
        await touch(one)
        seen = [one.address]
        for label in ("Hài lòng", "Hài lòng", "Xong"):
            await one.press(label)
            seen.append(one.address)
        await one.say("chuyện riêng")
        seen.append(one.address)
        await one.press("Gửi")
        for page in [*seen, one.path]:
            answer = await one.get(page)
            assert str(answer.url).endswith(DOOR)
            assert "chuyện riêng" not in answer.text


async def test_the_one_before_is_out_of_reach_after_idling_and_after_finish() -> None:
    async with visit() as one:
        await touch(one)
        await one.press("Hài lòng")
        page = one.address
        one.clock.seconds += 64
        assert "Câu 2 trong 4" in (await one.get(page)).text
        one.clock.seconds += 2
        assert (await one.get(page)).url.path == DOOR
        await touch(one)
        page = one.address
        found = refresh(one)
        assert found is not None
        await one.get(found[1])
        assert (await one.get(page)).url.path == DOOR


async def test_a_press_on_a_page_of_the_one_before_is_no_event() -> None:
    async with visit() as one:
        await touch(one)
        path, nonce, data = one.path, one.nonce, one.labels["Hài lòng"]
        one.clock.seconds += 66
        count = len(one.talk.events)
        await one.post(path, nonce=nonce, press=data)
        assert one.path == DOOR
        assert len(one.talk.events) == count


async def test_a_second_tap_on_send_shows_the_same_receipt() -> None:
    async with visit() as one:
        await touch(one)
        for label in ("Hài lòng", "Hài lòng", "Xong", "Bỏ qua"):
            await one.press(label)
        path, nonce, data = one.path, one.nonce, one.labels["Gửi"]
        await one.post(path, nonce=nonce, press=data)
        count = len(one.talk.events)
        await one.post(path, nonce=nonce, press=data)
        assert RECEIPT in one.text
        assert len(one.talk.events) == count


async def test_each_touch_is_a_new_person() -> None:
    async with visit() as one:
        for _ in range(3):
            await touch(one)
            await finish(one)
        assert len({event.address for event in one.talk.events}) == 3


async def test_commands_and_codes_are_only_words_here() -> None:
    async with visit() as one:
        await touch(one)
        for label in ("Hài lòng", "Hài lòng", "Xong"):
            await one.press(label)
        await one.say("/vao ABCD-EFGH-JKMN-PQ12")
        assert one.talk.events[-1].text == "vao ABCD-EFGH-JKMN-PQ12"
        assert not one.client.cookies


async def test_storage_trouble_keeps_the_press() -> None:
    async with visit() as one:
        await touch(one)
        path, data = one.path, one.labels["Hài lòng"]
        one.talk.broken = True
        assert (await one.press("Hài lòng")).status_code == 503
        one.talk.broken = False
        await one.post(path, press=data)
        assert "✓ Câu 1: Hài lòng" in one.text
