"""One unit's score as data: what `sipas score --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from scoring.compare import Change
from scoring.counts import PROVENANCES
from scoring.index import CONFIDENCE, Figure, Figures
from scoring.period import Period, closed
from scoring.sampling import Turnout
from scoring.unit import Unit


def score_json(
    unit: Unit,
    period: Period,
    figures: Figures,
    names: Mapping[str, str],
    *,
    today: date,
    change: Change | None = None,
    before: Period | None = None,
    apart: Mapping[str, Figures] | None = None,
    answered: Turnout | None = None,
    by_visits: Figure | None = None,
) -> dict[str, Any]:
    """Plain JSON data; percentages 0 to 100 with two decimals, withheld figures null with a reason.

    `names`: what factor letters and criterion codes are called. `change` is against the period `before`.
    `apart`: the figures of each provenance that has one. `answered`: how many of the dossiers were answered about.
    `by_visits`: the index with each office weighted by its dossiers.
    """
    return {
        "unit": {"code": unit.code, "name": unit.name, "level": unit.level},
        "period": {
            "id": period.id,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "closed": closed(period, today),
        },
        "method": figures.method,
        "n": figures.n,
        **_figure(figures.overall),
        "confidence": CONFIDENCE,
        "factors": _list(figures.factors, names),
        "criteria": _list(figures.criteria, names),
        "change": _change(change, before),
        "provenance": {kind: figures.provenance.get(kind, 0) for kind in PROVENANCES},
        "by_provenance": {kind: {**_figure(one.overall), "n": one.n} for kind, one in (apart or {}).items()},
        "turnout": _turnout(answered),
        "weighted": None if by_visits is None else {**_figure(by_visits), "n": by_visits.n},
    }


def _turnout(found: Turnout | None) -> dict[str, Any] | None:
    """`bounds`: the share satisfied of all visits, if none or all of the silent were; null where no feed tells."""
    if found is None:
        return None
    bounds = [_two(found.low), _two(found.high)]
    return {"visits": found.visits, "answered": found.answered, "rate": _two(found.rate), "bounds": bounds}


def _list(figures: Mapping[str, Figure], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"code": code, "name": names.get(code, code), **_figure(figure), "n": figure.n}
        for code, figure in figures.items()
    ]


def _figure(figure: Figure) -> dict[str, Any]:
    withheld = figure.score is None
    return {
        "score": _two(figure.score),
        "interval": None if withheld else [_two(figure.low), _two(figure.high)],
        "suppressed": withheld,
        "reason": figure.reason,
        "bound": {"≥": "at_least", "≤": "at_most"}.get(figure.bound),
    }


def _change(change: Change | None, before: Period | None) -> dict[str, Any]:
    if change is None:
        return {
            "from": before.id if before else None,
            "points": None,
            "interval": None,
            "clear": None,
            "reason": "too_few",
        }
    return {
        "from": before.id if before else None,
        "points": _two(change.points),
        "interval": [_two(change.low), _two(change.high)],
        "clear": change.clear,
        "reason": None,
    }


def _two(percent: float | None) -> float | None:
    # Adding nought turns -0.0 into 0.0.
    return None if percent is None else round(percent, 2) + 0.0
