"""Messages as a page shows them: bubbles, rows of buttons, and the marks of a question taken apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from bot.channels.base import without_marks
from handlers.context import PLAIN, STRONG, Button, Message

_LINK = re.compile(r"https?://[\w.:\[\]-]+(/o/[\w.-]+)", re.ASCII)
"""The only addresses that are made into links: the way to our page of scores, from whatever host this page is of."""
_STRONG = re.compile(f"{STRONG}([^{STRONG}{PLAIN}]*){PLAIN}")
_HEAD = re.compile(rf"{STRONG}(\d{{1,3}})/(\d{{1,3}}){PLAIN} · ([^\n]+)\n?(.*)", re.DOTALL)
"""The head of a question: "3/9 · words", then its hint."""
_CODE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+")
"""Codes to be copied stand larger and unbroken."""
_NOTED = "✓ "
_BOXES = {"☐ ": False, "☑ ": True}
_ANSWERED = re.compile(r"(\d{1,3})\. (.+)\n {3}→ (.*)")
"""One line of the review: number, question, answer."""


LIST_LINES = 4
LONG_REVIEW = 8
"""Answers; a longer review can be sent from above the list as well."""


@dataclass(frozen=True)
class Choice:
    """One button. `picked`: for a box that can be ticked, whether it is. `look` is a class of the style sheet."""

    label: str
    data: str
    look: str
    picked: bool | None = None


@dataclass(frozen=True)
class Answered:
    """A line of the review with the button that changes it."""

    number: str
    question: Markup
    answer: Markup
    edit: Choice


@dataclass(frozen=True)
class Bubble:
    """One message taken apart: what was noted, what could not be used, the question's head, the rest."""

    noted: tuple[Markup, ...] = ()
    asides: tuple[Markup, ...] = ()
    step: tuple[int, int] | None = None
    heading: Markup | None = None
    paragraphs: tuple[Markup, ...] = ()
    answered: tuple[Answered, ...] = ()
    rows: tuple[tuple[Choice, ...], ...] = ()
    picture: str | None = None
    sheet: str | None = None


def marked(text: str) -> Markup:
    """Escaped, with strong passages; marks without a partner are dropped."""
    strong = _STRONG.sub(_strong, str(escape(text)))
    linked = _LINK.sub(r'<a href="\1">\g<0></a>', strong.replace(STRONG, "").replace(PLAIN, ""))
    # Everything of `text` was escaped on the first line.
    return Markup(linked)  # noqa: S704


def _strong(found: re.Match[str]) -> str:
    look = ' class="code"' if _CODE.fullmatch(found[1]) else ""
    return f"<strong{look}>{found[1]}</strong>"


def bubble_of(message: Message) -> Bubble:
    """A message taken apart as far as its form is known; anything else is plain paragraphs."""
    parts = message.text.split("\n\n")
    noted = [part for part in parts[:-1] if part.startswith(_NOTED)]
    attachment = message.attachment
    bubble = Bubble(
        noted=tuple(marked(part) for part in noted),
        rows=tuple(tuple(_choice(button) for button in row) for row in message.buttons),
        picture=attachment.name if attachment and attachment.kind == "picture" else None,
        sheet=attachment.name if attachment and attachment.kind != "picture" else None,
    )
    rest = [part for part in parts if part not in noted]
    return _question(bubble, rest) or _review(bubble, rest) or replace(bubble, paragraphs=_marked(rest))


def _question(bubble: Bubble, parts: Sequence[str]) -> Bubble | None:
    for at, part in enumerate(parts):
        if head := _HEAD.fullmatch(part):
            below = [head[4], *parts[at + 1 :]]
            return replace(
                bubble,
                asides=_marked(parts[:at]),
                step=(int(head[1]), int(head[2])),
                heading=marked(head[3]),
                paragraphs=_marked(below),
            )
    return None


def _review(bubble: Bubble, parts: Sequence[str]) -> Bubble | None:
    """Each answer beside the button that changes it, when there is exactly one such button for each."""
    lines = list(_ANSWERED.finditer(parts[-1]))
    edits = {choice.label.split()[-1]: choice for row in bubble.rows for choice in row if ":@edit:" in choice.data}
    if not lines or "\n".join(line[0] for line in lines) != parts[-1] or [line[1] for line in lines] != list(edits):
        return None
    return replace(
        bubble,
        paragraphs=_marked(parts[:-1]),
        answered=tuple(Answered(line[1], marked(line[2]), marked(line[3]), edits[line[1]]) for line in lines),
        rows=tuple(row for row in bubble.rows if row[0] not in edits.values()),
    )


def _marked(parts: Sequence[str]) -> tuple[Markup, ...]:
    return tuple(_paragraph(part) for part in parts if part.strip())


def _paragraph(text: str) -> Markup:
    """From LIST_LINES lines on it is a list in all but name: each line is set apart from the next."""
    lines = text.split("\n")
    if len(lines) < LIST_LINES:
        return marked(text)
    return Markup("").join(Markup('<span class="line">{}</span>').format(marked(line)) for line in lines)


def _choice(button: Button) -> Choice:
    label = without_marks(button.label)
    picked = _BOXES.get(label[:2])
    # Verbs of the conversation (back, skip, later) stand behind the answers; the one that leads on is loud.
    look = "quiet" if button.tone == "plain" and ":@" in button.data else button.tone
    return Choice(label if picked is None else label[2:], button.data, look, picked)
