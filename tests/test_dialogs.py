"""Golden conversations: each tests/dialogs/*.txt is replayed through the real handlers and a real SQLite.

`> ` what the person does, `< ` what the bot says. `# ` is a comment, and these lines direct the play:
  @province KEY=VALUE    publishes=True, step=10, ... (at the top)
  @demo RESPONSES        sample data of eight weeks, seed 1 (before anything else)
  @as NAME               the next lines are NAME's (default: citizen)
  @channel NAME          her channel (default: console); on one of tests.world.NUMBERED she sees and types numbers
  @language en           what her device says
  @official UNIT ROLE    she becomes an official of UNIT
  @code UNIT ROLE        the operator makes a code; {code} stands for the code made last, in the chat too
  @entry UNIT            makes the way-in code of UNIT; {entry} stands for it afterwards
  @dossier UNIT|CELL=TEXT...  the feed tells of a dossier of UNIT; {visit} stands for its code afterwards
  @finding UNIT          last week's answers of that desk looked as if staff had given them
  @meeting               the figures of the meeting of 10 July 2018 are in, signed
  @draft YEAR WARNINGS   the same as a reform index of that year that nobody signed yet
  @staffing DAY FEWER WARNINGS   the sample's staffing as that of DAY, FEWER people present, not signed yet
  @merged                Hưng Yên as it became on 1 July 2025 (@province id='hung-yen' sample=False)
  @abolish UNIT          the office ended yesterday
  @served UNIT PEOPLE LEVEL   so many new people finish a survey there with that level (5 = very satisfied)
  @wait DAYS             the clock moves on; @until 2026-11-23 07:31 to that local time; @tick runs the scheduler
  @again                 the same event arrives once more
  @edited, @forwarded, @group   the next line is an edited or forwarded message, or one in a group
  @data NAME LABEL       {data} stands for what that button of NAME's says
  @blocked NAME          what was queued for NAME could not be delivered: she blocked the bot
  @outbox                what was queued since, as its readers see it
{long} stands for a text of 5,000 characters, {rtl} for a right-to-left mark.
`pytest --update-dialogs` writes what the bot says now; read the diff by eye before committing it.
"""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.channels.console import Console
from bot.codec import load_messages
from bot.schedule import SYSTEM
from bot.setup import rows_of
from handlers.context import Incoming
from handlers.finding_store import Found
from scoring.period import containing, previous
from scoring.trace import Reason
from tests.handlers.books import bring_draft, bring_staffing, meeting
from tests.handlers.visits import Citizen, always
from tests.world import NUMBERED, World, world

DIALOGS = sorted((Path(__file__).parent / "dialogs").glob("*.txt"))
UNITS = Path(__file__).parents[1] / "config" / "units"
LONG = ("Tôi chờ lâu. " * 500)[:5000]
CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\b")


class Play:
    """Replays one file and writes it down as it goes."""

    def __init__(self, made: World) -> None:
        self.world = made
        self.name = "citizen"
        self.words = {"long": LONG, "rtl": "\u202e"}
        self.flags: dict[str, Any] = {}
        self.last: Incoming | None = None
        self.posts = 0
        self.served = 0
        self.written: list[str] = []
        self.directives: dict[str, Callable[[str], None]] = {
            "@as": self._as,
            "@channel": self._channel,
            "@language": lambda code: setattr(self.console, "language", code),
            "@official": self._official,
            "@code": self._code,
            "@entry": self._entry,
            "@dossier": self._dossier,
            "@finding": self._finding,
            "@meeting": lambda _: meeting(self.world),
            "@draft": self._draft,
            "@staffing": self._staffing,
            "@merged": lambda _: self._discard(bring_hung_yen(self.world)),
            "@abolish": self._abolish,
            "@served": self._served,
            "@wait": lambda days: self.world.wait(days=float(days)),
            "@until": self._until,
            "@tick": lambda _: self._discard(self.world.tick()),
            "@demo": lambda responses: fill(self.world, int(responses)),
            "@again": lambda _: self._take(self.last),
            "@edited": lambda _: self.flags.update(fresh=False),
            "@forwarded": lambda _: self.flags.update(fresh=False),
            "@group": lambda _: self.flags.update(private=False),
            "@data": self._data,
            "@blocked": self._blocked,
            "@outbox": lambda _: self._outbox(),
            "@province": self._discard,
        }

    @property
    def console(self) -> Console:
        return self.world.person(self.name)

    def line(self, line: str) -> None:
        if line.startswith("<"):
            return
        self.written.append(line)
        if line.startswith("> "):
            self._take(replace(self.console.read(self._filled(line[2:])), **self.flags))
            self.flags = {}
        elif line.startswith("@"):
            word, _, rest = line.partition(" ")
            self.directives[word](rest)

    def _filled(self, text: str) -> str:
        for word, value in self.words.items():
            text = text.replace(f"{{{word}}}", value)
        return text

    def _take(self, incoming: Incoming | None) -> None:
        assert incoming is not None, "@again follows a line"
        self.last = incoming
        shown = self.console.show(self.world.take(incoming))
        code = CODE.search(shown)
        if code:
            self.words["code"] = code[0]
        self.written.append(shown or "< (nothing)")

    def _discard(self, _: object) -> None:
        """Said elsewhere, or counted by nobody."""

    def _as(self, name: str) -> None:
        self.name = name

    def _channel(self, name: str) -> None:
        self.console.channel, self.console.most = name, NUMBERED.get(name)

    def _official(self, rest: str) -> None:
        unit, _, role = rest.rpartition(" ")
        self.world.official(self.name, unit, role)

    def _code(self, rest: str) -> None:
        unit, _, role = rest.rpartition(" ")
        self.words["code"] = self.world.perform("invite", unit=unit, role=role)["code"]

    def _entry(self, unit: str) -> None:
        self.words["entry"] = self.world.perform("link", unit=unit, counter="")["code"]

    def _dossier(self, rest: str) -> None:
        unit, *cells = rest.split("|")
        day = self.world.now.astimezone(self.world.core.settings.zone).strftime("%d/%m/%Y %H:%M")
        row = {"code": f"H53-{len(self.written)}", "event": "returned", "unit": unit, "at": day}
        row |= dict(cell.split("=", 1) for cell in cells)
        done = self.world.perform("dossiers", rows=[[2, row]])
        assert not done["faults"], done
        self.words["visit"] = done["codes"][0][1]

    def _finding(self, unit: str) -> None:
        unit_id = self.world.rows("SELECT id FROM unit WHERE name = ? AND valid_to IS NULL", unit)[0][0]
        context = self.world.core.context(self.world.connection, SYSTEM, now=self.world.now)
        reasons = (
            Reason("hand", {"sittings": 14, "runs": 2}),
            Reason("accounts", {"sittings": 12, "accounts": 2, "most": 7}),
            Reason("officials", {"sittings": 3, "accounts": 1}),
        )
        week = previous(containing(context.today)[0])
        assert week is not None
        context.stores.findings.put([Found(unit_id, week.id, 40, 14, True, reasons)], [], week.id, 1)

    def _draft(self, rest: str) -> None:
        year, _, warnings = rest.partition(" ")
        bring_draft(self.world, int(year), int(warnings or 0))

    def _staffing(self, rest: str) -> None:
        day, *numbers = rest.split()
        bring_staffing(self.world, date.fromisoformat(day), *map(int, numbers))

    def _abolish(self, unit: str) -> None:
        yesterday = (self.world.now - timedelta(days=1)).date().isoformat()
        self.world.connection.execute("UPDATE unit SET valid_to = ? WHERE name = ?", (yesterday, unit))
        self.world.connection.execute("UPDATE province SET units_version = units_version + 1")

    def _served(self, rest: str) -> None:
        unit, people, level = rest.rsplit(" ", 2)
        unit_id = self.world.rows("SELECT id FROM unit WHERE name = ? ORDER BY valid_to IS NOT NULL", unit)[0][0]
        for _ in range(int(people)):
            self.served += 1
            Citizen(self.world, f"served{self.served}").visits(unit_id, always(level))

    def _until(self, moment: str) -> None:
        self.world.now = datetime.fromisoformat(moment).replace(tzinfo=self.world.core.settings.zone)

    def _data(self, rest: str) -> None:
        name, _, label = rest.partition(" ")
        self.words["data"] = self.world.person(name).seen[label]

    def _blocked(self, name: str) -> None:
        of_her = "person_id = (SELECT id FROM person WHERE address = ?) AND state = 'queued'"
        self.world.connection.execute(f"UPDATE outbox SET state = 'failed', reason = 'blocked' WHERE {of_her}", (name,))

    def _outbox(self) -> None:
        """Queued posts since the last look; their buttons can be pressed."""
        rows = self.world.rows(
            "SELECT p.address, p.channel, o.message FROM outbox o JOIN person p USING (province_id) "
            "WHERE p.id = o.person_id ORDER BY o.created_at, o.id LIMIT -1 OFFSET ?",
            self.posts,
        )
        self.posts += len(rows)
        for address, channel, stored in rows:
            messages = load_messages(stored)
            self.written += [f"< ({address})", self.world.person(address).show(messages)]
            if channel in NUMBERED:
                self.world.commit(partial(self.world.note, channel, address, messages))
        if not rows:
            self.written.append("< (nothing)")


_FILLED: dict[int, tuple[sqlite3.Connection, int, int]] = {}


def fill(made: World, responses: int) -> None:
    """Sample data, simulated once a process and copied after that."""
    assert made.ids == 0, "@demo stands before anything else"
    if responses not in _FILLED:
        made.perform("demo", weeks=8, responses=responses, seed=1)
        kept = sqlite3.connect(":memory:")
        made.connection.backup(kept)
        _FILLED[responses] = kept, made.ids, made.codes
    else:
        kept, made.ids, made.codes = _FILLED[responses]
        kept.backup(made.connection)


def bring_hung_yen(made: World) -> dict[str, Any]:
    """The shipped units of the merged province, and the lineage of those that ended."""
    units, lineage = (rows_of(UNITS / name) for name in ("hung_yen_2025.csv", "hung_yen_lineage_2025-07-01.csv"))
    return made.perform("units", rows=units, name="units", lineage=lineage, lineage_name="lineage")


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
