"""B18: whatever is done to the audit inside the file is noticed, and what the file cannot show is said."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.storage.audit import STRANGERS_AN_HOUR, AuditStore, Head, Line, chained, go_on_with_audit, walk
from bot.storage.database import open_writer
from bot.storage.migrate import migrate
from tests.faults.figures import Figure, record, size

KEY, STOLEN = b"the secret key in force", b"another key"
PROVINCE = "hung-yen"
LINES = 40
MUTATIONS = size(300, 10_000)
GUARDS = ("TRIGGER audit_is_never_changed", "TRIGGER audit_is_never_deleted", "INDEX audit_in_order")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An audit of LINES lines in a real province, and one of the sample."""
    path = tmp_path / "x.db"
    migrate(path)
    opened = open_writer(path)
    opened.execute("PRAGMA synchronous=OFF")
    for province, sample in ((PROVINCE, 0), ("sample", 1)):
        opened.execute("INSERT INTO province VALUES (?, ?, ?, 0, 0)", (province, province, sample))
        store = AuditStore(opened, province, lambda: KEY)
        for number in range(LINES):
            outcome = ("read", "refused", "done", "stranger")[number % 4]
            store.write(f"p{number % 7}", "score", f"34{number}", outcome, audit_id=f"a{number:03d}", at=1000 * number)
    yield opened
    opened.close()


def faults(connection: sqlite3.Connection, seen: str = "", key: bytes | None = KEY) -> list[str]:
    chain = walk(connection, PROVINCE, key, seen)
    return chain.faults + ([] if chain.seen or not seen else ["the head is gone"])


def head(connection: sqlite3.Connection) -> str:
    return str(walk(connection, PROVINCE, KEY).head)


def lines(connection: sqlite3.Connection) -> list[Line]:
    names = "id, at, actor, action, subject, outcome, previous, digest, number, seal"
    sql = f"SELECT {names} FROM audit WHERE province_id = ? ORDER BY number"
    return [Line(*row) for row in connection.execute(sql, (PROVINCE,))]


def write(connection: sqlite3.Connection, made: list[Line]) -> None:
    """All lines anew, by one who has taken the triggers away."""
    connection.execute("DELETE FROM audit WHERE province_id = ?", (PROVINCE,))
    row = "INSERT INTO audit (province_id, id, at, actor, action, subject, outcome, previous, digest, number, seal)"
    connection.executemany(
        f"{row} VALUES ('{PROVINCE}', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(x.id, x.at, x.actor, x.action, x.subject, x.outcome, x.previous, x.digest, x.number, x.seal) for x in made],
    )


def test_a_sound_chain_has_no_fault(connection: sqlite3.Connection) -> None:
    """B18: and its head is found again after more lines were added."""
    assert faults(connection) == []
    before = head(connection)
    AuditStore(connection, PROVINCE, lambda: KEY).write("p", "rank", "34", "read", audit_id="new", at=1)
    assert faults(connection, seen=before) == []
    assert faults(connection, seen="1-" + "0" * 32) == ["the head is gone"]


# --- what somebody may do who has the file ---

Change = Callable[[random.Random, list[Line]], list[Line]]


def altered(rng: random.Random, old: list[Line]) -> list[Line]:
    """One field of one line."""
    at = rng.randrange(len(old))
    field = rng.choice(["id", "at", "actor", "action", "subject", "outcome", "previous", "digest", "number", "seal"])
    value = getattr(old[at], field)
    changes = [value - 1, value + 100] if isinstance(value, int) else [f"{value}x", value[:-1], "", "p9"]
    other: Any = rng.choice([one for one in changes if one != value])
    return [*old[:at], replace(old[at], **{field: other}), *old[at + 1 :]]


def removed(rng: random.Random, old: list[Line]) -> list[Line]:
    at = rng.randrange(len(old))
    return old[:at] + old[at + 1 :]


def swapped(rng: random.Random, old: list[Line]) -> list[Line]:
    """Two lines change places, numbers and all or only what they say."""
    one, two = sorted(rng.sample(range(len(old)), 2))
    made = list(old)
    if rng.random() < 0.5:
        made[one], made[two] = replace(old[two], number=old[one].number), replace(old[one], number=old[two].number)
    else:
        made[one] = replace(old[one], actor=old[two].actor, subject=old[two].subject + "'", outcome=old[two].outcome)
    return made


def inserted(rng: random.Random, old: list[Line]) -> list[Line]:
    at = rng.randrange(len(old))
    made = replace(old[at], id="forged", subject="999")
    return [*old[:at], made, *(replace(line, number=line.number + 1) for line in old[at:])]


def rebound(rng: random.Random, old: list[Line]) -> list[Line]:
    """The clever one: changes a line and writes every later digest anew, with seals kept or of a made-up key."""
    made = rng.choice([removed, inserted, swapped])(rng, old)
    key = rng.choice([b"guess", STOLEN])
    chain: list[Line] = []
    for line in made:
        after = Head(chain[-1].number, chain[-1].digest) if chain else Head(0, "")
        bound = chained(line, after, PROVINCE, key)
        unchanged = bound.digest == line.digest
        chain.append(line if unchanged else replace(bound, seal=line.seal) if rng.random() < 0.5 else bound)
    return chain


CHANGES: tuple[Change, ...] = (altered, removed, swapped, inserted, rebound)


def test_every_single_mutation_is_noticed(connection: sqlite3.Connection) -> None:
    """B18: fields, deletions, reorderings, insertions, and rewritten digests; without the rule none of them is."""
    rng = random.Random(18)
    old, seen = lines(connection), head(connection)
    unguarded(connection)
    missed = 0
    for number in range(MUTATIONS):
        change = CHANGES[number % len(CHANGES)]
        made = change(rng, old)
        with taken_back(connection):
            write(connection, made)
            missed += made != old and not faults(connection, seen)
    assert missed == 0
    blind = sum(passes(connection, removed(rng, old)) for _ in range(20))
    mutant = f"no key and no kept head: {blind} of 20 rewritten chains pass"
    assert blind == 20
    record(Figure("B18 audit mutations", MUTATIONS, missed, f"{LINES} lines, 5 kinds of change", mutant))


def passes(connection: sqlite3.Connection, made: list[Line]) -> bool:
    """Whether a chain that its forger could seal is taken for sound, as every chain without a key would be."""
    with taken_back(connection):
        anew(connection, made, KEY)
        return not faults(connection)


def unguarded(connection: sqlite3.Connection) -> None:
    """The forger takes away what the schema has against her."""
    for guard in GUARDS:
        connection.execute(f"DROP {guard}")


@contextmanager
def taken_back(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("SAVEPOINT mutation")
    try:
        yield
    finally:
        connection.execute("ROLLBACK TO mutation")
        connection.execute("RELEASE mutation")


def anew(connection: sqlite3.Connection, made: list[Line], key: bytes) -> None:
    chain: list[Line] = []
    for line in made:
        after = Head(chain[-1].number, chain[-1].digest) if chain else Head(0, "")
        chain.append(chained(line, after, PROVINCE, key))
    write(connection, chain)


def test_what_the_file_alone_cannot_show_a_kept_head_shows(connection: sqlite3.Connection) -> None:
    """B18's limit: an end cut off, and a chain written anew by the holder of the key (which is the mutant, too)."""
    old, seen = lines(connection), head(connection)
    unguarded(connection)
    with taken_back(connection):
        write(connection, old[:-3])
        assert faults(connection) == []
        assert faults(connection, seen) == ["the head is gone"]
    with taken_back(connection):
        anew(connection, [*old[:5], *old[6:]], KEY)
        assert faults(connection) == []
        assert faults(connection, seen) == ["the head is gone"]
    with taken_back(connection):
        anew(connection, [*old[:5], *old[6:]], STOLEN)
        assert faults(connection) != []


# --- what the program and the schema do ---


@pytest.mark.parametrize("sql", ["UPDATE audit SET outcome = 'read'", "DELETE FROM audit"])
def test_lines_are_only_ever_added(connection: sqlite3.Connection, sql: str) -> None:
    """B18: the schema refuses; only the sample's may be wiped, with the sample."""
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        connection.execute(f"{sql} WHERE province_id = ?", (PROVINCE,))
    assert faults(connection) == []
    if sql.startswith("DELETE"):
        assert connection.execute(f"{sql} WHERE province_id = 'sample'").rowcount == LINES


def test_without_the_key_the_seals_count_as_unchecked(connection: sqlite3.Connection) -> None:
    """B18: fail closed."""
    assert "not sealed with the secret key" in faults(connection, key=None)[-1]


def test_a_new_key_is_a_line_and_its_seal_stands_for_all_before_it(connection: sqlite3.Connection) -> None:
    """B18: after a rotation whoever has the old key can alter nothing."""
    new = b"the key after the rotation"
    assert "not sealed" in faults(connection, key=new)[0]
    go_on_with_audit(connection, lambda: new, lambda: "k1", 5)
    go_on_with_audit(connection, lambda: new, lambda: "k2", 6)
    assert [line.action for line in lines(connection)].count("key") == 1
    chain = walk(connection, PROVINCE, new)
    assert (chain.faults, chain.keys) == ([], 2)
    unguarded(connection)
    anew(connection, [*lines(connection)[:5], *lines(connection)[6:]], KEY)
    assert faults(connection, key=new) != []


def test_lines_of_a_version_before_the_chain_are_bound_once(connection: sqlite3.Connection) -> None:
    """B18: in the order in which they were written; what comes without a number later stays outside, and is told."""
    named = "INSERT INTO audit (province_id, id, at, actor, action, subject, outcome)"
    old = f"{named} VALUES (?, ?, ?, 'p', 'a', 's', 'o')"
    connection.execute("INSERT INTO province VALUES ('old', 'old', 0, 0, 0)")
    for number in range(5):
        connection.execute(old, ("old", f"z{9 - number}", number))
    go_on_with_audit(connection, lambda: KEY, lambda: "k", 5)
    chain = walk(connection, "old", KEY)
    assert (chain.faults, chain.head.number) == ([], 5)
    assert [row[0] for row in connection.execute("SELECT at FROM audit WHERE province_id = 'old' ORDER BY number")] == [
        0, 1, 2, 3, 4
    ]  # fmt: skip
    connection.execute(old, ("old", "late", 9))
    go_on_with_audit(connection, lambda: KEY, lambda: "k", 5)
    assert walk(connection, "old", KEY).faults == ["old audit: 1 lines stand outside the chain"]


def test_strangers_cannot_fill_the_audit(connection: sqlite3.Connection) -> None:
    """B15, B18: their refusals are kept up to a bound an hour; those of officials always."""
    store = AuditStore(connection, PROVINCE, lambda: KEY)
    for number in range(STRANGERS_AN_HOUR + 50):
        store.write("p", "score", "-", "stranger", audit_id=f"s{number}", at=10_000_000)
        if number % 100 == 0:
            store.write("p", "score", "-", "refused", audit_id=f"r{number}", at=10_000_000)
    kept = [line for line in lines(connection) if line.id[0] in "sr"]
    assert [sum(line.outcome == one for line in kept) for one in ("stranger", "refused")] == [STRANGERS_AN_HOUR, 11]
