"""B5, B6, B10, B24, B25: who × whose × which command × which way: each cell has an expectation, a reason, a line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import pytest
from msgspec.structs import replace

from bot.channels.base import without_marks
from bot.schedule import SYSTEM
from handlers import COMMANDS
from handlers.context import Incoming, Message, to_ms
from scoring.by_procedure import ProcedureCell
from scoring.counts import Item, of_response, total
from tests.faults.figures import Figure, record
from tests.handlers.visits import buttons
from tests.security.offices import CHILD, CODE, OTHER, OWN, PARENT, SIBLING, UNITS, busy_world, office_of
from tests.world import World

WHO = ("citizen", "viewer", "manager", "admin", "deputy", "lapsed", "revoked", "second")
WAYS = ("private", "group", "edited", "untrusted")
OFFICIAL = {name for name, one in COMMANDS.items() if one.role != "citizen"}

FIGURE = re.compile(r"(?:\d,\d|[≥≤] \d+) \(\d+–\d+")
LINK = re.compile(r"/o/[\w.-]+")
POINTS = re.compile(r"\d/100 điểm")
PEOPLE = re.compile(r"(?i)có mặt:? \d|thiếu:? \d")
OFFICE = re.compile(r"(?:người (?:xem|quản lý)|quản trị) · ")
SHAPES = {"figure": FIGURE, "code": CODE, "office": OFFICE, "link": LINK, "points": POINTS, "people": PEOPLE}


@dataclass(frozen=True)
class Case:
    who: str
    relation: str
    command: str
    way: str


@dataclass(frozen=True)
class Due:
    """What a cell may give away or bring about, and the outcome its audit line must bear; `why` explains it."""

    why: str
    learns: frozenset[str] = frozenset()
    line: str | None = None


NOTHING = frozenset[str]()


def due(case: Case) -> Due:
    """Written from the requirements, not from the code."""
    if case.who == "second":  # the manager's other account: it may do what she may, but let nobody in or out
        if case.command in {"moi", "thuhoi", "uyquyen"} and case.way == "private":
            return Due("that is for her first account", line="refused")
        case = dataclasses.replace(case, who="manager")
    if case.command == "vao":
        wrong = case.way in {"private", "untrusted"}
        return Due("a wrong code lets nobody in", line="refused" if wrong and case.way == "private" else None)
    if case.command not in OFFICIAL:
        return Due("a citizen's command says nothing of officials or figures")
    if case.way != "private":
        return Due("this way does not prove who writes, or others read along", line="stranger")
    if case.who in {"citizen", "lapsed", "revoked"}:
        return Due("holds no office today", line="stranger")
    return _of_command(case)


def _of_command(case: Case) -> Due:
    if case.command == "bantin":
        managing = case.who in {"manager", "admin"} and (case.relation in {OWN, CHILD} or case.who == "admin")
        allowed = Due("the province of the tests asks for no approval, and says so")
        return allowed if managing else Due("not: managers, for what they cover", line="refused")
    if case.command == "taikhoan2":
        linked = Due("she has a second account, and a second one has none itself")
        return linked if case.who == "manager" else Due("her own other account's code", frozenset({"code"}), "offered")
    if case.command in {"par", "staffing", "kyduyet"}:
        return _of_unsigned_figures(case)
    if case.command in {"nhiemvu", "giao"}:
        return _of_orders(case)
    return _of_figures(case) if case.command in {"cosovatchat", "doichieu"} else _of_an_official(case)


def _of_an_official(case: Case) -> Due:
    below = case.relation in {OWN, CHILD} or case.who == "admin"
    manages = below and case.who in {"manager", "admin"}
    match case.command:
        case "rank" if below and case.relation in {CHILD, OTHER}:
            return Due("an office without units below has nothing to rank")
        case "rank" if below and case.relation == PARENT:
            return Due(
                "several of its districts have figures, so there is a picture", frozenset({"figure", "file"}), "read"
            )
        case "rank" if below and case.relation == SIBLING:
            return Due("its communes have no figures", line="read")
        case "trend":
            return _if(below, "her unit, below it, or an admin", {"figure", "file"}, "read")
        case "score" | "rank" | "compare" | "visao":
            return _if(below, "her unit, below it, or an admin", {"figure"}, "read")
        case "tuan":
            return Due("the summary of her own unit", frozenset({"figure"}), "read")
        case "trang":
            return Due("the way to her own page, where the same policy decides", frozenset({"link"}))
        case "subscribe" | "unsubscribe":
            return Due("her own mail")
        case "uyquyen":
            return _if(case.who != "deputy", "everybody but a deputy names a deputy", {"code"}, "viewer")
    learns, line = MANAGING[case.command]
    return _if(manages, "managers, for what they cover", learns, line)


def _of_figures(case: Case) -> Due:
    below = case.relation in {OWN, CHILD} or case.who == "admin"
    if case.command == "doichieu":
        more = set() if case.relation == CHILD else {"points", "people"}  # communes are not in these
        return _if(below, "her unit, below it, or an admin", {"figure"} | more, "read")
    if below and case.relation in {CHILD, OTHER}:
        return Due("an office without communes below")
    return _if(below, "her unit, below it, or an admin", {"figure"}, "read")


def _of_unsigned_figures(case: Case) -> Due:
    """The index and staffing are asked for as the version that nobody signed yet."""
    below = case.relation in {OWN, CHILD} or case.who == "admin"
    manages = below and case.who in {"manager", "admin"}
    if case.command == "kyduyet":
        seen = Due("who covers the province sees what waits, without a figure")
        return seen if case.who == "admin" else Due("not: who covers the province", line="refused")
    if manages and case.relation == CHILD:
        return Due("communes are not in these figures", line="read")
    learns = {"points" if case.command == "par" else "people"}
    return _if(manages, "figures that nobody signed are her managers' own", learns, "read")


def _of_orders(case: Case) -> Due:
    if case.command == "nhiemvu":
        below = case.relation in {OWN, CHILD} or case.who == "admin"
        return _if(below, "her unit, below it, or an admin", set(), "read")
    above = case.who == "admin" or (case.who == "manager" and case.relation == CHILD)
    return _if(above, "a manager above the unit, or an admin", set(), "given")


MANAGING = {
    "export": ({"file"}, "read"),
    "baocao": ({"file"}, "read"),
    "dalam": (set(), "told"),
    "xemlai": (set(), "read"),
    "moi": ({"code"}, "viewer"),
    "thuhoi": ({"office", "revoked"}, "done"),
}


def _if(allowed: bool, why: str, learns: set[str], line: str) -> Due:
    return Due(why, frozenset(learns), line) if allowed else Due(f"not: {why}", line="refused")


CASES = [Case(*parts) for parts in product(WHO, UNITS, COMMANDS, WAYS)]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with busy_world(tmp_path_factory.mktemp("rights")) as made:
        yield made


def ask(made: World, case: Case, again: str = "", words: str = "") -> list[Message]:
    """`again` makes it another event than the same cell's before; `words` instead of what usually follows."""
    removed = {CHILD: "colleague", OWN: "viewer"}.get(case.relation, "stranger")
    if case.who == "viewer" and removed == "viewer":
        removed = "deputy"
    argument = words or {
        "tuan": "tuần này",
        "thuhoi": office_of(made, removed),
        "uyquyen": "30/11/2026",
        "vao": "AAAA-BBBB-CCCC-DDDD",
        "bantin": f"giu 2026-W46 {UNITS[case.relation]}",
        "par": f"@draft {UNITS[case.relation]} 2018",
        "staffing": f"@draft {UNITS[case.relation]} 2018-12-31",
        "kyduyet": "",
        "dalam": f"{UNITS[case.relation]}: mở quầy số 2",
        "giao": f"{UNITS[case.relation]} 30/11/2026: {case} {again}",
        "start": "",
        "xoa": "",
        "compare": f"{UNITS[case.relation]} quý 3 vs quý 4",
    }.get(case.command, UNITS[case.relation])
    way = {"group": {"private": False}, "edited": {"fresh": False}, "untrusted": {"trusted": False}}.get(case.way, {})
    incoming = Incoming("console", f"{case}{again}", case.who, "text", f"/{case.command} {argument}".strip(), "vi")
    return made.take(replace(incoming, **way))


def learnt(made: World, case: Case, reply: list[Message]) -> frozenset[str]:
    """What a reply gave away or did."""
    text = without_marks("\n".join([*(one.text for one in reply), *(button.label for button in buttons(reply))]))
    found = {name for name, shape in SHAPES.items() if shape.search(text)}
    if case.command != "tuan" and any(message.attachment for message in reply):
        found.add("file")
    if made.rows("SELECT 1 FROM official WHERE revoked_at = ?", to_ms(made.now)):
        found.add("revoked")
    return frozenset(found)


def noted(made: World, after: int) -> list[str]:
    """The outcomes of the audit lines of one cell, of reading and of writing commands."""
    read = [words[3] for words, _ in made.noted.kept]
    made.noted.kept.clear()
    return read + [outcome for (outcome,) in made.rows("SELECT outcome FROM audit WHERE rowid > ?", after)]


def judge(made: World, case: Case) -> str | None:
    """What is wrong with one cell; what it changed is taken back."""
    expected = due(case)
    made.wait(seconds=5)  # of strangers only so many lines an hour are kept
    (last,) = made.rows("SELECT max(rowid) FROM audit")[0]
    got = learnt(made, case, ask(made, case))
    found = noted(made, last)
    made.connection.execute("UPDATE official SET revoked_at = NULL WHERE revoked_at = ?", (to_ms(made.now),))
    made.connection.execute("DELETE FROM invite_miss")
    if got != expected.learns:
        return f"learnt {sorted(got)}, not {sorted(expected.learns)} ({expected.why})"
    wanted = [expected.line] if expected.line else []
    return f"noted {found}, not {wanted} ({expected.why})" if found != wanted else None


def test_every_cell_of_the_matrix_is_as_explained(busy: World) -> None:
    """B5, B6, B10: nobody learns or does what is not hers; every reading and every refusal is a line of the audit."""
    wrong = []
    for who in WHO:
        wrong += [(case, fault) for case in CASES if case.who == who and (fault := judge(busy, case))]
        busy.wait(hours=1)  # the audit takes a thousand strangers an hour
    assert wrong == []
    allowed = sum(bool(due(case).learns) for case in CASES)
    assert allowed > 40
    record(
        Figure("B10 rights", len(CASES), len(wrong), f"{allowed} cells are somebody's right", "test_rights: mutants")
    )


def test_figures_by_procedure_are_for_whoever_may_read_the_score(busy: World) -> None:
    """The whole matrix of /score again, of a quarter that is over."""
    stores = busy.core.context(busy.connection, SYSTEM, now=busy.now).stores
    tally = total(of_response([Item("A0", "A", "4")], "walk_in") for _ in range(20))
    procedures = ("ho-tich", "dat-dai")
    cells = [
        ProcedureCell(unit, "2026-Q3", "sipas-quick", (code,), tally=tally)
        for unit in UNITS.values()
        for code in procedures
    ]
    stores.procedures.settle("2026-Q3", cells, to_ms(busy.now))
    wrong = []
    for case in (one for one in CASES if one.command == "score"):
        for words in ("thủ tục", "khai sinh"):
            busy.wait(seconds=5)
            got = learnt(busy, case, ask(busy, case, words, f"{words} {UNITS[case.relation]}"))
            (outcome,) = noted(busy, busy.rows("SELECT max(rowid) FROM audit")[0][0])
            if (got, outcome) != (due(case).learns, due(case).line):
                wrong.append((case, words, got, outcome))
    assert wrong == []


@pytest.mark.parametrize("rule", ["covers", "role_of"])
def test_the_matrix_notices_a_rule_that_is_broken(busy: World, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """B10's mutants: every office reaches every unit; every official is an admin."""
    broken = {"covers": lambda *_, **__: True, "role_of": lambda held: "admin" if held else "citizen"}[rule]
    for name in ("handlers", "handlers.access", "handlers.export", "handlers.invite", "handlers.score"):
        monkeypatch.setattr(f"{name}.{rule}", broken, raising=False)
    some = [case for case in CASES if case.command in {"score", "export", "moi"} and case.way == "private"]
    assert len([case for case in some if judge(busy, case)]) >= 5


@pytest.mark.parametrize("command", sorted(OFFICIAL))
def test_a_revocation_takes_effect_on_the_next_message(busy: World, command: str) -> None:
    """B10: an official's very next command, whichever it is, is refused and noted."""
    case = Case("manager", CHILD, command, "private")
    assert learnt(busy, case, ask(busy, case, "before")) == due(case).learns
    busy.connection.execute("UPDATE official SET revoked_at = NULL WHERE revoked_at = ?", (to_ms(busy.now),))
    busy.noted.kept.clear()
    (last,) = busy.rows("SELECT max(rowid) FROM audit")[0]
    with ended(busy, "manager"):
        assert learnt(busy, case, ask(busy, case, "after")) == NOTHING
    assert noted(busy, last) == ["stranger"]


@pytest.mark.parametrize("command", sorted(OFFICIAL))
def test_a_second_accounts_rights_end_with_the_first(busy: World, command: str) -> None:
    """B10: revoking an official revokes both of her accounts, from the next message on."""
    case = Case("second", CHILD, command, "private")
    busy.noted.kept.clear()
    (last,) = busy.rows("SELECT max(rowid) FROM audit")[0]
    with ended(busy, "manager"):
        assert learnt(busy, case, ask(busy, case, "ended")) == NOTHING
    assert noted(busy, last) == ["stranger"]


@contextmanager
def ended(made: World, who: str) -> Iterator[None]:
    """While her office is over."""
    made.connection.execute("UPDATE official SET revoked_at = 1 WHERE id = ?", (office_of(made, who),))
    yield
    made.connection.execute("UPDATE official SET revoked_at = NULL WHERE id = ?", (office_of(made, who),))


def test_a_deputys_rights_end_with_her_principals(busy: World) -> None:
    """B10: whoever is a deputy of somebody who is no official any more is none herself."""
    case = Case("deputy", CHILD, "score", "private")
    assert learnt(busy, case, ask(busy, case, "before")) == {"figure"}
    with ended(busy, "manager"):
        assert learnt(busy, case, ask(busy, case, "after")) == NOTHING


@pytest.mark.parametrize("line", ["/moi Đông Các", "/uyquyen 30/11/2026", "/taikhoan2"])
def test_a_one_time_code_is_stored_nowhere(busy: World, line: str) -> None:
    """B9: neither in its own table nor in the stored reply; a repeated event says that it was shown."""
    incoming = Incoming("console", f"once {line}", "admin", "text", line, "vi")
    code = CODE.search(busy.take(incoming)[0].text)
    assert code
    assert code[0] not in "\n".join(busy.connection.iterdump())
    assert "một lần" in busy.take(incoming)[0].text
