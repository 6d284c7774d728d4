"""What the pages tell people to type is there, what they quote is said, and where they point is something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app
from bot.settings import MIN_RESPONDENTS
from bot.texts import load_catalogues
from handlers import COMMANDS, NAMES
from handlers.due import PUSH_AT
from handlers.invite import DEPUTY_DAYS, INVITE_HOURS
from survey.text import fold

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
OFFICIALS = (ROOT / "docs" / "can-bo.md").read_text(encoding="utf-8")
OPERATORS = (ROOT / "docs" / "van-hanh.md").read_text(encoding="utf-8")

SPAN = re.compile(r"(?m)^```\w*\n(.*?)^```|`([^`\n]+)`", re.DOTALL)


def code(text: str) -> Iterator[str]:
    """Every line that stands as code."""
    for block, span in SPAN.findall(text):
        yield from (block or span).splitlines()


def by_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_command_of_the_shell_exists_with_its_options(page: Path) -> None:
    wrong = []
    for line in code(page.read_text(encoding="utf-8")):
        for words in re.findall(r"(?:^|/|[;&] *)sipas ([\w\"-].*?)(?=$|;|&&|#)", line):
            wrong += [f"sipas {words}: {fault}" for fault in faults(words.split())]
    assert wrong == []


def faults(words: list[str]) -> Iterator[str]:
    """What `sipas` with these words would refuse, as far as the names of commands and options go."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if hasattr(command, "commands"):
        yield f"{words[:1]} is no command"
        return
    known = {option for parameter in command.params for option in parameter.opts}
    yield from (f"{word} is no option" for word in words if word.startswith("--") and word not in known)


def test_the_walk_sees_what_is_wrong() -> None:
    assert list(faults(["doktor"])) == ["['doktor'] is no command"]
    assert list(faults(["backup", "--out", "x", "--evry", "3"])) == ["--evry is no option"]
    assert list(faults(["official", "invite", "--unit", "33"])) == []


def test_operators_are_told_of_every_command_they_need() -> None:
    told = " ".join(code(OPERATORS))
    for name in ("run", "doctor", "backup", "restore", "migrate", "verify", "poster", "push", "connect telegram"):
        assert f"sipas {name}" in told, name
    for name in ("official invite", "official list", "official revoke", "units check", "units import"):
        assert f"sipas {name}" in told, name


def test_every_command_of_the_chat_that_officials_are_told_exists_and_none_is_left_out() -> None:
    told = {word for line in code(OFFICIALS) for word in re.findall(r"(?:^|, ?| )/(\w+)", line)}
    assert {word for word in told if fold(word) not in NAMES} == set()
    meant = {NAMES[fold(word)] for word in told}
    assert {name for name, one in COMMANDS.items() if one.role != "citizen"} | {"vao", "trogiup"} <= meant


@pytest.mark.parametrize("page", [OFFICIALS, OPERATORS], ids=["officials", "operators"])
def test_what_a_page_quotes_is_what_the_bot_says(page: str) -> None:
    said = list(load_catalogues(ROOT / "config" / "locales", "ông/bà")["vi"].sentences.values())
    shown = [quote for line in page.splitlines() if line.startswith("|") for quote in re.findall("“([^”]+)”", line)]
    assert shown
    for quote in shown:
        assert quote in OF_ENGLISH or any(quote in sentence for sentence in said), quote
    for button in re.findall(r"\[([^\]…]+?) ?…?\](?!\()", page):
        assert any(sentence.startswith(button) for sentence in said), button


OF_ENGLISH = {"tick", "consent again"}
"""Words to look for in the log."""


def test_the_example_is_a_real_conversation() -> None:
    (block,) = re.findall(r"(?ms)^```\n(.+?)^```", OFFICIALS)
    dialog = (ROOT / "tests" / "dialogs" / "score_vi.txt").read_text(encoding="utf-8")
    assert len(block.splitlines()) > 3
    assert [line for line in block.splitlines() if f"< {line}\n" not in dialog] == []


def test_the_numbers_are_the_programs_own() -> None:
    assert f"trong {INVITE_HOURS} giờ" in OFFICIALS
    assert f"trong vòng {DEPUTY_DAYS} ngày" in OFFICIALS
    assert f"{MIN_RESPONDENTS} người" in OFFICIALS
    for page in (OFFICIALS, OPERATORS):
        assert f"{PUSH_AT.hour} giờ {PUSH_AT.minute}" in page
