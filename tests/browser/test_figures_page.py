"""Official figures on the officials' page, in a real browser: the same to the last digit as in the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import drive
from tests.browser.conftest import SCREENSHOTS
from tests.browser.test_axe import RUN, _faults
from tests.browser.test_scores_page import link_of
from tests.faults.program import Program

SHOTS = SCREENSHOTS / "figures"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("figures"), "", "", extra={"SIPAS_PUBLIC_URL": ""})
    made.sipas("demo", "--weeks", "1", "--responses", "20")
    made.start()
    yield made
    made.kill()


def opened(page: Page, program: Program, role: str = "viewer") -> None:
    page.goto(link_of(page, program, "340", role))
    page.get_by_role("button", name="Mở trang điểm").click()
    page.get_by_role("link", name="Chỉ số CCHC").click()
    page.get_by_role("heading", name=re.compile("Chỉ số cải cách hành chính năm 2017")).wait_for()


def test_the_index_is_read_on_a_phone_with_every_figure_of_the_chat(browser: Browser, program: Program) -> None:
    with drive.phone(browser) as context:
        page = context.new_page()
        opened(page, program)
        text = page.locator("main").inner_text()
        for told in ("Huyện Đông Hưng", "75,2/100 điểm", "hạng 7/8 huyện, thành phố", "GIẢ ĐỊNH", "11,4/12 (95,00%)"):
            assert told in text
        assert page.locator("table.figures tbody tr").count() > 20
        assert drive.sideways(page) <= 0
        drive.shoot(page, SHOTS, "phone-district")
        page.get_by_role("link", name="Mất điểm ở đâu?").click()
        page.get_by_role("heading", name=re.compile("Chỉ số cải cách hành chính")).wait_for()
        assert "Mất 24,8 điểm ở 19 tiêu chí" in page.locator("main").inner_text()
        page.goto(re.sub(r"\?.*", "?c=par&q=rank+districts", page.url))
        cells = page.locator("table.figures").first.locator("tbody tr").first.locator("th, td").all_inner_texts()
        assert cells[:6] == ["1", "Huyện Thái Thụy", "86,81", "100", "86,81", "khá"]
        drive.shoot(page, SHOTS, "phone-rank")
        page.goto(re.sub(r"\?.*", "?c=par&q=zzz", page.url))
        assert "Không có đơn vị nào tên" in page.locator("main").inner_text()
        page.goto(re.sub(r"\?.*", "?c=vao&q=x", page.url))
        assert page.locator("table").count() == 0


def test_axe_finds_no_fault_and_strangers_see_nothing(browser: Browser, program: Program, axe: Path) -> None:
    with drive.phone(browser, javascript=True, bypass_csp=True) as context:
        page = context.new_page()
        opened(page, program)
        page.add_script_tag(path=axe)
        assert _faults(page.evaluate(RUN)) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.screenshot(path=SHOTS / "screen.png", full_page=True)
    with drive.phone(browser) as other:
        stranger = other.new_page()
        answer = stranger.goto(f"http://127.0.0.1:{program.port}/o/figures?c=par")
        assert answer is not None
        assert answer.status == 403
        assert "Đông Hưng" not in stranger.content()


TOPICS = {
    "Chỉ số CCHC": ("Chỉ số cải cách hành chính năm 2017 · Huyện Đông Hưng", "75,2/100 điểm"),
    "Biên chế": ("Biên chế ngày 30/06/2018 · Huyện Đông Hưng", "Có mặt: 85 người"),
    "Chỗ chờ": ("Chỗ chờ và trang thiết bị một cửa cấp xã · Huyện Đông Hưng", ""),
    "Đối chiếu": ("Đối chiếu · Huyện Đông Hưng", "Biên chế ngày 30/06/2018: có mặt 85"),
    "Nhiệm vụ": ("Nhiệm vụ được giao: 5 đang theo dõi", "hạn 30/8/2018"),
}


def test_every_topic_is_a_press_away_fits_a_phone_and_has_no_fault(
    browser: Browser, program: Program, axe: Path
) -> None:
    with drive.phone(browser, javascript=True, bypass_csp=True) as context:
        page = context.new_page()
        opened(page, program)
        assert set(page.locator("nav.ways").first.locator("a").all_inner_texts()) == {"Hài lòng", *TOPICS}
        for at, (link, (heading, told)) in enumerate(TOPICS.items()):
            page.locator("nav.ways").first.get_by_role("link", name=link, exact=True).click()
            page.get_by_role("heading", name=heading).wait_for()
            assert told in page.locator("main").inner_text()
            assert drive.sideways(page) <= 0, link
            page.add_script_tag(path=axe)
            assert _faults(page.evaluate(RUN)) == [], link
            drive.shoot(page, SHOTS, f"topic-{at}")
