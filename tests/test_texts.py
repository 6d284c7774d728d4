"""The text catalogues: complete in both languages, every key used, every key that is used there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import pytest

import handlers
from bot.texts import LANGUAGES, Catalogue, load_catalogues
from handlers.book_store import BookKind
from handlers.order_words import COLUMNS as ORDER_COLUMNS
from handlers.par_figures import PARTS
from handlers.response_store import Disposition
from handlers.staffing_figures import COLUMNS as STAFFING_COLUMNS
from handlers.stores import Edition, Role
from handlers.topics import TOPICS
from scoring import order_sheet
from scoring.book_line import Reason as BookReason
from scoring.dossier_sheet import Reason
from scoring.gaming import DETECTORS, OFFICIALS
from scoring.orders import POSSIBLE, State
from scoring.period import KINDS
from scoring.staffing import FIELDS
from survey.faults import FAULT_CODES
from survey.model import Explain

ROOT = Path(__file__).parent.parent
SPEAKERS = {"texts", "say"}
"""How the calls are named that give a sentence."""
ADDRESS = {"you", "You"}


@cache
def catalogues() -> dict[str, Catalogue]:
    return load_catalogues(ROOT / "config" / "locales", "ông/bà")


def keys(language: str) -> set[str]:
    return set(catalogues()[language].sentences) - ADDRESS


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name} if "{" in sentence else set()


@cache
def trees() -> list[ast.AST]:
    files = [path for folder in ("bot", "handlers") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


@cache
def literals() -> frozenset[str]:
    """Every string of the code, and every quoted word of the page templates."""
    found = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for page in (ROOT / "bot" / "templates").glob("*"):
        found |= set(re.findall(r"[\"']([\w.]+)[\"']", page.read_text(encoding="utf-8")))
    return frozenset(found)


def spoken() -> Iterator[ast.Call]:
    """Calls that give a sentence: texts("key", ...), context.texts("key"), say("key")."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in SPEAKERS:
                    yield node


def reasons_of_unit_faults() -> set[str]:
    trees = [
        ast.parse((ROOT / "scoring" / name).read_text(encoding="utf-8")) for name in ("unit_sheet.py", "lineage.py")
    ]
    calls = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault"
    ]
    return {call.args[2].value for call in calls if isinstance(call.args[2], ast.Constant)}  # type: ignore[misc]


PAR_COLUMNS = "place unit code area criterion points maximum percent class lost leads own appraised survey note"

TOGETHER = "unit score low high n index class present short per_thousand"

FAMILIES: dict[str, set[str]] = {
    "fault.": set(FAULT_CODES),
    "unit_fault.": reasons_of_unit_faults(),
    "finding.by.": {*DETECTORS, OFFICIALS},
    "grade.": {"people", "verified", "assisted", "suspected", "flagged", "response_rate", "response_unknown"},
    "dossier_fault.": set(get_args(Reason)),
    "book_fault.": set(get_args(BookReason)),
    "book_kind.": set(get_args(BookKind)),
    "par.group.": set(PARTS),
    "par.short.": set(PARTS),
    "par.table_of.": set(PARTS),
    "par.column.": set(PAR_COLUMNS.split()),
    "facilities.column.": {"score", "low", "high", "n"},
    "topic.": {"scores", *TOPICS},
    "together.column.": {*TOGETHER.split()},
    "staffing.name.": set(FIELDS),
    "staffing.fact.": {"present", "unknown", "short", "over", "to_cut"},
    "staffing.when.": {"year", "month", "day"},
    "staffing.column.": {"unit", "day", *STAFFING_COLUMNS, "change", "invented", "note"},
    "order_fault.": set(get_args(order_sheet.Reason)),
    "order.state.": set(get_args(State)),
    "order.already.": set(get_args(State)),
    "order.deed.": {*POSSIBLE},
    "order.did.": {*POSSIBLE},
    "order.write.": {"reported", "returned", "withdrawn"},
    "order.notice.": {"given", "reported", "returned", "accepted", "withdrawn", "superior"},
    "order.column.": set(ORDER_COLUMNS),
    "button.order_": {*POSSIBLE},
    "channel.": {"telegram", "zalo-bot", "zalo-oa", "console"},
    "help.": set(handlers.COMMANDS),
    "role.": set(get_args(Role)),
    "disposition.": set(get_args(Disposition)),
    "explain.": set(get_args(get_type_hints(Explain)["reason"])),
    "language.": set(LANGUAGES),
    "span.": set(KINDS),
    "subscribe.": {*get_args(Edition), "page", "off", "which"},
    "by.": set(KINDS),
}
"""Keys that the code puts together, by what may follow."""


def test_both_languages_hold_the_same_keys() -> None:
    assert keys("vi") == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree_and_every_sentence_can_be_said(language: str) -> None:
    catalogue = catalogues()[language]
    for key in sorted(keys(language)):
        mine = placeholders(catalogue.sentences[key])
        theirs = placeholders(catalogues()["vi"].sentences[key])
        # How a person is addressed and how quarters and months are written differ between languages.
        free = ADDRESS | ({"number", "roman", "name"} if key in {"period.quarter", "period.month"} else set())
        assert mine - free == theirs - free, key
        assert catalogue(key, **dict.fromkeys(mine - ADDRESS, 1)).strip(), key


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_of_keys_is_complete_and_holds_no_more(family: str) -> None:
    more = {"language.": {"ask", "set"}}.get(family, set())
    assert {key.removeprefix(family) for key in keys("vi") if key.startswith(family)} - more == FAMILIES[family]


def test_every_key_is_used() -> None:
    unused = {key for key in keys("vi") - literals() if not key.startswith(tuple(FAMILIES))}
    assert unused == set()


def test_every_key_that_is_spoken_exists_and_gets_what_it_needs() -> None:
    checked = 0
    for call in spoken():
        key = call.args[0]
        if isinstance(key, ast.JoinedStr):
            assert isinstance(key.values[0], ast.Constant), ast.unparse(call)
            assert key.values[0].value in FAMILIES, ast.unparse(call)
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        assert key.value in keys("vi") | ADDRESS, ast.unparse(call)
        given = {keyword.arg for keyword in call.keywords}
        if None not in given and key.value not in ADDRESS:
            needed = set().union(*(placeholders(catalogues()[code].sentences[key.value]) for code in LANGUAGES))
            assert needed - ADDRESS == given, ast.unparse(call)
        checked += 1
    assert checked > 80
