"""Every check of `sipas doctor`: what it says of a healthy patient, and of one with just that fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.channels.telegram_look import Look
from bot.channels.zalo_bot_look import ZaloBotLook
from bot.core import make_core
from bot.doctor.openers import Opener
from bot.doctor.patient import Patient
from bot.doctor.table import CHECKS, findings
from tests.bot.ward import WELL, Ward, backed_up, healthy, post


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    monkeypatch.chdir(tmp_path)
    with healthy(tmp_path) as made:
        yield made


def test_a_healthy_patient_is_told_so_and_nothing_else(ward: Ward) -> None:
    found = [one for one in findings(ward.patient) if one.mark != "✓" and "nothing here can tell" not in one.says]
    assert [one.line for one in found if "synchronised" not in one.says] == []
    assert {one.about for one in findings(ward.patient)} >= {"program", "writer", "database", "backup", "summaries"}


# --- each check has a patient with its fault ---


def no_tick(ward: Ward) -> Patient:
    return replace(ward.patient, running=replace(WELL, health="schedule"))


def normal(ward: Ward) -> Patient:
    return replace(ward.patient, running=replace(WELL, pragmas={"journal_mode": "wal", "synchronous": 1}))


def second_writer(ward: Ward) -> Patient:
    ours, other = Opener(7, "sipas", True, True), Opener(4711, "sqlite3", True, False)
    return replace(ward.patient, openers=(ours, other))


def refused(ward: Ward) -> Patient:
    return replace(ward.patient, database=None, core=None, refusal="x.db: is not a sipas database; choose another file")


def the_sample(ward: Ward) -> Patient:
    core = make_core(ward.patient.settings, ward.made.connection, sample=True)
    return replace(ward.patient, core=core)


def plain_http(ward: Ward) -> Patient:
    return ward.set(public_url="http://danhgia.example.vn")


def full(ward: Ward) -> Patient:
    return replace(ward.patient, path=Path("/full/sipas.db"))


def readable(ward: Ward) -> Patient:
    ward.patient.path.chmod(0o640)
    return ward.patient


def short_key(ward: Ward) -> Patient:
    return ward.set(secret_key=SecretStr("short"))


def set_back(ward: Ward) -> Patient:
    ward.made.says("one", "/start")
    return replace(ward.patient, now=ward.made.now - timedelta(days=2))


def elsewhere(ward: Ward) -> Patient:
    return ward.set(timezone="Europe/Helsinki")


def bad_token(ward: Ward) -> Patient:
    return replace(ward.patient, telegram=Look(fault="misconfigured", detail="Unauthorized"))


def bad_zalo_token(ward: Ward) -> Patient:
    return replace(ward.patient, zalo_bot=ZaloBotLook(fault="misconfigured", detail="401 Unauthorized"))


def no_token_yet(ward: Ward) -> Patient:
    return ward.set(zalo_oa_app_id="505012345678")


def no_account_for_it(ward: Ward) -> Patient:
    return ward.set(zalo_zbs_template="7895417")


def lost_post(ward: Ward) -> Patient:
    name = post(ward.made, "unknown", 5)
    person = ward.made.rows("SELECT id FROM person")[0][0]
    key = (ward.made.core.province.id, person, name)
    ward.made.connection.execute("INSERT INTO report VALUES (?, 'weekly', '2026-W46', '340', ?, ?, 0)", key)
    return ward.patient


def overdue(ward: Ward) -> Patient:
    ward.made.official("chi-lan", "340")
    ward.made.connection.execute(
        "INSERT INTO person SELECT province_id, 'p', 'telegram', '5', 'vi', 1, 0, NULL, 0 FROM person"
    )
    ward.made.connection.execute("UPDATE official SET person_id = 'p'")
    ward.made.says("chi-lan", "/subscribe")
    ward.made.connection.execute("UPDATE subscription SET since_day = '2026-11-01'")
    return ward.patient


def in_2036(ward: Ward) -> Patient:
    return replace(ward.patient, now=ward.patient.now.replace(year=2036))


def old_backup(ward: Ward) -> Patient:
    backed_up(ward.patient.path, ward.made.now, hours=24 * 9)
    return ward.patient


FAULTS: dict[str, tuple[Callable[[Ward], Patient], str, str]] = {
    "program": (no_tick, "✗", "minute tick fails"),
    "writer": (normal, "✗", "does not keep what it acknowledges"),
    "SQLite": (second_writer, "✗", "process 4711 (sqlite3) has the database open for writing"),
    "database": (refused, "✗", "is not a sipas database"),
    "province": (the_sample, "!", "sample data is served"),
    "address": (plain_http, "!", "officials cannot enter their codes there"),
    "disk": (full, "✗", "without space no answer can be taken"),
    "rights": (readable, "✗", "chmod 600"),
    "secret key": (short_key, "!", "openssl rand -hex 32"),
    "clock": (set_back, "✗", "2 days before the newest update in the database"),
    "time zone": (elsewhere, "✓", "Europe/Helsinki"),
    "Telegram": (bad_token, "✗", "it refuses SIPAS_TELEGRAM_TOKEN; copy it again from @BotFather"),
    "Zalo bot": (bad_zalo_token, "✗", "it refuses SIPAS_ZALO_BOT_TOKEN; copy it again from Zalo Bot Manager"),
    "Zalo OA": (no_token_yet, "!", "no token was fetched yet"),
    "Zalo ZBS": (no_account_for_it, "!", "numbers of a feed are not kept"),
    "outbox": (
        lost_post,
        "!",
        "1 messages of the last 30 days may or may not have arrived (weekly 2026-W46 Huyện Đông Hưng)",
    ),
    "summaries": (overdue, "!", "1 of 2026-W46 are due and not written yet"),
    "holidays": (in_2036, "!", "config/quiet_days.csv has none after 2035: they count as working days"),
    "backup": (old_backup, "✗", "the last was made 9 days ago; sipas backup --out FILE"),
}


def test_every_check_is_tried_with_its_fault() -> None:
    assert list(FAULTS) == [about for about, _ in CHECKS]


@pytest.mark.parametrize("about", FAULTS)
def test_each_fault_is_said_with_its_mend(ward: Ward, monkeypatch: pytest.MonkeyPatch, about: str) -> None:
    make, mark, words = FAULTS[about]
    if about == "disk":
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 150 * 2**20))
    lines = [one.line for one in ward.says(about, make(ward)) if one.mark == mark]
    assert any(words in line for line in lines), lines
