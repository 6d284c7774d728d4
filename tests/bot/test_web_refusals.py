"""B17: what people and programs throw at a conversation on the web, and storage trouble: calm pages, nothing lost."""

from __future__ import annotations

import html
import re
import secrets

import pytest

from survey.text import clean
from tests.browser.visitor import Visitor, visit

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "' onfocus=alert(1) autofocus='",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "<!--<svg/onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ue000</strong><script>\ue001",
    "\u202egnp.exe\u202c \u200b",
)


async def to_words(one: Visitor) -> None:
    """From the poster to the question that takes free text."""
    await one.begin()
    await one.press("Hài lòng")
    await one.press("Hài lòng")
    await one.press("Xong")


@pytest.mark.parametrize("text", NASTY)
async def test_what_people_type_is_shown_as_text(text: str) -> None:
    async with visit() as one:
        await to_words(one)
        await one.say(text)
        assert one.page.status_code == 200
        visible = html.escape(clean(text)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        assert visible in one.text
        assert not re.search(r"<script|<svg|<img|\son(error|focus|load)=[^&]*>", one.text.replace(visible, ""))
        one.talk.broken = True
        await one.press("Gửi")
        assert "<script" not in one.text


async def test_typed_words_survive_storage_trouble() -> None:
    words = 'Cán bộ <tốt> & "nhanh"\nhai dòng'
    async with visit() as one:
        await to_words(one)
        path, nonce, count = one.path, one.nonce, len(one.talk.events)
        one.talk.broken = True
        answer = await one.say(words)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
        assert "Hệ thống đang bận, câu vừa rồi chưa lưu" in answer.text
        assert re.search(r">Cán bộ &lt;tốt&gt; &amp; &#34;nhanh&#34;\nhai dòng</textarea>", answer.text)
        assert one.nonce == nonce, "the same form: the same event"
        one.talk.broken = False
        await one.post(path, text=words)
        assert one.talk.events[-1].text == words
        assert len(one.talk.events) == count + 1


async def test_a_press_can_be_repeated_after_storage_trouble() -> None:
    async with visit() as one:
        await one.begin()
        data = one.labels["Hài lòng"]
        one.talk.broken = True
        await one.press("Hài lòng")
        assert f'name="press" value="{data}"' in one.text
        assert "Bấm lại" in one.text
        one.talk.broken = False
        await one.post(press=data)
        assert "✓ Câu 1: Hài lòng" in one.text


async def test_a_reading_page_in_storage_trouble_is_calm() -> None:
    async with visit() as one:
        await one.begin()
        one.talk.broken = True
        answer = await one.get(one.path)
        assert answer.status_code == 503
        assert "trục trặc nhỏ" in answer.text
        assert f'href="{one.path}"' in answer.text


async def test_five_thousand_characters_arrive_whole() -> None:
    text = "Ộ" * 5_000
    async with visit() as one:
        await to_words(one)
        await one.say(text)
        assert one.page.status_code == 200
        assert one.talk.events[-1].text == text


async def test_a_body_beyond_64_kib_is_refused_calmly() -> None:
    async with visit() as one:
        await to_words(one)
        count, path = len(one.talk.events), one.path
        answer = await one.post(path, nonce=one.nonce, text="x" * 65_536)
        assert answer.status_code == 413
        assert "dài quá" in answer.text
        assert f'href="{path}"' in answer.text
        answer = await one.client.post(path, content=b"x" * 300_000, headers={"content-type": "text/plain"})
        assert answer.status_code in {413, 415}
        assert len(one.talk.events) == count


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 403),
        (b"nonce=&press=s", 403),
        (b"press=s:1:1:4", 403),
        (b"nonce=%s&press=a&press=b", 400),
        (b"nonce=%s&press=a&text=b", 400),
        (b"nonce=%s&press=" + b"x" * 65, 400),
        (b"nonce=%s&text=%%ff%%fe", 400),
        (b"nonce=%s&text=\xff\xfe", 400),
        (b"&".join(b"a%d=1" % n for n in range(9)), 400),
        (b"nonce=" + b"A" * 24 + b"&press=s", 403),
        (b"\x00\x01\x02", 403),
    ],
)
async def test_a_malformed_form_is_refused_calmly(body: bytes, status: int) -> None:
    async with visit() as one:
        await one.begin()
        count, path = len(one.talk.events), one.path
        filled = body.replace(b"%s", one.nonce.encode()).replace(b"%%", b"%")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await one.client.post(path, content=filled, headers=headers)
        assert answer.status_code == status
        assert "Lần bấm này chưa được nhận" in answer.text
        assert f'href="{path}"' in answer.text, "the way back to the question"
        assert len(one.talk.events) == count


async def test_other_kinds_of_body_and_method_are_refused_calmly() -> None:
    async with visit() as one:
        await one.begin()
        for kind in ("application/json", "multipart/form-data; boundary=x", ""):
            answer = await one.client.post(one.path, content=b"{}", headers={"content-type": kind})
            assert answer.status_code == 415
            assert '<p class="bot">' in answer.text
        for method in ("PUT", "DELETE", "PATCH"):
            answer = await one.client.request(method, one.path)
            assert answer.status_code == 405
            assert '<p class="bot">' in answer.text


async def test_an_empty_text_is_no_event() -> None:
    async with visit() as one:
        await to_words(one)
        count = len(one.talk.events)
        await one.say("  \r\n ")
        assert len(one.talk.events) == count
        assert "Câu 4 trong 4" in one.text


async def test_guessing_a_token_finds_nothing_and_stores_nothing() -> None:
    async with visit() as one:
        await one.begin()
        token, nonce = one.path.removeprefix("/c/"), one.nonce
        guesses = [secrets.token_urlsafe(16) for _ in range(30)]
        guesses += [token[:-1], token + "A", token.swapcase(), token[:-1] + "B", "x" * 5_000]
        count = len(one.talk.events)
        for guess in guesses:
            answer = await one.get(f"/c/{guess}?m={nonce}.{'A' * 12}")
            assert answer.status_code == 404
            assert "Trang này không còn" in answer.text
            answer = await one.client.post(f"/c/{guess}", data={"nonce": nonce, "press": "s:1:1:4"})
            assert answer.status_code in {403, 404, 405}
        assert len(one.talk.events) == count
        assert len(one.talk.people) == 1


async def test_a_nonce_of_another_conversation_is_refused() -> None:
    async with visit() as one:
        await one.begin()
        foreign = one.nonce
        await one.begin()
        count = len(one.talk.events)
        answer = await one.post(nonce=foreign, press="s:1:1:4")
        assert answer.status_code == 403
        assert len(one.talk.events) == count


async def test_a_mark_of_another_conversation_shows_nothing_of_it() -> None:
    async with visit() as one:
        await to_words(one)
        await one.say("chuyện riêng")
        foreign = one.address.split("?m=")[1]
        await one.begin()
        for mark in (foreign, "x", "", foreign + ".t", "\u0000", "a" * 10_000):
            answer = await one.client.get(one.path, params={"m": mark})
            assert answer.status_code == 200
            assert "chuyện riêng" not in answer.text
            assert "Câu 1 trong 4" in answer.text
