"""The page of scores in a real browser: opened once from the chat, read on a phone and a screen, judged by axe-core."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import drive
from tests.browser.conftest import SCREENSHOTS
from tests.browser.test_axe import RUN, _faults
from tests.faults.lives import Server
from tests.faults.program import ROOT, Program

SHOTS = SCREENSHOTS / "scores"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/o/[\w.-]+")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("scores"), "", "", extra={"SIPAS_PUBLIC_URL": ""}, server=server)
    made.sipas("demo", "--weeks", "8", "--responses", "700")
    made.start()
    yield made
    made.kill()


def link_of(page: Page, program: Program, unit: str = "34", role: str = "admin") -> str:
    """She enrols in the web chat and asks for the page."""
    code = program.sipas("official", "invite", "--unit", unit, "--role", role).stdout.splitlines()[0]
    page.goto(f"http://127.0.0.1:{program.port}/")
    for text in (f"/vao {code}", "/trang"):
        box = page.locator("[name=text]").last
        if not box.is_visible():
            page.locator("summary").last.click()
        box.fill(text)
        box.press("Enter")
        page.wait_for_load_state()
    found = LINK.search(page.locator("main").inner_text())
    assert page.locator("main a[href^='/o/']").count() == 1
    assert found is not None
    # The sample names the address of the port it is configured for.
    return re.sub(r":\d+/", f":{program.port}/", found[0])


def opened(page: Page, program: Program, unit: str = "34", role: str = "admin") -> str:
    link = link_of(page, program, unit, role)
    page.goto(link)
    page.get_by_role("button", name="Mở trang điểm").click()
    page.get_by_role("heading", name="Qua các kỳ").wait_for()
    return link


def test_an_official_reads_her_province_and_a_district_on_a_phone(browser: Browser, program: Program) -> None:
    with drive.phone(browser) as context:
        page = context.new_page()
        opened(page, program)
        text = page.locator("main").inner_text()
        assert "Tỉnh Thái Bình · Quý IV/2026" in text or re.search(r"Tỉnh Thái Bình · Quý", text)
        assert re.search(r"Điểm: \d+,\d \(\d+–\d+\)", text)
        assert page.get_by_role("rowheader", name="Huyện Đông Hưng").count() == 1
        below = page.locator("section[aria-labelledby=below]")
        assert below.locator("thead th").count() == 3 + 5
        assert below.locator("tbody tr").first.locator("th, td").count() == 3 + 5
        assert int(below.locator("tbody th").first.evaluate("cell => cell.offsetHeight")) < 120
        assert drive.sideways(page) <= 0  # the wide table scrolls within its own frame
        drive.shoot(page, SHOTS, "phone-province")
        page.get_by_role("link", name="Huyện Đông Hưng").click()
        page.get_by_role("heading", name=re.compile("Huyện Đông Hưng · ")).wait_for()
        drive.shoot(page, SHOTS, "phone-district")
        page.get_by_role("link", name="Tỉnh Thái Bình").click()
        page.get_by_role("heading", name=re.compile("Tỉnh Thái Bình · ")).wait_for()


def test_columns_sort_without_javascript_and_say_so(browser: Browser, program: Program) -> None:
    with drive.phone(browser) as context:
        page = context.new_page()
        opened(page, program)
        placed = [score for score, n in zip(_column(page, 0), _column(page, 1), strict=False) if n >= 60]
        assert len(placed) > 3
        assert _column(page, 0)[: len(placed)] == placed == sorted(placed), "the others follow without an order"
        page.get_by_role("link", name="Số người").click()
        people = _column(page, 1)
        assert people == sorted(people, reverse=True)
        assert page.locator("th[aria-sort=descending]").inner_text() == "Số người"
        page.get_by_role("link", name="Đơn vị", exact=True).click()
        names = page.locator("section[aria-labelledby=below] tbody th").all_inner_texts()
        assert names == sorted(names)


def _column(page: Page, number: int) -> list[float]:
    cells = page.locator(f"section[aria-labelledby=below] tbody tr td:nth-of-type({number + 1})").all_inner_texts()
    found = (re.search(r"\d+(?:,\d)?", cell) for cell in cells)
    return [float(one[0].replace(",", ".")) for one in found if one]


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_fault(browser: Browser, program: Program, axe: Path, dark: bool) -> None:
    with drive.phone(browser, javascript=True, dark=dark, bypass_csp=True) as context:
        page = context.new_page()
        link = link_of(page, program)
        page.goto(link)
        page.add_script_tag(path=axe)
        assert _faults(page.evaluate(RUN)) == []
        page.get_by_role("button", name="Mở trang điểm").click()
        page.get_by_role("heading", name="Qua các kỳ").wait_for()
        page.add_script_tag(path=axe)
        assert _faults(page.evaluate(RUN)) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.screenshot(path=SHOTS / f"screen-{'dark' if dark else 'light'}.png", full_page=True)


def test_a_link_opens_once_and_only_in_one_browser(browser: Browser, program: Program) -> None:
    with drive.phone(browser) as context:
        link = opened(context.new_page(), program)
    with drive.phone(browser) as other:
        page = other.new_page()
        page.goto(link)
        page.get_by_role("button", name="Mở trang điểm").click()
        assert "đã dùng rồi" in page.locator("main").inner_text()
        page.goto(f"http://127.0.0.1:{program.port}/o")
        assert "chỉ dành cho cán bộ" in page.locator("main").inner_text()


def test_a_viewer_sees_her_district_and_nothing_else(browser: Browser, program: Program) -> None:
    with drive.phone(browser) as context:
        page = context.new_page()
        opened(page, program, "340", "viewer")
        assert "Huyện Đông Hưng" in page.locator("main").inner_text()
        assert page.get_by_role("link", name="Tỉnh Thái Bình").count() == 0
        for unit in ("34", "343", "nonsense", "../etc"):
            page.goto(f"http://127.0.0.1:{program.port}/o?u={unit}")
            assert "chưa được xem" in page.locator("main").inner_text()
        page.goto(f"http://127.0.0.1:{program.port}/o?p=2026-W99&s=drop%20table")
        assert "Huyện Đông Hưng · Quý" in page.locator("main").inner_text()
        # Her office ends while the page is open: the next look is refused.
        listed = program.sipas("official", "list").stdout.splitlines()
        (mine,) = [line.split()[0] for line in listed if "Huyện Đông Hưng" in line]
        program.sipas("official", "revoke", mine)
        page.goto(f"http://127.0.0.1:{program.port}/o")
        assert "chỉ dành cho cán bộ" in page.locator("main").inner_text()


def test_forged_links_cookies_and_forms_let_nobody_in(program: Program) -> None:
    base = f"http://127.0.0.1:{program.port}"
    forged = ["x", "a.b.c", f"{'0' * 18}.ffffffffffff.{'A' * 24}", f"{'0' * 18}.1.{'A' * 24}", "%00", "é" * 40]
    with httpx.Client(base_url=base, follow_redirects=False) as client:
        for one in forged:
            door = client.get(f"/o/{one}")
            assert door.status_code == 200
            nonce = re.search(r'name="nonce" value="([^"]+)"', door.text)
            assert nonce is not None
            assert client.post(f"/o/{one}", data={"nonce": nonce[1]}).status_code == 403
            assert client.post(f"/o/{one}", data={"nonce": "x" * 24}).status_code == 403
            foreign = {"origin": "http://evil.test", "sec-fetch-site": "cross-site"}
            assert client.post(f"/o/{one}", data={"nonce": nonce[1]}, headers=foreign).status_code == 403
            shown = client.get("/o", headers={"cookie": f"sipas-scores={one.encode().hex()}"})
            assert shown.status_code == 403
            assert "Điểm:" not in shown.text


def test_the_public_page_is_there_only_where_the_province_publishes(
    browser: Browser, program: Program, tmp_path: Path, axe: Path, server: Server
) -> None:
    assert httpx.get(f"http://127.0.0.1:{program.port}/diem").status_code == 404
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    province = config / "province.toml"
    text = province.read_text(encoding="utf-8")
    province.write_text(text.replace("publishes_scores = false", "publishes_scores = true"), encoding="utf-8")
    folder = tmp_path / "open"
    folder.mkdir()
    extra = {"SIPAS_PUBLIC_URL": "", "SIPAS_CONFIG_DIR": str(config)}
    made = Program(folder, "", "", extra=extra, server=server)
    made.sipas("demo", "--weeks", "4", "--responses", "150")
    made.start()
    try:
        with drive.phone(browser, javascript=True, bypass_csp=True) as context:
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{made.port}/diem")
            assert re.search(r"Tỉnh Thái Bình · (Quý|Tuần)", page.locator("main").inner_text())
            page.add_script_tag(path=axe)
            assert _faults(page.evaluate(RUN)) == []
            drive.shoot(page, SHOTS, "public")
            page.goto(f"http://127.0.0.1:{made.port}/diem?l=en&u=340")
            assert "Over time" in page.locator("main").inner_text()
            page.goto(f"http://127.0.0.1:{made.port}/diem?u=nonsense")
            assert "không có đơn vị này" in page.locator("main").inner_text()
    finally:
        made.kill()
