"""Values that must be found nowhere, people who leave them everywhere, and the search for them afterwards."""

from __future__ import annotations

import html
import random
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.standins.citizens import Button, Citizen
from tests.standins.telegram import TelegramStandin
from tests.standins.zalo_bot import ZaloBotStandin

TOKEN = "7700112233:AAcanaryTokenOfTheBot_0123456789abcd"
WEBHOOK = "canary-webhook-secret-0123456789"
KEY = "canary-secret-key-of-the-cookies-0123456789"
BACKUP = "canary-key-of-the-backups-0123456789abcdef"
ZALO_TOKEN = "1459232241454765289:canaryTokenOfTheZaloBot"
ZALO_WEBHOOK = "canary-zalo-secret-0123456789"
ZALO_OA = {
    "SIPAS_ZALO_OA_SECRET": "canary-oa-secret-of-the-webhook-0123",
    "SIPAS_ZALO_OA_APP_SECRET": "canary-app-secret-of-the-tokens-0123",
    "SIPAS_ZALO_OA_REFRESH_TOKEN": "canary-refresh-token-of-zalo-0123456",
}
SECRETS = (TOKEN, WEBHOOK, KEY, BACKUP, ZALO_TOKEN, ZALO_WEBHOOK, *ZALO_OA.values())

COMMENT = "chimvangbaygiuatroi"
"""What citizens write: it belongs to their answers and to nothing else."""
PHONE = "0987 654 321"
PHONE_AS_KEPT = ("0987 654 321", "0987654321", "987654321", "0987.654.321")
TYPED = "chimxanhlacloi"
"""Words typed where no answer was asked for: never kept but in the reply that quotes them."""

WHERE_COMMENTS_BELONG = {("answer", "words"), ("session", "state"), ("inbox", "reply")}


@dataclass
class Finds:
    """Everything the program put out, by where; `text` may be asked for any of the canaries."""

    places: dict[str, bytes] = field(default_factory=dict)

    def add(self, where: str, what: str | bytes) -> None:
        content = what.encode() if isinstance(what, str) else what
        self.places[where] = self.places.get(where, b"") + content

    def hits(self, canaries: Iterable[str], but: str = "$^") -> list[tuple[str, str]]:
        """(place, canary) for every find, without the places that the pattern `but` names."""
        return [
            (where, canary)
            for where, content in self.places.items()
            if not re.search(but, where)
            for canary in canaries
            if canary.encode() in content or canary.encode("utf-16-le") in content
        ]


def columns(database: Path, canaries: Sequence[str]) -> set[tuple[str, str]]:
    """The columns in which a canary stands."""
    found = set()
    with sqlite3.connect(database) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, column, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall():
                for canary in canaries:
                    like = f"SELECT 1 FROM {table} WHERE CAST({column} AS TEXT) LIKE ? LIMIT 1"
                    if connection.execute(like, (f"%{canary}%",)).fetchone():
                        found.add((table, column))
    return found


async def by_telegram(standin: TelegramStandin, user: int, code: str, patience: float = 8.0) -> None:
    """A survey by buttons, with words where words are asked for, and words where none are."""
    one = Citizen(standin, user, random.Random(user), patience=patience)
    await one.type(f"/start {code}")
    await one.type(f"{TYPED} {PHONE}")
    await one.type(f"/{TYPED}")
    await one.type(f"/vao {TYPED[:16]}")
    await one.type(f"/start {code}")
    for _ in range(30):
        here = one.buttons()
        if any(":@skip:comment" in button.data for button in here):
            await one.type(f"{COMMENT} gọi tôi {PHONE}")
        elif (button := forward(here)) is None:
            return
        else:
            await one.press(button)
            if button.data.endswith(":@send"):
                return


async def by_zalo(standin: ZaloBotStandin, person: str, code: str) -> None:
    """The same on Zalo, by numbers: everything is typed there."""
    shown = ""
    for turn, text in enumerate((f"{TYPED} {PHONE}", f"/{TYPED}", code, "1")):
        standin.say(person, text)
        shown = (await standin.wait_seen(person, turn + 1))[-1]
    for _ in range(30):
        count = len(standin.seen(person))
        if "Cảm ơn" in shown:
            return
        standin.say(person, f"{COMMENT} gọi tôi {PHONE}" if "\n#1 " in shown else "Gửi" if ". Gửi" in shown else "1")
        shown = (await standin.wait_seen(person, count + 1))[-1]


def forward(here: Sequence[Button]) -> Button | None:
    order = (":@begin", ":@send", ":@resume")
    first = next((button for word in order for button in here if button.data.endswith(word)), None)
    choices = [button for button in here if button.data.startswith("s:") and ":@" not in button.data]
    done = next((button for button in here if button.data.endswith(":@done")), None)
    ticked = any(button.label.startswith("☑") for button in here)
    return first or (done if ticked else None) or (choices[0] if choices else None)


async def by_web(client: httpx.AsyncClient, code: str, finds: Finds) -> None:
    """The same on the web, every page kept."""
    page = await client.get(f"/s/{code}")
    page = await client.post(f"/s/{code}", data={"nonce": _nonce(page), "l": "vi"})
    page = await client.post(page.url, data={"nonce": _nonce(page), "text": f"{TYPED} {PHONE}"})
    for _ in range(30):
        finds.add(f"html {len(finds.places)}", page.content + repr(page.headers).encode())
        pressed = re.findall(r'<button name="press" value="([^"]*)"[^>]*>\s*(.*?)\s*</button>', page.text, re.DOTALL)
        here = [Button(0, 0, html.unescape(label), html.unescape(data)) for data, label in pressed]
        boxes = 'aria-pressed="true"' in page.text
        if any(":@skip:comment" in button.data for button in here):
            fields = {"text": f"{COMMENT} gọi tôi {PHONE}"}
        elif boxes:
            fields = {"press": next(button.data for button in here if button.data.endswith(":@done"))}
        elif (button := forward(here)) is not None:
            fields = {"press": button.data}
        else:
            break
        page = await client.post(page.url, data={"nonce": _nonce(page), **fields})
        if fields.get("press", "").endswith(":@send"):
            break
    finds.add("html receipt", page.content)


def _nonce(page: httpx.Response) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
