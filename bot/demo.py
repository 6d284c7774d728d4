"""Sample data: simulated citizens go through the real handlers, in a province of its own, seeded and watermarked."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

import handlers
from bot.core import Core
from bot.errors import Unusable
from bot.sample_figures import load_meeting
from bot.schedule import look_after
from bot.settings import Settings
from bot.setup import prepare
from bot.turn import Turn
from handlers.context import Button, Incoming, Message, to_ms
from handlers.dossiers import take
from scoring.units import Unit

MOST_RESPONSES = 200_000
MOST_WEEKS = 104
SESSIONS_A_BATCH = 10
MOST_TURNS = 80
"""A simulated citizen who needs more taps than this has met a bug."""
MOST_SILENT = 4
"""How many dossiers there are at most for each one that is answered about."""
VERIFIED = 0.6
GIVES_UP = 0.04
PROCEDURES = (
    "ho-tich",
    "chung-thuc",
    "dat-dai",
    "ho-tich",
    "chung-thuc",
    "bao-tro",
    "chung-thuc",
    "dat-dai",
    "cu-tru",
    "khac",
)
"""What citizens came for, in turn; codes of config/procedures.csv."""
OPENS, CLOSES = time(7, 30), time(17, 0)

Write = Callable[[Callable[[sqlite3.Connection], Any]], Any]


@dataclass(frozen=True)
class Citizen:
    """One simulated visit: who, where, when, how she was served (0 to 1)."""

    number: int
    unit: Unit
    at: datetime
    quality: float
    verified: bool
    gives_up: bool
    seed: int

    @property
    def address(self) -> str:
        return f"sample-{self.seed}-{self.number}"

    @property
    def procedure(self) -> str:
        return PROCEDURES[self.number % len(PROCEDURES)]


def fill(
    core: Core, write: Write, weeks: int, responses: int, seed: int, go_on: Callable[[], bool] = lambda: True
) -> dict[str, Any]:
    """Drive `responses` citizens through the last `weeks` weeks, in order of time; the same call again adds nothing.

    `go_on` is asked between batches, so that a program that stops can leave.
    """
    if not (1 <= weeks <= MOST_WEEKS and 1 <= responses <= MOST_RESPONSES):
        raise Unusable(
            "demo", f"weeks must be 1 to {MOST_WEEKS}, responses 1 to {MOST_RESPONSES}", "choose smaller numbers"
        )
    sample = core if core.province.sample else _sample_core(core, write)
    load_meeting(sample, write)  # first: it takes no time, and whoever tries the sample asks for it at once
    units: list[Unit] = write(lambda connection: _units(sample, connection))
    citizens = sorted(_citizens(units, sample, weeks, responses, seed), key=lambda one: one.at)
    for at in range(0, len(citizens), SESSIONS_A_BATCH):
        if not go_on():
            break
        write(partial(_drive, sample, citizens[at : at + SESSIONS_A_BATCH]))
    write(lambda connection: look_after(sample, connection))
    return {"responses": responses, "units": len({one.unit.id for one in citizens}), "weeks": weeks}


def _sample_core(core: Core, write: Write) -> Core:
    from bot.core import make_core

    made: Core = write(lambda connection: make_core(core.settings, connection, core.clock, sample=True))
    return made


def _units(core: Core, connection: sqlite3.Connection) -> list[Unit]:
    tree = core.context(connection, Incoming("sample", "", "", "text")).stores.units.tree()
    return [unit for unit in tree.units if unit.level != "province"]


def _citizens(units: list[Unit], core: Core, weeks: int, responses: int, seed: int) -> Iterator[Citizen]:
    rng = random.Random(seed)
    district = {unit.id: rng.gauss(0.0, 0.08) for unit in units if unit.level == "district"}
    # Communes share what their district is like, so that the sample's ranking has something to say.
    quality = {
        unit.id: min(
            0.97, max(0.35, rng.gauss(0.8, 0.06) + district.get(unit.id, district.get(unit.parent or "", 0.0)))
        )
        for unit in units
    }
    busy = [_busyness(unit, rng) for unit in units]
    now = core.clock().astimezone(core.settings.zone)
    first = now - timedelta(weeks=weeks)
    for number in range(responses):
        unit = rng.choices(units, busy)[0]
        share = rng.random() ** 0.9
        at = _office_hours(first + share * (now - first), rng)
        # People differ more than questions do: one person's answers go together.
        served = min(0.99, max(0.02, rng.gauss(quality[unit.id], 0.18)))
        yield Citizen(number, unit, min(at, now), served, rng.random() < VERIFIED, rng.random() < GIVES_UP, seed)


def _busyness(unit: Unit, rng: random.Random) -> float:
    """District desks and departments see more people than a commune's."""
    return {"district": 12.0, "department": 4.0}.get(unit.level, 1.0) * rng.uniform(0.5, 1.5)


def _office_hours(at: datetime, rng: random.Random) -> datetime:
    minutes = rng.randrange((CLOSES.hour - OPENS.hour) * 60 - 30)
    moved = datetime.combine(at.date(), OPENS, at.tzinfo) + timedelta(minutes=minutes, seconds=rng.randrange(60))
    return moved - timedelta(days=max(0, moved.weekday() - 4))


def _drive(core: Core, batch: list[Citizen], connection: sqlite3.Connection) -> None:
    for citizen in batch:
        _visit(core, connection, citizen)


def _visit(core: Core, connection: sqlite3.Connection, citizen: Citizen) -> None:
    """One citizen from the door to the receipt, every step an update of its own."""
    rng = random.Random(f"{citizen.seed}-{citizen.number}")
    first = _first_event(core, connection, citizen)
    messages = _send(core, connection, citizen, 0, first)
    for turn in range(1, MOST_TURNS):
        data = _next_press(messages, citizen, rng)
        if data is None or (citizen.gives_up and turn == 5):
            return
        messages = _send(core, connection, citizen, turn, Incoming("sample", "", citizen.address, "press", data))


def _first_event(core: Core, connection: sqlite3.Connection, citizen: Citizen) -> Incoming:
    """Through a slip that carries her dossier, or by picking the office."""
    if not citizen.verified:
        return Incoming("sample", "", citizen.address, "press", f"p:{citizen.unit.id}:{citizen.procedure}")
    context = core.context(connection, Incoming("sample", "", citizen.address, "text"), now=citizen.at)
    day = citizen.at.astimezone(core.settings.zone).date().isoformat()
    about = {"unit": citizen.unit.code, "procedure": citizen.procedure}
    rows = [
        (one, {"code": f"MAU-{citizen.seed}-{citizen.number}-{one}", "event": "returned", "at": day} | about)
        for one in range(1 + citizen.number % MOST_SILENT)
    ]
    (_, code), *_ = take(context, rows).codes  # the others do not answer
    return Incoming("sample", "", citizen.address, "start", code)


def _send(core: Core, connection: sqlite3.Connection, citizen: Citizen, turn: int, event: Incoming) -> list[Message]:
    now = citizen.at + timedelta(seconds=4 * turn)
    incoming = replace(event, update_id=f"{citizen.address}-{turn}")
    respond = partial(_respond, core, now)
    return Turn(core.province.id, incoming, respond, core.sorry, to_ms(now))(connection)


def _respond(core: Core, now: datetime, connection: sqlite3.Connection, incoming: Incoming) -> list[Message]:
    return core.respond(connection, incoming, handlers.route(incoming, handlers.Standing()), now)


def _next_press(messages: list[Message], citizen: Citizen, rng: random.Random) -> str | None:
    """Which button she presses next; None when there is nothing left to do."""
    buttons = [button for message in messages for row in message.buttons for button in row]
    survey = [button for button in buttons if button.data.startswith("s:")]
    by_word = {button.data.split(":")[2]: button for button in survey}
    for word in ("@begin", "@send"):
        if word in by_word:
            return by_word[word].data
    if "@review" in by_word or not survey:
        return None
    choices = [button for button in survey if not button.data.split(":")[2].startswith("@")]
    if not choices:
        return by_word["@skip"].data if "@skip" in by_word else None
    return _choose(choices, by_word.get("@skip"), citizen.quality, rng).data


def _choose(choices: list[Button], skip: Button | None, quality: float, rng: random.Random) -> Button:
    by_choice = {button.data.split(":")[3]: button for button in choices}
    if "5" in by_choice and "1" in by_choice:
        return by_choice[_level(quality, rng)] if rng.random() > 0.03 or "dk" not in by_choice else by_choice["dk"]
    if "@done" in by_choice:
        picked = [button for button in choices if button.label.startswith("☑")]
        return by_choice["@done"] if picked else rng.choice(choices[:-1])
    if skip is not None and rng.random() < 0.1:
        return skip
    # Facts go the way the service went: the first choices of our forms are the better ones.
    weights = [max(0.02, quality ** (1 + 3 * at)) if at < 2 else (1 - quality) / 2 for at in range(len(choices))]
    return rng.choices(choices, weights)[0]


def _level(quality: float, rng: random.Random) -> str:
    if rng.random() < quality:
        return "5" if rng.random() < 0.35 else "4"
    return rng.choices(("3", "2", "1"), (0.6, 0.28, 0.12))[0]


_TABLES = [
    "inbox",
    "shown",
    "review",
    "suspicion",
    "finding",
    "looked_at",
    "refusal",
    "sender",
    "rating_pull",
    "rating_request",
    "invitation",
    "last_action",
    "audit",
    "decision",
    "improvement",
    "order_notice",
    "order_deed",
    "order_support",
    "given_order",
    "report",
    "outbox",
    "second_account",
    "subscription",
    "invite_miss",
    "invite",
    "official",
    "cell",
    "procedure_cell",
    "block_part",
    "procedure_quarter",
    "waiting",
    "moments",
    "counts",
    "response_link",
    "session",
    "answer",
    "response",
    "consent",
    "person",
    "entry",
    "visit",
    "visit_count",
    "unit_lineage",
    "survey",
    "book",
]


def wipe(connection: sqlite3.Connection, province_id: str, settings: Settings, at: int) -> int:
    """Delete every row of the sample province, and nothing else; its empty frame stays so that it can be served."""
    connection.execute("UPDATE official SET deputy_of = NULL WHERE province_id = ?", (province_id,))
    rows = sum(
        connection.execute(f"DELETE FROM {table} WHERE province_id = ?", (province_id,)).rowcount for table in _TABLES
    )
    prepare(connection, settings, at)
    return rows
