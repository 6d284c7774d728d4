"""`python -m benchmarks.filled --responses N`: fill the configured database with a year of answers, print a plan.

The one file here that imports the bot, and it runs in a process of its own: the program's own code prepares the
database and stores the released cells; the answers go in by plain inserts. What is stored agrees: every cell holds
exactly the answers beneath it. The live counts are left out; `/score` does not read them.
"""

import argparse
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.chance import new_id
from bot.core import Core, make_core, utc_now
from bot.operations import link
from bot.settings import load_settings
from bot.storage.cells import CellStore
from bot.storage.stores import stores_over
from bot.storage.units import Shelf
from bot.writing import own_database
from handlers.context import to_ms
from handlers.stores import Official, Person
from scoring.counts import Item, Moments, Tally, of_response
from scoring.release import Cell, Scope, reach
from scoring.span import KINDS, Kind, closed, containing, of_kind, previous
from scoring.units import Tree, Unit
from survey.model import Question, Survey

DAYS = 365
PATTERNS = 16
"""Different sets of answers; responses repeat them in turn."""
BUSY = 4
"""Communes that share half of all responses, so that a small database has a figure for each of their weeks."""
OFFICIALS = 20
FIRST_OFFICIAL = 650_000_001
FAST = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "secure_delete=OFF", "cache_size=-100000")
SLOW = ("wal_checkpoint(TRUNCATE)", "journal_mode=WAL")
LEVELS = (1, 2, 3, 4, 4, 4, 5, 5)
STRIDE = 7919
"""A prime: steps of it visit every place of the wheel."""

ANSWERS = """
WITH given AS (SELECT province_id, id, CAST(substr(id, 2) AS INTEGER) AS number FROM response)
INSERT INTO answer SELECT g.province_id, g.id, s.question, s.criterion, s.factor, s.value, s.words, 0
FROM given g CROSS JOIN said s ON s.pattern = (g.number / :places + g.number) % :patterns
"""
"""The rule of `Year` in SQL: millions of rows are made faster there."""


@dataclass(frozen=True)
class Asked:
    """What an official asks, and the button that a real answer to it bears."""

    level: str
    kind: str
    text: str
    button: str


@dataclass(frozen=True)
class Pattern:
    """One set of answers: rows (question, criterion, factor, value, words), and what it adds to a figure."""

    rows: tuple[tuple[str, str, str | None, str | None, str | None], ...]
    provenance: str
    tally: Tally


@dataclass(frozen=True)
class Year:
    """The responses by number: where, when and what."""

    responses: int
    first: date
    desks: tuple[Unit, ...]
    wheel: tuple[int, ...]

    def __iter__(self) -> Iterator[tuple[int, int, int, int]]:
        """(number, place in `desks`, day from `first`, pattern), oldest first."""
        places = len(self.wheel)
        for number in range(self.responses):
            desk = self.wheel[number * STRIDE % places]
            yield number, desk, number * DAYS // self.responses, (number // places + number) % PATTERNS


def main() -> None:
    """Read the command line, fill, print {"code", "officials", "questions"} as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, required=True)
    options = parser.parse_args()
    settings = load_settings()
    with own_database(settings) as connection:
        core = make_core(settings, connection)
        stores = stores_over(connection, core.province.id, Shelf(), None)
        survey, tree = stores.surveys.newest(core.province.index_survey), stores.units.tree()
        today = datetime.now(settings.zone).date()
        year = _year(tree, today, options.responses)
        code = link(core, lambda job: job(connection), {"unit": year.desks[year.wheel[0]].code})["code"]
        for pragma in FAST:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        patterns = [_pattern(survey, random.Random(number)) for number in range(PATTERNS)]
        _store_answers(connection, core.province.id, survey, year, patterns)
        _store_cells(connection, core.province.id, survey, year, patterns, tree, today)
        officials = _officials(core, connection, tree, today)
        connection.execute("COMMIT")
        for pragma in SLOW:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    questions = [asdict(one) for one in _questions(tree, year, today)]
    print(json.dumps({"code": code, "officials": officials, "questions": questions}))


def _year(tree: Tree, today: date, responses: int) -> Year:
    root = tree.root(today)
    assert root is not None
    desks = tree.descendants(root.id, today)
    names = Counter(unit.short_name for unit in desks)
    alone = [at for at, unit in enumerate(desks) if unit.level == "commune" and names[unit.short_name] == 1]
    busy = alone[:: len(alone) // BUSY][:BUSY]
    wheel = tuple(busy * (len(desks) // BUSY)) + tuple(range(len(desks)))
    return Year(responses, today - timedelta(days=DAYS), tuple(desks), wheel)


def _pattern(survey: Survey, rng: random.Random) -> Pattern:
    rows = []
    for question in survey.questions:
        value, words = _said(question, rng)
        if value is not None or words is not None:
            rows.append((question.name, question.criterion, question.factor, value, words))
    provenance = rng.choice(("verified", "walk_in"))
    items = [Item(criterion, factor, value) for _, criterion, factor, value, _ in rows if value is not None]
    return Pattern(tuple(rows), provenance, of_response(items, provenance))


def _said(question: Question, rng: random.Random) -> tuple[str | None, str | None]:
    """(value, words)"""
    match question.kind:
        case "select_one" if question.factor:
            return str(rng.choice(LEVELS)), None
        case "select_one" | "select_multiple":
            return rng.choice(question.choices).name, None
        case "integer":
            return str(rng.randint(1, 4)), None
        case "text":
            return None, "Cán bộ hướng dẫn tận tình, trả kết quả đúng hẹn."
        case _:
            return None, None


def _store_answers(
    connection: sqlite3.Connection, province: str, survey: Survey, year: Year, patterns: Sequence[Pattern]
) -> None:
    days = [(year.first + timedelta(days=day)) for day in range(DAYS)]
    moments = [int(datetime(day.year, day.month, day.day, 3, tzinfo=UTC).timestamp() * 1000) for day in days]
    written = [day.isoformat() for day in days]
    units = [unit.id for unit in year.desks]
    many = connection.executemany
    many(
        "INSERT INTO consent VALUES (?, ?, '1', 'benchmark', 'vi', 'telegram', ?)",
        ((province, f"c{number:017d}", moments[day]) for number, _, day, _ in year),
    )
    many(
        "INSERT INTO visit (province_id, id, receiving_unit_id, channel, local_day, provenance, created_at) "
        "VALUES (?, ?, ?, 'telegram', ?, ?, ?)",
        (
            (province, f"v{number:017d}", units[desk], written[day], patterns[pattern].provenance, moments[day])
            for number, desk, day, pattern in year
        ),
    )
    many(
        "INSERT INTO response (province_id, id, consent_id, visit_id, survey_id, survey_version, unit_id, channel, "
        "language, provenance, disposition, counted, started_at, finished_at, local_day) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'telegram', 'vi', ?, 'complete', 1, ?, ?, ?)",
        (
            (
                *(province, f"r{number:017d}", f"c{number:017d}", f"v{number:017d}", survey.id, survey.version),
                *(units[desk], patterns[pattern].provenance, moments[day], moments[day], written[day]),
            )
            for number, desk, day, pattern in year
        ),
    )
    connection.execute("CREATE TEMP TABLE said (pattern, question, criterion, factor, value, words)")
    many(
        "INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)",
        ((at, *row) for at, pattern in enumerate(patterns) for row in sorted(pattern.rows)),
    )
    connection.execute("CREATE INDEX temp.said_by_pattern ON said (pattern)")
    connection.execute(ANSWERS, {"places": len(year.wheel), "patterns": PATTERNS})


def _store_cells(
    connection: sqlite3.Connection,
    province: str,
    survey: Survey,
    year: Year,
    patterns: Sequence[Pattern],
    tree: Tree,
    today: date,
) -> None:
    """The released cells of all units and periods, as sums over the responses beneath them."""
    by_day = [containing(year.first + timedelta(days=day)) for day in range(DAYS)]
    reached = [reach(tree, unit.id, today) for unit in year.desks]
    sums: dict[tuple[str, Scope, str], list[int]] = {}
    periods = {period.id: period for four in by_day for period in four}
    for (desk, day, pattern), count in Counter((desk, day, pattern) for _, desk, day, pattern in year).items():
        for unit, scope in reached[desk]:
            for period in by_day[day]:
                sums.setdefault((unit, scope, period.id), [0] * PATTERNS)[pattern] += count
    cells, at = CellStore(connection, province), to_ms(utc_now())
    for (unit, scope, period_id), counts in sums.items():
        tally = _scaled(patterns, counts)
        over = closed(periods[period_id], today)
        cells.put(Cell(unit, scope, period_id, survey.id, max(1, tally.n // 10), tally, closed=over), at)


def _scaled(patterns: Sequence[Pattern], counts: Sequence[int]) -> Tally:
    """The sum of the patterns' tallies, each as often as it was given."""
    values: dict[str, Counter[str]] = {}
    moments: dict[str, list[int]] = {}
    provenance: Counter[str] = Counter()
    for pattern, times in zip(patterns, counts, strict=True):
        if not times:
            continue
        provenance[pattern.provenance] += times
        for criterion, said in pattern.tally.values.items():
            for value, n in said.items():
                values.setdefault(criterion, Counter())[value] += n * times
        for factor, one in pattern.tally.moments.items():
            sums = moments.setdefault(factor, [0] * 6)
            moments[factor] = [have + new * times for have, new in zip(sums, one.as_tuple(), strict=True)]
    return Tally(sum(counts), values, {key: Moments(*sums) for key, sums in moments.items()}, provenance)


def _officials(core: Core, connection: sqlite3.Connection, tree: Tree, today: date) -> list[int]:
    """Managers of the province, by their Telegram ids: enough of them that nobody is asked to slow down."""
    stores, at = stores_over(connection, core.province.id, Shelf(), None), to_ms(utc_now())
    root = tree.root(today)
    assert root is not None
    for number in range(OFFICIALS):
        person = Person(new_id(), "telegram", str(FIRST_OFFICIAL + number), "vi")
        stores.people.add(person, at)
        stores.officials.add(Official(new_id(), person.id, root.id, "manager", None, None), at)
    return [FIRST_OFFICIAL + number for number in range(OFFICIALS)]


def _questions(tree: Tree, year: Year, today: date) -> Iterator[Asked]:
    """Every level with every kind of period: closed ones, and the year that the last closed quarter lies in."""
    root = tree.root(today)
    assert root is not None
    busy: list[Any] = [year.desks[at] for at in sorted(set(year.wheel[:BUSY]))]
    districts = [unit for unit in tree.children(root.id, today) if unit.level == "district"]
    for unit in (root, *districts, *busy):
        for kind in KINDS:
            period = _asked(kind, today)
            yield Asked(unit.level, kind, f"/score {unit.name} {period}", f"c:score @chart {unit.code} {period}")


def _asked(kind: Kind, today: date) -> str:
    now = of_kind("quarter" if kind == "year" else kind, today)
    before = previous(now) if now else None
    assert before is not None
    around = of_kind("year", before.first) if kind == "year" else before
    assert around is not None
    return around.id


if __name__ == "__main__":
    main()
