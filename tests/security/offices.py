"""A province at work: figures at related offices, and an official of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from bot.schedule import SYSTEM
from tests.handlers.books import bring_draft, bring_staffing, meeting
from tests.handlers.visits import Citizen, always
from tests.world import World, world

OWN, CHILD, PARENT, SIBLING, OTHER = "own", "child", "parent", "sibling", "other"
UNITS = {OWN: "340", CHILD: "12700", PARENT: "34", SIBLING: "343", OTHER: "34-STP"}
"""Huyện Đông Hưng, a commune of it, the province, Huyện Kiến Xương, Sở Tư pháp."""
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")


@contextmanager
def busy_world(folder: Path) -> Iterator[World]:
    """Figures at a district, a commune below it, its neighbour and a department; officials of the district.

    People by name: viewer, manager, admin; deputy and lapsed (deputies of the manager, the one until a day that is
    past), revoked (a manager no more), second (the manager's other account); and to be removed: colleague at the
    commune, stranger at the neighbour.
    """
    with world(folder, sample=False, step=10) as made:
        made.connection.execute("PRAGMA synchronous=OFF")
        for unit in (OWN, CHILD, SIBLING, OTHER):
            for number in range(12):
                Citizen(made, f"{unit}-{number}").visits(UNITS[unit], always("4"))
        made.now -= timedelta(days=2)
        for role in ("viewer", "manager", "admin"):
            made.official(role, UNITS[OWN], role)
        _deputies(made)
        _second(made)
        made.official("revoked", UNITS[OWN], "manager")
        revoke(made, "revoked")
        made.official("colleague", UNITS[CHILD], "viewer")
        made.official("stranger", UNITS[SIBLING], "viewer")
        made.now += timedelta(days=2)
        meeting(made)
        bring_draft(made, 2018)
        bring_staffing(made, date(2018, 12, 31))
        yield made


def _deputies(made: World) -> None:
    for name, days in (("lapsed", 1), ("deputy", 30)):
        day = (made.now + timedelta(days=days)).strftime("%d/%m/%Y")
        code = CODE.search(made.says("manager", f"/uyquyen {day}"))
        assert code
        made.says(name, f"/vao {code[0]}")


def _second(made: World) -> None:
    code = CODE.search(made.says("manager", "/taikhoan2"))
    assert code
    made.says("second", f"/vao {code[0]}")
    made.connection.execute("DELETE FROM outbox")


def office_of(made: World, address: str) -> str:
    """The id of a person's office."""
    sql = "SELECT o.id FROM official o JOIN person p ON p.id = o.person_id WHERE p.address = ?"
    return str(made.rows(sql, address)[0][0])


def revoke(made: World, address: str) -> None:
    context = made.core.context(made.connection, SYSTEM, now=made.now)
    context.stores.officials.revoke(office_of(made, address), context.now_ms)
