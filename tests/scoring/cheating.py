"""Offices whose staff fill in for citizens: five recipes, three strengths, in otherwise honest offices.

Shares no code with the detectors. These cheats do not know them: they answer quickly because they know the questions by
heart, in sittings of some length, and find every citizen satisfied. Whoever knew the detectors could do better: take a
new account for each sitting, never more than two in an hour and at night as well, take the time that people take, press
3 now and then, spread over all four weeks, ask the list in no order and write nothing. That costs an office weeks of
patience, and nothing here would see it; only the share of answers tied to dossiers bounds it, and calling people back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.sitting import Channel, Provenance, Sitting
from tests.scoring.citizens import DAY, DAYS, PACE, Office, honest, office, sitting
from tests.scoring.remarks import SHORT, own_words, reworded, typed

RECIPES = ("accounts", "closing", "list", "copied", "coached")
STRENGTHS = (0.2, 0.3, 0.5)
"""Shares of an office's sittings that staff filled in."""
HEART = (1.2, 4.0)
"""Seconds an item takes, from whom presses on to who takes nearly the time that people take."""
PRETENDED = 0.2
"""Share of the sittings in which a careful cheat finds fault with something."""
WORKING = [day for day in range(DAYS) if day % 7 < 5]


@dataclass
class Hand:
    """How the staff of one office answer."""

    office: Office
    pace: float
    """Seconds an item takes: whoever knows the questions by heart does not read them, so the channel hardly matters."""
    five: float
    straight: float
    company: bool
    """Two of the staff sit down at the same time."""
    careful: bool
    """Takes the time that people take, and presses 3 now and then."""
    rng: np.random.Generator

    def sat(
        self, device: str, channel: Channel, provenance: Provenance, end: float, words: str = "", **more: object
    ) -> Sitting:
        """One sitting: levels 4 and 5, quick, words pasted or none."""
        rng = self.rng
        given = tuple(int(level) for level in np.where(rng.random(9) < self.five, 5, 4))
        if rng.random() < self.straight:
            given = given[:1] * 9
        pace = self.pace
        if self.careful:
            pace = PACE[channel]
            given = (3, *given[1:]) if rng.random() < PRETENDED else given
        lasted = 9 * pace * np.exp(rng.normal(0, 0.3)) + rng.uniform(0, 8) + (4 if words else 0)
        if rng.random() < 0.06:
            lasted += rng.uniform(30, 300)
        return sitting(device, channel, provenance, end, float(lasted), given, words, **more)  # type: ignore[arg-type]


def cheating(
    number: int, recipe: str, strength: float, rng: np.random.Generator, careful: bool = False
) -> tuple[list[Sitting], frozenset[int]]:
    """(the sittings of an office in order of time, the places of those that staff filled in)."""
    drawn = office(number, rng)
    false = round(strength * drawn.size)
    drawn.size -= false
    hand = Hand(
        office=drawn,
        pace=rng.uniform(*HEART),
        five=rng.uniform(0.4, 0.95),
        straight=rng.uniform(0.2, 0.7),
        company=bool(rng.random() < 0.25),
        careful=careful,
        rng=rng,
    )
    faked = {
        "accounts": from_few_accounts,
        "closing": before_closing,
        "list": down_the_list,
        "copied": with_copied_words,
        "coached": at_the_kiosk,
    }[recipe](hand, false)
    mixed = [(one, False) for one in honest(drawn, rng)] + [(one, True) for one in faked]
    mixed.sort(key=lambda pair: pair[0].ended)
    return [one for one, _ in mixed], frozenset(place for place, (_, fake) in enumerate(mixed) if fake)


def sessions(hand: Hand, many: int, days: list[int]) -> list[list[float]]:
    """The ends (minutes) of `many` sittings in sessions of 4 to 12, spaced 1 to 15 minutes, mostly in office hours.

    Where there is `company`, every second session begins while the one before it is under way.
    """
    rng = hand.rng
    made: list[list[float]] = []
    start = 0.0
    while many > 0:
        size = min(int(rng.integers(4, 13)), many)
        many -= size
        if hand.company and len(made) % 2:
            start += rng.uniform(0, 10)
        else:
            minute = rng.uniform(455, 960) if rng.random() < 0.85 else rng.uniform(1080, 1260)
            start = int(rng.choice(days)) * DAY + minute
        made.append([float(end) for end in start + np.cumsum(rng.uniform(1, 15, size))])
    return made


def chat(hand: Hand) -> Channel:
    return ("telegram", "zalo-oa", "zalo-bot")[int(hand.rng.choice(3, p=[0.45, 0.4, 0.15]))]


def anyone(hand: Hand) -> tuple[str, Channel]:
    """A web page, or the account of a colleague or relative who did not answer before."""
    if hand.rng.random() < 0.5:
        return "", "web"
    return hand.office.phone(), chat(hand)


def phrase(hand: Hand) -> str:
    return typed(str(hand.rng.choice(SHORT[:8])), hand.rng) if hand.rng.random() < 0.15 else ""


def from_few_accounts(hand: Hand, many: int) -> list[Sitting]:
    """Two accounts or more, each for some 6 to 15 sittings, with dossiers where there are; one may be registered."""
    rng = hand.rng
    accounts = [(hand.office.phone(), chat(hand)) for _ in range(1 + max(1, round(many / rng.uniform(6, 15))))]
    registered = accounts[0][0] if rng.random() < 0.2 else None
    made = []
    for ends in sessions(hand, many, WORKING):
        for end in ends:
            device, channel = accounts[int(rng.integers(len(accounts)))]
            tied = rng.random() < hand.office.dossiers
            more = {"ordinal": int(rng.integers(1, 60)) if tied else None, "staff": device == registered}
            made.append(hand.sat(device, channel, "verified" if tied else "walk_in", end, phrase(hand), **more))
    return made


def before_closing(hand: Hand, many: int) -> list[Sitting]:
    """In the last three working days, from web pages and accounts of colleagues."""
    return [
        hand.sat(*anyone(hand), "walk_in", end, phrase(hand))
        for ends in sessions(hand, many, WORKING[-3:])
        for end in ends
    ]


def down_the_list(hand: Hand, many: int) -> list[Sitting]:
    """A day's dossiers from the top, some left out, now and then two in the wrong order."""
    made = []
    for ends in sessions(hand, many, WORKING):
        places = np.cumsum(hand.rng.integers(1, 6, len(ends))) + int(hand.rng.integers(0, 10))
        for one in range(len(places) - 1):
            if hand.rng.random() < 0.1:
                places[[one, one + 1]] = places[[one + 1, one]]
        for end, place in zip(ends, places, strict=True):
            made.append(hand.sat(*anyone(hand), "verified", end, phrase(hand), ordinal=int(place)))
    return made


def with_copied_words(hand: Hand, many: int) -> list[Sitting]:
    """One to six praises passed round, some of their words changed each time, from accounts of their own.

    In half of the offices everybody does it at home when there is time, so that no session is seen.
    """
    rng = hand.rng
    praises = [own_words(rng) for _ in range(min(max(1, round(many / rng.uniform(4, 10))), 6))]
    writes, much = rng.uniform(0.5, 0.9), rng.uniform(0, 0.15)
    at_home = [[float(rng.choice(WORKING)) * DAY + rng.uniform(420, 1320)] for _ in range(many)]
    made = []
    for ends in at_home if rng.random() < 0.5 else sessions(hand, many, WORKING):
        for end in ends:
            words = reworded(str(rng.choice(praises)), much, rng) if rng.random() < writes else ""
            tied = rng.random() < hand.office.dossiers
            ordinal = int(rng.integers(1, 60)) if tied else None
            made.append(hand.sat(*anyone(hand), "verified" if tied else "walk_in", end, words, ordinal=ordinal))
    return made


def at_the_kiosk(hand: Hand, many: int) -> list[Sitting]:
    """Somebody of the office presses for people at the kiosk, or for nobody."""
    made = []
    for ends in sessions(hand, many, WORKING):
        made += [hand.sat(f"k1.{hand.office.number}", "kiosk", "assisted", end) for end in ends]
    return made
