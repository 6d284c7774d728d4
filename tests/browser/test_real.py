"""The real program in a real browser: the long questionnaire on a small phone without JavaScript, then an official."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import drive
from tests.browser.conftest import SCREENSHOTS
from tests.faults.figures import size
from tests.faults.lives import Server
from tests.faults.program import ROOT, Program

WAYS = [("every_kind", "taps"), ("every_kind", "keyboard"), ("good", "taps"), ("good", "keyboard")][: size(3, 4)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Iterator[Program]:
    """`sipas run` on a sample province that asks sipas-2017, with some sample answers to score."""
    folder = tmp_path_factory.mktemp("an office")
    config = folder / "config"
    _copy_config(config)
    extra = {"SIPAS_CONFIG_DIR": str(config), "SIPAS_PUBLIC_URL": ""}
    made = Program(folder, "", "", extra=extra, server=server)
    made.sipas("demo", "--weeks", "4", "--responses", "120")
    made.start()
    yield made
    made.kill()


def _copy_config(config: Path) -> None:
    shutil.copytree(ROOT / "config", config)
    province = config / "province.toml"
    text = province.read_text(encoding="utf-8")
    province.write_text(
        text.replace('index_survey = "sipas-rotating"', 'index_survey = "sipas-2017"'), encoding="utf-8"
    )


@pytest.mark.parametrize(("mood", "by"), WAYS)
def test_sipas_2017_is_completed_at_360_by_640_without_javascript(
    browser: Browser, program: Program, mood: str, by: Literal["taps", "keyboard"]
) -> None:
    choose = {"good": drive.good, "every_kind": drive.every_kind}[mood]
    shots = SCREENSHOTS / f"real-{mood}"
    taken: list[str] = []

    def look(page: Page, kind: str) -> None:
        if by == "taps" and taken.count(kind) < 3:
            drive.shoot(page, shots, f"{len(taken):02}-{kind}")
        taken.append(kind)
        assert drive.sideways(page) <= 0
        assert drive.low_targets(page) == []

    with drive.phone(browser) as context:
        journey = drive.complete(
            context.new_page(),
            f"http://127.0.0.1:{program.port}/s/{program.entry('Xã Vũ Hội')}",
            by=by,
            choose=choose,
            seen=look,
        )
    assert re.fullmatch(drive.RECEIPT, journey.receipt)
    connection = sqlite3.connect(program.database)
    (response,) = connection.execute(
        "SELECT id FROM response WHERE receipt = ? AND disposition = 'complete'", (journey.receipt.replace("-", ""),)
    ).fetchone()
    (kept,) = connection.execute("SELECT count(*) FROM answer WHERE response_id = ?", (response,)).fetchone()
    connection.close()
    assert kept == len(journey.questions)
    assert kept >= 24


def test_an_official_enrols_and_reads_a_score_with_its_chart(browser: Browser, program: Program) -> None:
    code = program.sipas("official", "invite", "--unit", "34", "--role", "admin").stdout.splitlines()[0]
    with drive.phone(browser) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{program.port}/")
        _type(page, f"/vao {code}")
        assert "quản trị" in page.locator("main").inner_text()
        _type(page, "/score")
        text = page.locator("main").inner_text()
        assert "Tỉnh Thái Bình" in text
        assert re.search(r"\d+,\d \(\d+–\d+\)", text)
        drive.shoot(page, SCREENSHOTS / "real-official", "score")
        with page.expect_navigation(wait_until="load"):  # the picture is drawn while it is asked for
            page.get_by_role("button", name="Biểu đồ").tap()
        picture = page.locator("img")
        assert int(picture.evaluate("image => image.naturalWidth")) > 500
        drive.shoot(page, SCREENSHOTS / "real-official", "chart")
        _type(page, "/rank")
        assert page.locator("main").inner_text().lower().count("huyện") == 7
        drive.shoot(page, SCREENSHOTS / "real-official", "rank")
        _type(page, "/tuan")
        assert page.get_by_role("button", name="Ngừng nhận").count() == 0  # a page is never sent a summary
        drive.shoot(page, SCREENSHOTS / "real-official", "week")


def test_somebody_else_with_the_link_is_no_official(browser: Browser, program: Program) -> None:
    """The address of an official's page alone shows nothing: the cookie stays in her browser."""
    code = program.sipas("official", "invite", "--unit", "34", "--role", "admin").stdout.splitlines()[0]
    with drive.phone(browser) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{program.port}/")
        _type(page, f"/vao {code}")
        address = page.url
    with drive.phone(browser) as other:
        page = other.new_page()
        page.goto(address)
        _type(page, "/score")
        assert not re.search(r"\d+,\d \(", page.locator("main").inner_text())


def _type(page: Page, text: str) -> None:
    """Into the typing box, which is folded away on pages that ask something else."""
    box = page.locator("[name=text]").last
    if not box.is_visible():
        page.locator("summary").last.tap()
    box.fill(text)
    with page.expect_navigation():
        box.press("Enter")
