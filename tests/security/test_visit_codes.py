"""B22. Codes of visits: none that we did not make is taken, and no code of a dossier lies anywhere in the files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import visit_code
from handlers.context import Context, Incoming
from tests.faults.figures import Figure, record
from tests.handlers.visits import Citizen, always
from tests.world import World, world

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FORGED = 100_000
DOSSIER = "H53.77-BIMAT-0912345678"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as one:
        yield one


def context(made: World) -> Context:
    return made.core.context(made.connection, Incoming("web", "", "x", "text"), now=made.now)


def codes(made: World, count: int) -> list[str]:
    day = made.now.strftime("%Y-%m-%d")
    rows = [[n, {"code": f"{DOSSIER}-{n}", "event": "returned", "unit": "340", "at": day}] for n in range(1, count + 1)]
    done = made.perform("dossiers", rows=rows)
    assert done["new"] == count, done
    return [code for _, code in done["codes"]]


def forge(rng: random.Random, known: list[str]) -> str:
    """What somebody might try who has seen many codes."""
    code, other = rng.choice(known), rng.choice(known)
    match rng.randrange(6):
        case 0:  # a letter changed
            place = rng.randrange(len(code))
            return code[:place] + rng.choice(LETTERS) + code[place + 1 :]
        case 1:  # one visit with another's signature
            return code[:13] + other[13:]
        case 2:  # a later last day
            return code[:10] + "".join(rng.choices(LETTERS, k=3)) + code[13:]
        case 3:  # two letters change places
            one, two = sorted(rng.sample(range(len(code)), 2))
            return code[:one] + code[two] + code[one + 1 : two] + code[one] + code[two + 1 :]
        case 4:  # the next reference
            return "".join(rng.choices(LETTERS, k=10)) + code[10:]
        case _:
            return "".join(rng.choices(LETTERS, k=23))


def test_no_forged_or_altered_code_is_taken(made: World) -> None:
    made.core.new_code = lambda letters: "".join(rng.choices(LETTERS, k=letters))
    rng = random.Random(20261127)
    known = codes(made, 40)
    own, asking = set(known), context(made)
    assert all(visit_code.read(asking, code) for code in known)
    tried = taken = 0
    while tried < FORGED:
        code = forge(rng, known)
        if code in own:
            continue
        tried += 1
        taken += visit_code.read(asking, code) is not None
    record(Figure("B22 codes of visits", tried, taken, "forged or altered in six ways beside 40 true ones"))
    assert taken == 0


def test_a_code_of_another_key_or_province_is_not_taken(made: World) -> None:
    (code,) = codes(made, 1)
    made.core.key = lambda: b"another key of the tests, as long as it must be"
    assert visit_code.read(context(made), code) is None


def test_the_reference_alone_is_no_way_in(made: World) -> None:
    """Whoever reads the database finds references; they are not codes, not even as the code of a poster."""
    codes(made, 1)
    [(ref,)] = made.rows("SELECT ref FROM invitation")
    for text in (ref, ref + "0" * 13, f"@{ref}"):
        assert "không dùng được" in made.says("thief", f"/start {text}")


def test_no_code_of_a_dossier_and_no_visit_code_lies_in_the_files(made: World, tmp_path: Path) -> None:
    (code,) = codes(made, 1)
    lan = Citizen(made, "lan", "telegram")
    lan.goes_on(lan.sends("start", code), always("4"))
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert b"visit_of_feed" in held  # the search finds what is there
    for secret in (DOSSIER, DOSSIER.lower(), DOSSIER.replace(".", ""), "0912345678", code):
        assert secret.encode() not in held
