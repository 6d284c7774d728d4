"""The ways in on the web: start page, an office's code, typed names, languages; nothing is written on GET."""

from __future__ import annotations

import re

import pytest

from bot.channels.web import WebChannel
from bot.errors import SendError
from bot.server import SAFE_HEADERS
from handlers.context import Message
from tests.browser.talk import CODE, OFFICE, Talk
from tests.browser.visitor import visit


async def test_a_poster_leads_to_the_first_question() -> None:
    async with visit() as one:
        assert OFFICE in (await one.get(f"/s/{CODE}")).text
        await one.post(l="vi")
        assert one.page.status_code == 200
        [start] = one.talk.events
        assert (start.channel, start.kind, start.text, start.language) == ("web", "start", CODE, "vi")
        assert (start.address, start.trusted, start.private) == (one.path.removeprefix("/c/"), False, True)
        await one.press("Bắt đầu")
        assert "Câu 1 trong 4" in one.text


async def test_a_token_has_128_bits_and_is_new_each_time() -> None:
    tokens = set()
    async with visit() as one:
        for _ in range(20):
            await one.scan()
            tokens.add(one.path.removeprefix("/c/"))
    assert len(tokens) == 20
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in tokens)


async def test_posts_answer_with_a_redirect_to_a_page_that_can_be_loaded_again() -> None:
    async with visit() as one:
        await one.get(f"/s/{CODE}")
        answer = await one.client.post(f"/s/{CODE}", data={"nonce": one.nonce}, follow_redirects=False)
        assert answer.status_code == 303
        assert re.fullmatch(r"/c/[\w-]{22}\?m=[\w-]{24}\.[\w-]{12}", answer.headers["location"])
        assert "set-cookie" not in answer.headers


async def test_get_writes_nothing_and_sets_no_cookie() -> None:
    async with visit() as one:
        await one.begin()
        talk, before = one.path, len(one.talk.events)
        for path in (
            "/",
            f"/s/{CODE}",
            "/s/nope",
            talk,
            one.address,
            f"{talk}/a/0",
            f"/k/{CODE}",
            f"/k/{CODE}/x",
            "/c/x",
        ):
            answer = await one.get(path)
            assert "set-cookie" not in answer.headers
            await one.client.head(path)
        assert len(one.talk.events) == before
        assert one.talk.drawn == []


async def test_an_unknown_code_is_a_calm_page_with_the_way_by_name() -> None:
    async with visit() as one:
        for path in ("/s/nope", "/s/%00", "/s/" + "x" * 5000, "/s/<script>", "/s/%F0%9F%92%A9"):
            answer = await one.get(path)
            assert answer.status_code == 404
            assert "Mã này không dùng được" in answer.text
            assert 'name="text"' in answer.text
            assert "<script" not in answer.text


async def test_the_welcome_buttons_open_a_conversation() -> None:
    async with visit() as one:
        await one.get("/")
        await one.press("Bạn là ai?")
        assert "cơ quan vận hành" in one.text
        assert [(event.kind, event.text) for event in one.talk.events] == [("press", "c:ai")]


async def test_a_typed_name_is_the_way_by_name() -> None:
    async with visit() as one:
        await one.get("/")
        await one.say("  Đông Xá ")
        assert [(event.kind, event.text) for event in one.talk.events] == [("press", "c:khaosat"), ("text", "Đông Xá")]
        assert len({event.address for event in one.talk.events}) == 1
        assert "Xã Đông Xá, Đông Hưng" in one.text


async def test_a_typed_code_is_the_way_by_code() -> None:
    async with visit() as one:
        await one.get("/")
        await one.say(CODE.lower())
        assert [(event.kind, event.text) for event in one.talk.events] == [("start", CODE.lower())]
        assert OFFICE in one.text


async def test_a_double_click_on_start_is_one_conversation() -> None:
    async with visit() as one:
        await one.get(f"/s/{CODE}")
        nonce = one.nonce
        first = (await one.post(f"/s/{CODE}", nonce=nonce)).url
        second = (await one.post(f"/s/{CODE}", nonce=nonce)).url
        assert first == second
        assert len(one.talk.events) == 1
        one.clock.seconds += 11
        assert (await one.post(f"/s/{CODE}", nonce=nonce)).url != first, "an old page starts anew"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("vi", "vi"),
        ("en-US,en;q=0.9", "en"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en;q=0.5, vi;q=0.7", "vi"),
        ("fr-FR, ko;q=0.9", "vi"),
        ("en;q=, vi;q=x;;;,,,=", "vi"),
        ("en;q=0", "vi"),
        ("x" * 100_000, "vi"),
    ],
)
async def test_the_language_is_first_guessed_from_the_browser(header: str, language: str) -> None:
    async with visit() as one:
        answer = await one.get("/", **{"Accept-Language": header})
        assert f'<html lang="{language}">' in answer.text


async def test_a_chosen_language_stays_with_the_conversation() -> None:
    async with visit() as one:
        await one.get(f"/s/{CODE}", **{"Accept-Language": "vi"})
        assert 'href="?l=en"' in one.text
        await one.get(f"/s/{CODE}?l=en")
        await one.post(l="en")
        assert one.talk.events[0].language == "en"
        assert '<html lang="en">' in one.text
        await one.press("Tiếng Việt")
        assert '<html lang="vi">' in one.text


async def test_sample_data_is_marked_on_every_page() -> None:
    for sample in (True, False):
        async with visit(sample=sample) as one:
            for path in ("/", f"/s/{CODE}", "/c/nope", f"/k/{CODE}"):
                assert ("DỮ LIỆU MẪU" in (await one.get(path)).text) is sample
            await one.begin()
            assert ("DỮ LIỆU MẪU" in one.text) is sample


async def test_the_safe_headers_are_on_every_page() -> None:
    async with visit(public_url="https://danhgia.example") as one:
        await one.begin()
        for path in ("/", f"/s/{CODE}", one.address, "/c/nope", "/nowhere", f"/k/{CODE}"):
            answer = await one.get(path)
            assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_style_sheet_is_kept_for_ever_by_its_hash() -> None:
    async with visit() as one:
        await one.get("/")
        [sheet] = re.findall(r'href="(/static/chat[^"]+)"', one.text)
        answer = await one.client.get(sheet)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert (await one.client.get("/static/chat.css?v=old")).headers["cache-control"] == "public, max-age=3600"
        for path in ("/static/nope.css", "/static/..%2fserver.py", "/static/"):
            assert (await one.client.get(path)).status_code == 404


async def test_pages_hold_nothing_that_the_policy_refuses() -> None:
    async with visit() as one:
        await one.begin()
        for path in ("/", f"/s/{CODE}", one.address, "/c/nope", f"/k/{CODE}"):
            page = (await one.get(path)).text
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?://", page)


async def test_nothing_can_be_pushed_to_a_web_page() -> None:
    with pytest.raises(SendError) as raised:
        await WebChannel(Talk().lent()).send("token", Message("x"))
    assert raised.value.kind == "gone"


async def test_storage_trouble_on_the_start_page_keeps_the_press() -> None:
    async with visit() as one:
        await one.get(f"/s/{CODE}")
        one.talk.broken = True
        answer = await one.post(l="vi")
        assert answer.status_code == 503
        assert "Hệ thống đang bận" in answer.text
        one.talk.broken = False
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
        await one.post(f"/s/{CODE}", **fields)
        assert OFFICE in one.text
