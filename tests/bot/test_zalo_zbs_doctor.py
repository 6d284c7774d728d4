"""What `sipas doctor` says of the rating template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.doctor.finding import Finding
from tests.bot.ward import Ward, healthy

SETTINGS = {"zalo_zbs_template": "7895417", "zalo_oa_app_id": "505"}


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    monkeypatch.chdir(tmp_path)
    with healthy(tmp_path) as made:
        yield made


def said(ward: Ward, **settings: str) -> Finding:
    (finding,) = ward.says("Zalo ZBS", ward.set(**settings))
    return finding


def request(ward: Ward, number: int, state: str, reason: str | None) -> None:
    """One that stands for an invitation of its own."""
    ward.made.connection.execute("PRAGMA foreign_keys = OFF")
    ward.made.connection.execute(
        "INSERT INTO rating_request (province_id, id, ref, state, reason, not_before, not_after, forget_at, created_at)"
        " VALUES ('sample', ?, ?, ?, ?, 0, 0, 0, 0)",
        (str(number), str(number), state, reason),
    )


def test_what_is_not_set_up_keeps_no_number(ward: Ward) -> None:
    assert (said(ward).mark, "not kept" in said(ward).says) == ("✓", True)
    alone = said(ward, zalo_zbs_template="7895417")
    assert (alone.mark, "not kept" in alone.says) == ("!", True)


def test_what_became_of_those_that_were_sent(ward: Ward) -> None:
    assert said(ward, **SETTINGS).line == "✓ Zalo ZBS: template 7895417: nothing was sent yet"
    request(ward, 1, "sent", None)
    assert said(ward, **SETTINGS).line == "✓ Zalo ZBS: template 7895417: 1 sent"
    for number in (2, 3):
        request(ward, number, "failed", "the number has no Zalo account (ZBS -118)")
    found = said(ward, **SETTINGS)
    assert found.mark == "!"
    assert found.says == "2 failed, 1 sent; most often: the number has no Zalo account (ZBS -118)"
