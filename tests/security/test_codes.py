"""B8, B9: codes cannot be guessed: how many there are, how often one may try, and what a try may bring."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chance import new_code
from bot.operations import ENTRY_LETTERS
from handlers.context import Incoming, Message
from handlers.enroll import ALL_MISSES_AN_HOUR, MISSES_AN_HOUR
from handlers.invite import INVITE_HOURS
from handlers.one_time import CODE_LETTERS
from survey.text import clean
from tests.faults.figures import Figure, record, size
from tests.handlers.visits import Citizen
from tests.world import World, world

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MUTANTS = size(1_000, 100_000)
LIVE_CODES, DAYS = 500, 90


# --- B8: the codes on posters and slips ---


def test_codes_are_random_letters_of_the_whole_alphabet() -> None:
    """B8, B9: no two alike, every letter as likely as any other (chi-square, 31 degrees of freedom)."""
    codes = [new_code(CODE_LETTERS) for _ in range(4_000)]
    assert len(set(codes)) == len(codes)
    counts = Counter("".join(codes))
    assert set(counts) == set(ALPHABET)
    expected = len(codes) * CODE_LETTERS / len(ALPHABET)
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 90  # p = 1e-7
    assert len(ALPHABET) ** ENTRY_LETTERS == 2**50


def mutant(rng: random.Random, code: str) -> str:
    at = rng.randrange(len(code))
    match rng.randrange(6):
        case 0:
            return code[:at] + rng.choice(ALPHABET) + code[at + 1 :]
        case 1:
            return code[:at] + code[at + 1 :]
        case 2:
            return code[:at] + rng.choice(ALPHABET + "-_%'\"; ") + code[at:]
        case 3:
            return code[::-1]
        case 4:
            return f"{code[:at]}{rng.choice(['%', '_', '*', '?', chr(0), '..', ' OR 1=1'])}"
        case _:
            return "".join(rng.choice(ALPHABET) for _ in range(ENTRY_LETTERS))


def test_no_altered_deep_link_leads_anywhere(tmp_path: Path) -> None:
    """B8: altered, shortened, lengthened and made-up codes open no survey; the true ones do."""
    rng = random.Random(8)
    with world(tmp_path) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        made.core.new_code = new_code
        units = [row[0] for row in made.rows("SELECT code FROM unit WHERE level = 'commune' LIMIT 40")]
        codes = [made.perform("link", unit=unit)["code"] for unit in units]
        forger = Citizen(made, "forger")
        for _ in range(MUTANTS):
            forged = mutant(rng, rng.choice(codes))
            if "".join(clean(forged).replace("-", " ").split()) not in codes:  # blanks and dashes are no part of a code
                forger.sends("start", forged)
        accepted = made.rows("SELECT count(*) FROM session")[0][0]
        assert accepted == 0
        for code in codes[:5]:
            forger.sends("start", code)
        assert made.rows("SELECT count(*) FROM session") == [(5,)]
    record(Figure("B8 altered deep links", MUTANTS, accepted, f"{len(codes)} true codes of 50 bits"))


# --- B9: the codes that make an official ---


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as opened:
        opened.connection.execute("PRAGMA synchronous=OFF")
        yield opened


def tries(made: World, who: str, code: str, number: int = 0) -> str:
    reply: list[Message] = made.take(Incoming("web", f"{who}.{code}.{number}", who, "text", f"/vao {code}", "vi"))
    return reply[0].text


WRONG = "AAAA-BBBB-CCCC-DDDD"


def test_one_account_may_try_five_codes_an_hour(made: World) -> None:
    """B9: after that even the right code is refused, until the hour is over; erasing oneself changes nothing."""
    code = made.perform("invite", unit="34", role="admin")["code"]
    answers = [tries(made, "guesser", WRONG, number) for number in range(MISSES_AN_HOUR)]
    assert all("Mã không đúng" in answer for answer in answers)
    assert "một giờ" in tries(made, "guesser", code)
    made.take(Incoming("web", "erase", "guesser", "text", "/xoa dong-y", "vi"))
    assert "một giờ" in tries(made, "guesser", code, 1)
    assert made.rows("SELECT count(*) FROM official") == [(0,)]
    made.wait(minutes=61)
    assert "quản trị" in tries(made, "guesser", code, 2)


def test_everybody_together_may_try_a_hundred_an_hour(made: World) -> None:
    """B9: as many accounts as one likes are of no use; the price is that enrolling waits with them."""
    code = made.perform("invite", unit="34", role="admin")["code"]
    for number in range(ALL_MISSES_AN_HOUR):
        assert "Mã không đúng" in tries(made, f"guesser-{number}", WRONG)
    assert "một giờ" in tries(made, "fresh", WRONG)
    assert "một giờ" in tries(made, "the invited", code)
    made.wait(minutes=61)
    assert "quản trị" in tries(made, "the invited", code, 1)


def test_a_code_works_once_and_for_three_days(made: World) -> None:
    """B9: used or old it is as good as none; case, blanks and dashes do not matter."""
    first, second = (made.perform("invite", unit="34", role="viewer")["code"] for _ in range(2))
    assert "người xem" in tries(made, "one", first.lower().replace("-", " "))
    assert "Mã không đúng" in tries(made, "two", first)
    made.wait(hours=INVITE_HOURS, seconds=1)
    assert "Mã không đúng" in tries(made, "two", second)
    assert made.rows("SELECT count(*) FROM official") == [(1,)]


def chance_of_a_hit(letters: int) -> float:
    """That anybody finds any of LIVE_CODES codes within DAYS days at the most that the limiter lets pass."""
    return ALL_MISSES_AN_HOUR * 24 * DAYS * LIVE_CODES / float(len(ALPHABET)) ** letters


def test_the_arithmetic_of_guessing() -> None:
    """B9: 100 tries an hour for 90 days against 500 live codes of 80 bits: 8.9e-17. With 8 letters it were 1e-4."""
    assert len(ALPHABET) ** CODE_LETTERS == 2**80
    assert 8e-17 < chance_of_a_hit(CODE_LETTERS) < 9e-17
    assert chance_of_a_hit(8) > 9e-5
    detail = f"chance in {DAYS} days against {LIVE_CODES} live codes: {chance_of_a_hit(CODE_LETTERS):.1e}"
    tried = ALL_MISSES_AN_HOUR * 24 * DAYS
    record(Figure("B9 invitations (computed)", tried, 0, detail, f"8 letters: {chance_of_a_hit(8):.0e}"))
