"""The table of commands demands its tests: help, dialog, role; one effect an event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.texts import LANGUAGES, load_catalogues
from handlers import COMMANDS, NAMES
from handlers.access import RANK
from handlers.context import Incoming, Message
from tests.security.offices import busy_world, office_of
from tests.world import World, world

ROOT = Path(__file__).parent.parent
DIALOGS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "dialogs").glob("*.txt")}
TYPED = re.compile(r"(?m)^> /?([^\s\[]+)(?: (\S+))?")
PRESSED = re.compile(r"(?m)^> \[(.+)\]$")

Dump = dict[str, list[tuple[Any, ...]]]


# --- every command is known, helped and shown ---


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_both_languages_and_a_role(name: str) -> None:
    for catalogue in load_catalogues(ROOT / "config" / "locales", "ông/bà").values():
        assert catalogue(f"help.{name}")
    assert COMMANDS[name].role in RANK


def test_no_word_means_two_commands() -> None:
    words = [word for name, one in COMMANDS.items() for word in (name, one.english, *one.aliases) if word]
    assert sorted(words) == sorted(NAMES)


def used(text: str) -> set[str]:
    """The commands that people type in a dialog, with or without the slash."""
    from survey.text import fold

    found = set()
    for first, second in TYPED.findall(text):
        for words in (first, first + (second or "")):
            found.add(NAMES.get(fold(words.partition("@")[0]).replace(" ", ""), ""))
    return found - {""}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_dialog_in_each_language(name: str) -> None:
    for language in LANGUAGES:
        assert any(name in used(text) for stem, text in DIALOGS.items() if stem.endswith(language)), language


@pytest.mark.parametrize("role", RANK)
def test_every_role_has_a_dialog(role: str) -> None:
    assert role == "citizen" or any(f" {role}\n" in text for text in DIALOGS.values())


def pressed(language: str) -> set[str]:
    return {label for stem, text in DIALOGS.items() if stem.endswith(language) for label in PRESSED.findall(text)}


def pattern(label: str) -> str:
    return re.escape(label).replace(r"\{number\}", r"\d+").replace(r"\{unit\}", ".+").replace(r"\{name\}", ".+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_of_the_bot_is_pressed_in_some_dialog(language: str) -> None:
    sentences = load_catalogues(ROOT / "config" / "locales", "ông/bà")[language].sentences
    labels = {key: label for key, label in sentences.items() if key.startswith("button.")}
    missing = {
        key for key, label in labels.items() if not any(re.fullmatch(pattern(label), one) for one in pressed(language))
    }
    assert missing <= NOT_PRESSED, missing


NOT_PRESSED = {"button.next", "button.foreign"}
"""Only a questionnaire with notes has the one (`survey` tests it); the other is what is said about a button."""


def test_every_button_that_is_shown_in_vietnamese_is_pressed_somewhere() -> None:
    """Choices, procedures and offices included."""
    shown = {
        label.removeprefix("☐ ").removeprefix("☑ ")
        for stem, text in DIALOGS.items()
        if stem.endswith("vi")
        for row in SHOWN.findall(text)
        for label in re.findall(r"\[([^\]]+)\]", row)
    }
    missing = {label for label in shown - pressed("vi") if not ONE_OF_MANY.fullmatch(label)}
    assert missing == set()


SHOWN = re.compile(r"(?m)^< ((?:\[[^\]]+\] *)+)$")
ONE_OF_MANY = re.compile(
    r"Sửa \d+|Nhiệm vụ \d+|người (?:xem|quản lý) · .+|(?:Xã|Thị trấn|Huyện|Tỉnh) .+"  # one of its kind is pressed
    r"|Start|Later|I was elsewhere|Who are you\?|No, thank you"  # the English dialogs press these
    r"|(?:\d\d/\d\d/)?20\d\d"  # a day or a year, as buttons offer those there are
    r"|DỮ LIỆU MẪU|Xem trước, chưa gửi"  # marks, no buttons
)


# --- one event, one effect ---


def dump(made: World) -> Dump:
    tables = made.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    return {name: sorted(made.rows(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}


WRITES: dict[str, tuple[str, ...]] = {
    "start": ("/start", "/start {entry}", "/start nothing"),
    "khaosat": ("/khaosat", "/khaosat {entry}"),
    "xoa": ("/xoa", "/xoa khong", "/xoa dong-y"),
    "ngonngu": ("/ngonngu", "/ngonngu english"),
    "vao": ("/vao", "/vao wrong", "/vao {code}"),
    "kyduyet": ("/kyduyet", "/kyduyet ky par 2018 1", "/kyduyet ky par 2099 1"),
    "xemlai": ("/xemlai", "/xemlai Đông Hưng", "/xemlai Đông Hưng: hôm đó có ngày hội"),
    "dalam": ("/dalam", "/dalam Đông Hưng: mở quầy 2", "/dalam xoa x"),
    "bantin": ("/bantin", "/bantin giu 2026-W46 340", "/bantin gui 2026-W46 340"),
    "subscribe": ("/subscribe",),
    "unsubscribe": ("/unsubscribe",),
    "taikhoan2": ("/taikhoan2", "/taikhoan2 go"),
    "uyquyen": ("/uyquyen", "/uyquyen 30/11/2026"),
    "moi": ("/moi", "/moi Đông Các", "/moi zzz"),
    "thuhoi": ("/thuhoi", "/thuhoi {official}"),
    "giao": ("/giao", "/giao Đông Hưng", "/giao Đông Hưng; Vũ Thư 30/11/2026 #A: mở quầy số 2"),
    "nhiemvu": ("/nhiemvu", "/nhiemvu Đông Hưng", "/nhiemvu 1", "/nhiemvu 1 xong: đã mở", "/nhiemvu 1 chấp nhận"),
}
READS: dict[str, tuple[str, ...]] = {
    "tieptuc": ("/tieptuc",),
    "dulieu": ("/dulieu",),
    "ai": ("/ai",),
    "trogiup": ("/trogiup",),
    "score": (
        "/score",
        "/score Đông Hưng",
        "/score zzz",
        "/score @how",
        "/score @chart 340 2026-Q4",
        "/score khai sinh",
    ),
    "rank": ("/rank", "/rank Đông Hưng tháng này"),
    "compare": ("/compare Đông Hưng vs Vũ Thư", "/compare tháng 10 vs tháng 11"),
    "trend": ("/trend", "/trend Đông Hưng theo tháng"),
    "trang": ("/trang",),
    "cosovatchat": ("/cosovatchat", "/cosovatchat Đông Hưng", "/cosovatchat @file 340 2026-Q4"),
    "doichieu": ("/doichieu", "/doichieu Đông Hưng", "/doichieu @file 340 2026-Q4"),
    "par": ("/par", "/par 2017 Đông Hưng", "/par lost", "/par rank districts", "/par what-if", "/par @file 340 2017"),
    "staffing": (
        "/staffing",
        "/staffing 30/6/2018 Đông Hưng",
        "/staffing trend",
        "/staffing districts",
        "/staffing @file 34 2018-06-30",
        "/staffing @file trend 34",
        "/staffing 2011",
    ),
    "visao": ("/visao", "/visao Đông Hưng"),
    "tuan": ("/tuan", "/tuan 2026-W46"),
    "export": ("/export", "/export Đông Hưng"),
    "baocao": ("/baocao", "/baocao Đông Hưng"),
}


def test_every_command_is_held_to_one_effect_or_none() -> None:
    assert set(WRITES) == {name for name, one in COMMANDS.items() if not one.reads}
    assert set(READS) == {name for name, one in COMMANDS.items() if one.reads}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with busy_world(tmp_path_factory.mktemp("busy")) as made:
        yield made


@pytest.mark.parametrize("line", [line for lines in WRITES.values() for line in lines])
def test_a_writing_command_delivered_twice_has_one_effect(busy: World, line: str) -> None:
    filled = line.format(
        entry=busy.perform("link", unit="Xã Vũ Hội", counter="")["code"],
        code=busy.perform("invite", unit="Xã Vũ Hội", role="viewer")["code"],
        official=office_of(busy, "stranger"),
    )
    incoming = Incoming("console", f"twice {line}", "admin", "text", filled, "vi")
    twice(busy, incoming)
    busy.connection.execute("UPDATE official SET revoked_at = NULL")
    busy.connection.execute("UPDATE person SET language = 'vi'")


def twice(made: World, incoming: Incoming) -> list[Message]:
    before = dump(made)
    first = made.take(incoming)
    once = dump(made)
    assert first
    assert once != before, "a writing command leaves at least its place in the inbox"
    # What may be shown only once is kept as another sentence.
    assert made.take(incoming) == [replace(one, text=one.kept or one.text, kept=None) for one in first]
    assert dump(made) == once
    assert made.rows("SELECT count(*) FROM inbox WHERE state = 'failed'") == [(0,)]
    return first


@pytest.mark.parametrize("line", [line for lines in READS.values() for line in lines])
@pytest.mark.parametrize("who", ["admin", "nobody"])
def test_a_reading_command_changes_nothing(busy: World, who: str, line: str) -> None:
    before = dump(busy)
    assert busy.take(Incoming("console", f"read {line}", who, "text", line, "vi"))
    assert dump(busy) == before


def test_every_event_of_a_survey_delivered_twice_has_one_effect(tmp_path: Path) -> None:
    """Every press and word from the door to a correction, an erasure included."""
    with world(tmp_path) as made:
        turn = 0

        def send(kind: str, text: str) -> list[Message]:
            nonlocal turn
            turn += 1
            return twice(made, Incoming("console", f"u{turn}", "one", kind, text, "vi"))  # type: ignore[arg-type]

        send("start", made.perform("link", unit="Xã Vũ Hội", counter="")["code"])
        session = made.rows("SELECT id FROM session")[0][0]
        events = (
            "@language:en", "@language:vi", "@later", "@resume", "@who", "@begin", "overall:2", "@back:ontime",
            "overall:2", "ontime:late", "sorry:no", "access:1", "papers:dk", "@skip:officer", "result:4",
            "feedback:3", "trips:2", "why:wait", "why:staff", "why:wait", "why:@done", "@skip:comment",
            "@edit:ontime", "ontime:ontime", "@send", "@send", "@review", "@edit:overall", "overall:5", "@send",
        )  # fmt: skip
        for word in events:
            send("press", f"s:{session}:{word}")
        assert made.rows("SELECT disposition, counted FROM response") == [("complete", 1)]
        for kind, text in (("text", "chữ gì đó"), ("other", "sticker"), ("press", "o:340"), ("press", "p:340:khac")):
            send(kind, text)
        send("press", "s:" + made.rows("SELECT id FROM session WHERE open = 1")[0][0] + ":@elsewhere")
        send("text", "Đông Hưng")
        send("press", "c:xoa dong-y")
