from __future__ import annotations

import json
from datetime import date

from scoring.compare import change
from scoring.counts import Tally
from scoring.index import figures
from scoring.period import by_id
from scoring.score_json import score_json
from scoring.units import Tree
from tests.scoring.people import FACTORS, answered

MONDAY = date(2026, 11, 16)
NAMES = {"A": "Tiếp cận", "A1": "Đủ chỗ ngồi"}


def test_the_contract(thai_binh: Tree) -> None:
    unit, period, before = thai_binh.get("340"), by_id("2026-W46"), by_id("2026-W45")
    assert unit is not None
    assert period is not None
    now, earlier = figures(answered(30, a=10, b=20, c=11), FACTORS), figures(answered(40, a=40, b=40, c=40), FACTORS)
    moved = change(now.overall, earlier.overall)
    found = score_json(unit, period, now, NAMES, today=MONDAY, change=moved, before=before)
    assert list(found) == [
        "unit", "period", "method", "n", "score", "interval", "suppressed", "reason", "bound", "confidence",
        "factors", "criteria", "change", "provenance", "by_provenance", "turnout", "weighted",
    ]  # fmt: skip
    assert found["unit"] == {"code": "340", "name": "Huyện Đông Hưng", "level": "district"}
    assert found["period"] == {"id": "2026-W46", "from": "2026-11-09", "to": "2026-11-15", "closed": True}
    assert (found["method"], found["n"], found["score"], found["confidence"]) == (
        "sipas-2017/pooled/1",
        30,
        45.56,
        0.95,
    )
    assert (found["suppressed"], found["reason"]) == (False, None)
    low, high = found["interval"]
    assert low < 45.56 < high
    assert found["factors"][0] | {"interval": None} == {
        "code": "A", "name": "Tiếp cận", "score": 33.33, "interval": None, "suppressed": False, "reason": None,
        "bound": None, "n": 30,
    }  # fmt: skip
    assert [one["code"] for one in found["factors"]] == ["A", "B", "C"]
    assert [one["code"] for one in found["criteria"]] == ["Q0", "A1", "B1", "C1"]
    assert found["criteria"][0]["name"] == "Q0"
    assert (found["change"]["from"], found["change"]["points"], found["change"]["clear"]) == ("2026-W45", -54.44, True)
    assert found["provenance"] == {"verified": 30, "walk_in": 0, "assisted": 0}
    assert json.loads(json.dumps(found)) == found


def test_what_is_withheld_is_null_with_a_reason(thai_binh: Tree) -> None:
    unit, period = thai_binh.get("340"), by_id("2026-W47")
    assert unit is not None
    assert period is not None
    found = score_json(unit, period, figures(Tally(), FACTORS), {}, today=MONDAY)
    assert found["period"]["closed"] is False
    for one in (found, *found["factors"], *found["criteria"]):
        assert (one["score"], one["interval"], one["suppressed"], one["reason"]) == (None, None, True, "too_few")
    assert found["change"] == {"from": None, "points": None, "interval": None, "clear": None, "reason": "too_few"}


def test_no_negative_nought(thai_binh: Tree) -> None:
    unit, period = thai_binh.get("340"), by_id("2026-W46")
    assert unit is not None
    assert period is not None
    same = figures(answered(10_000, a=5_000, b=5_000, c=5_000), FACTORS)
    moved = change(same.overall, same.overall)
    found = score_json(unit, period, same, {}, today=MONDAY, change=moved)
    assert str(found["change"]["points"]) == "0.0"
