"""Made-up honest offices over four weeks: their people answer as people do, which is often not how a textbook would.

Written before the detectors and made harder after them. Nothing is measured: the ranges are guesses, wide ones.
Market days, the bus home, the family's one phone, the shop at the gate that answers for the old, a school class,
queues at kiosks, helpers who read the questions out, invitations that go out down the list, a third to more than half
who give one level throughout, quick ones, stock phrases, a sore point of which everybody writes, sittings left until
the next day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scoring.sitting import Channel, Provenance, Sitting
from tests.scoring.remarks import TOPICS, remark

OPENS = 1_793_552_400_000
"""Monday 2 November 2026, 00:00 in Hà Nội, as Unix ms."""
DAYS = 28
DAY = 1440.0
"""Minutes."""
CLOSES = OPENS + DAYS * 86_400_000
PACE: dict[Channel, float] = {"telegram": 3.2, "zalo-oa": 3.6, "zalo-bot": 3.8, "web": 5.0, "kiosk": 6.0}
"""Median seconds an honest person takes for an item."""
CHANNELS: tuple[Channel, ...] = ("telegram", "zalo-oa", "zalo-bot", "web", "kiosk")
MIXES: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.40, (3, 3, 1, 3, 3)),
    (0.12, (9, 0.01, 0.01, 0.01, 0.01)),
    (0.10, (0.01, 9, 0.01, 0.01, 0.01)),
    (0.10, (0.01, 0.01, 0.01, 9, 0.01)),
    (0.10, (0.01, 0.01, 0.01, 0.01, 9)),
    (0.18, (0.5, 0.5, 0.01, 5, 5)),
)
"""(share of offices, Dirichlet weights of CHANNELS): all channels, one of them, the counter's two."""


@dataclass
class Office:
    """The habits of one office and its people."""

    number: int
    size: int
    mix: np.ndarray
    quality: float
    straight: float
    hand: float
    quick: float
    writes: float
    dossiers: float
    prompt: float
    market: int
    crowd: float
    bus: float
    family: float
    invites: str
    topic: tuple[str, ...] | None
    saturday: bool
    reader: float
    """0, or the pace (of the usual) of a helper who reads the questions out at the kiosk: everybody's is alike then."""
    school: int
    """The day on which a class of sixteen comes for its identity cards and answers at once, quick as the young are."""
    phones: int = 0
    devices: list[str] = field(default_factory=list)

    def phone(self) -> str:
        """A phone that nobody used before."""
        self.phones += 1
        return f"p{self.number}.{self.phones}"


def office(number: int, rng: np.random.Generator, size: int | None = None) -> Office:
    """An office with habits of its own and 12 to 300 sittings in four weeks, half of them under 75."""
    shares = np.array([share for share, _ in MIXES])
    weights = MIXES[int(rng.choice(len(MIXES), p=shares / shares.sum()))][1]
    drawn = int(np.clip(round(rng.lognormal(np.log(75), 0.8)), 12, 300))
    return Office(
        number=number,
        size=size or drawn,
        mix=rng.dirichlet(np.array(weights)),
        quality=float(rng.uniform(0.68, 0.97)),
        straight=float(rng.uniform(0.3, 0.6)),
        hand=float(rng.normal(0, 0.22)),
        quick=float(rng.uniform(0.03, 0.15)),
        writes=float(rng.uniform(0.1, 0.5)),
        dossiers=float(rng.uniform(0, 0.9)),
        prompt=float(rng.uniform(0.3, 0.8)),
        market=int(rng.integers(0, 5)) if rng.random() < 0.6 else -1,
        crowd=float(rng.uniform(1.5, 5)),
        bus=float(rng.uniform(0, 0.5)),
        family=float(rng.uniform(0.02, 0.12)),
        invites=str(rng.choice(["never", "evening", "as done", "morning after"])),
        topic=TOPICS[int(rng.integers(len(TOPICS)))] if rng.random() < 0.25 else None,
        saturday=bool(rng.random() < 0.3),
        reader=float(rng.uniform(0.75, 1.2)) if rng.random() < 0.15 else 0.0,
        school=int(rng.choice([day for day in range(DAYS) if day % 7 < 5])) if rng.random() < 0.06 else -1,
    )


def levels(quality: float, straight: bool, rng: np.random.Generator, asked: int = 9) -> tuple[int, ...]:
    """One person's levels: satisfied (4, 5) with a leaning of her own; a don't-know is left out."""
    leaning = rng.beta(quality * 2.5, (1 - quality) * 2.5)
    if straight:
        return (int(rng.choice([4, 5]) if rng.random() < leaning else rng.choice([1, 2, 3])),) * asked
    answered = asked - int(rng.binomial(asked, 0.06))
    good = rng.random(max(answered, 1)) < leaning
    of_good, of_bad = rng.choice([4, 5], len(good), p=[0.6, 0.4]), rng.choice([1, 2, 3], len(good), p=[0.1, 0.25, 0.65])
    return tuple(int(level) for level in np.where(good, of_good, of_bad))


def seconds(channel: Channel, hand: float, quick: bool, items: int, words: str, rng: np.random.Generator) -> float:
    """How long a sitting takes: items, words typed, and now and then something else in between, till the next day."""
    pace = rng.uniform(0.9, 1.6) if quick else PACE[channel] * np.exp(hand + rng.normal(0, 0.5))
    away = rng.uniform(60, 900) if rng.random() < 0.04 else 0.0
    if channel != "kiosk" and rng.random() < 0.03:
        away = rng.uniform(1_800, 72_000)
    return float(items * pace + len(words) * rng.uniform(0.2, 0.6) + away + rng.uniform(0, 3))


def sitting(
    device: str, channel: Channel, provenance: Provenance, end: float, lasted: float, given: tuple[int, ...],
    words: str = "", ordinal: int | None = None, staff: bool = False,
) -> Sitting:  # fmt: skip
    """`end` in minutes since OPENS, local; `lasted` in seconds."""
    ended = OPENS + int(end * 60_000)
    day, minute = divmod(end, DAY)
    began, weekday = ended - int(lasted * 1000), int(day) % 7
    return Sitting(device, channel, provenance, began, ended, int(minute), weekday, given, words, ordinal, staff)


def visiting_days(office: Office, rng: np.random.Generator) -> np.ndarray:
    """For each of the office's people the day she came; market days (every fifth) draw crowds."""
    weight = np.array([[1.0, 0.9, 0.9, 0.9, 1.0, 0.5 if office.saturday else 0.0, 0.0][day % 7] for day in range(DAYS)])
    if office.market >= 0:
        weight *= np.where(np.arange(DAYS) % 5 == office.market, office.crowd, 1.0)
    weight *= rng.gamma(6, 1 / 6, DAYS)
    return np.sort(rng.choice(DAYS, office.size, p=weight / weight.sum()))


def visit_minute(rng: np.random.Generator) -> float:
    """When in the day somebody is at the counter."""
    morning = rng.random() < 0.62
    return float(np.clip(rng.normal(540, 50), 450, 690) if morning else np.clip(rng.normal(880, 55), 810, 1020))


def later(office: Office, day: float, came: float, rng: np.random.Generator) -> float:
    """When somebody answers who did not do so at once: that evening, at noon or one of the next days."""
    kind = rng.random()
    if kind < 0.55:
        return float(max(day * DAY + rng.normal(1170, 60), came + 5))
    after = day + 1 + rng.geometric(0.5) - 1
    return float(after * DAY + (rng.normal(720, 25) if kind < 0.75 else rng.normal(1180, 70)))


def answers_at(office: Office, day: int, came: float, place: int, rng: np.random.Generator) -> float:
    """When the holder of a dossier that was the office's `place`-th of that day answers."""
    match office.invites:
        case "evening":
            return float(day * DAY + 1140 + 0.05 * place + rng.lognormal(2.5, 1.3))
        case "as done":
            return float(came + 15 + rng.lognormal(1.8, 0.9)) if rng.random() < 0.7 else later(office, day, came, rng)
        case "morning after":
            return float((day + 1) * DAY + 450 + 0.05 * place + rng.lognormal(3.0, 1.3))
    return float(came + rng.exponential(9)) if rng.random() < office.prompt else later(office, day, came, rng)


def honest(office: Office, rng: np.random.Generator) -> list[Sitting]:
    """The sittings of an honest office, in order of time, all of them inside the four weeks."""
    days = visiting_days(office, rng)
    made: list[Sitting] = []
    for day in np.unique(days):
        made += one_day(office, int(day), int((days == day).sum()), rng)
    made += gate_shop(office, rng) + school_class(office, rng)
    return sorted((one for one in made if one.ended < CLOSES), key=lambda one: one.ended)


def one_day(office: Office, day: int, people: int, rng: np.random.Generator) -> list[Sitting]:
    """What the people say who were at the office on that day, whenever they say it."""
    came = np.sort([day * DAY + visit_minute(rng) for _ in range(people)])
    place = np.sort(rng.choice(np.arange(1, people * 4 + 5), people, replace=False))
    market = office.market >= 0 and day % 5 == office.market
    bus = day * DAY + rng.uniform(640, 700)
    free = dict.fromkeys(("k1", "k2"), 0.0)
    made: list[Sitting] = []
    for one in range(people):
        channel: Channel = CHANNELS[int(rng.choice(5, p=office.mix))]
        given = levels(office.quality, bool(rng.random() < office.straight), rng)
        words = remark(office.topic, rng) if rng.random() < office.writes * (0.4 if channel == "kiosk" else 1) else ""
        lasted = seconds(channel, office.hand, bool(rng.random() < office.quick), len(given), words, rng)
        if channel == "kiosk":
            if office.reader:
                lasted = len(given) * PACE["kiosk"] * office.reader * np.exp(rng.normal(0, 0.25)) + 0.2 * len(words)
            which = "k1" if office.size < 90 or rng.random() < 0.7 else "k2"
            begins = max(came[one] + rng.exponential(3), free[which] + rng.uniform(0.1, 0.7))
            free[which] = begins + lasted / 60
            made.append(sitting(f"{which}.{office.number}", channel, "assisted", free[which], lasted, given, words))
            continue
        verified = bool(rng.random() < office.dossiers)
        if verified:
            end = answers_at(office, day, came[one], int(place[one]), rng)
        elif market and came[one] < bus and rng.random() < office.bus:
            end = bus + rng.uniform(1, 22)
        elif rng.random() < office.prompt:
            end = came[one] + rng.exponential(9)
        else:
            end = later(office, day, came[one], rng)
        device = "" if channel == "web" else office.phone()
        ordinal = int(place[one]) if verified else None
        end += lasted / 60
        made.append(sitting(device, channel, "verified" if verified else "walk_in", end, lasted, given, words, ordinal))
        if rng.random() < office.family:
            made += relatives(office, made[-1], end, rng)
    return made


def relatives(office: Office, first: Sitting, end: float, rng: np.random.Generator) -> list[Sitting]:
    """One to three more of the family on the same phone, one after the other or another day."""
    made = []
    for _ in range(1 + int(rng.binomial(2, 0.25))):
        given = levels(office.quality, bool(rng.random() < office.straight), rng)
        lasted = seconds(first.channel, office.hand, False, len(given), "", rng)
        end += lasted / 60 + (rng.exponential(2) + 0.3 if rng.random() < 0.7 else rng.uniform(300, 9000))
        made.append(sitting(first.device, first.channel, "walk_in", end, lasted, given))
    return made


def school_class(office: Office, rng: np.random.Generator) -> list[Sitting]:
    """The class of `office.school`: a tenth to a quarter of what a small office hears in a month, within the hour."""
    if office.school < 0:
        return []
    came = office.school * DAY + rng.uniform(480, 960)
    made = []
    for _ in range(min(int(rng.integers(6, 17)), office.size // 5)):
        channel: Channel = CHANNELS[int(rng.choice([0, 1, 3]))]
        given = levels(office.quality, bool(rng.random() < office.straight + 0.2), rng)
        lasted = seconds(channel, -0.5, bool(rng.random() < 0.3), len(given), "", rng)
        end = float(came + rng.uniform(0, 60))
        made.append(sitting("" if channel == "web" else office.phone(), channel, "walk_in", end, lasted, given))
    return made


def gate_shop(office: Office, rng: np.random.Generator) -> list[Sitting]:
    """In one office of 25 the copy shop or the village head answers for others who ask. And officials visit, too."""
    made = []
    if rng.random() < 0.04:
        device, channel = office.phone(), CHANNELS[int(rng.choice([0, 1, 2]))]
        for _ in range(min(int(rng.integers(3, 9)), max(office.size // 8, 1))):
            given = levels(office.quality, bool(rng.random() < office.straight), rng)
            end = int(rng.choice([day for day in range(DAYS) if day % 7 < 5])) * DAY + visit_minute(rng)
            lasted = seconds(channel, office.hand, bool(rng.random() < 0.4), len(given), "", rng)
            made.append(sitting(device, channel, "walk_in", end, lasted, given))
    if rng.random() < 0.05:
        given = levels(office.quality, bool(rng.random() < office.straight), rng)
        end = int(rng.integers(0, DAYS)) * DAY + rng.uniform(480, 1260)
        made.append(sitting(office.phone(), "telegram", "walk_in", float(end), 40.0, given, staff=True))
    return made
