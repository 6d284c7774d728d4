"""B5, B6: a command counts only as a fresh message of the person herself in her own chat with the bot."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.channels.telegram_parse import Heard, parse
from handlers import COMMANDS
from handlers.context import Incoming, Message
from tests.faults.figures import Figure, record
from tests.security.offices import busy_world, office_of
from tests.security.test_rights import Case, learnt
from tests.world import World

Json = dict[str, Any]
ADMIN = 5001
GROUP = {"id": -100123, "type": "supergroup", "title": "Văn phòng"}
HER: Json = {"id": ADMIN, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
PRIVATE = {"id": ADMIN, "type": "private"}
OTHER: Json = {"id": 9, "is_bot": False, "first_name": "X"}
NUMBERS = itertools.count(1)


def message(text: str, chat: Json = PRIVATE, sender: Json = HER, **more: Any) -> Json:
    number = next(NUMBERS)
    return {"message_id": number, "date": 1, "from": sender, "chat": chat, "text": text, **more}


def pressed(text: str, **more: Any) -> Json:
    return {"id": f"q{next(NUMBERS)}", "from": HER, "chat_instance": "1", "data": f"c:{text[1:]}", **more}


def captioned(text: str) -> Json:
    made = message("", photo=[{"file_id": "x"}], caption=text)
    del made["text"]
    return made


KINDS: dict[str, Callable[[str], Json]] = {
    "edited": lambda text: {"edited_message": message(text, edit_date=2)},
    "edited in a group": lambda text: {"edited_message": message(text, GROUP, edit_date=2)},
    "forwarded from a person": lambda text: {"message": message(text, forward_origin={"type": "user"})},
    "forwarded, as old servers say": lambda text: {"message": message(text, forward_from=HER, forward_date=1)},
    "forwarded from a channel": lambda text: {"message": message(text, forward_origin={"type": "channel"})},
    "through an inline bot": lambda text: {"message": message(text, via_bot={"id": 3, "is_bot": True})},
    "in a group": lambda text: {"message": message(text, GROUP)},
    "in a group, by the bot's name": lambda text: {"message": message(f"{text.split()[0]}@sipas_bot x", GROUP)},
    "by an anonymous admin": lambda text: {"message": message(text, GROUP, {"id": 1087968824, "is_bot": True},
                                                              sender_chat=GROUP)},
    "as a channel": lambda text: {"message": message(text, GROUP, {"id": 136817688, "is_bot": True},
                                                     sender_chat={"id": -9, "type": "channel"})},
    "a channel's post": lambda text: {"channel_post": message(text, {"id": -9, "type": "channel"})},
    "to a business account": lambda text: {"business_message": message(text, business_connection_id="b")},
    "inline": lambda text: {"inline_query": {"id": "1", "from": HER, "query": text, "offset": ""}},
    "a caption": lambda text: {"message": captioned(text)},
    "in another's private chat": lambda text: {"message": message(text, {"id": 9, "type": "private"})},
    "a button in a group": lambda text: {"callback_query": pressed(text, message=message("?", GROUP))},
    "a button of an inline message": lambda text: {"callback_query": pressed(text, inline_message_id="i")},
}  # fmt: skip
"""Seventeen ways in which an official's own account can bring a command to the bot without giving it there herself."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The province at work, and an admin on Telegram with a survey of her own that is sent."""
    with busy_world(tmp_path_factory.mktemp("updates")) as made:
        code = made.perform("invite", unit="34", role="admin")["code"]
        made.take(Incoming("telegram", "enrol", str(ADMIN), "text", f"/vao {code}", "vi"))
        made.take(Incoming("telegram", "visit", str(ADMIN), "start", made.perform("link", unit="12703")["code"], "vi"))
        yield made


def lines(made: World) -> dict[str, str]:
    """Each command with an argument that makes it do or give all it can."""
    given = {
        "start": made.perform("link", unit="12700")["code"],
        "khaosat": made.perform("link", unit="12709")["code"],
        "xoa": "dong-y",
        "ngonngu": "english",
        "vao": made.perform("invite", unit="34", role="admin")["code"],
        "score": "340",
        "rank": "34",
        "compare": "340 vs 343",
        "trend": "340 theo quý",
        "visao": "340",
        "tuan": "tuần này",
        "export": "340",
        "baocao": "340",
        "bantin": "",
        "dalam": "340: mở quầy",
        "par": "lost 340",
        "staffing": "30/6/2018 340",
        "kyduyet": "ky par 2018 1",
        "xemlai": "340: hôm đó có ngày hội",
        "uyquyen": "30/11/2026",
        "moi": "340",
        "thuhoi": office_of(made, "stranger"),
    }
    return {name: f"/{name} {given.get(name, '')}".strip() for name in COMMANDS}


def take(made: World, update: Json) -> list[Message]:
    heard = parse({"update_id": next(NUMBERS), **update})
    return made.take(heard.incoming) if isinstance(heard, Heard) else []


def effects(made: World) -> list[Any]:
    """Everything a command of hers can change."""
    questions = (
        "SELECT id, revoked_at, until_day FROM official ORDER BY id",
        "SELECT code_digest, used_at FROM invite ORDER BY code_digest",
        "SELECT first_id, second_id, code_digest FROM second_account ORDER BY first_id",
        "SELECT official_id, since_day, ended_at FROM subscription ORDER BY official_id",
        "SELECT id, state, open FROM session ORDER BY id",
        f"SELECT language, choosing FROM person WHERE address = '{ADMIN}'",
        "SELECT count(*) FROM response UNION ALL SELECT count(*) FROM visit UNION ALL SELECT count(*) FROM outbox",
    )
    return [made.rows(question) for question in questions]


def test_no_other_kind_of_update_gives_data_or_has_an_effect(busy: World) -> None:
    """B5, B6: every command of the table by every kind; then the control, where each does what it should."""
    every = lines(busy)
    before = effects(busy)
    wrong = []
    for (kind, make), (name, line) in itertools.product(KINDS.items(), every.items()):
        reply = take(busy, make(line))
        if learnt(busy, Case("admin", "own", name, "private"), reply) or effects(busy) != before:
            wrong.append((kind, name))
            before = effects(busy)
    assert wrong == []
    assert len(KINDS) >= 12
    alive = [name for name, line in reversed(every.items()) if works(busy, name, line)]
    assert sorted(alive) == sorted(every)
    control = f"as a message of her own all {len(alive)} work"
    record(Figure("B5 updates × commands", len(KINDS) * len(every), len(wrong), f"{len(KINDS)} kinds", control))


def works(made: World, name: str, line: str) -> bool:
    """The control: the same command as a message of her own gives data, changes something or at least answers."""
    before = effects(made)
    reply = take(made, {"message": message(line)})
    given = learnt(made, Case("admin", "own", name, "private"), reply)
    return bool(reply) and (name in TALK or bool(given) or effects(made) != before)


TALK = frozenset({"tieptuc", "dulieu", "ai", "trogiup"})
"""Commands that only say something."""
