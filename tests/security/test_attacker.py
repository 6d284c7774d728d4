"""B21: whoever reads everything the bot ever said, and stood at every door, knows nobody's answer.

`sipas-rotating`, the rights of a whole province, 52 weeks and 292 offices in `make faults`; erasures, corrections and
mergers of offices on the way. /score and its criteria are read of each office every week; from the figures in them the
attacker solves, for people who came between two blocks, what one of them may have said (see attack.py); one visitor in
41 works for her. She finds some in builds that hold nobody back, or one, and in one whose figures move at every answer.
Pages, pictures, files and the other commands say nothing that a block has not moved: that is seen after every event.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.schedule import SYSTEM
from handlers import page
from handlers.context import Incoming
from handlers.criteria import behind, criterion_name
from handlers.figures import factor_names, index_survey
from scoring import release
from scoring.period import Period, containing
from scoring.units import Unit
from tests.faults.figures import LONG, Figure, record, size
from tests.security.attack import Read, figures_in, range_of, satisfied_of
from tests.security.year import LEAVES, Year
from tests.world import World, world

WEEKS, DESKS = size(10, 52), size(30, 292)
MUTANT_WEEKS, MUTANT_DESKS = size(10, 20), size(20, 60)
EVENTS = size(24, 150)
ASKED = size(60, 900)
"""People about whom the attacker asks, half of them among those whose whole block said the same."""
Reads = dict[tuple[str, str], list[Read]]


def leaves(made: World, desks: int = DESKS) -> list[Unit]:
    tree = made.core.context(made.connection, SYSTEM, now=made.now).stores.units.tree()
    return [unit for unit in tree.units if unit.level in LEAVES][:desks]


class Reader:
    """An official of the whole province who asks for everything and writes down every figure."""

    def __init__(self, year: Year) -> None:
        self.year, self.made = year, year.made
        self.reads: Reads = defaultdict(list)
        self.texts = 0
        context = self.made.core.context(self.made.connection, SYSTEM, now=self.made.now)
        survey = index_survey(context)
        self.codes = {name: f"{letter}0" for letter, name in factor_names(context).items()}
        self.codes |= {criterion_name(context, q): q.criterion for some in behind(survey).values() for q in some}

    def week(self) -> None:
        """What /score and its criteria say of every desk, of the week that just ended and of what is still open."""
        for unit in self.year.desks:
            for period in self.periods():
                messages = [self.made.says("reader", f"{form} {unit.code} {period.id}") for form in FORMS]
                self.texts += len(messages)
                for text in messages:
                    self.note(unit, period, text)

    def periods(self) -> list[Period]:
        yesterday = (self.made.now - timedelta(days=2)).date()
        week, month, quarter, year = containing(yesterday)
        return [week, quarter, *([month, year] if yesterday.day > 21 else [])]

    def note(self, unit: Unit, period: Period, text: str) -> None:
        for name, score, bound, people in figures_in(text):
            code = self.codes.get(name)
            if code is None:
                continue
            read = Read(period, people, -1 if bound else satisfied_of(score, people), self.made.now)
            if bound or period.first < unit.valid_from:
                read = self.told(read, unit, code)
            if read.people:
                self.reads[unit.id, code].append(read)

    def told(self, read: Read, unit: Unit, code: str) -> Read:
        """What she works out from other figures: a small one that says "at least", and a merged office's own share."""
        stores = self.made.core.context(self.made.connection, SYSTEM, now=self.made.now).stores
        cell = stores.cells.get(unit.id, "all", "sipas-rotating", read.period.id)
        satisfied, people = cell.tally.valid(code) if cell else (0, 0)
        return replace(read, satisfied=satisfied, people=people)


FORMS = ("/score", "/score @criteria")


def play(
    folder: Path, *, held: int = release.HELD, step: int = 10, weeks: int = WEEKS, desks: int = DESKS
) -> tuple[Year, Reader]:
    folder.mkdir()
    with world(folder, sample=False, step=step, index_survey="sipas-rotating") as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        made.official("reader", "34", "viewer")
        year = Year(made, 1, leaves(made, desks), held, step)
        reader = Reader(year)
        for number in range(weeks):
            year.week(number)
            reader.week()
            if number == weeks // 2:
                communes = [unit.id for unit in year.desks if unit.level == "commune"]
                year.merge({"m1": (communes[0], communes[1]), "m2": (communes[2], communes[3])})
        return year, reader


def suspects(year: Year, reads: Reads) -> list[tuple[tuple[str, str], int]]:
    """(desk and criterion, class) of people to ask about, from chains that were read.

    First those whose whole class agrees but for an accomplice who came with them, then those whose class agrees, then
    any.
    """
    rng = random.Random(5)
    known: list[tuple[tuple[str, str], int]] = []
    same, betrayed = list(known), list(known)
    for key in sorted(reads):
        chain = year.chains[key]
        ends = [0, *(came for came, _, _ in chain.blocks)]
        for place, (first, last) in enumerate(itertools.pairwise(ends)):
            came = [guest for guest in chain.came[first:last] if guest.id not in chain.gone]
            said = {guest.said[key[1]] for guest in came if not guest.accomplice}
            if said:
                known.append((key, place))
            if len(said) == 1:
                same.append((key, place))
            if said == {0} and any(guest.accomplice for guest in came):
                betrayed.append((key, place))
    return [some for kind in (betrayed, same, known) for some in rng.sample(kind, min(ASKED // 3, len(kind)))]


def determined(year: Year, reads: Reads, *, held: int) -> tuple[int, int]:
    """(people asked about, how many of them the attacker knows for certain)."""
    asked = suspects(year, reads)
    ranges = [range_of(year.chains[key], reads[key], (place, ""), held=held) for key, place in asked]
    return len(asked), sum(least == most for least, most in ranges)


def test_nobody_is_determined_and_in_three_other_builds_people_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year, reader = play(tmp_path / "ours")
    asked, found = determined(year, reader.reads, held=release.HELD)
    moving = determined_in(tmp_path / "moving", step=1)
    broken = {}
    # With one held back it takes a lucky accomplice: a few in a year of all offices, perhaps nobody in the short form.
    for held in (0, 1)[: size(1, 2)]:
        monkeypatch.setattr(release, "HELD", held)
        broken[held] = determined_in(tmp_path / f"held {held}", held=held)
    numbers = sum(len(some) for some in reader.reads.values())
    detail = (
        f"{WEEKS} weeks, {len(year.desks)} offices, {year.guests} people, {reader.texts} messages, {numbers} figures"
    )
    with_one = f", {broken[1]} with one" if LONG else ""
    mutants = f"known: {broken[0]} with nobody held back{with_one}, {moving} with a step at every answer"
    record(Figure("B21 attacker", asked, found, detail, mutants))
    assert asked >= ASKED // 2
    assert found == 0
    assert min(*broken.values(), moving) > 0


def determined_in(folder: Path, *, held: int = 0, step: int = 10) -> int:
    year, reader = play(folder, held=held, step=step, weeks=MUTANT_WEEKS, desks=MUTANT_DESKS)
    return determined(year, reader.reads, held=held)[1]


def everything(made: World, year: Year) -> list[object]:
    """What the bot says of the desks and of what lies above them: words, pictures and tables as plain data."""
    said: list[object] = []
    for unit in ("34", "336", *(unit.code for unit in year.desks)):
        for period in ("2026-W03", "2026-01", "2026-Q1"):
            for form in (
                "score",
                "score @criteria",
                "score @chart",
                "score @procedures",
                "rank",
                "trend",
                "visao",
                "tuan",
                "export",
                "baocao",
            ):
                incoming = Incoming("console", "look", "reader", "press", f"c:{form} {unit} {period}")
                said += made.take(incoming)
            context = made.core.context(made.connection, Incoming("console", "look", "reader", "press"), now=made.now)
            said.append(page.board(context, unit, period, "score"))
    return [*said, made.take(Incoming("console", "look", "reader", "press", "c:compare 12433 vs 12436"))]


def test_what_is_read_moves_only_when_a_block_leaves(tmp_path: Path) -> None:
    """Visits, corrections and erasures move nothing that anybody reads, until ten people leave together."""
    with world(tmp_path, sample=False, step=10, index_survey="sipas-rotating") as made:
        made.official("reader", "34", "manager")
        year = Year(made, 3, leaves(made)[:2])
        year.week(0)
        year.week(1)
        moved = 0
        before, cells = everything(made, year), made.rows("SELECT * FROM cell")
        for number in range(EVENTS):
            made.commit(partial(year.visit, year.desks[number % 2], made.now))
            for _ in range(5):
                made.commit(lambda connection: year.regrets(connection, made.now))
            now, standing = everything(made, year), made.rows("SELECT * FROM cell")
            assert (now == before) or (standing != cells), "something moved that no block moved"
            moved += standing != cells
            before, cells = now, standing
        assert 0 < moved < EVENTS // 2
