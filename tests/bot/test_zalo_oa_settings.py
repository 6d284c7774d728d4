"""A Zalo Official Account is configured whole or not at all, and what is missing is said by name."""

from __future__ import annotations

import pytest

from bot.errors import Unusable
from bot.settings import Settings, load_settings

ALL = {
    "SIPAS_ZALO_OA_APP_ID": "505012345",
    "SIPAS_ZALO_OA_SECRET": "oa-secret-of-the-tests",
    "SIPAS_ZALO_OA_APP_SECRET": "app-secret-of-the-tests",
    "SIPAS_ZALO_OA_REFRESH_TOKEN": "first-refresh-token",
}


def given(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name in ALL:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def test_all_four_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, {}).zalo_oa_app_id == ""
    settings = given(monkeypatch, ALL)
    assert {value for name, value in ALL.items() if name != "SIPAS_ZALO_OA_APP_ID"} <= set(settings.secrets)
    assert all(value not in repr(settings) for value in settings.secrets)


@pytest.mark.parametrize("missing", sorted(ALL))
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    with pytest.raises(Unusable, match=rf"needs {missing} too; set all four") as caught:
        given(monkeypatch, {name: value for name, value in ALL.items() if name != missing})
    assert not any(value in str(caught.value) for value in ALL.values())


def test_an_app_id_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unusable, match="SIPAS_ZALO_OA_APP_ID is a number"):
        given(monkeypatch, ALL | {"SIPAS_ZALO_OA_APP_ID": "my app"})
