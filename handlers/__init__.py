"""One file per thing a person can do: plain functions `(context, argument) -> list[Message]`.

They know no channel and no database: they take small stores and give back messages. The table below is the whole
list of commands; `route` decides which one an event means, `respond` runs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from handlers import (
    answer,
    audit,
    bulletin,
    compare,
    enroll,
    export,
    facilities,
    findings_shown,
    give_order,
    improvement,
    invite,
    language,
    mydata,
    page,
    par,
    rank,
    score,
    second,
    signing,
    staffing,
    start,
    subscribe,
    tasks,
    together,
    trend,
    ways_in,
    weekly,
    who,
    why,
    word_report,
)
from handlers.access import RANK, offices, role_of
from handlers.context import Context, Incoming, Message
from handlers.help import help_text
from survey.text import clean, fold

Handler = Callable[[Context, str], list[Message]]


@dataclass(frozen=True)
class Command:
    """`reads` commands change nothing: they run on a reader thread. `bare` ones may be typed without the slash.

    `english` is the name that English help shows, where it is not the command's own.
    """

    handler: Handler
    role: Literal["citizen", "viewer", "manager", "admin"] = "citizen"
    reads: bool = False
    bare: bool = False
    english: str = ""
    aliases: tuple[str, ...] = ()


def _help(context: Context, _: str) -> list[Message]:
    return help_text(context, [(name, one.role, one.english or name) for name, one in COMMANDS.items()])


COMMANDS: Mapping[str, Command] = {
    "start": Command(ways_in.respond, bare=True, aliases=("batdau",)),
    "khaosat": Command(ways_in.survey, bare=True, english="survey", aliases=("danhgia",)),
    "tieptuc": Command(start.resume, reads=True, bare=True, english="resume"),
    "dulieu": Command(mydata.show, reads=True, bare=True, english="mydata"),
    "xoa": Command(mydata.ask_to_erase, bare=True, english="forget"),
    "ngonngu": Command(language.respond, bare=True, english="language"),
    "ai": Command(who.respond, reads=True, english="who"),
    "trogiup": Command(_help, reads=True, bare=True, english="help"),
    "vao": Command(enroll.respond, bare=True, english="enroll"),
    "score": Command(score.respond, "viewer", reads=True, bare=True, aliases=("diem",)),
    "rank": Command(rank.respond, "viewer", reads=True, bare=True, aliases=("xephang",)),
    "compare": Command(compare.respond, "viewer", reads=True, bare=True, aliases=("sosanh",)),
    "trend": Command(trend.respond, "viewer", reads=True, bare=True, aliases=("xuhuong",)),
    "visao": Command(why.respond, "viewer", reads=True, bare=True, english="why"),
    "tuan": Command(weekly.preview, "viewer", reads=True, bare=True, english="week"),
    "trang": Command(page.respond, "viewer", reads=True, bare=True, english="page"),
    "par": Command(par.respond, "viewer", reads=True, bare=True, aliases=("cchc",)),
    "cosovatchat": Command(facilities.respond, "viewer", reads=True, bare=True, english="facilities"),
    "staffing": Command(staffing.respond, "viewer", reads=True, bare=True, aliases=("bienche",)),
    "doichieu": Command(together.respond, "viewer", reads=True, bare=True, english="together"),
    "kyduyet": Command(signing.respond, "manager", bare=True, english="sign"),
    "nhiemvu": Command(tasks.respond, "viewer", bare=True, english="tasks"),
    "export": Command(export.respond, "manager", reads=True, bare=True, aliases=("xuat",)),
    "baocao": Command(word_report.respond, "manager", reads=True, bare=True, english="report"),
    "dalam": Command(improvement.respond, "manager", english="did"),
    "giao": Command(give_order.respond, "manager", english="order"),
    "xemlai": Command(findings_shown.respond, "manager", english="review"),
    "bantin": Command(bulletin.respond, "manager", bare=True, english="bulletin"),
    "subscribe": Command(subscribe.subscribe, "viewer", aliases=("nhantin",)),
    "unsubscribe": Command(subscribe.unsubscribe, "viewer", aliases=("ngungnhan",)),
    "taikhoan2": Command(second.respond, "viewer", english="second"),
    "uyquyen": Command(invite.deputy, "viewer", english="deputy"),
    "moi": Command(invite.respond, "manager", english="invite"),
    "thuhoi": Command(invite.revoke, "viewer", english="revoke"),
}

NAMES: Mapping[str, str] = {
    word: name for name, command in COMMANDS.items() for word in (name, command.english, *command.aliases) if word
}
"""Every word a command answers to, without the slash and without accents."""

PUBLISHED = frozenset({"score", "rank", "compare", "trend", "visao"})
"""What citizens may ask where the province publishes."""

FIRST_ONLY = frozenset({"moi", "thuhoi", "uyquyen"})
"""Letting people in and out is for an official's first account: a code of minutes in wrong hands must not last."""

_CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", re.ASCII | re.IGNORECASE)
"""An official's one-time code as it is printed: pasted alone it is meant, and nothing else looks like it."""

_WAY_IN = re.compile(r"#?(?=.*[A-Za-z])[0-9A-Za-z]+(?:[ _-][0-9A-Za-z]+){0,3}", re.ASCII)
LONGEST_WAY_IN = 27
"""What the code of a poster or a visit may look like as people type it; whether it is one, the database knows."""

MOST_TYPED = 5_000
"""Longer texts are cut before anything looks at them: far above the longest answer that is accepted."""


MOST_DATA = 256
"""Longest button data that is looked at; ours is at most 64 bytes."""


@dataclass(frozen=True)
class Route:
    """What an event means: a command of the table, or one of the conversation's own kinds."""

    kind: Literal["command", "survey_button", "office_button", "words", "other", "unknown_command", "ignore"]
    name: str = ""
    argument: str = ""

    @property
    def reads(self) -> bool:
        return self.kind == "command" and COMMANDS[self.name].reads


@dataclass(frozen=True)
class Standing:
    """What decides about bare words: is a survey open, does it await free text, is she an official, are they a known
    way-in code."""

    in_survey: bool = False
    awaits_words: bool = False
    official: bool = False
    leads_in: bool = False


def way_in(incoming: Incoming) -> str:
    """The typed words as a way-in code, where they look like one and nothing else; "" where they do not."""
    text = incoming.text.strip()
    typed = incoming.kind == "text" and incoming.private and len(text) <= LONGEST_WAY_IN and _WAY_IN.fullmatch(text)
    return text.removeprefix("#") if typed else ""


def needs_standing(incoming: Incoming) -> bool:
    """Whether `route` must know where the person stands: typed words that begin with a command's name, or a code."""
    if incoming.kind != "text" or incoming.text.lstrip().startswith("/"):
        return False
    if way_in(incoming) or _CODE.fullmatch(incoming.text[:MOST_TYPED].strip()):
        return True
    return _bare(fold(incoming.text[:MOST_TYPED]), Standing(official=True)) is not None


def route(incoming: Incoming, standing: Standing) -> Route:
    """Pure: the same event and standing always mean the same."""
    if incoming.kind == "press":
        return _button(incoming.text[:MOST_DATA])
    text = clean(incoming.text[:MOST_TYPED]).strip()
    match incoming.kind:
        case "start":
            return Route("command", "start", text)
        case "other":
            return Route("other", argument=text) if incoming.private else Route("ignore")
        case _ if text.startswith("/"):
            named = _named(text.removeprefix("/"))
            # In a group a command that is not ours is meant for another bot.
            return named if incoming.private or named.kind == "command" else Route("ignore")
        case _ if not incoming.private:
            return Route("ignore")
    if not standing.awaits_words and _CODE.fullmatch(text):
        return Route("command", "vao", text)
    if standing.leads_in and not standing.awaits_words:
        return Route("command", "start", way_in(incoming))
    bare = None if standing.awaits_words else _bare(fold(text), standing)
    return Route("command", bare[0], _rest(text, bare[1])) if bare else Route("words", argument=clean(incoming.text))


def _button(data: str) -> Route:
    """A button's data: only looked up and compared, never shown, so it needs no cleaning."""
    if data.startswith("c:"):
        return _named(data.removeprefix("c:"))
    return Route("survey_button" if data.startswith("s:") else "office_button", argument=data)


def _named(text: str) -> Route:
    word, _, argument = text.partition(" ")
    # In groups Telegram appends the bot's name: /score@sipas_bot
    name = NAMES.get(fold(word.partition("@")[0]).replace(" ", ""))
    if name:
        return Route("command", name, argument.strip())
    folded = fold(text).split()
    for taken in (2, 3):  # "/biên chế đông hưng"
        name = NAMES.get("".join(folded[:taken])) if len(folded) >= taken else None
        if name:
            return Route("command", name, _rest(text, taken))
    return Route("unknown_command", argument=word)


def _bare(folded: str, standing: Standing) -> tuple[str, int] | None:
    """(command, words it took): the whole message for anyone; with arguments only for officials outside a survey."""
    words = folded.split()
    for taken in (4, 3, 2, 1):
        name = NAMES.get("".join(words[:taken])) if len(words) >= taken else None
        if name is None or not COMMANDS[name].bare:
            continue
        if len(words) == taken or (standing.official and not standing.in_survey):
            return name, taken
        if name == "vao" and _CODE.fullmatch(" ".join(words[taken:])):
            return name, taken
    return None


def _rest(text: str, taken: int) -> str:
    return " ".join(text.split()[taken:])


def respond(context: Context, route: Route) -> list[Message]:
    """Run what `route` found."""
    match route.kind:
        case "command":
            return _command(context, route)
        case "survey_button" | "office_button" if not context.incoming.private:
            return [Message(context.texts("private_only"))]
        case "survey_button":
            return answer.pressed(context, route.argument)
        case "office_button":
            return start.pressed(context, route.argument)
        case "words":
            return _words(context, route.argument)
        case "other":
            return _other(context)
        case "unknown_command":
            return [Message(context.texts("unknown_command"), start.rows((context.texts("button.help"), "c:trogiup")))]
        case _:
            return []


def _command(context: Context, route: Route) -> list[Message]:
    command = COMMANDS[route.name]
    why_not = _refusal(context, route.name, command)
    if why_not is None:
        return command.handler(context, route.argument)
    if RANK[command.role] > 0:
        audit.refused(context, route.name)
    return [Message(context.texts(why_not))]


def _refusal(context: Context, name: str, command: Command) -> str | None:
    """The sentence for whoever may not give this command here and now."""
    if not context.incoming.private:
        return "private_only"
    if not context.incoming.fresh:
        return "not_fresh"
    if RANK[command.role] == 0 or (context.province.publishes and name in PUBLISHED):
        return None
    held = offices(context)
    if not held:
        return "score.not_published" if name in PUBLISHED else "officials_only"
    if RANK[role_of(held)] < RANK[command.role]:
        return "managers_only"
    return "second.first_only" if name in FIRST_ONLY and second.is_second(context) else None


def _words(context: Context, text: str) -> list[Message]:
    """Typed words that are no command: an answer, an office's name, or a greeting."""
    if not context.incoming.fresh:
        return [Message(context.texts("not_fresh"))]
    if start.is_choosing_office(context):
        return start.typed_office(context, text)
    talk = context.stores.talks.latest(context.person.id)
    return answer.said(context, talk, text) if talk else start.welcome(context)


def _other(context: Context) -> list[Message]:
    """A sticker, a photo, a voice message: one calm sentence, then the same screen.

    A platform that keeps what a protected person writes from us will keep her answers, too: the web page takes them.
    """
    if context.incoming.text == "unsupported":
        return [Message(_not_let_through(context))]
    calm = Message(context.texts("other"))
    talk = context.stores.talks.latest(context.person.id)
    return [calm, *answer.shown_again(context, talk)] if talk else [calm, *start.welcome(context)]


def _not_let_through(context: Context) -> str:
    if context.web_link:
        return context.texts("not_let_through.web", link=context.web_link)
    return context.texts("not_let_through")


def where_she_is(context: Context) -> list[Message]:
    """The screen a person is at, without a new event: her open survey, else a greeting. Changes nothing."""
    talk = context.stores.talks.latest(context.person.id)
    return answer.shown_again(context, talk) if talk else start.welcome(context)
