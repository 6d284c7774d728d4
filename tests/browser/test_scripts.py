"""B17: thousands of texts that try to be scripts, shown in a real browser with JavaScript on and the policy off."""

from __future__ import annotations

from itertools import product

from playwright.sync_api import Browser, Dialog

from handlers.context import PLAIN, STRONG, Attachment, Button, Incoming, Message
from tests.browser import drive
from tests.browser.conftest import serving
from tests.browser.talk import CODE, Talk
from tests.faults.figures import Figure, record, size

LEAST = size(1_000, 5_000)
A_PAGE = 1_000
STRIDE = 5_000 // LEAST
OPENINGS = (
    *("", '"', "'", ">", '">', "'>", "-->", "]]>"),
    *("</textarea>", "</title>", "</button>", "</p></div>", STRONG, PLAIN),
)
TAGS = (
    "<script>{c}</script>",
    "<script src=data:,{c}>",
    "<img src=x onerror={c}>",
    "<img/src=x/onerror={c}>",
    "<svg onload={c}>",
    "<svg><script>{c}</script></svg>",
    "<body onload={c}>",
    "<iframe srcdoc='<script>parent.{c}</script>'>",
    "<iframe src=javascript:{c}>",
    "<details open ontoggle={c}>",
    "<input autofocus onfocus={c}>",
    "<video><source onerror={c}></video>",
    "<meta http-equiv=refresh content=0;url=javascript:{c}>",
    "<a href=javascript:{c} autofocus>x</a>",
    " onfocus={c} autofocus ",
    " onmouseover={c} style=animation-name:x ",
    "<style onload={c}></style>",
    "<math><mtext><img src=x onerror={c}></math>",
    "<noscript><p title='</noscript><img src=x onerror={c}>'>",
    "{{{{constructor.constructor('{c}')()}}}}",
)
CALLS = ("alert(1)", "alert`1`", "window.alert(1)", "alert&lpar;1&rpar;", "top[&#39;alert&#39;](1)", "\\u0061lert(1)")

STRANGERS = "script, style, svg, math, video, noscript, meta[http-equiv], main body, main title, iframe"
"""Elements that no page of ours has."""
ATTRIBUTES = """() => [...document.querySelectorAll('*')]
    .flatMap(e => [...e.attributes])
    .filter(a => /^on|^style$|^srcdoc$/i.test(a.name) || /^javascript:/i.test(a.value) && a.name !== 'value')
    .map(a => a.name)"""
"""Attributes that no page of ours has."""


def strings() -> list[str]:
    every = [opening + tag.format(c=call) for opening, tag, call in product(OPENINGS, TAGS, CALLS)]
    return [text for plain in every for text in (plain, plain.upper(), plain.title())][::STRIDE]


class Hostile(Talk):
    """Answers a press on N with a page full of hostile texts."""

    async def receive(self, incoming: Incoming) -> list[Message]:
        await super().receive(incoming)
        at = int(incoming.text) if incoming.text.isdigit() else 0
        messages = [_placed(number, text) for number, text in enumerate(strings()[at : at + A_PAGE])]
        ahead = Message("", ((Button("tiếp", str(at + A_PAGE)),),), awaits="press")
        self.replies[incoming.channel, incoming.update_id] = [*messages, ahead]
        return self.replies[incoming.channel, incoming.update_id]


def _placed(number: int, text: str) -> Message:
    """`text` in one of the places that hold text, by turns."""
    head = f"{STRONG}1/2{PLAIN} · "
    places = (
        Message(text),
        Message(f"{head}{text}"),
        Message(f"✓ {text}\n\n{head}x"),
        Message(f"{text}\n\n{head}x\n{text}"),
        Message(f"x\n\n1. {text}\n   → {text}", ((Button(f"{text} 1", "s:1:@edit:x"),),)),
        Message("x", ((Button(text, "x"), Button(f"☑ {text}", "x")),)),
        Message("x", ((Button("x", text[:60]),),)),
        Message("x", attachment=Attachment("sheet", text)),
        # Pictures are drawn one by one: a few are enough.
        Message("x", attachment=Attachment("picture", text)) if number % 99 == 8 else Message(text),
    )
    return places[number % len(places)]


def test_no_text_becomes_a_script_or_an_element(browser: Browser) -> None:
    """B17: JavaScript is on, and the page's own policy against scripts is off."""
    ran: list[str] = []
    shown = 0

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with serving(Hostile()) as site, drive.phone(browser, javascript=True, bypass_csp=True) as context:
        page = context.new_page()
        page.on("dialog", note)
        page.goto(f"{site.url}/s/{CODE}")
        page.get_by_role("button", name="Đúng vậy").click()
        for number in range(LEAST // A_PAGE):
            ahead = page.locator(f"button[value='{(number + 1) * A_PAGE}']")
            ahead.wait_for()
            shown += page.locator("div.bot").count() - 1
            assert page.locator(STRANGERS).count() == 0
            assert page.evaluate(ATTRIBUTES) == []
            ahead.click()
        page.wait_for_load_state()
    assert ran == []
    assert shown == LEAST
    record(Figure("B17 scripts in chromium", shown, len(ran), "JavaScript on, CSP off", "unescaped they run"))


def test_the_watch_is_awake(browser: Browser) -> None:
    """The same texts written into a page without escaping do run and are seen."""
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    with drive.phone(browser, javascript=True) as context:
        page = context.new_page()
        page.on("dialog", note)
        page.set_content("<main><img src=x onerror=alert(1)><svg onload=alert(1)></svg></main>")
        page.wait_for_timeout(200)
        assert page.locator(STRANGERS).count() > 0
        assert "onerror" in page.evaluate(ATTRIBUTES)
    assert ran
