"""The schema's rules, the migrations, and every named query on an empty database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, Unusable
from bot.schedule import SYSTEM
from bot.storage.database import APPLICATION_ID, Lock, open_writer
from bot.storage.migrate import migrate
from bot.storage.queries import SQL
from tests.world import world

ROOT = Path(__file__).parent.parent.parent
QUERIES = sorted(name for name in SQL.available_queries if not name.endswith("_cursor"))


LISTS = frozenset({"ids", "paused", "units", "periods"})
"""Parameters that are JSON arrays."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "a b.db"
    migrate(path)
    connection = open_writer(path)
    yield connection
    connection.close()


def tables(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in names if "yoyo" not in name and not name.startswith("sqlite_")]


def test_a_savepoint_writes_into_no_file_of_the_temporary_folder(empty: sqlite3.Connection) -> None:
    """What may have to be put back are pages with people's words: 200 of them are no file beside the database."""
    folder = Path(empty.execute("PRAGMA database_list").fetchone()[2]).parent

    def strange() -> list[Path]:
        opened = [one.resolve() for one in Path("/proc/self/fd").iterdir() if one.exists() or one.is_symlink()]
        return [one for one in opened if one.name.startswith("etilqs_") and folder not in one.parents]

    def spoil() -> list[Path]:
        empty.execute("BEGIN")
        empty.execute("SAVEPOINT job")
        empty.execute("UPDATE note SET words = words || 'x'")
        found = strange()
        empty.execute("ROLLBACK")
        return found

    empty.execute("CREATE TABLE note (words TEXT)")
    empty.executemany("INSERT INTO note VALUES (?)", [("a" * 3000,)] * 200)
    assert spoil() == []
    empty.execute("PRAGMA temp_store=FILE")
    assert spoil()  # so would the file be seen


def test_province_id_leads_every_primary_unique_and_foreign_key(empty: sqlite3.Connection) -> None:
    wrong = []
    for table in tables(empty):
        if table == "province":
            continue
        for _, index, unique, *_ in empty.execute(f"PRAGMA index_list({table})").fetchall():
            columns = [row[2] for row in empty.execute(f"PRAGMA index_info({index})").fetchall()]
            if unique and columns[0] != "province_id":
                wrong.append((table, index, columns))
        keys: dict[int, list[str]] = {}
        for number, _, _, column, *_ in empty.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            keys.setdefault(number, []).append(column)
        wrong += [(table, "foreign key", columns) for columns in keys.values() if columns[0] != "province_id"]
    assert len(tables(empty)) > 20
    assert wrong == []


def test_every_table_is_strict(empty: sqlite3.Connection) -> None:
    loose = [table for table in tables(empty) if not empty.execute(
        "SELECT strict FROM pragma_table_list WHERE name = ?", (table,)
    ).fetchone()[0]]  # fmt: skip
    assert loose == []


def test_no_answer_without_a_consent(empty: sqlite3.Connection) -> None:
    response = """INSERT INTO response (province_id, id, consent_id, visit_id, survey_id, survey_version, unit_id,
                  channel, language, provenance, started_at)"""
    with pytest.raises(sqlite3.IntegrityError):
        empty.execute(f"{response} VALUES ('p', 'r', NULL, 'v', 's', '1', 'u', 'web', 'vi', 'walk_in', 0)")
    with pytest.raises(sqlite3.IntegrityError):
        empty.execute(f"{response} VALUES ('p', 'r', 'made up', 'v', 's', '1', 'u', 'web', 'vi', 'walk_in', 0)")
    with pytest.raises(sqlite3.IntegrityError):
        empty.execute("INSERT INTO answer VALUES ('p', 'r', 'q', 'Q', NULL, '4', NULL, 0)")


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    migrate(path)
    before = dump(path)
    migrate(path)
    assert dump(path) == before


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_a_file_of_another_program_and_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    strange = tmp_path / "strange.db"
    connection = sqlite3.connect(strange)
    connection.execute("CREATE TABLE photos (id)")
    connection.commit()
    connection.close()
    with pytest.raises(Unusable, match="not a sipas database"):
        migrate(strange)
    ours = tmp_path / "ours.db"
    migrate(ours)
    connection = sqlite3.connect(ours)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.execute("INSERT INTO _yoyo_migration VALUES ('h', '9999.future', '2030-01-01')")
    connection.commit()
    connection.close()
    with pytest.raises(Unusable, match="newer version"):
        migrate(ours)


def test_a_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    migrate(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_lock_is_for_one(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "x.db"), Lock(tmp_path / "x.db")
    first.take()
    with pytest.raises(AlreadyRunning):
        second.take()
    first.release()
    second.take()
    second.release()


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_runs_on_an_empty_database(empty: sqlite3.Connection, name: str) -> None:
    """With made-up values a query may break a key, but never name a column or table that is not there."""
    query = getattr(SQL, name)
    words = set(re.findall(r"(?<!:):([a-z_]+)", query.sql))
    numbers = {"at", "n", "limit", "now", "before"}
    values = {
        word: "[]" if word in {"ids", "paused", "units", "periods"} else 0 if word in numbers else "x" for word in words
    }
    empty.execute("PRAGMA foreign_keys=OFF")
    with suppress(sqlite3.IntegrityError):
        empty.execute(query.sql, values).fetchall()


def test_every_query_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert [name for name in QUERIES if f"SQL.{name}" not in code] == []


TICK = {
    "drop_sessions_about": "session_by_response",
    "drop_closed_sessions": "session_by_age",
    "drop_idle_people": "person_by_age",
    "forget_replies": "inbox_with_reply",
    "forget_replies_to": "inbox_by_address",
    "forget_web_updates": "inbox_of_pages",
    "forget_updates": "inbox_by_age",
}
"""What ticks run, and the index that leads to its rows: citizens' taps wait meanwhile."""


@pytest.mark.parametrize("name", TICK)
def test_what_a_tick_runs_walks_no_table(empty: sqlite3.Connection, name: str) -> None:
    sql = getattr(SQL, name).sql
    values = {word: 0 if word in {"before", "limit"} else "x" for word in set(re.findall(r"(?<!:):([a-z_]+)", sql))}
    plan = [row[3] for row in empty.execute("EXPLAIN QUERY PLAN " + sql, values)]
    assert not [step for step in plan if "LIST SUBQUERY" in step and "CORRELATED" in step], plan
    assert not [step for step in plan if step.startswith("SCAN")], plan
    assert any(TICK[name] in step for step in plan), plan


def test_a_questionnaire_that_nobody_published_is_said_in_one_line(tmp_path: Path) -> None:
    """`sipas score` between an upgrade and the first start: the shipped questionnaires are published by the start."""
    with world(tmp_path) as made:
        surveys = made.core.context(made.connection, SYSTEM).stores.surveys
        with pytest.raises(Unusable, match="start sipas run once"):
            surveys.newest("sipas-2018")


ON_THE_WRITER = [
    "sent_about",
    "sessions_about",
    "waiting",
    "pair_of",
    "one_of_pair_counts",
    "get_shown",
    "address_asked",
    "feed_visits",
    "findings",
    "due_posts",
    "undelivered_posts",
    "keep_posts_from",
    "recipients",
    "offices_of",
    "second_of",
    "offered_second",
    "end_second",
    "drop_posts_of",
    "due_invitations",
    "was_looked_at",
    "forget_places",
    "forget_answered",
    "forget_asked",
    "forget_shown",
    "forget_last_actions",
    "expired_links",
    "due_rating_requests",
    "late_rating_requests",
    "late_invited_phones",
    "spent_rating_requests",
    "awaits_ratings",
    "order_of_digest",
    "get_order",
    "orders_of_state",
    "orders_due",
    "orders_changed",
    "order_deeds",
    "order_notices",
    "sittings",
    "answers_of_days",
    "get_part",
    "parts_of",
    "quarters_with_parts",
    "drop_parts",
    "quarter_state",
    "procedure_cells",
]
"""Queries of turns and of every minute's tick, over tables that grow with the years."""


@pytest.mark.parametrize("name", ON_THE_WRITER)
def test_no_turn_and_no_tick_reads_a_whole_table(empty: sqlite3.Connection, name: str) -> None:
    """A scan, or a search by the province alone, which is the same: one installation has one province."""
    query = getattr(SQL, name).sql
    values = {word: "[]" if word in LISTS else 1 for word in re.findall(r"(?<!:):([a-z_]+)", query)}
    plan = [row[3] for row in empty.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    small = ("json_each", "VIRTUAL", "SCAN u", "SCAN p")
    scans = [step for step in plan if step.startswith("SCAN") and not any(word in step for word in small)]
    assert scans + [step for step in plan if step.endswith("(province_id=?)")] == []


def test_the_plans_would_show_a_whole_table(empty: sqlite3.Connection) -> None:
    sorted_badly = "SELECT id FROM response WHERE province_id = 1 AND visit_id = 2 ORDER BY id"
    (plan,) = (row[3] for row in empty.execute(f"EXPLAIN QUERY PLAN {sorted_badly}"))
    assert plan.endswith("(province_id=?)")
