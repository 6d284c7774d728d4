"""B3: nobody writes into another person's survey, whatever she presses."""

from __future__ import annotations

import dataclasses
import random
import string
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.channels.telegram_parse import Heard, parse
from bot.channels.telegram_render import render
from handlers.stores import Talk, Talks
from tests.faults.figures import Figure, record, size
from tests.security.crowd import Owner, press, settle, theirs, words_of
from tests.world import World, world

PEOPLE = size(60, 300)
STRANGER = "666"
PAYLOADS = size(3_000, 100_000)


def every_pair(made: World, owners: list[Owner], rng: random.Random) -> int:
    """Everybody presses one button of everybody else; how many presses changed a row of anything."""
    wrote = 0
    made.connection.execute("BEGIN")
    for number, presser in enumerate(owners):
        for owner in owners:
            if owner is not presser:
                before = made.connection.total_changes
                press(made, presser, number, rng.choice(words_of(owner)))
                wrote += made.connection.total_changes != before
    made.connection.execute("COMMIT")
    return wrote


@dataclass
class Careless:
    """The mutant's store: every session belongs to whoever asks for it."""

    real: Talks
    asks: list[str]

    def get(self, session_id: str) -> Talk | None:
        talk = self.real.get(session_id)
        return replace(talk, person_id=self.asks[-1]) if talk else None

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


def careless(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule broken: `handlers.answer.pressed` finds the presser to be the owner."""
    honest = made.core.context

    def context(*arguments: object, **named: object) -> object:
        found = honest(*arguments, **named)  # type: ignore[arg-type]
        talks = Careless(found.stores.talks, [found.person.id])
        return replace(found, stores=dataclasses.replace(found.stores, talks=talks))  # type: ignore[arg-type]

    monkeypatch.setattr(made.core, "context", context)


def test_every_pair_of_people_and_not_one_cross_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: sessions in every state, all ordered pairs; the same pairs do write where ownership is not looked at."""
    rng = random.Random(20261116)
    with world(tmp_path) as made:
        owners = settle(made, PEOPLE, rng)
        before = theirs(made)
        wrote = every_pair(made, owners, rng)
        assert wrote == 0
        assert theirs(made) == before
        places = {row[0] for row in made.rows("SELECT json_extract(state, '$.place') FROM session")}
        assert places >= {"consent", "question", "review", "finished"}, places
        careless(made, monkeypatch)
        caught = every_pair(made, owners[:12], rng)
    assert caught > 20
    pairs = PEOPLE * (PEOPLE - 1)
    record(Figure("B3 cross-user presses", pairs, wrote, f"{PEOPLE} sessions × {PEOPLE} people", f"{caught} writes"))


def payloads(rng: random.Random, owners: list[Owner], count: int) -> list[str]:
    """Random texts, and true buttons of others with something changed."""
    letters = string.printable + "đếộ🙂\u202e\ue000\ue001\x00\ud7ff"
    every = [word for owner in owners for word in words_of(owner)]

    def noise(most: int) -> str:
        return "".join(rng.choices(letters, k=rng.randrange(most)))

    def one() -> str:
        true = rng.choice(every)
        at = rng.randrange(len(true))
        match rng.randrange(7):
            case 0:
                return noise(70)
            case 1:
                return rng.choice(["s:", "c:", "o:", "p:", "s::", "s:@begin", "p:340", "c:moi "]) + noise(40)
            case 2:
                return true[:at] + rng.choice(letters) + true[at + 1 :]
            case 3:
                return true[:at]
            case 4:
                return true + noise(300)
            case 5:
                other = rng.choice(every).split(":")
                mine = true.split(":")
                return ":".join([*mine[:2], *other[2:]])
            case _:
                return "c:" + rng.choice(
                    ["score 340", "xoa", "xoa dong-y", "moi 340 admin", "thuhoi x", "export", "vao"]
                )

    return [one() for _ in range(count)]


def taken(made: World, data: list[str], first: int) -> None:
    """Each as a Telegram callback of the stranger, from the JSON to the bodies of the answers."""
    for number, one in enumerate(data, first):
        heard = parse(_update(number, one))
        assert isinstance(heard, Heard)
        for message in made.take(heard.incoming):
            render(message)


def test_random_button_data_has_no_effect_and_raises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: pressed by one who owns nothing; the same data does have effects where ownership is not looked at."""
    rng = random.Random(7)
    with world(tmp_path) as made:
        owners = settle(made, 40, rng)
        made.official("chief", "340", "admin")
        before = theirs(made, STRANGER)
        taken(made, payloads(rng, owners, PAYLOADS), 0)
        raised = made.rows("SELECT count(*) FROM inbox WHERE state = 'failed'")[0][0]
        assert raised == 0
        assert theirs(made, STRANGER) == before
        careless(made, monkeypatch)
        taken(made, payloads(rng, owners, 500), PAYLOADS)
        assert theirs(made, STRANGER)["session"] != before["session"]
    record(Figure("B3 random button data", PAYLOADS, raised, mutant="sessions of others changed"))


def _update(number: int, data: str) -> dict[str, object]:
    who = {"id": int(STRANGER), "is_bot": False, "first_name": "X"}
    bubble = {"message_id": 5, "date": 1, "chat": {"id": int(STRANGER), "type": "private"}, "text": "?"}
    query = {"id": f"q{number}", "from": who, "chat_instance": "1", "data": data, "message": bubble}
    return {"update_id": number, "callback_query": query}
