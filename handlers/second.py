"""`/taikhoan2`: an official's second account, which gets the summaries that cannot be delivered to her first.

It may do what she may do but let people in or out (`handlers.FIRST_ONLY`), for as long as her own offices last:
`Officials.of_person` answers for both. An account is a first one or a second one, never both, so there is no chain.
"""

from __future__ import annotations

from handlers import audit
from handlers.context import Button, Context, Message, strong
from handlers.one_time import CODE_LETTERS, code_digest, shown_code
from handlers.second_store import Pair
from handlers.start import rows
from handlers.stores import Person
from handlers.upkeep import SILENT

MINUTES = 10
"""How long a code holds: as long as it takes to open the other chat."""
END = "go"


def respond(context: Context, argument: str) -> list[Message]:
    """Nothing after the command: her second account, or a code for one; `go` (its button says it) ends it."""
    pair = context.stores.seconds.of(context.person.id)
    if argument.strip() == END:
        return [_end(context, pair)]
    if pair is not None:
        return [Message(_stands(context, pair), _way_out(context))]
    if context.person.channel in SILENT:
        return [Message(context.texts("second.page"))]
    code = context.new_code(CODE_LETTERS)
    digest = code_digest(context.province.id, code)
    context.stores.seconds.offer(context.person.id, digest, context.later_ms(minutes=MINUTES))
    audit.note(context, "second", "-", "offered")
    text = context.texts("second.offer", code=strong(shown_code(code)), minutes=MINUTES)
    return [Message(text, kept=context.texts("invite.once"))]


def offered_by(context: Context, digest: str) -> str | None:
    """Who asked for this code, as long as it holds and she holds an office."""
    offered = context.stores.seconds.offered(digest)
    if offered is None or offered[1] < context.now_ms:
        return None
    return offered[0] if context.stores.officials.of_person(offered[0], context.today) else None


def link(context: Context, first_id: str) -> Message:
    """What comes of a right code: only a linked account has used it."""
    first, here = context.stores.people.by_id(first_id), context.person
    assert first is not None, "whoever holds an office stays known"
    if here.id == first.id:
        return Message(context.texts("second.same"))
    if here.channel in SILENT:
        return Message(context.texts("second.silent"))
    if context.stores.officials.of_person(here.id, context.today):
        return Message(context.texts("second.busy"))
    context.stores.seconds.end(here.id)  # of an office that is over
    context.stores.seconds.link(first.id, here.id, context.today)
    audit.note(context, "second", first.id, "linked")
    _tell(context, first)
    buttons = rows((context.texts("button.my_score"), "c:score"), (context.texts("button.preview"), "c:tuan"))
    return Message(context.texts("second.linked", channel=channel_name(context, first)), buttons)


def is_second(context: Context) -> bool:
    """Whether this account is a second one that holds."""
    pair = context.stores.seconds.of(context.person.id)
    if pair is None or pair.second_id != context.person.id:
        return False
    return bool(context.stores.officials.of_person(pair.first_id, context.today))


def other_account(context: Context) -> Person | None:
    """The other account of her pair."""
    pair = context.stores.seconds.of(context.person.id)
    if pair is None:
        return None
    return context.stores.people.by_id(pair.second_id if pair.first_id == context.person.id else pair.first_id)


def channel_name(context: Context, person: Person) -> str:
    """The platform that an account is on, as people call it."""
    return context.texts(f"channel.{person.channel}")


def _tell(context: Context, first: Person) -> None:
    """Whoever got hold of the code has what she has: she hears of it where she is, and can end it there."""
    spoken = context.in_language(first.language)
    text = spoken.texts("second.notice", channel=channel_name(spoken, context.person))
    context.stores.posts.tell(context.new_id(), first.id, "second", Message(text, _way_out(spoken)), context.now_ms)


def _stands(context: Context, pair: Pair) -> str:
    other = other_account(context)
    assert other is not None, "a pair keeps both known"
    key = "second.stands" if pair.first_id == context.person.id else "second.stands.here"
    return context.texts(key, channel=channel_name(context, other), day=pair.since.strftime("%d/%m/%Y"))


def _way_out(context: Context) -> tuple[tuple[Button, ...], ...]:
    return rows((context.texts("button.unlink"), f"c:taikhoan2 {END}"))


def _end(context: Context, pair: Pair | None) -> Message:
    if pair is None:
        return Message(context.texts("second.none"))
    context.stores.seconds.end(context.person.id)
    context.stores.posts.keep_from(pair.second_id, context.now_ms)
    audit.note(context, "second", pair.first_id, "ended")
    key = "second.ended" if pair.first_id == context.person.id else "second.ended.here"
    return Message(context.texts(key), replaces=True)
