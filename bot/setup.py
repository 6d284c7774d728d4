"""What a database needs before it can serve: the province's row, its published questionnaires, the sample's units."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core import SAMPLE
from bot.errors import Unusable
from bot.settings import Settings, load_province
from bot.storage.queries import SQL
from bot.storage.units import SURVEY_JSON, Shelf, UnitStore
from scoring.unit_sheet import Fault as UnitFault
from scoring.unit_sheet import read_units
from scoring.units import Succession, Unit
from survey.faults import Fault
from survey.model import Survey

SAMPLE_UNITS = "thai_binh_2017.csv"


def prepare(connection: sqlite3.Connection, settings: Settings, at: int) -> None:
    """Make both provinces ready, in one transaction: rows, shipped questionnaires, and the sample's tree."""
    file = load_province(settings.config_dir)
    SQL.add_province(connection, province_id=file.id, name=file.name, sample=0, at=at)
    SQL.add_province(connection, province_id=SAMPLE, name="Tỉnh Thái Bình (mẫu)", sample=1, at=at)
    for sheet in sorted((settings.config_dir / "surveys").glob("*.xlsx")):
        content = sheet.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        for province_id in (file.id, SAMPLE):
            if SQL.is_published(connection, province_id=province_id, digest=digest) is None:
                publish(connection, province_id, content, str(sheet), at)
    for province_id in (file.id, SAMPLE):
        if SQL.newest_version(connection, province_id=province_id, survey_id=file.index_survey) is None:
            raise Unusable(
                "province.toml", f"index_survey {file.index_survey!r} is not among config/surveys", "name one that is"
            )
    if next(iter(SQL.all_units(connection, province_id=SAMPLE)), None) is None:
        import_units(connection, SAMPLE, load_units(settings.config_dir / "units" / SAMPLE_UNITS))


def load_units(path: Path) -> list[Unit]:
    """The units of a CSV file; raises Unusable naming the first fault. `check_units` gives them all."""
    found = check_units(path)
    if found and isinstance(found[0], UnitFault):
        first = found[0]
        raise Unusable(
            f"{path}, row {first.row}", f"{first.column}: {first.reason} {first.value}", "see sipas units check"
        )
    return [unit for unit in found if isinstance(unit, Unit)]


def check_units(path: Path) -> Sequence[Unit | UnitFault]:
    """The units of a CSV file, or its faults."""
    return read_units(rows_of(path))


def rows_of(path: Path) -> list[Mapping[str, str | None]]:
    """The rows of a CSV file; Unusable where it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise Unusable(str(path), f"cannot be read ({error.strerror})", "check the name and the rights") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unusable(str(path), f"cannot be read ({error})", "save it as CSV UTF-8") from error


def import_units(
    connection: sqlite3.Connection, province_id: str, units: Sequence[Unit], successions: Sequence[Succession] = ()
) -> None:
    """Store a tree, parents before children, and who went into whom."""
    depth = {unit.id: unit.parent for unit in units}

    def level(unit_id: str | None) -> int:
        steps = 0
        while unit_id is not None:
            unit_id, steps = depth.get(unit_id), steps + 1
        return steps

    _refuse_moves(connection, province_id, units)
    ordered = sorted(units, key=lambda unit: level(unit.id))
    UnitStore(connection, province_id, Shelf()).put(ordered, successions)


def read_sheet(content: bytes, where: str) -> Survey:
    """The questionnaire of an .xlsx; raises Unusable when it has faults (`sipas survey check` lists them)."""
    found = check_sheet(content)
    if isinstance(found, Survey):
        return found
    raise Unusable(where, f"has {len(found)} faults", "see sipas survey check")


def check_sheet(content: bytes) -> Survey | list[Fault]:
    """The questionnaire of an .xlsx, or every fault it has."""
    from survey.sheet import read_xlsx
    from survey.xlsform import read_survey

    cells = read_xlsx(content)
    return cells if isinstance(cells, list) else read_survey(cells)


def _refuse_moves(connection: sqlite3.Connection, province_id: str, units: Sequence[Unit]) -> None:
    """What was counted under a parent stays there: a unit that moves is a new unit, with its own id and first day."""
    parents = {row[0]: row[6] for row in SQL.all_units(connection, province_id=province_id)}
    for unit in units:
        if unit.id in parents and parents[unit.id] != unit.parent:
            raise Unusable(
                f"unit {unit.id} {unit.name}",
                f"would move from under {parents[unit.id]} to under {unit.parent}",
                "end it with valid_to and add a new unit with an id and a valid_from of its own",
            )


def publish(connection: sqlite3.Connection, province_id: str, content: bytes, where: str, at: int) -> tuple[str, str]:
    """Store a questionnaire as an immutable version: (id, version). Raises Unusable when that version differs."""
    digest = hashlib.sha256(content).hexdigest()
    survey = read_sheet(content, where)
    known = SQL.published_digest(connection, province_id=province_id, survey_id=survey.id, version=survey.version)
    if known is not None and known[0] != digest:
        raise Unusable(where, f"version {survey.version} of {survey.id} is published already", "give it a new version")
    if known is None:
        SQL.add_survey(
            connection,
            province_id=province_id,
            survey_id=survey.id,
            version=survey.version,
            sheet=content,
            definition=SURVEY_JSON.dump_json(survey).decode(),
            digest=digest,
            at=at,
        )
    return survey.id, survey.version
