"""Messages nobody asked for, judged by the stand-in's log: each sent once, or unknown where a cut was in its send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.faults.prepared import OFFICIALS, PEOPLE
from tests.standins.checker import read_rows
from tests.standins.telegram import TelegramStandin, updates

POSTS = len(OFFICIALS) + 1
"""What is due in a prepared database: a summary for each official, and a reminder."""
SETTLED = ("sent", "unknown", "failed")


class Post(NamedTuple):
    id: str
    kind: str
    state: str
    address: str


def know(standin: TelegramStandin) -> None:
    """A bot cannot write first: the people of a prepared database have written to it."""
    for person in PEOPLE:
        standin.world.open_chat(person, updates.person(person))


def read_posts(database: Path) -> list[Post]:
    query = "SELECT o.id, o.kind, o.state, p.address FROM outbox o JOIN person p ON p.id = o.person_id"
    return [Post(*row) for row in read_rows(database, query)]


def posts_in(database: Path, *states: str) -> set[str]:
    return {post.id for post in read_posts(database) if post.state in states}


def arrived(standin: TelegramStandin) -> Counter[str]:
    """How many messages each person was sent."""
    return Counter(
        str(call["params"]["chat_id"])
        for call in standin.journal.calls("sendMessage")
        if call["answer"] and call["answer"]["ok"]
    )


def posts_wrong(
    posts: Sequence[Post], under_way: Collection[str], arrived: Counter[str], trouble: bool = False
) -> tuple[str, ...]:
    """`under_way`: what was being sent at a kill. `trouble`: the first official's first send was made to fail."""
    wrong = []
    if Counter(post.kind for post in posts) != {"weekly": len(OFFICIALS), "reminder": 1}:
        wrong.append(f"posts: {posts}")
    for post in posts:
        troubled = trouble and post.address == str(OFFICIALS[0])
        times = arrived[post.address]
        allowed = {"sent": (1,), "unknown": (0, 1), "failed": (0,) if troubled else ()}.get(post.state, ())
        if times not in allowed:
            wrong.append(f"{post.kind} to {post.address} is {post.state} and arrived {times} times")
        if post.state == "unknown" and post.id not in under_way and not troubled:
            wrong.append(f"{post.kind} to {post.address} is unknown though it was not being sent")
        if post.id in under_way and post.state != "unknown":
            wrong.append(f"{post.kind} to {post.address} was being sent and is {post.state}")
    return tuple(wrong)
