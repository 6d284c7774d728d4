"""Monday's summaries of a province: 25 readers, 300 offices, each with its picture, its Excel file and its Word report.

From the tick that finds them due until the last file is drawn; memory is the most that the program and its drawing
process held together, added up.
"""

import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.bots import Place
from benchmarks.ours import copy_config, fill, ran
from benchmarks.serving import free_port
from bot.core import Core, make_core
from bot.drawing.studio import Studio
from bot.schedule import SYSTEM, Letter, write_letters
from bot.settings import load_settings
from bot.writing import own_database
from handlers.context import Attachment, Context
from handlers.due import PUSH_AT
from handlers.export import score_table
from handlers.figures import read
from handlers.stores import Official, Person
from handlers.word_report import facts
from scoring.period import by_id
from scoring.units import Unit

RESPONSES = 300_000
READERS = 25
MEASURE_SECONDS = 300.0
LIMIT_SECONDS, LIMIT_MIB = 10.0, 400.0
Say = Callable[[str], object]


@dataclass(frozen=True)
class Monday:
    """Seconds until the words, the pictures, the Excel files and the Word reports of all were there; MiB at most."""

    letters: int
    offices: int
    words: float
    pictures: float
    sheets: float
    reports: float
    program_mib: float
    drawing_mib: float


def measure(folder: Path, say: Say) -> str:
    """A markdown section."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="bench monday ") as name:
        place = Place(Path(name), free_port(), "")
        copy_config(place)
        fill(place, RESPONSES)
        found = Monday(**json.loads(ran(place, "benchmarks.monday", (), MEASURE_SECONDS)))
    say(f"Monday: {found}")
    return section(found)


def section(found: Monday) -> str:
    pushed = found.words + found.pictures + found.sheets
    memory = found.program_mib + found.drawing_mib
    return (
        "### Monday's summaries\n\n"
        f"{found.letters} readers of {found.offices} offices, {RESPONSES:,} responses in the year before. The goal is "
        f"{LIMIT_SECONDS:.0f} s and {LIMIT_MIB:.0f} MiB for summaries, pictures and Excel files.\n\n"
        "| words | pictures | Excel files | together | memory | Word reports besides |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: |\n"
        f"| {found.words:.1f} s | {found.pictures:.1f} s | {found.sheets:.1f} s | {pushed:.1f} s "
        f"({pushed / LIMIT_SECONDS:.2f} of the goal) | {memory:.0f} MiB ({memory / LIMIT_MIB:.2f}) "
        f"| {found.reports:.1f} s |"
    )


def main() -> None:
    """Measure on the filled database of the environment, print JSON."""
    settings = load_settings()
    with own_database(settings) as connection:
        core = make_core(settings, connection)
        monday = datetime.combine(_monday(datetime.now(settings.zone).date()), PUSH_AT, settings.zone)
        now = monday + timedelta(minutes=1)
        context = core.context(connection, SYSTEM, now=now)
        _readers(core, context)
        began = time.perf_counter()
        letters = write_letters(context)
        words = time.perf_counter() - began
        found = asyncio.run(_drawn(context, letters, words))
    print(json.dumps(asdict(found)))


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _readers(core: Core, context: Context) -> None:
    """Managers of the province and of the units right below it."""
    tree = context.stores.units.tree()
    root = tree.root(context.today)
    assert root is not None
    units: list[Unit] = [root, *tree.children(root.id, context.today)][:READERS]
    for number, unit in enumerate(units):
        person = Person(core.new_id(), "telegram", f"70000{number}", "vi")
        context.stores.people.add(person, context.now_ms)
        official = Official(core.new_id(), person.id, unit.id, "manager")
        context.stores.officials.add(official, context.now_ms - 8 * 86_400_000)
        context.stores.officials.subscribe(official.id, "weekly", context.today - timedelta(days=7))


async def _drawn(context: Context, letters: list[Letter], words: float) -> Monday:
    studio = Studio()
    tree = context.stores.units.tree()
    spent: list[float] = []
    try:
        for kind in ("picture", "sheet", "report"):
            began = time.perf_counter()
            for letter in letters:
                attachment = _attachment(context, letter, kind)
                if attachment is not None:
                    await studio.draw(attachment)
            spent.append(time.perf_counter() - began)
        drawing = _most(studio.process_id)
    finally:
        await studio.close()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pictures, sheets, reports = spent
    return Monday(len(letters), len(tree.units), words, pictures, sheets, reports, own, drawing)


def _attachment(context: Context, letter: Letter, kind: str) -> Attachment | None:
    tree, period = context.stores.units.tree(), by_id(letter.periods[-1])
    unit = tree.get(letter.unit_id)
    assert unit is not None
    assert period is not None
    match kind:
        case "picture":
            return letter.message.attachment
        case "sheet":
            units = [unit, *tree.descendants(unit.id, context.today)]
            return Attachment("sheet", "x.xlsx", score_table(context, units, period))
        case _:
            reading = read(context, unit, period)
            shown = reading.figures.overall.score is not None
            return Attachment("report", "x.docx", facts(context, reading)) if shown else None


def _most(process: int | None) -> float:
    """The most memory that a process ever held, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
