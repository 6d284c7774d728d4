"""The golden conversations once more on a channel without buttons: each press is typed as its number, and the same
answers are stored, counted and read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.base import flat
from bot.channels.console import Console
from handlers.context import Incoming, Message
from tests.test_dialogs import DIALOGS, Play, province_of
from tests.world import NUMBERED, world

CHANNEL = "zalo-bot"
PATHS: Mapping[str, Path] = {path.stem: path for path in DIALOGS}
NAMES = (
    "survey_quick_vi", "survey_low_vi", "survey_en", "survey_more_en", "survey_none_vi", "survey_2017_vi",
    "procedures_vi", "survey_resume_vi", "score_vi",
)  # fmt: skip
TABLES = {
    "counts": "unit_id, scope, period, survey_id, disposition, criterion, value, n",
    "response": "disposition, counted",
    "consent": "text_version, language",
    "audit": "action, outcome",
}


class NotOnScreenError(Exception):
    """A button of an older screen: nobody can type it, so that line is left out."""


class Presser(Console):
    """Presses what stands on the newest screen."""

    def _press(self, name: str, update_id: str) -> Incoming:
        pressed = super()._press(name, update_id)
        if pressed.text not in [button.data for button in self.buttons]:
            raise NotOnScreenError(name)
        return pressed


@dataclass
class Typist(Presser):
    """Types the number that stands before a label where others press it."""

    signs: list[str] = field(default_factory=list)

    def _press(self, name: str, update_id: str) -> Incoming:
        at = [button.data for button in self.buttons].index(super()._press(name, update_id).text)
        return self._event("text", f"{self.signs[at]}{at + 1}", update_id)

    def show(self, messages: list[Message]) -> str:
        signs = ["#" if message.awaits == "words" else "" for message in messages for _ in flat(message)]
        self.signs = signs or self.signs
        return super().show(messages)


class PressedPlay(Play):
    @property
    def console(self) -> Console:
        return self.world.people.setdefault(self.name, Presser(self.name, "telegram", "vi"))

    def _channel(self, name: str) -> None:
        """Each play has its own channel."""


class TypedPlay(PressedPlay):
    @property
    def console(self) -> Console:
        return self.world.people.setdefault(self.name, Typist(self.name, CHANNEL, "vi", NUMBERED[CHANNEL]))


def outcome(path: Path, folder: Path, play: type[Play]) -> tuple[list[object], int]:
    """The answers after each line and all of TABLES at the end, and how many buttons were pressed or typed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    folder.mkdir()
    with world(folder, **province_of(lines)) as made:
        played, presses, found = play(made), 0, list[object]()
        for line in lines:
            with contextlib.suppress(NotOnScreenError):
                played.line(line)
                presses += line.startswith("> [")
            if line.startswith(">"):
                found.append(sorted(made.rows("SELECT question, value, words FROM answer"), key=repr))
        found += [sorted(made.rows(f"SELECT {what} FROM {name}"), key=repr) for name, what in TABLES.items()]
    return found, presses


@pytest.mark.parametrize("name", NAMES)
def test_typing_numbers_stores_what_pressing_does(name: str, tmp_path: Path) -> None:
    pressed, presses = outcome(PATHS[name], tmp_path / "pressed", PressedPlay)
    typed, numbers = outcome(PATHS[name], tmp_path / "typed", TypedPlay)
    assert (typed, numbers) == (pressed, presses)
    assert presses >= 5
