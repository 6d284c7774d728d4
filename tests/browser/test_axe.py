"""axe-core judges every kind of page, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import drive
from tests.browser.conftest import Site
from tests.browser.talk import CODE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f"() => axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}})"


@pytest.mark.parametrize("dark", [False, True])
def test_no_page_has_a_fault(browser: Browser, site: Site, axe: Path, dark: bool) -> None:
    found: dict[str, list[str]] = {}

    def judge(page: Page, kind: str) -> None:
        if kind in found:
            return
        page.add_script_tag(path=axe)
        faults = _faults(page.evaluate(RUN))
        found[kind] = _in_kiosk(faults) if kind.startswith("kiosk") else faults

    with drive.phone(browser, javascript=True, dark=dark, bypass_csp=True) as context:
        page = context.new_page()
        drive.complete(page, f"{site.url}/s/{CODE}", seen=judge)
        _official(page, site, judge)
        if not dark:
            _elsewhere(page, site, judge)
    assert len(found) == (9 if dark else 22)
    assert {kind: faults for kind, faults in found.items() if faults} == {}


def _elsewhere(page: Page, site: Site, judge: drive.Seen) -> None:
    """The start, the calm pages, the kiosk, trouble: made of the same colours."""
    for path in ("/", "/?l=en", "/s/nope", "/c/nope", f"/k/{CODE}"):
        page.goto(site.url + path)
        judge(page, path)
    drive.complete(page, f"{site.url}/k/{CODE}", seen=lambda page, kind: judge(page, f"kiosk {kind}"))
    _in_trouble(page, site, judge)


def _official(page: Page, site: Site, judge: drive.Seen) -> None:
    """An official's pages: the bound conversation with its open typing box, a picture and a file."""
    page.goto(site.url)
    page.locator("[name=text]").fill("/vao ABCD-EFGH-JKMN-PQ12")
    page.locator("[name=text]").press("Enter")
    page.get_by_text("Đã nhận mã").wait_for()
    judge(page, "enrolled")
    page.locator("[name=text]").fill("/score Đông Hưng")
    page.locator("[name=text]").press("Enter")
    page.get_by_text("72,4").wait_for()
    judge(page, "score")


def _in_trouble(page: Page, site: Site, judge: drive.Seen) -> None:
    page.goto(f"{site.url}/s/{CODE}")
    site.talk.broken = True
    page.get_by_role("button", name="Đúng vậy").tap()
    page.get_by_text("Hệ thống đang bận").wait_for()
    judge(page, "busy")


def _in_kiosk(faults: list[str]) -> list[str]:
    """The reset of a shared screen is what protects the person before; WCAG 2.2.1 allows an essential time limit."""
    return [fault for fault in faults if not fault.startswith("meta-refresh")]


def _faults(result: dict[str, Any]) -> list[str]:
    return [f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:120]}" for fault in result["violations"]]


def test_axe_sees_a_serious_fault(browser: Browser, axe: Path) -> None:
    """The judge is awake: a picture without words and grey on grey are found."""
    with drive.phone(browser, javascript=True) as context:
        page = context.new_page()
        page.set_content("<html><body><img src='x'><p style='color:#888;background:#999'>mờ</p></body></html>")
        page.add_script_tag(path=axe)
        found = " ".join(_faults(page.evaluate(RUN)))
    assert "image-alt" in found
    assert "color-contrast" in found
