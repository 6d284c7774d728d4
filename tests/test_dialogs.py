"""Golden conversations: each tests/dialogs/*.txt is replayed through the real handlers and a real SQLite.

`> ` what the person does, `< ` what the bot says. `# ` is a comment, and these lines direct the play:
  @as NAME               the next lines are NAME's (default: citizen)
  @official UNIT ROLE    NAME becomes an official of UNIT
  @wait DAYS             the clock moves on; @tick runs the scheduler
  @demo RESPONSES        sample data of eight weeks, seed 1
  @province KEY=VALUE    publishes=True, step=10, ... (at the top)
  @entry UNIT            makes the way-in code of UNIT; {entry} stands for it afterwards
  @again                 the same event arrives once more
`pytest --update-dialogs` writes what the bot says now; read the diff by eye before committing it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.world import World, world

DIALOGS = sorted((Path(__file__).parent / "dialogs").glob("*.txt"))


class Play:
    """Replays one file and writes it down as it goes."""

    def __init__(self, made: World) -> None:
        self.world = made
        self.name = "citizen"
        self.entry = ""
        self.written: list[str] = []

    def line(self, line: str) -> None:
        if line.startswith("<"):
            return
        self.written.append(line)
        if line.startswith("> "):
            self.written.append(self.world.says(self.name, line[2:].replace("{entry}", self.entry)))
        elif line.startswith("@"):
            self._direct(line)

    def _direct(self, line: str) -> None:
        word, *rest = line.split()
        match word:
            case "@as":
                self.name = rest[0]
            case "@official":
                self.world.official(self.name, " ".join(rest[:-1]), rest[-1])
            case "@wait":
                self.world.wait(days=float(rest[0]))
            case "@tick":
                self.world.tick()
            case "@demo":
                self.world.perform("demo", weeks=8, responses=int(rest[0]), seed=1)
            case "@entry":
                self.entry = self.world.perform("link", unit=" ".join(rest), counter="")["code"]
            case "@again":
                console = self.world.person(self.name)
                console.turn -= 1
                said = next(line for line in reversed(self.written) if line.startswith("> "))
                self.written.append(self.world.says(self.name, said[2:].replace("{entry}", self.entry)))
            case "@province":
                return
            case _:
                raise ValueError(line)


def province_of(lines: list[str]) -> dict[str, object]:
    words = [word for line in lines if line.startswith("@province") for word in line.split()[1:]]
    return {key: ast.literal_eval(value) for key, _, value in (word.partition("=") for word in words)}


@pytest.mark.parametrize("path", DIALOGS, ids=lambda path: path.stem)
def test_dialog(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    with world(tmp_path, **province_of(lines)) as made:
        play = Play(made)
        for line in lines:
            play.line(line)
    told = "\n".join(play.written) + "\n"
    if request.config.getoption("--update-dialogs"):
        path.write_text(told, encoding="utf-8")
    else:
        assert told == text
