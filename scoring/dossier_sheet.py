"""A feed of dossiers: each row becomes one event of a dossier, or the faults of its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, get_args

from scoring import titled_rows
from scoring.day_words import read_day
from scoring.dossier_words import Words
from scoring.phone import phone_of
from scoring.titled_rows import MOST_SHOWN, Fault
from scoring.units import Unit
from survey.text import MASK, fold, mask

DossierEventKind = Literal["received", "supplemented", "refused", "returned"]

Reason = Literal[
    "missing_column",
    "column_twice",
    "too_many_cells",
    "missing",
    "too_long",
    "bad_code",
    "unknown_event",
    "unknown_unit",
    "several_units",
    "unknown_procedure",
    "bad_date",
    "in_future",
    "unknown_channel",
    "bad_address",
]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("ma ho so", "so ho so", "dossier", "dossier code"),
    "event": ("su kien", "trang thai", "tinh trang", "status"),
    "unit": ("don vi tiep nhan", "noi tiep nhan", "co quan tiep nhan", "received by", "unit that received"),
    "decided_by": ("don vi giai quyet", "co quan giai quyet", "decided by", "unit that decided"),
    "procedure": ("thu tuc", "ten thu tuc", "linh vuc"),
    "at": ("thoi diem", "ngay", "ngay gio", "day", "date", "time"),
    "due": ("ngay hen", "hen tra", "ngay hen tra", "due day", "due date"),
    "done": ("ngay tra", "ngay tra ket qua", "done day", "actual date"),
    "channel": ("kenh", "kenh lien he"),
    "address": ("dia chi kenh", "ma nguoi nhan"),
}
"""Our names of the columns, and what else (folded) is read as one of them."""

REQUIRED = ("code", "event", "unit", "at")

EVENTS: Mapping[DossierEventKind, tuple[str, ...]] = {
    "received": ("tiep nhan", "da tiep nhan", "tiep nhan ho so"),
    "supplemented": ("bo sung", "yeu cau bo sung", "da yeu cau bo sung"),
    "refused": ("tu choi", "khong giai quyet", "tra lai", "khong du dieu kien"),
    "returned": ("tra ket qua", "da tra ket qua", "da tra", "hoan thanh"),
}

PHONE = "phone"
"""The channel of a mobile number, to which Zalo's rating template goes."""
CHANNELS = ("telegram", "zalo-oa", "zalo-bot", PHONE)
"""Where somebody can be written to who gave an address."""

MOST_CODE = 60
MOST_ADDRESS = 64
MOST_READ = 500
"""Of a cell: what is longer is wrong anyway, and is read in the transaction that citizens' taps wait for."""
OFFICE_CLOSES = time(17)
"""When a visit is taken to have ended of which only the day is known."""

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)
_TIME = re.compile(r"[ T]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?$")
_ADDRESS = re.compile(r"\w[\w@.:+-]*", re.ASCII)
"""Of one person: with a hyphen before it Telegram reads a group, with @ a public channel."""
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
"""What a spreadsheet makes of a long number: its last digits are gone."""


@dataclass(frozen=True)
class DossierEvent:
    """One event of a dossier. `moment`: local time of the province; `due` and `done` are days, None where not told."""

    line: int
    code: str
    event: DossierEventKind
    unit: str
    decided_by: str | None
    procedure: str
    moment: datetime
    due: date | None
    done: date | None
    channel: str = ""
    address: str = ""


def columns_of(header: Sequence[str]) -> Mapping[int, str] | list[Fault]:
    """Which of our columns stands where; columns that are not ours are left alone. Faults: missing or twice."""
    return titled_rows.columns_of(header, COLUMNS, REQUIRED)


def read_event(line: int, cells: Mapping[str, str], words: Words, today: date) -> DossierEvent | list[Fault]:
    """One row, by our names of its columns."""
    return _Row(line, cells, words, today).read()


class _Row:
    """A row while it is read: every fault of it is found, not only the first."""

    def __init__(self, line: int, cells: Mapping[str, str], words: Words, today: date) -> None:
        self._line = line
        self._cells = {
            name: " ".join(unicodedata.normalize("NFC", text[:MOST_READ]).split()) for name, text in cells.items()
        }
        self._words = words
        self._today = today
        self._faults: list[Fault] = []

    def read(self) -> DossierEvent | list[Fault]:
        for name in REQUIRED:
            if not self._cell(name):
                self._wrong(name, "missing")
        code = self._code()
        event = self._event()
        moment = self._moment("at")
        if moment is not None and moment.date() > self._today:
            self._wrong("at", "in_future")
        on = min(moment.date(), self._today) if moment else None
        unit, decided_by = self._unit("unit", on), self._unit("decided_by", on)
        due, done = self._moment("due"), self._moment("done")
        channel, address = self._channel()
        procedure = self._procedure()
        if self._faults or event is None or unit is None or moment is None:
            return self._faults
        return DossierEvent(
            self._line,
            code,
            event,
            unit.id,
            decided_by.id if decided_by else None,
            procedure,
            moment,
            due.date() if due else None,
            done.date() if done else None,
            channel,
            address,
        )

    def _cell(self, name: str) -> str:
        return self._cells.get(name, "")

    def _wrong(self, name: str, reason: Reason, shown: str | None = None) -> None:
        self._faults.append(Fault(self._line, name, reason, (shown or self._cell(name))[:MOST_SHOWN]))

    def _code(self) -> str:
        """As it is compared: without blanks, in capitals."""
        code = self._cell("code").replace(" ", "").upper()
        if len(code) > MOST_CODE:
            self._wrong("code", "too_long")
        elif code and not _is_code(code):
            self._wrong("code", "bad_code")
        return code

    def _event(self) -> DossierEventKind | None:
        words = fold(self._cell("event"))
        for kind in get_args(DossierEventKind):
            if words == kind or words in EVENTS[kind]:
                return kind  # type: ignore[no-any-return]
        if self._cell("event"):  # also of invisible letters: no row is lost without a word
            self._wrong("event", "unknown_event")
        return None

    def _unit(self, name: str, on: date | None) -> Unit | None:
        """As it was that day: without a day nothing can be said of it."""
        text = self._cell(name)
        if not text or on is None:
            return None
        found = self._words.unit(text, on)
        if isinstance(found, Unit):
            return found
        self._wrong(name, found)
        return None

    def _procedure(self) -> str:
        if not fold(self._cell("procedure")):
            return ""
        known = self._words.group(self._cell("procedure"))
        if known is None:
            self._wrong("procedure", "unknown_procedure")
        return known or ""

    def _moment(self, name: str) -> datetime | None:
        """A day, or a day and a time; a day alone stands for the hour at which offices close."""
        text = self._cell(name)
        if not text:
            return None
        if _INSTANT.fullmatch(text):
            return self._instant(name, text)
        found = _TIME.search(text)
        day_text = text[: found.start()] if found else text
        day = read_day(day_text)
        try:
            at = time(int(found["hour"]), int(found["minute"])) if found else OFFICE_CLOSES
        except ValueError:
            day = None
        if day is None:
            self._wrong(name, "bad_date")
            return None
        return datetime.combine(day, at)

    def _instant(self, name: str, text: str) -> datetime | None:
        """As programs write it, 2026-11-27T08:00:00Z or +07:00, in local time."""
        try:
            moment = datetime.fromisoformat(text).astimezone(self._words.zone).replace(tzinfo=None)
        except (ValueError, OverflowError):
            self._wrong(name, "bad_date")
            return None
        if read_day(moment.date().isoformat()) is None:
            self._wrong(name, "bad_date")
            return None
        return moment

    def _channel(self) -> tuple[str, str]:
        channel, address = self._cell("channel").lower().replace(" ", "-").replace("_", "-"), self._cell("address")
        if channel and channel not in CHANNELS:
            self._wrong("channel", "unknown_channel")
        elif channel and not address:
            self._wrong("address", "missing")
        elif address and not channel:
            self._wrong("channel", "missing")
        elif channel == PHONE:
            return channel, self._phone(address)
        elif address and (
            len(address) > MOST_ADDRESS or not _ADDRESS.fullmatch(address) or _ROUNDED.fullmatch(address)
        ):
            self._wrong("address", "bad_address", mask(address))
        return channel, address

    def _phone(self, typed: str) -> str:
        """84 and nine digits."""
        number = phone_of(typed) if typed else ""
        if number is None:
            self._wrong("address", "bad_address", MASK)
        return number or ""


def _is_code(code: str) -> bool:
    return code.isprintable() and any(letter.isalnum() for letter in code) and not _ROUNDED.fullmatch(code)
