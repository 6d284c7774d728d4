"""The kiosk in a real browser: nobody sees the one before, and it goes back by itself without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.browser import drive
from tests.browser.conftest import SCREENSHOTS, Site
from tests.browser.talk import CODE, RECEIPT

TABLET: ViewportSize = {"width": 1024, "height": 768}
DOOR = f"/k/{CODE}"


def tablet(browser: Browser) -> Page:
    return browser.new_context(viewport=TABLET, locale="vi-VN", java_script_enabled=False, has_touch=True).new_page()


def test_back_never_shows_the_one_before(browser: Browser, site: Site) -> None:
    page = tablet(browser)
    pages = 0

    def look(shown: Page, kind: str) -> None:
        nonlocal pages
        pages += 1
        drive.shoot(shown, SCREENSHOTS, f"kiosk-{pages:02}-{kind}")

    journey = drive.complete(page, site.url + DOOR, seen=look)
    assert journey.receipt == RECEIPT
    page.get_by_role("link", name="Kết thúc").tap()
    page.get_by_role("button", name="Chạm để đánh giá").wait_for()
    for _ in range(pages + 1):
        page.go_back()
        shown = page.content()
        assert drive.WORDS not in shown
        assert RECEIPT not in shown
        assert "✓ Câu" not in shown
    page.context.close()


def test_an_idle_screen_goes_back_to_the_start(browser: Browser, site: Site) -> None:
    page = tablet(browser)

    def hurry(route: Route) -> None:
        # The same page, with its minute made a second.
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'content="60;', 'content="1;', answer.text()))

    page.goto(site.url + DOOR)
    page.get_by_role("button").tap()
    page.get_by_text("Xin mời").wait_for()
    page.get_by_role("button", name="Bắt đầu").tap()
    page.get_by_text("Câu 1 trong 4").wait_for()
    page.route(re.compile(r"/k/[^/]+/"), hurry)
    page.goto(page.url)
    page.get_by_role("button", name="Chạm để đánh giá").wait_for()
    assert page.url.startswith(site.url + DOOR + "?x=")
    page.go_back()
    page.get_by_role("button", name="Chạm để đánh giá").wait_for()
    page.context.close()
