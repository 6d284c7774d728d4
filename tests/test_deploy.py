"""What is given to operators fits the program: units that systemd takes, numbers that exist, files that are there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.ending import STOP_SECONDS
from bot.server import MOST_AT_ONCE
from bot.storage.queries import SQL
from tests.bot.test_metrics import running, says
from tests.bot.ward import backed_up
from tests.world import world

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_nothing_lies_there_that_no_test_looks_at() -> None:
    looked_at = {"Caddyfile", "Containerfile", "grafana-dashboard.json", "prometheus-rules.yml"}
    assert {file.name for file in DEPLOY.iterdir()} == looked_at | {unit.name for unit in UNITS}


# --- systemd ---

HARDENED = {
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectSystem": "strict",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "StateDirectory": "sipas",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "User": "sipas",
}


def settings_of(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", unit.read_text(encoding="utf-8")))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_gives_away_nothing_it_does_not_need(unit: Path) -> None:
    found = settings_of(unit)
    assert {name: found.get(name) for name in HARDENED} == HARDENED
    assert int(found["TimeoutStopSec"]) > STOP_SECONDS + 5
    assert found["ExecStart"].startswith(f"/opt/sipas-bot/.venv/bin/{next(iter(PROJECT['scripts']))} ")


def test_the_program_has_room_for_its_connections_and_is_not_started_in_vain() -> None:
    found = settings_of(DEPLOY / "sipas.service")
    assert int(found["LimitNOFILE"]) > 2 * MOST_AT_ONCE
    assert found["RestartPreventExitStatus"] == "2 3"
    assert found["Restart"] == "on-failure"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_every_line(unit: Path, tmp_path: Path) -> None:
    """Where systemd is installed; elsewhere the two tests above are all there is."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    copy = tmp_path / unit.name
    # The program is not installed here; systemd would say so.
    copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8")))
    done = subprocess.run([analyze, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    about_us = [line for line in done.stderr.splitlines() if unit.name in line]
    assert about_us == []
    copy.write_text(copy.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystm=strict"))
    spoilt = subprocess.run([analyze, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False)
    assert "ProtectSystm" in spoilt.stderr, "and a line that it does not understand is seen"


# --- the container ---


def test_what_the_container_takes_is_there_and_what_it_starts_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"(?m)^COPY (.+) \S+$", text) for word in line.split()]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages | {"config", "pyproject.toml", "requirements.lock"} <= set(copied)
    assert json.loads(text.partition("ENTRYPOINT ")[2].splitlines()[0])[0] in PROJECT["scripts"]
    assert re.search(r"(?m)^USER 10001$", text)
    python = re.search(r"FROM docker.io/library/python:(\d+\.\d+)-slim", text)
    assert python
    assert f">={python[1]}" == PROJECT["requires-python"]


def test_every_folder_of_code_is_installed() -> None:
    """A package left out is found in a checkout and missing in an installed wheel."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    there = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for top in ("bot", "handlers", "scoring", "survey")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert set(listed) == there


# --- Grafana and Prometheus ---

NAME = re.compile(r"\b(?:sipas|process)_[a-z0-9_]+\b")
PROMETHEUS_OWN = {"up"}


@pytest.fixture
async def names(tmp_path: Path) -> set[str]:
    """Every name that a reading of /metrics can hold."""
    with world(tmp_path) as made:
        backed_up(tmp_path / "world.db", made.now, hours=1)
        made.core.settings = made.core.settings.model_copy(update={"zalo_oa_app_id": "1"})
        key = {"province_id": "sample", "app_id": "1"}
        SQL.put_zalo_oa_tokens(made.connection, **key, sealed=b"x", refreshed_at=0, expires_at=0)
        async with running(made) as (app, metrics):
            await app.receive(says(1, "/start"))
            metrics.sends["telegram", "sent"] += 1
            text = (await metrics.text()).decode()
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return found


def test_the_dashboard_asks_only_for_what_exists_and_leaves_nothing_out(names: set[str]) -> None:
    asked = {name for panel in dashboard()["panels"] for one in panel["targets"] for name in NAME.findall(one["expr"])}
    assert asked - names == set()
    families = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in names if name.startswith("sipas_")}
    assert families - {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked} == set()


def test_the_dashboards_panels_lie_beside_each_other() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        here = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not here & taken, panel["title"]
        taken |= here


def test_alerts_ask_only_for_what_exists(names: set[str]) -> None:
    text = (DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8")
    expressions = re.findall(r"(?m)^        expr: (.+)$", text)
    assert len(expressions) == text.count("- alert: ") == text.count("summary: ") > 5
    for expression in expressions:
        asked = set(NAME.findall(expression)) | (PROMETHEUS_OWN & set(re.findall(r"\w+", expression)))
        assert asked, expression
        assert asked - names <= PROMETHEUS_OWN, expression
        assert expression.count("(") == expression.count(")")
        for label, value in re.findall(r'(\w+)="(\w+)"', expression):
            assert value in LABELS[label], expression


LABELS = {
    "job": {"sipas"},
    "outcome": {"done", "failed", "repeated", "read", "slowed", "refused"},
    "state": {"queued", "sending", "unknown", "failed"},
}


def test_the_proxy_keeps_the_numbers_in() -> None:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    assert "respond /metrics 404" in text
    assert "SIPAS_TRUSTED_PROXIES=127.0.0.1" in text
