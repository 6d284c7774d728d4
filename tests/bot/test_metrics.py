"""The operator's numbers: right, cheap to keep, and silent about offices and people."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import handlers
from bot.app import App
from bot.errors import StorageUnavailable
from bot.limits import BURST
from bot.metrics import Metrics
from bot.outbox import Outbox
from bot.readers import Readers
from bot.storage.database import open_writer
from bot.tally import Spread
from bot.writer import Writer
from handlers.context import Incoming, Message
from tests.bot.ward import backed_up
from tests.handlers.visits import Citizen, always
from tests.world import World, world

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], float]


@asynccontextmanager
async def running(made: World) -> AsyncIterator[tuple[App, Metrics]]:
    path = Path(made.core.settings.database_url.removeprefix("sqlite:///"))
    writer, readers = Writer(open_writer(path)), Readers(path)
    writer.start()
    app = App(made.core, writer, readers)
    try:
        yield app, Metrics(app, Outbox(writer, readers, {}, made.core.clock).ended)
    finally:
        readers.close()
        writer.stop()


async def read(metrics: Metrics) -> Numbers:
    text = (await metrics.text()).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(numbers: Numbers, name: str, **labels: str) -> float:
    return numbers.get((name, frozenset(labels.items())), 0.0)


def says(number: int, text: str, channel: str = "telegram", address: str = "7") -> Incoming:
    return Incoming(channel, str(number), address, "text", text, "vi")


async def test_every_ending_of_an_update_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(tmp_path) as made:
        async with running(made) as (app, metrics):
            await app.receive(says(1, "/start"))
            await app.receive(says(1, "/start"))
            await app.receive(says(2, "/trogiup"))
            await app.receive(says(3, "chào", channel="kiosk"))
            for number in range(100, 102 + int(BURST)):
                await app.receive(says(number, "/trogiup", address="hasty"))
            monkeypatch.setattr(handlers, "respond", _broken)
            await app.receive(says(4, "/start"))
            await app.writer.do(lambda connection: connection.execute("PRAGMA max_page_count=1"))
            monkeypatch.setattr(handlers, "respond", _greedy)
            with pytest.raises(StorageUnavailable):
                await app.receive(says(5, "/start"))
            numbers = await read(metrics)
    counted = {
        outcome: of(numbers, "sipas_updates_total", channel="telegram", outcome=outcome)
        for outcome in ("done", "repeated", "read", "slowed", "failed", "refused")
    }
    assert counted.pop("slowed") >= 1
    assert counted.pop("read") >= BURST
    assert counted == {"done": 1, "repeated": 1, "failed": 1, "refused": 1}
    assert of(numbers, "sipas_updates_total", channel="web", outcome="done") == 1, "a kiosk counts as web"
    assert of(numbers, "sipas_writer_healthy") == 0


def _broken(*_: object) -> list[Message]:
    raise ZeroDivisionError


def _greedy(context: Any, _: object) -> list[Message]:
    context.stores.people.connection.execute("CREATE TABLE more AS SELECT hex(zeroblob(100000)) AS x")
    return []


async def test_batches_commits_and_reads_are_spread(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        async with running(made) as (app, metrics):
            for number in range(5):
                await app.receive(says(number, "/start"))
            await app.receive(says(9, "/trogiup"))
            numbers = await read(metrics)
            assert of(numbers, "sipas_writer_batch_jobs_count") == app.writer.batches == 5
            assert of(numbers, "sipas_writer_batch_jobs_sum") == app.writer.jobs == 5
            assert of(numbers, "sipas_writer_batch_jobs_bucket", le="1.0") == 5
            assert of(numbers, "sipas_writer_commit_seconds_count") == 5
            assert of(numbers, "sipas_writer_commit_seconds_bucket", le="+Inf") == 5
            assert of(numbers, "sipas_reader_seconds_count") >= 1
            assert of(numbers, "sipas_writer_waiting_jobs") == 0
            assert of(numbers, "sipas_writer_healthy") == 1
            assert of(numbers, "sipas_database_bytes", file="database") > 100_000
            assert of(numbers, "process_resident_memory_bytes") > 10_000_000


async def test_the_outbox_and_the_backup(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.official("chi-lan", "340")
        person = made.rows("SELECT id FROM person")[0][0]
        at = int(made.now.timestamp() * 1000)
        for name, state, age in (("a", "queued", 90), ("b", "queued", 30), ("c", "unknown", 5), ("d", "sent", 500)):
            made.connection.execute(
                "INSERT INTO outbox VALUES ('sample', ?, ?, 'weekly', '[]', ?, 0, 0, NULL, NULL, ?, NULL, NULL, NULL)",
                (name, person, state, at - age * 1000),
            )
        made.connection.execute(
            "INSERT INTO outbox SELECT province_id, 'e', person_id, kind, message, 'failed', 0, 0, NULL, NULL, 0, 0, "
            "NULL, NULL FROM outbox WHERE id = 'd'"
        )
        async with running(made) as (_, metrics):
            numbers = await read(metrics)
            made.connection.execute("UPDATE outbox SET instead_of = 'e' WHERE id = 'd'")
            passed_on = await read(metrics)
            assert ("sipas_backup_age_seconds", frozenset()) not in numbers
            backed_up(tmp_path / "world.db", made.now, hours=2)
            later = await read(metrics)
    assert {state: of(numbers, "sipas_outbox_posts", state=state) for state in ("queued", "unknown", "failed")} == {
        "queued": 2,
        "unknown": 1,
        "failed": 1,
    }
    assert of(numbers, "sipas_summaries_undelivered") == 1
    assert of(passed_on, "sipas_summaries_undelivered") == of(passed_on, "sipas_outbox_posts", state="failed") == 0
    assert of(numbers, "sipas_outbox_oldest_seconds") == 90
    assert of(later, "sipas_backup_age_seconds") == 7200


async def test_a_database_that_cannot_be_read_leaves_the_rest(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        async with running(made) as (app, metrics):
            await app.receive(says(1, "/start"))
            await app.writer.do(lambda connection: connection.execute("ALTER TABLE outbox RENAME TO gone"))
            numbers = await read(metrics)
    assert of(numbers, "sipas_updates_total", channel="telegram", outcome="done") == 1
    assert not any(name == "sipas_outbox_posts" for name, _ in numbers)


# --- what must not be told ---

LABELS = {"channel", "outcome", "state", "disposition", "file", "le"}
"""None of them can name an office, a person, a questionnaire or an answer."""


def responses(numbers: Numbers) -> Mapping[str, float]:
    return {one: of(numbers, "sipas_responses", disposition=one) for one in ("complete", "partial")}


async def test_a_response_more_is_not_seen(tmp_path: Path) -> None:
    """Only whole tens, and only of days that are over: neither the sending nor its hour can be read off."""
    with world(tmp_path, sample=False, step=10) as made:
        seen = []
        for day in range(4):
            for number in range(6):
                Citizen(made, f"{day}.{number}").visits(("340", "343")[number % 2], always("4"))
                async with running(made) as (_, metrics):
                    seen.append(responses(await read(metrics))["complete"])
            made.wait(days=1)
    assert seen == [0] * 6 + [0] * 6 + [10] * 6 + [10] * 6


async def test_nothing_names_an_office_or_a_person(tmp_path: Path) -> None:
    with world(tmp_path, sample=False, step=10) as made:
        for number in range(12):
            Citizen(made, f"citizen-{number}", channel="kiosk").visits("340", always("1"))
        made.wait(days=40)
        async with running(made) as (app, metrics):
            await app.receive(says(1, "/start 340", address="84912345678"))
            numbers = await read(metrics)
            text = (await metrics.text()).decode()
    assert {label for _, labels in numbers for label, _ in labels} <= LABELS
    assert responses(numbers) == {"complete": 10, "partial": 0}
    units = [word for row in made_units(tmp_path) for word in row]
    for word in (*units, "citizen-1", "84912345678", "kiosk", "sipas-quick", "hung-yen"):
        assert word not in text, word


def made_units(folder: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(folder / "world.db") as connection:
        return connection.execute("SELECT name, short_name FROM unit").fetchall()


def test_a_spread() -> None:
    spread = Spread(1, 2, 4)
    for value in (0, 1, 1.5, 4, 5, 9):
        spread.add(value)
    assert (spread.counts, spread.total) == ([2, 1, 1, 2], 20.5)
