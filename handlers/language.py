"""`/ngonngu`: Vietnamese or English."""

from __future__ import annotations

from handlers.context import Context, Message
from handlers.start import rows
from survey.text import fold

_NAMES = {
    "vi": "vi",
    "viet": "vi",
    "tieng viet": "vi",
    "vietnamese": "vi",
    "en": "en",
    "anh": "en",
    "tieng anh": "en",
    "english": "en",
}


def respond(context: Context, argument: str) -> list[Message]:
    wanted = _NAMES.get(fold(argument), "")
    if wanted not in context.languages:
        choices = rows(*((context.texts(f"language.{code}"), f"c:ngonngu {code}") for code in context.languages))
        return [Message(context.texts("language.ask"), choices, replaces=True)]
    context.stores.people.set_language(context.person.id, wanted)
    return [Message(context.in_language(wanted).texts("language.set"), replaces=True)]
