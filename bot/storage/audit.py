"""The audit: lines that are only ever added, each bound to all before it and sealed.

digest = SHA-256 over the line and the digest of the line before: whoever changes, removes or moves a line must write
every later digest anew. seal = HMAC of the digest with the secret key: whoever has only the file cannot do that, and
the last seal stands for everything before it, also for lines sealed with an earlier key. What the file alone cannot
show is that its end was cut off, or that the holder of the key wrote it anew: for that, `sipas verify` prints the head,
to be kept elsewhere, and looks for a head it is given.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.storage.queries import SQL

HOUR_MS = 3_600_000
STRANGERS_AN_HOUR = 1_000
"""Refusals of people without an office that are kept: these lines stay for ever, and anybody can cause them."""

NEW_KEY = "key"
"""The action of the line that a new key seals first."""

Key = Callable[[], bytes]


@dataclass(frozen=True)
class Line:
    """One line as it stands in the table. `number` counts from 1 in each province."""

    id: str
    at: int
    actor: str
    action: str
    subject: str
    outcome: str
    previous: str = ""
    digest: str = ""
    number: int = 0
    seal: str = ""

    def bound(self, province_id: str) -> str:
        """The digest that this line must bear."""
        parts = [province_id, self.number, self.id, self.at, self.actor, self.action, self.subject, self.outcome]
        return hashlib.sha256(json.dumps([*parts, self.previous], ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The newest line's number and digest: whoever knows them can tell later whether the lines up to it still stand."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}-{self.digest[:32]}"


def no_key() -> bytes:
    raise RuntimeError("a line of the audit needs the secret key")


@dataclass(slots=True)
class AuditStore:
    connection: sqlite3.Connection
    province_id: str
    key: Key = no_key

    def write(self, actor: str, action: str, subject: str, outcome: str, *, audit_id: str, at: int) -> None:
        if outcome == "stranger" and self._strangers(at) >= STRANGERS_AN_HOUR:
            return
        self._add(Line(audit_id, at, actor, action, subject, outcome))

    def _strangers(self, at: int) -> int:
        row = SQL.strangers_noted(self.connection, province_id=self.province_id, since=at - HOUR_MS)
        return int(row[0])

    def _add(self, line: Line) -> None:
        row = SQL.audit_head(self.connection, province_id=self.province_id)
        made = chained(line, Head(*row) if row else Head(0, ""), self.province_id, self.key())
        SQL.write_audit(
            self.connection,
            province_id=self.province_id,
            audit_id=made.id,
            at=made.at,
            actor=made.actor,
            action=made.action,
            subject=made.subject,
            outcome=made.outcome,
            previous=made.previous,
            digest=made.digest,
            number=made.number,
            seal=made.seal,
        )

    def bind_old_lines(self) -> None:
        """Number, bind and seal what a version before the chain wrote. Later nothing can slip in that way."""
        if SQL.audit_head(self.connection, province_id=self.province_id) is not None:
            return
        for rowid, *fields in list(SQL.unbound_audit(self.connection, province_id=self.province_id)):
            row = SQL.audit_head(self.connection, province_id=self.province_id)
            made = chained(Line(*fields), Head(*row) if row else Head(0, ""), self.province_id, self.key())
            SQL.bind_audit(
                self.connection,
                rowid=rowid,
                previous=made.previous,
                digest=made.digest,
                number=made.number,
                seal=made.seal,
            )


def chained(line: Line, head: Head, province_id: str, key: bytes) -> Line:
    """`line` as the one after `head`."""
    numbered = replace(line, number=head.number + 1, previous=head.digest)
    bound = replace(numbered, digest=numbered.bound(province_id))
    return replace(bound, seal=_seal(bound.digest, key))


def _seal(digest: str, key: bytes) -> str:
    """`name of the key:HMAC`; the name says which key it was, not what it is."""
    return f"{_name(key)}:{hmac.digest(key, f'audit:{digest}'.encode(), 'sha256').hex()}"


def _name(key: bytes) -> str:
    return hmac.digest(key, b"audit key", "sha256").hex()[:8]


@dataclass
class Chain:
    """What walking a province's lines finds: `faults` in words, the `head`, and where another key began to seal."""

    faults: list[str]
    head: Head = Head(0, "")
    keys: int = 0
    seen: bool = False


def walk(connection: sqlite3.Connection, province_id: str, key: bytes | None, seen: str = "") -> Chain:
    """Check every line. `key` None: seals are not checked, which is a fault. `seen` is a head printed earlier."""
    chain = Chain([])
    newest: str | None = None
    for line in _lines(connection, province_id):
        where = f"{province_id} audit line {line.number}"
        if line.number != chain.head.number + 1:
            chain.faults.append(f"{where}: {line.number - chain.head.number - 1} lines before it are missing")
        if line.previous != chain.head.digest:
            chain.faults.append(f"{where} does not follow the line before it")
        if line.digest != line.bound(province_id):
            chain.faults.append(f"{where} was altered")
        named = line.seal.partition(":")[0]
        if key is not None and named == _name(key) and not hmac.compare_digest(line.seal, _seal(line.digest, key)):
            chain.faults.append(f"{where} bears a wrong seal")
        if named != newest:
            chain.keys += 1
            if newest is not None and line.action != NEW_KEY:
                chain.faults.append(f"{where} is sealed with another key, and no line says that it changed")
        newest = named
        chain.head = Head(line.number, line.digest)
        chain.seen = chain.seen or str(chain.head) == seen
    if newest is not None and (key is None or newest != _name(key)):
        chain.faults.append(f"{province_id} audit: its last line is not sealed with the secret key in force")
    outside = len(list(SQL.unbound_audit(connection, province_id=province_id)))
    if outside:
        chain.faults.append(f"{province_id} audit: {outside} lines stand outside the chain")
    return chain


def _lines(connection: sqlite3.Connection, province_id: str) -> Iterator[Line]:
    for row in SQL.audit_lines(connection, province_id=province_id):
        yield Line(*row)


def go_on_with_audit(connection: sqlite3.Connection, key: Key, new_id: Callable[[], str], at: int) -> None:
    """At start: bind what an older version wrote, and where the key is another one than before, say so in a line."""
    for (province_id,) in list(SQL.audited_provinces(connection)):
        store = AuditStore(connection, province_id, key)
        store.bind_old_lines()
        (seal,) = SQL.last_seal(connection, province_id=province_id)
        if seal.partition(":")[0] != _name(key()):
            store.write("operator", NEW_KEY, "-", "changed", audit_id=new_id(), at=at)
