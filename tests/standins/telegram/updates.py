"""The shapes of updates, as the Bot API documents them; pure."""

from tests.standins.telegram.refusals import Json

DEFAULT_KINDS_EXCLUDE = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


def person(user_id: int, name: str = "", language: str = "vi") -> Json:
    """A User that is no bot."""
    return {"id": user_id, "is_bot": False, "first_name": name or f"Citizen {user_id}", "language_code": language}


def chat_of(chat_id: int, user: Json) -> Json:
    """The private chat of a person, or a group when the id is negative."""
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup" if str(chat_id).startswith("-100") else "group", "title": "Group"}
    return {"id": chat_id, "type": "private", "first_name": user["first_name"]}


def typed(message_id: int, date: int, user: Json, chat: Json, text: str) -> Json:
    """A text message; a leading /command bears its entity, as clients send it."""
    message: Json = {"message_id": message_id, "date": date, "from": user, "chat": chat, "text": text}
    if text.startswith("/"):
        length = len(text.split(maxsplit=1)[0])
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return message


def other(message_id: int, date: int, user: Json, chat: Json, content: Json) -> Json:
    """A message of any other content: sticker, photo, voice, location, forward fields."""
    return {"message_id": message_id, "date": date, "from": user, "chat": chat, **content}


def pressed(query_id: str, user: Json, message: Json, data: str) -> Json:
    """A CallbackQuery for a button of a bot's message."""
    chat_instance = str(-4_000_000_000_000_000_000 + abs(message["chat"]["id"]))
    return {"id": query_id, "from": user, "message": message, "chat_instance": chat_instance, "data": data}


def blocked_or_back(user: Json, chat: Json, bot: Json, date: int, *, blocked: bool) -> Json:
    """The my_chat_member of a person who blocks the bot or comes back."""
    inside: Json = {"user": bot, "status": "member"}
    outside: Json = {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (inside, outside) if blocked else (outside, inside)
    return {"chat": chat, "from": user, "date": date, "old_chat_member": old, "new_chat_member": new}


def sticker() -> Json:
    """The content of a sticker message."""
    size: Json = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
    return {"sticker": {"file_id": "sticker-1", "file_unique_id": "s1", **size}}


def photo() -> Json:
    """The content of a photo message."""
    return {"photo": [{"file_id": "photo-1", "file_unique_id": "p1", "width": 90, "height": 67, "file_size": 1320}]}


def voice() -> Json:
    """The content of a voice message."""
    return {"voice": {"file_id": "voice-1", "file_unique_id": "v1", "duration": 3, "mime_type": "audio/ogg"}}


def location() -> Json:
    """The content of a location message."""
    return {"location": {"latitude": 20.45, "longitude": 106.34}}
