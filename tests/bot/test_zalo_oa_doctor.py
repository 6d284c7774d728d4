"""What an operator is told about a Zalo Official Account: by `sipas doctor` and at /metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.channels.zalo_oa_tokens import CONSENT
from bot.channels.zalo_oa_vault import Pair, digest
from bot.doctor.finding import Finding
from bot.doctor.patient import Patient
from bot.sealed import seal_text
from bot.storage.queries import SQL
from handlers.context import to_ms
from tests.bot.test_metrics import of, read, running
from tests.bot.ward import Ward, healthy
from tests.world import world

APP, FIRST, KEY = "505012345678", "the-refresh-token-of-the-settings", "the secret key of the tests, long enough"
SETTINGS = {
    "zalo_oa_app_id": APP,
    "zalo_oa_secret": SecretStr("oa-secret"),
    "zalo_oa_app_secret": SecretStr("app-secret"),
    "zalo_oa_refresh_token": SecretStr(FIRST),
    "secret_key": SecretStr(KEY),
}


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    monkeypatch.chdir(tmp_path)
    with healthy(tmp_path) as made:
        yield made


def connected(ward: Ward, *, days: float = 0.1, first: str = FIRST, trouble: str | None = None) -> Patient:
    """An account whose tokens were refreshed so many days ago."""
    refreshed = to_ms(ward.made.now - timedelta(days=days))
    pair = Pair("access", "refresh", digest(first), refreshed, refreshed + 90_000_000)
    SQL.put_zalo_oa_tokens(
        ward.made.connection,
        province_id=ward.made.core.province.id,
        app_id=APP,
        sealed=seal_text(json.dumps(pair), KEY, APP),
        refreshed_at=pair.refreshed_at,
        expires_at=pair.expires_at,
    )
    if trouble:
        SQL.note_zalo_oa_trouble(ward.made.connection, app_id=APP, trouble=trouble)
    return ward.set(**SETTINGS)


def tokens(ward: Ward, patient: Patient) -> Finding:
    return ward.says("Zalo OA", patient)[0]


def test_without_one_nothing_is_amiss(ward: Ward) -> None:
    (found,) = ward.says("Zalo OA")
    assert (found.mark, found.says) == ("✓", "not connected")


def test_all_well(ward: Ward) -> None:
    found = ward.says("Zalo OA", connected(ward))
    assert [one.mark for one in found] == ["✓", "✓"]
    assert found[0].says == "tokens refreshed 2 h ago, good for 23 h"
    assert "https://sipas.example/zalo/oa/webhook" in found[1].says


@pytest.mark.parametrize(
    ("days", "mark", "says"),
    [
        (1.0, "✓", "good for"),
        (1.1, "✗", "the access token ended"),
        (74.0, "✗", "ended"),
        (76.0, "✗", "no refresh for 76 days"),
    ],
)
def test_how_old_the_tokens_are(ward: Ward, days: float, mark: str, says: str) -> None:
    found = tokens(ward, connected(ward, days=days))
    assert found.mark == mark
    assert says in found.line


def test_a_broken_chain(ward: Ward) -> None:
    patient = connected(ward, trouble=CONSENT)
    found = tokens(ward, patient)
    assert found.mark == "✗"
    assert "consent again" in found.line
    # Once another token stands in the settings, the old trouble is over.
    mended = replace(patient, settings=patient.settings.model_copy(update={"zalo_oa_refresh_token": SecretStr("new")}))
    found = tokens(ward, mended)
    assert (found.mark, found.says) == ("!", "SIPAS_ZALO_OA_REFRESH_TOKEN was changed")


def test_another_secret_key(ward: Ward) -> None:
    patient = connected(ward)
    other = replace(patient, settings=patient.settings.model_copy(update={"secret_key": SecretStr("x" * 40)}))
    found = tokens(ward, other)
    assert found.mark == "✗"
    assert "do not open with this secret key" in found.says


def test_before_the_first_start_and_without_https(ward: Ward) -> None:
    found = ward.says("Zalo OA", ward.set(**SETTINGS, public_url="http://10.0.0.5"))
    assert [one.mark for one in found] == ["!", "!"]
    assert "no token was fetched yet" in found[0].says
    assert "SIPAS_PUBLIC_URL" in found[1].mend


def test_no_secret_is_told(ward: Ward) -> None:
    for patient in (connected(ward), ward.set(**{**SETTINGS, "secret_key": SecretStr("x" * 40)})):
        lines = " ".join(one.line for one in ward.says("Zalo OA", patient))
        assert not any(word in lines for word in (FIRST, KEY, "oa-secret", "app-secret", "x" * 40))


async def test_the_numbers(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        async with running(made) as (_, metrics):
            without = await read(metrics)
            at = to_ms(made.now) - 3_600_000
            key = {"province_id": "sample", "app_id": APP}
            SQL.put_zalo_oa_tokens(made.connection, **key, sealed=b"x", refreshed_at=at, expires_at=at)
            made.core.settings = made.core.settings.model_copy(update={"zalo_oa_app_id": APP})
            well = await read(metrics)
            SQL.note_zalo_oa_trouble(made.connection, app_id=APP, trouble=CONSENT)
            broken = await read(metrics)
    assert not any(name.startswith("sipas_zalo") for name, _ in without)
    assert of(well, "sipas_zalo_oa_token_age_seconds") == 3_600
    assert of(well, "sipas_zalo_oa_consent_needed") == 0
    assert of(broken, "sipas_zalo_oa_consent_needed") == 1
