"""Simulated people who answer while the program dies and comes back, and the judgement afterwards."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.verify import differences
from tests.standins.checker import Verdict, check_updates, is_whole, read_rows
from tests.standins.citizens import Button, Choose, Citizen, Outcome
from tests.standins.telegram import TelegramStandin

SURVEY_SECONDS = 600.0
MOST_SCREENS = 60
MOST_UNDER_WAY = 10
DOUBLE_TAPS = 0.1
"""The share of screens on which somebody taps twice."""

_STORED = """SELECT s.id, a.question, a.value FROM session s
    JOIN answer a ON a.province_id = s.province_id AND a.response_id = s.response_id WHERE a.value IS NOT NULL"""


async def answer_a_survey(citizen: Citizen, code: str) -> Outcome:
    """One survey from the first word to the last button, however often the program dies on the way.

    She goes on when her screen has changed and what she did was acknowledged. Who taps faster than that sees old
    screens come back after a kill, answers them as well, and is asked to slow down in the end: such a tap has, by
    design, no effect.
    """
    choose = answering()
    await _begin(citizen, code)
    for _ in range(MOST_SCREENS):
        button = choose(citizen.buttons(), citizen.rng)
        if button is None:
            return citizen.report(complete=True)
        before = citizen.screen()
        citizen.tap(button)
        if citizen.rng.random() < DOUBLE_TAPS:
            citizen.tap(button)
        while not await citizen.wait_change(before):
            citizen.tap(button)
        await _acknowledged(citizen)
    return citizen.report(complete=False)


async def _begin(citizen: Citizen, code: str) -> None:
    """Write until buttons are there. Where more begin in one moment than `telegram_intake.MOST_HELD` and the program
    dies, some are acknowledged and see nothing: they write again, as people do."""
    shown = False
    while not shown:
        await citizen.start(code)
        await _acknowledged(citizen)
        shown = await citizen.standin.wait_until(lambda: bool(citizen.buttons()), citizen.patience)


async def _acknowledged(citizen: Citizen) -> None:
    for update_id in citizen.sent[-MOST_UNDER_WAY:]:
        await citizen.standin.wait_acknowledged(update_id, SURVEY_SECONDS)


def answering() -> Choose:
    """Begin, a random choice on each screen (skip where there is none), send. People do not tap 60 times on end."""
    over = False

    def choose(here: Sequence[Button], rng: random.Random) -> Button | None:
        nonlocal over
        by_word = {button.data.split(":")[2]: button for button in here if button.data.startswith("s:")}
        if over or not by_word:
            return None
        if "@send" in by_word:
            over = True
        wanted = by_word.get("@begin") or by_word.get("@send") or by_word.get("@resume")
        if any(button.label.startswith("☑") for button in here):
            wanted = next(button for button in here if button.data.endswith(":@done"))
        choices = [button for button in here if button.data.count(":") == 3 and ":@" not in button.data]
        return wanted or (rng.choice(choices) if choices else by_word.get("@skip"))

    return choose


def stored_unseen(database: Path, standin: TelegramStandin) -> set[str]:
    """The updates that stand in the database though their acknowledgement was not seen: they will come again."""
    waiting = {str(waiting.update_id) for waiting in standin.delivery.queue}
    marks = ",".join("?" * len(waiting))
    query = f"SELECT update_id FROM inbox WHERE channel = 'telegram' AND update_id IN ({marks})"
    return {row[0] for row in read_rows(database, query, sorted(waiting))}


@dataclass(frozen=True)
class Judgement:
    """What a database holds after the kills; `wrong` has one line for each thing that must not be."""

    verdict: Verdict
    wrong: tuple[str, ...]


def judge(database: Path, standin: TelegramStandin, outcomes: Sequence[Outcome]) -> Judgement:
    """The database against the stand-in's log and against what people know they answered, and a recount."""
    verdict = check_updates(standin.journal.records, read_rows(database, "SELECT channel, update_id FROM inbox"))
    wrong = [] if verdict.sound else [str(verdict)]
    if not is_whole(database):
        wrong.append("the database is damaged")
    with closing(sqlite3.connect(database)) as connection:
        wrong += differences(connection, "sample")
    wrong += _answers_wrong(database, outcomes)
    wrong += [f"{one.user_id} did not finish" for one in outcomes if not one.complete]
    ((complete,),) = read_rows(database, "SELECT count(*) FROM response WHERE disposition = 'complete'")
    if complete < len(outcomes):
        wrong.append(f"{complete} responses of {len(outcomes)} people")
    return Judgement(verdict, tuple(wrong))


def _answers_wrong(database: Path, outcomes: Iterable[Outcome]) -> list[str]:
    """The last acknowledged press on a question must be the answer stored, in exactly one response."""
    answers = Counter[tuple[str, str, str]]()
    for session, question, value in read_rows(database, _STORED):
        answers[session, question, value] += 1
    stored = Counter((session, question) for session, question, _ in answers)
    wrong = [f"{key} stands {times} times" for key, times in answers.items() if times > 1]
    for (session, question), value in _last_presses(outcomes):
        if question == "why":  # boxes are ticked and unticked; the rest is one choice each
            continue
        if question == "sorry" and (session, "ontime", "late") not in answers:
            continue  # a later tap on an older screen closed the branch, and what stood on it is dropped
        if stored[session, question] != 1 or (session, question, value) not in answers:
            wrong.append(f"{session} {question} is not {value}")
    return wrong


def _last_presses(outcomes: Iterable[Outcome]) -> list[tuple[tuple[str, str], str]]:
    last: dict[tuple[str, str], str] = {}
    for outcome in outcomes:
        for press in outcome.presses:
            word = press.data.split(":")
            if press.acknowledged and len(word) == 4 and not word[2].startswith("@") and not word[3].startswith("@"):
                last[word[1], word[2]] = word[3]
    return list(last.items())
