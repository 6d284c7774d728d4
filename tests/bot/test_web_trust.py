"""B17: who may do what on the web: other sites' forms, the officials' cookie, codes over plain http, loopback."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.channels.web_keys import Keys, is_token, new_token
from bot.channels.web_posts import Act, is_enrolment
from tests.browser.talk import CODE
from tests.browser.visitor import Visitor, visit

HTTPS = "https://danhgia.example"
ENROL = "/vao ABCD-EFGH-JKMN-PQ12"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://sipas.test"}, False),
        ({"origin": "http://sipas.test"}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "http://sipas.test.evil.test"}, False),
        ({"origin": "http://sipas.test:8080"}, False),
        ({"origin": ""}, False),
        ({"referer": "http://evil.test/page"}, False),
        ({"referer": "http://sipas.test/c/x"}, True),
        ({"origin": "http://sipas.test", "referer": "http://evil.test/"}, False),
    ],
)
async def test_forms_of_other_sites_are_refused(headers: dict[str, str], taken: bool) -> None:
    async with visit() as one:
        await one.begin()
        for path in (one.path, f"/s/{CODE}", "/", f"/k/{CODE}"):
            await one.get(path)
            count = len(one.talk.events)
            fields = {"nonce": one.nonce, "press": "c:ai"}
            answer = await one.client.post(path, data=fields, headers=headers, follow_redirects=False)
            assert answer.status_code == (303 if taken else 403)
            assert (len(one.talk.events) > count) is taken


async def test_the_public_address_counts_as_ours_behind_a_proxy_that_renames_the_host() -> None:
    async with visit(public_url=HTTPS, base="http://127.0.0.1:8080") as one:
        await one.get(f"/s/{CODE}")
        answer = await one.client.post(f"/s/{CODE}", data={"nonce": one.nonce}, headers={"origin": HTTPS})
        assert answer.status_code == 200


async def enrolled(one: Visitor) -> httpx.Response:
    """Posts an official's code in a new conversation: the redirect, which is then followed."""
    await one.begin()
    answer = await one.client.post(one.path, data={"nonce": one.nonce, "text": ENROL}, follow_redirects=False)
    await one.get(answer.headers["location"])
    return answer


async def test_a_code_binds_a_new_conversation_to_the_browser() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await one.begin()
        before = one.path
        answer = await enrolled(one)
        assert re.fullmatch(
            r"__Host-sipas=[\w-]{43}; HttpOnly; Max-Age=7776000; Path=/; SameSite=strict; Secure",
            answer.headers["set-cookie"],
        )
        assert one.path != before, "a token that somebody else may know never becomes an official's"
        assert "Đã nhận mã" in one.text
        event = one.talk.events[-1]
        assert (event.trusted, event.address, event.text) == (True, one.path.removeprefix("/c/"), ENROL)
        assert event.update_id.endswith(":t")
        await one.say("/score Đông Hưng")
        assert one.talk.events[-1].trusted
        assert "72,4 (66–79)" in one.text


async def test_a_link_without_its_cookie_shows_and_does_nothing_of_the_official() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await enrolled(one)
        await one.say("/score Đông Hưng")
        shown, path = one.address, one.path
        one.client.cookies.clear()
        for stolen in (shown, shown.removesuffix(".t"), path):
            assert "72,4" not in (await one.get(stolen)).text
        assert (await one.get(f"{path}/a/0?{shown.split('?')[1]}")).status_code == 404
        await one.get(path)
        await one.say("/score Đông Hưng")
        assert one.talk.events[-1].trusted is False
        assert "72,4" not in one.text


async def test_posting_any_code_to_a_known_link_gives_no_cookie_for_it() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await enrolled(one)
        path = one.path
        one.client.cookies.clear()
        await one.get(path)
        await one.say("/vao WRONG")
        assert one.path != path, "the thief gets a conversation of his own"
        await one.get(path)
        await one.say("/score Đông Hưng")
        assert one.talk.events[-1].trusted is False


async def test_the_cookie_of_one_conversation_is_worth_nothing_in_another() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await enrolled(one)
        await one.begin()
        await one.say("/score Đông Hưng")
        assert one.talk.events[-1].trusted is False
        for forged in ("", "x", "é", "a" * 43):
            one.client.cookies.clear()
            answer = await one.client.post(
                one.path,
                data={"nonce": one.nonce, "text": f"/score {len(forged)}"},
                headers=httpx.Headers([(b"cookie", f"__Host-sipas={forged}".encode())]),
            )
            assert answer.status_code == 200
            assert one.talk.events[-1].trusted is False


async def test_a_double_click_on_a_code_uses_it_once() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await one.begin()
        path, fields = one.path, {"nonce": one.nonce, "text": ENROL}
        first = await one.client.post(path, data=fields, follow_redirects=False)
        one.client.cookies.clear()
        second = await one.client.post(path, data=fields, follow_redirects=False)
        assert first.headers["location"] == second.headers["location"]
        assert [event.text for event in one.talk.events].count(ENROL) == 1


async def test_a_second_code_stays_in_the_bound_conversation() -> None:
    async with visit(public_url=HTTPS, sample=False, base=HTTPS) as one:
        await enrolled(one)
        path = one.path
        await one.say("/vao SECOND")
        assert one.path == path
        assert one.talk.events[-1].trusted


@pytest.mark.parametrize(
    ("sample", "client", "base", "bound"),
    [
        (True, "203.0.113.7", "http://192.168.1.5:8080", True),
        (False, "127.0.0.1", "http://127.0.0.1:8080", True),
        (False, "127.0.0.1", "http://localhost:8080", True),
        (False, "127.0.0.1", "http://danhgia.example", False),
        (False, "203.0.113.7", "http://localhost", False),
        (False, "203.0.113.7", "http://danhgia.example", False),
    ],
)
async def test_without_tls_only_the_sample_or_this_very_machine(
    sample: bool, client: str, base: str, bound: bool
) -> None:
    async with visit(sample=sample, client=client, base=base) as one:
        await one.begin()
        path = one.path
        await one.say(ENROL)
        assert (ENROL in [event.text for event in one.talk.events]) is bound, "a code that cannot bind is not used up"
        if bound:
            assert set(one.client.cookies) == {"sipas"}
            await one.say("/score Đông Hưng")
            assert "72,4" in one.text
        else:
            assert one.page.status_code == 403
            assert "địa chỉ https" in one.text
            assert f'href="{path}"' in one.text
            assert not one.client.cookies


async def test_a_code_typed_on_the_start_page_is_taken() -> None:
    async with visit() as one:
        await one.get("/")
        await one.say("vao abcd-efgh-jkmn-pq12")
        assert [(event.kind, event.trusted) for event in one.talk.events] == [("text", True)]
        assert set(one.client.cookies) == {"sipas"}


@pytest.mark.parametrize(
    ("text", "carries", "in_words"),
    [
        ("/vao ABCD-EFGH-JKMN-PQRS", True, True),
        ("/vào abc", True, True),
        ("/enroll X", True, True),
        ("vao ABCD-EFGH-JKMN-PQR5", True, False),
        ("Vào abcd-efgh-jkmn-pqr5", True, False),
        (" ABCD-EFGH-JKMN-PQR5 ", True, False),
        ("/vao", False, False),
        ("/vaora X", False, False),
        ("vao", False, False),
        ("Vào quầy rất nhanh", False, False),
        ("vào đây chờ hơn nửa tiếng", False, False),
        ("/score vao", False, False),
    ],
)
def test_what_carries_an_officials_code(text: str, carries: bool, in_words: bool) -> None:
    assert is_enrolment(Act("text", text)) is carries
    assert is_enrolment(Act("text", text), awaits_words=True) is in_words
    assert not is_enrolment(Act("press", text))


async def test_a_code_pasted_alone_is_taken() -> None:
    for path in ("/", f"/s/{CODE}"):
        async with visit() as one:
            await one.get(path)
            if path != "/":
                await one.begin()
            await one.say("ABCD-EFGH-JKMN-PQ12")
            assert one.talk.events[-1].trusted
            assert set(one.client.cookies) == {"sipas"}


async def test_a_card_number_is_an_answer_where_words_are_asked_for() -> None:
    async with visit() as one:
        await one.begin()
        for label in ("Hài lòng", "Hài lòng", "Xong"):
            await one.press(label)
        path = one.path
        await one.say("1234-5678-9012-3456")
        assert (one.path, one.talk.events[-1].trusted) == (path, False)
        assert "✓ Câu 4: 1234-5678-9012-3456" in one.text


def test_tokens_are_recognised_in_their_only_spelling() -> None:
    token = new_token()
    assert is_token(token)
    assert not any(is_token(wrong) for wrong in (token[:-1], token + "A", token[:-1] + "B", "", token + "\n", "é" * 22))


def test_another_secret_makes_other_proofs() -> None:
    ours, theirs, token = Keys(b"ours"), Keys(b"theirs"), new_token()
    nonce = ours.nonce(token)
    assert ours.is_nonce(token, nonce)
    assert not theirs.is_nonce(token, nonce)
    assert not ours.is_nonce(new_token(), nonce)
    changed = ("B" if nonce[0] == "A" else "A") + nonce[1:]
    assert not ours.is_nonce(token, changed)
    assert ours.nonce(token) != nonce
    assert ours.is_cookie(token, ours.cookie(token))
    assert not theirs.is_cookie(token, ours.cookie(token))
