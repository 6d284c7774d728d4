"""A survey in a real browser: on a small phone without JavaScript, by taps and by keyboard alone."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import drive
from tests.browser.conftest import SCREENSHOTS, Site
from tests.browser.talk import CODE, LABELS, RECEIPT

QUESTION_BYTES = 5_000
KINDS = ["start", "consent", "choice", "choice", "boxes", "words", "review", "receipt"]


@pytest.mark.parametrize("by", ["taps", "keyboard"])
def test_a_whole_survey(browser: Browser, site: Site, by: Literal["taps", "keyboard"]) -> None:
    with drive.phone(browser) as context:
        journey = drive.complete(context.new_page(), f"{site.url}/s/{CODE}", by=by)
    assert journey.kinds == KINDS
    assert journey.questions == list(LABELS)
    assert journey.receipt == RECEIPT
    [person] = site.talk.people.values()
    assert person.answers == {1: "Hài lòng", 2: "Hài lòng", 3: "chờ lâu", 4: drive.WORDS}


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_is_large_enough_and_never_wider_than_the_phone(browser: Browser, site: Site, dark: bool) -> None:
    faults: list[str] = []

    def look(page: Page, kind: str) -> None:
        drive.shoot(page, SCREENSHOTS, f"{'dark' if dark else 'light'}-{len(faults):02}-{kind}")
        faults.extend(f"{kind}: {fault}" for fault in _faults(page))

    with drive.phone(browser, dark=dark) as context:
        page = context.new_page()
        drive.complete(page, f"{site.url}/s/{CODE}", choose=drive.every_kind, seen=look)
        for path in ("/", "/s/nope", "/c/nope", f"/k/{CODE}"):
            page.goto(site.url + path)
            look(page, path.replace("/", "_"))
    assert faults == []


def _faults(page: Page) -> list[str]:
    wide = drive.sideways(page)
    return [
        *([f"{wide} pixels too wide"] if wide > 0 else []),
        *(f"low button {target}" for target in drive.low_targets(page)),
        *(f"small text {text}" for text in drive.small_texts(page)),
    ]


def test_at_twice_the_size_nothing_is_cut_off(browser: Browser, site: Site) -> None:
    """200% zoom on a window of 360 pixels is a window of 180 of them."""
    wide: dict[str, int] = {}
    size: ViewportSize = {"width": 180, "height": 320}
    with browser.new_context(viewport=size, locale="vi-VN", java_script_enabled=False, has_touch=True) as context:
        page = context.new_page()
        drive.complete(page, f"{site.url}/s/{CODE}", seen=lambda page, kind: wide.update({kind: drive.sideways(page)}))
        page.goto(site.url)
        wide["home"] = drive.sideways(page)
        drive.shoot(page, SCREENSHOTS, "zoomed")
    assert len(wide) == len(set(KINDS)) + 1
    assert all(pixels <= 0 for pixels in wide.values()), wide


def test_nothing_is_fetched_from_elsewhere_and_a_question_is_small(browser: Browser, site: Site) -> None:
    asked: list[str] = []
    sizes: list[int] = []

    def weigh(page: Page, kind: str) -> None:
        if kind in {"choice", "boxes", "words"}:
            sizes.append(len(page.content().encode()))

    with drive.phone(browser) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        drive.complete(page, f"{site.url}/s/{CODE}", seen=weigh)
    assert all(url.startswith(site.url) for url in asked)
    assert max(sizes) < QUESTION_BYTES


def test_the_back_button_leads_to_the_question_before_and_the_answer_can_be_changed(
    browser: Browser, site: Site
) -> None:
    with drive.phone(browser) as context:
        page = context.new_page()
        page.goto(f"{site.url}/s/{CODE}")
        for name in ("Đúng vậy", "Bắt đầu", "Hài lòng"):
            page.get_by_role("button", name=name, exact=True).tap()
        page.get_by_text("Câu 2 trong 4").wait_for()
        page.go_back()
        page.get_by_role("button", name="Bình thường", exact=True).tap()
        page.get_by_text("✓ Câu 1: Bình thường").wait_for()
    [person] = site.talk.people.values()
    assert person.answers == {1: "Bình thường"}
