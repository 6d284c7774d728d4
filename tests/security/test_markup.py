"""B11: whatever people type is shown as they typed it, on the web and in Telegram, and becomes no tag and no entity."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.passages import units
from bot.channels.telegram_render import render
from bot.channels.web_pages import Pages, Talking
from bot.channels.web_render import marked
from handlers.context import PLAIN, STRONG, Attachment, Button, Message, strong
from survey.text import clean
from tests.browser.talk import CATALOGUES, province
from tests.faults.figures import Figure, record, size
from tests.handlers.visits import Citizen
from tests.world import World, world

EXAMPLES = size(150, 20_000)
ANY = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("<>&\"'`={}[]()*_~|\\/:;#%\u202e\u200b\ufeff\ue000\ue001\x00\r\n\t👍ế"),
    ),
    max_size=60,
)
TRICKS = (
    *("<", ">", "&", '"', "'", "</p>", "<b>", "&lt;", "&#60;", "<!--", "-->", "{{7*7}}", "{%", "chữ ", STRONG, PLAIN),
    *("<script>alert(1)</script>", "[x](http://z)", "http://z.vn", "@admin", "/start", "tg://user?id=1"),
)
PIECES = st.lists(st.sampled_from(TRICKS), max_size=8).map("".join)
WORDS = ANY | PIECES


class Seen(HTMLParser):
    """What a browser makes of a page: its tags with the names of their attributes, their values, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, ...]] = []
        self.values: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "strong":  # of our own marks; nothing typed keeps them, see below
            self.tags.append((tag, *(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_a_marked_text_reads_as_it_was_written() -> None:
    """B11: tags are only our own <strong>, text is the original without our marks."""

    @settings(max_examples=EXAMPLES)
    @given(WORDS)
    def hold(text: str) -> None:
        seen = Seen(str(marked(text)))
        assert seen.tags == []
        assert "".join(seen.text) == text.replace(STRONG, "").replace(PLAIN, "")

    hold()
    record(Figure("B11 markup", EXAMPLES, 0, "any Unicode on the web; in Telegram test_telegram_render"))


PAGES = Pages(CATALOGUES, "vi", province())


def page(words: str) -> Seen:
    """A conversation with `words` in every place that holds text."""
    head = f"{strong('1/2')} · "
    messages = [
        Message(f"x{words}x"),
        Message(f"{head}x{clean(words)}\nx"),
        Message("x", ((Button(f"x{words}", f"x{words}"),),)),
        Message("x", attachment=Attachment("sheet", f"x{words}")),
        Message("x", attachment=Attachment("picture", f"x{words}")),
    ]
    at = Talking("/c/x", f"x{words}", mark=f"x{words}", trusted=True)
    return Seen(bytes(PAGES.conversation(messages, "vi", at).body).decode())


TAGS = page("").tags


@settings(max_examples=size(60, 3_000))
@given(WORDS.filter(lambda text: "\n" not in text))
def test_a_page_has_the_same_tags_whatever_is_in_it(words: str) -> None:
    """B11: not one element or attribute more than with harmless words."""
    assert page(words).tags == TAGS
    busy = Seen(bytes(PAGES.busy("vi", "/c/x", {"nonce": words, "text": words, "press": words}).body).decode())
    assert busy.tags == Seen(bytes(PAGES.busy("vi", "/c/x", {"nonce": "", "text": "", "press": ""}).body).decode()).tags


def test_without_escaping_the_check_would_see_tags() -> None:
    """B11's mutant: the same text as it is."""
    assert Seen("<p>a<img src=x onerror=alert(1)></p>").tags == [("p",), ("img", "src", "onerror")]


# --- through the handlers ---


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Citizen]]:
    """An official who may ask anything, and whose words are quoted."""
    with world(tmp_path_factory.mktemp("markup")) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        made.official("chief", "34", "admin")
        yield made, Citizen(made, "chief")


QUOTING = (
    "/score {}",
    "/rank {}",
    "/export {}",
    "/baocao {}",
    "/dalam {}",
    "/dalam 340: {}",
    "/par {}",
    "/doichieu {}",
    "/cosovatchat {}",
    "/staffing {}",
    "/kyduyet {}",
    "/xemlai {}",
    "/xemlai 340: {}",
    "/moi {}",
    "/{}",
    "/thuhoi {}",
    "/khaosat {}",
    "{}",
)


@settings(
    max_examples=size(60, 2_000), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(WORDS.filter(str.strip), st.sampled_from(QUOTING))
def test_what_is_quoted_bears_no_entity_and_no_invisible_letter(
    talking: tuple[World, Citizen], words: str, line: str
) -> None:
    """B11: words typed with our own marks in them come back without; nothing typed is strong."""
    made, chief = talking
    for message in chief.sends("text", line.format(f"zq{words}zq")):
        body = render(message)
        raw = body["text"].encode("utf-16-le")
        for entity in body.get("entities", []):
            at, end = entity["offset"], entity["offset"] + entity["length"]
            assert entity["type"] == "bold"
            assert 0 <= at < end <= units(body["text"])
            assert "zq" not in raw[2 * at : 2 * end].decode("utf-16-le")
        if "zq" in message.text:
            for each in message.text.split("\n"):  # a list of what was noted quotes each in a line of its own
                quoted = each[each.find("zq") : each.rfind("zq") + 2] if "zq" in each else ""
                assert clean(quoted) == quoted
    assert made.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]
