"""Completes any survey on the web by what a person can see: a base URL is all it needs.

The next thing to do is read off the page: where words are asked for they are written; where a button leads on
("main") and nothing else is to be answered it is pressed; otherwise the answer named by `choose` is pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 640}
MOST_PAGES = 80
MOST_TABS = 60
WORDS = "Cán bộ hướng dẫn rất tận tình, ngồi chờ hơi nóng."
RECEIPT = r"[0-9A-Z]{4}-[0-9A-Z]{4}"

Choose = Callable[[int, list[str]], int]
"""(how many questions were answered, the words on the buttons) -> which one to press."""
Seen = Callable[[Page, str], None]
"""Called on every page with what it is: start, consent, choice, boxes, words, review, receipt."""


@dataclass
class Journey:
    """What was met on the way."""

    kinds: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    receipt: str = ""


def phone(
    browser: Browser, *, javascript: bool = False, dark: bool = False, bypass_csp: bool = False
) -> BrowserContext:
    """360 x 640, Vietnamese, JavaScript off."""
    return browser.new_context(
        viewport=PHONE,
        locale="vi-VN",
        java_script_enabled=javascript,
        bypass_csp=bypass_csp,
        color_scheme="dark" if dark else "light",
        has_touch=True,
    )


def good(_: int, labels: list[str]) -> int:
    """Somebody content: the fourth of the levels."""
    return min(3, len(labels) - 1)


def every_kind(answered: int, labels: list[str]) -> int:
    """Levels from the lowest up, so that causes and apologies are asked as well."""
    return answered % len(labels)


def complete(
    page: Page,
    url: str,
    *,
    by: Literal["taps", "keyboard"] = "taps",
    choose: Choose = good,
    seen: Seen = lambda page, kind: None,
) -> Journey:
    """From `url` (a way in with a code) to the receipt; fails when it is not reached within MOST_PAGES pages."""
    press = _tap if by == "taps" else _by_keyboard
    journey = Journey()
    page.goto(url)
    for _ in range(MOST_PAGES):
        kind = kind_of(page)
        journey.kinds.append(kind)
        seen(page, kind)
        if kind == "receipt":
            found = page.locator("main .bot strong").first.inner_text()
            journey.receipt = found
            return journey
        _answer(page, kind, journey, press, choose)
    raise AssertionError(f"no receipt after {MOST_PAGES} pages: {journey.kinds}")


def kind_of(page: Page) -> str:
    """What a page asks for."""
    if page.locator(".answered").count():
        return "review"
    if page.locator("button.box").count():
        return "boxes"
    if page.locator("h1#q").count():
        return "words" if page.locator("main > .say [name=text]").count() else "choice"
    if page.locator("main form:not(.say) button.main").count():
        return "consent" if page.locator("main button.quiet").count() else "start"
    return "receipt"


def _answer(page: Page, kind: str, journey: Journey, press: Callable[[Page, Locator], None], choose: Choose) -> None:
    main = page.locator("main form:not(.say) button.main").first
    match kind:
        case "start" | "consent" | "review":
            press(page, main)
        case "words":
            journey.questions.append(page.locator("h1#q").inner_text())
            _write(page, press)
        case "boxes":
            journey.questions.append(page.locator("h1#q").inner_text())
            if not page.locator("button.box[aria-pressed=true]").count():
                press(page, page.locator("button.box").first)
            press(page, page.locator("main form:not(.say) button.main").first)
        case _:
            journey.questions.append(page.locator("h1#q").inner_text())
            buttons = page.locator("main form:not(.say) button:not(.quiet)")
            labels = buttons.all_inner_texts()
            press(page, buttons.nth(choose(len(journey.questions) - 1, labels)))


def _write(page: Page, press: Callable[[Page, Locator], None]) -> None:
    field_ = page.locator("main > .say [name=text]")
    if press is _by_keyboard:
        _tab_to(page, field_)
        page.keyboard.type(WORDS)
    else:
        field_.fill(WORDS)
    press(page, page.locator("main > .say button.main"))


def _tap(page: Page, target: Locator) -> None:
    with page.expect_navigation():
        target.tap()


def _by_keyboard(page: Page, target: Locator) -> None:
    _tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _tab_to(page: Page, target: Locator) -> None:
    """Tab until the target has the focus; fails when it cannot be reached."""
    for _ in range(MOST_TABS):
        if _has_focus(page, target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def _has_focus(page: Page, target: Locator) -> bool:
    # `:focus` matches without any script of the page.
    return page.locator(":focus").count() == 1 and target.and_(page.locator(":focus")).count() == 1


def sideways(page: Page) -> int:
    """CSS pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def low_targets(page: Page, height: int = 56) -> list[str]:
    """Visible buttons lower than `height` CSS pixels."""
    low = []
    for target in page.locator("button, a.button, summary").all():
        box = target.bounding_box()
        if box and box["height"] < height:
            low.append(f"{target.inner_text()}: {box['height']}")
    return low


def small_texts(page: Page, pixels: int = 20) -> list[str]:
    """Visible texts smaller than `pixels`."""
    found = page.evaluate(
        """least => [...document.querySelectorAll('body *')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < least)
            .map(e => e.textContent.trim().slice(0, 40))""",
        pixels,
    )
    return [str(text) for text in found]


def shoot(page: Page, folder: Path, name: str) -> None:
    """A picture to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
