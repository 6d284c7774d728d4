"""Many people, each somewhere in a survey of her own, and a digest of everything that is theirs."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from functools import partial

import handlers
from handlers.context import Incoming, Message
from tests.handlers.visits import Citizen, buttons
from tests.world import World

UNIT = "12700"
"""A commune of the sample's tree."""
MOST_STEPS = 14
MINE = frozenset({"inbox", "person", "audit", "invite_miss"})
"""Tables in which any event may leave a line about who sent it."""


@dataclass
class Owner:
    """One person, her session, and every button she was ever shown."""

    citizen: Citizen
    session: str = ""
    shown: list[str] = field(default_factory=list)


def settle(world: World, count: int, rng: random.Random) -> list[Owner]:
    """`count` people, each left after a random number of steps: at the consent, in the middle, at the end, after it."""
    world.connection.execute("PRAGMA synchronous=OFF")
    return [_walk(Owner(Citizen(world, f"owner-{number}")), rng) for number in range(count)]


def _walk(owner: Owner, rng: random.Random) -> Owner:
    reply = owner.citizen.press(f"p:{UNIT}:khac")
    for _ in range(rng.randrange(MOST_STEPS)):
        _note(owner, reply)
        forward = [data for data in _survey(reply) if data.split(":")[2] in {"@begin", "@send"}]
        choices = [data for data in _survey(reply) if not data.split(":")[2].startswith("@")]
        skips = [data for data in _survey(reply) if ":@skip:" in data]
        if not (forward or choices or skips):
            break
        reply = owner.citizen.press(rng.choice(forward or choices or skips))
    _note(owner, reply)
    owner.session = owner.shown[0].split(":")[1]
    return owner


def _survey(reply: list[Message]) -> list[str]:
    return [button.data for button in buttons(reply) if button.data.startswith("s:")]


def _note(owner: Owner, reply: list[Message]) -> None:
    owner.shown += [data for data in _survey(reply) if data not in owner.shown]


def words_of(owner: Owner) -> list[str]:
    """Every press that could do something in her session: what she was shown, and the verbs of the conversation."""
    verbs = ("@begin", "@quit", "@send", "@resume", "@review", "@later", "@elsewhere", "@who", "@language:en",
             "@edit:overall", "@back:overall", "@skip:overall", "overall:1", "overall:5")  # fmt: skip
    return [*owner.shown, *(f"s:{owner.session}:{verb}" for verb in verbs)]


def press(world: World, owner: Owner, number: int, data: str) -> list[Message]:
    """One press, straight to the handlers; the caller owns the transaction."""
    address = owner.citizen.name
    incoming = Incoming("console", f"pair.{address}.{number}", address, "press", data, "vi")
    respond = partial(world.core.respond, world.connection)
    return respond(incoming, handlers.route(incoming, handlers.Standing()), world.now)


def theirs(world: World, besides: str = "") -> dict[str, str]:
    """A digest of every table but those of MINE, without the sessions and visits of address `besides`."""
    found = world.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    digests = {}
    for (name,) in found:
        if name not in MINE:
            rows = world.rows(f"SELECT * FROM {name}{_WITHOUT.get(name, '')}", *([besides] * (name in _WITHOUT)))
            digests[name] = hashlib.sha256(repr(sorted(rows, key=repr)).encode()).hexdigest()
    return digests


_OTHERS = "SELECT {} FROM session s JOIN person p ON p.id = s.person_id WHERE p.address <> ?"
_WITHOUT = {
    "session": f" WHERE id IN ({_OTHERS.format('s.id')})",
    "visit": f" WHERE id IN ({_OTHERS.format('s.visit_id')}) OR id IN (SELECT visit_id FROM response)",
}
