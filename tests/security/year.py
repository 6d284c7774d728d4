"""A year of visits in a province of 300 offices: fast, but every count, block and cell by the program's own code."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from bot.setup import import_units
from handlers import counting, mydata
from handlers.context import Context, Incoming
from handlers.response_store import Response
from handlers.visit_store import Visit
from scoring import release
from scoring.counts import Item
from scoring.units import Succession, Unit
from survey.flow import order, start
from survey.model import Question
from tests.world import World

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LEAVES = ("commune", "department")
SATISFIED = (0.99, 0.95, 0.8, 0.5, 0.03)
"""Offices where nearly everybody agrees are where whole blocks say the same."""
ERASED, CORRECTED = 0.03, 0.03
ACCOMPLICES = 41
"""One visitor in so many works for the attacker."""


@dataclass
class Guest:
    """One response as the attacker knows it, but for `said`: the answers, 1 for satisfied, by criterion."""

    id: str
    name: str
    said: dict[str, int]
    procedure: str = "khac"
    accomplice: bool = False
    """She tells the attacker what she said, and said she was satisfied."""


@dataclass
class Chain:
    """Who came to a desk and was asked one thing, in order, and the blocks that left: (number who came, their day)."""

    came: list[Guest] = field(default_factory=list)
    waiting: int = 0
    blocks: list[tuple[int, int, datetime]] = field(default_factory=list)
    """(how many had come, how many left, when)"""
    gone: set[str] = field(default_factory=set)
    """Erased while they waited."""


@dataclass
class Year:
    """Plays weeks; `chains` is what an attacker who stands at every door knows of who came, by (desk, criterion)."""

    made: World
    seed: int
    desks: list[Unit]
    held: int = release.HELD
    step: int = 10
    chains: dict[tuple[str, str], Chain] = field(default_factory=lambda: defaultdict(Chain))
    guests: int = 0
    procedures: tuple[str, ...] = ("khac",)
    """What people come for, each as often as it stands here."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.leaning = {unit.id: self.rng.choice(SATISFIED) for unit in self.desks}
        self.busy = {unit.id: self.rng.choice((2, 4, 7, 11)) for unit in self.desks}
        self.recent: list[tuple[Unit, Guest]] = []
        lots = random.Random(self.seed + 1)
        self.made.core.below = lots.randrange

    def week(self, number: int) -> None:
        """Everything that happens in one week, in one transaction; then the clock stands at its end."""
        first = START + timedelta(weeks=number)
        events: list[tuple[datetime, Callable[[Connection], None]]] = []
        for unit in self.desks:
            for _ in range(self.rng.randint(0, 2 * self.busy[unit.id])):
                at = datetime.combine(first + timedelta(days=self.rng.randrange(5)), time(1), UTC)
                at += timedelta(seconds=self.rng.randrange(8 * 3600))
                events.append((at, partial(self.visit, unit, at)))

        def play(connection: Connection) -> None:
            for at, event in sorted(events, key=lambda one: one[0]):
                self.made.now = at
                event(connection)
                self.regrets(connection, at)

        self.made.commit(play)
        self.made.now = first + timedelta(days=7, hours=1)
        self.made.tick()

    def _context(self, connection: Connection, name: str, at: datetime) -> Context:
        incoming = Incoming("console", f"{name}-{self.guests}", name, "press")
        return self.made.core.context(connection, incoming, now=at, keep_person=True)

    def visit(self, unit: Unit, at: datetime, connection: Connection) -> None:
        self.guests += 1
        guest = Guest("", f"g{self.guests}", {}, accomplice=self.guests % ACCOMPLICES == 0)
        context = self._context(connection, guest.name, at)
        survey = context.stores.surveys.newest(context.province.index_survey)
        stores, guest.id = context.stores, context.new_id()
        if len(self.procedures) > 1:
            guest.procedure = self.rng.choice(self.procedures)
        visit = Visit(context.new_id(), unit.id, None, guest.procedure, context.today, "walk_in")
        stores.talks.add_visit(visit, "console", context.now_ms)
        stores.responses.begin(
            guest.id, context.new_id(), visit, survey,
            channel="console", language="vi", text="", text_version="1", at=context.now_ms,
        )  # fmt: skip
        for question in order(survey, start(survey, guest.id)):
            if question.factor:
                satisfied = guest.accomplice or self.rng.random() < self.leaning[unit.id]
                guest.said[question.criterion] = int(satisfied)
                stores.responses.put_answer(guest.id, question.name, item(question, satisfied=satisfied), None)
        week = f"{at.isocalendar()[0]}-W{at.isocalendar()[1]:02}"
        stores.responses.link(guest.id, context.person.id, unit.id, week, "", context.later_ms(days=7))
        stores.responses.set_disposition(
            guest.id, "complete", counted=True, receipt=None, local_day=context.today, at=context.now_ms
        )
        counting.count(context, self._stored(context, guest))
        for code in guest.said:
            self._arrives(unit, code, guest, at)
        if not guest.accomplice:
            self.recent.append((unit, guest))

    def _arrives(self, unit: Unit, code: str, guest: Guest, at: datetime) -> None:
        """What the attacker works out for herself: the rule is no secret, only the lot is."""
        chain = self.chains[unit.id, code]
        chain.came.append(guest)
        chain.waiting += 1
        if chain.waiting >= self.step + self.held:
            chain.blocks.append((len(chain.came), chain.waiting - self.held, at))
            chain.waiting = self.held

    def _stored(self, context: Context, guest: Guest) -> Response:
        response = context.stores.responses.get(guest.id)
        assert response is not None
        return response

    def regrets(self, connection: Connection, at: datetime) -> None:
        """Now and then somebody of the last days corrects an answer, or has everything erased."""
        self.recent = self.recent[-200:]
        if self.recent and self.rng.random() < CORRECTED:
            self._corrects(connection, at, self.rng.choice(self.recent)[1])
        if self.recent and self.rng.random() < ERASED:
            self._erases(connection, at, *self.recent.pop(self.rng.randrange(len(self.recent))))

    def _corrects(self, connection: Connection, at: datetime, guest: Guest) -> None:
        context = self._context(connection, guest.name, at)
        survey, response = context.stores.surveys.newest(context.province.index_survey), self._stored(context, guest)
        code = self.rng.choice(sorted(guest.said))
        question = next(question for question in survey.questions if question.criterion == code)
        satisfied = not guest.said[code]
        counting.add_to_counts(context, response, -1)
        context.stores.responses.put_answer(guest.id, question.name, item(question, satisfied=satisfied), None)
        counting.add_to_counts(context, response, 1)
        if part_of(code) in waits(connection, guest):
            guest.said[code] = int(satisfied)

    def _erases(self, connection: Connection, at: datetime, unit: Unit, guest: Guest) -> None:
        before = waits(connection, guest)
        mydata.erase(self._context(connection, guest.name, at))
        gone = before - waits(connection, guest)
        for code in guest.said:
            if part_of(code) in gone:
                chain = self.chains[unit.id, code]
                chain.waiting -= 1
                chain.gone.add(guest.id)

    def merge(self, pairs: Mapping[str, tuple[str, str]]) -> None:
        """Two offices end and one takes their place, for each (new id: old ones)."""
        last = (self.made.now - timedelta(days=1)).date()
        tree = self.made.core.context(self.made.connection, Incoming("console", "", "", "press")).stores.units.tree()
        units = {unit.id: unit for unit in tree.units}
        successions = []
        for new, old in pairs.items():
            for one in old:
                units[one] = replace(units[one], valid_to=last)
                successions.append(Succession(one, new, whole=True))
            like = units[old[0]]
            units[new] = replace(
                like, id=new, code=new, name=f"Xã Hợp nhất {new}", short_name=f"Hợp nhất {new}", aliases=(),
                valid_from=last + timedelta(days=1), valid_to=None,
            )  # fmt: skip
            self.desks = [unit for unit in self.desks if unit.id not in old] + [units[new]]
            self.leaning[new], self.busy[new] = self.leaning[old[0]], self.busy[old[0]]
        self.recent = [(unit, guest) for unit, guest in self.recent if units[unit.id].valid_to is None]
        province = self.made.core.province.id
        self.made.commit(lambda connection: import_units(connection, province, list(units.values()), successions))


def part_of(code: str) -> str:
    """The chain that a criterion of `sipas-rotating` leaves by: A1 to E4 are asked in rotation, A0 to E0 of all."""
    return code if code[1:].isdigit() and code[1:] != "0" else ""


def waits(connection: Connection, guest: Guest) -> set[str]:
    """The chains that a response waits in."""
    return {part for (part,) in connection.execute("SELECT part FROM waiting WHERE response_id = ?", (guest.id,))}


def item(question: Question, *, satisfied: bool) -> Item:
    assert question.factor is not None
    return Item(question.criterion, question.factor, "4" if satisfied else "2", question.rotated)
