"""A conversation on the web: events, redelivery, bubbles, attachments."""

from __future__ import annotations

import html
import re

from tests.browser.talk import CODE, LEVELS, PICTURE, PNG, RECEIPT, Talk
from tests.browser.visitor import Visitor, visit

QUESTION_BYTES = 5_000


async def to_words(one: Visitor) -> None:
    """From the poster to the question that takes free text."""
    await one.begin()
    await one.press("Hài lòng")
    await one.press("Hài lòng")
    await one.press("Xong")


async def test_a_whole_survey() -> None:
    async with visit() as one:
        await one.begin()
        await one.press("Rất hài lòng")
        assert '<p class="mine">✓ Câu 1: Rất hài lòng</p>' in one.text
        assert "Câu 2 trong 4" in one.text
        await one.press("Bình thường")
        await one.press("chờ lâu")
        assert re.search(r'class="plain box" aria-pressed="true">chờ lâu<', one.text)
        await one.press("Xong")
        assert "<textarea" in one.text
        await one.say("Cảm ơn\r\ncán bộ")
        assert one.talk.events[-1].text == "Cảm ơn\ncán bộ"
        assert one.text.count('class="quiet edit"') == 4
        await one.press("Gửi")
        assert f'<strong class="code">{RECEIPT}</strong>' in one.text


async def test_a_question_page_is_small() -> None:
    async with visit() as one:
        await one.begin()
        assert len(one.page.content) < QUESTION_BYTES
        await one.press("Hài lòng")
        assert len(one.page.content) < QUESTION_BYTES
        sheet = re.search(r'href="(/static/chat[^"]+)"', one.text)
        assert sheet
        assert len((await one.client.get(sheet[1])).content) < 2 * QUESTION_BYTES, "counted once: it is cached"


async def test_a_double_click_is_one_event() -> None:
    async with visit() as one:
        await one.begin()
        path, nonce, data = one.path, one.nonce, one.labels["Hài lòng"]
        first = await one.post(path, nonce=nonce, press=data)
        count = len(one.talk.events)
        second = await one.post(path, nonce=nonce, press=data)
        assert len(one.talk.events) == count
        assert first.url == second.url


async def test_another_button_on_the_same_page_is_another_event() -> None:
    async with visit() as one:
        await one.begin()
        path, nonce, labels = one.path, one.nonce, one.labels
        await one.post(path, nonce=nonce, press=labels["Hài lòng"])
        await one.post(path, nonce=nonce, press=labels["Bình thường"])
        await one.post(path, nonce=nonce, text=labels["Bình thường"])
        ids = [event.update_id for event in one.talk.events[-3:]]
        assert len(set(ids)) == 3
        assert {event.kind for event in one.talk.events[-2:]} == {"press", "text"}
        token = path.removeprefix("/c/")
        assert all(re.fullmatch(rf"{token}:{nonce}:[\w-]{{12}}", update_id) for update_id in ids)


async def test_loading_a_page_again_changes_nothing() -> None:
    async with visit() as one:
        await one.begin()
        await one.press("Hài lòng")
        shown, count = one.address, len(one.talk.events)
        for _ in range(3):
            assert "✓ Câu 1: Hài lòng" in (await one.get(shown)).text
        assert len(one.talk.events) == count
        bare = await one.get(one.path)
        assert "Câu 2 trong 4" in bare.text, "without a mark: the screen it is at"
        assert "✓ Câu 1" not in bare.text


async def test_back_shows_the_older_page_and_its_buttons_still_work() -> None:
    async with visit() as one:
        await one.begin()
        older = one.address
        await one.press("Hài lòng")
        await one.get(older)
        assert "Câu 1 trong 4" in one.text
        await one.press("Bình thường")
        assert "✓ Câu 1: Bình thường" in one.text


async def test_a_reply_that_was_only_read_is_shown_once_it_was_made() -> None:
    async with visit(Talk(reads_only=True)) as one:
        await one.get("/")
        await one.press("Bạn là ai?")
        assert "cơ quan vận hành" in one.text
        one.clock.seconds += 601
        later = await one.get(one.address)
        assert later.status_code == 200
        assert "Đánh giá nơi tôi vừa đến" in later.text, "forgotten: the start of a conversation, not an error"


async def test_choice_questions_fold_the_typing_box_and_text_questions_show_it_first() -> None:
    async with visit() as one:
        await one.begin()
        assert one.text.index('value="s:1:1:0"') < one.text.index("<details>") < one.text.index('name="text"')
        await to_words(one)
        assert one.text.index("<textarea") < one.text.index("Bỏ qua")
        assert "<details>" not in one.text
        await one.get("/")
        await one.press("Đánh giá nơi tôi vừa đến")
        assert one.text.index('<input id="say"') < one.text.index("Đông Hưng")


async def test_what_a_reader_of_the_screen_is_told() -> None:
    async with visit() as one:
        await one.begin()
        assert '<html lang="vi">' in one.text
        assert one.text.count("<h1") == 1
        assert re.search(r"<title>1/4 · Nhìn chung, ông/bà hài lòng[^<]+</title>", one.text)
        assert 'aria-labelledby="q"' in one.text
        assert '<label for="say">' in one.text
        for label, tone in LEVELS:
            assert re.search(rf'class="{tone}">{label}</button>', one.text), "words always stand beside the colour"
        for path in ("/", f"/s/{CODE}", f"/k/{CODE}", "/c/nope"):
            assert (await one.get(path)).text.count("<h1") == 1


async def test_pictures_and_files_are_drawn_when_looked_at() -> None:
    async with visit() as one:
        await one.get("/")
        await one.say("/vao ABCD-EFGH-JKMN-PQRS")
        await one.say("/score Đông Hưng")
        assert one.talk.drawn == []
        [picture] = re.findall(r'<img src="([^"]+)" alt="Biểu đồ: Đông Hưng">', one.text)
        [sheet] = re.findall(r'<a class="file" href="([^"]+)" download>Tải tệp diem-2026.xlsx</a>', one.text)
        count = len(one.talk.events)
        drawn = await one.client.get(html.unescape(picture))
        assert (drawn.status_code, drawn.content, drawn.headers["content-type"]) == (200, PNG, "image/png")
        assert drawn.headers["cache-control"] == "no-store"
        loaded = await one.client.get(html.unescape(sheet))
        assert loaded.headers["content-disposition"] == "attachment; filename*=UTF-8''%C4%91i%E1%BB%83m.xlsx"
        assert one.talk.drawn[0] == PICTURE
        assert len(one.talk.events) == count
        for wrong in (picture.replace("/a/0", "/a/7"), picture.split("?")[0], picture.replace("/a/0", "/a/-1")):
            assert (await one.client.get(html.unescape(wrong))).status_code == 404


async def test_a_long_review_can_be_sent_from_above_too() -> None:
    async with visit() as one:
        await one.begin()
        person = next(iter(one.talk.people.values()))
        for number, buttons in ((4, 1), (9, 2)):
            person.at = 5
            person.answers = dict.fromkeys(range(1, number + 1), "Hài lòng")
            answer = await one.get(one.path)
            assert answer.text.count('value="s:1:@send"') == buttons
            assert answer.text.count('class="quiet edit"') == number
