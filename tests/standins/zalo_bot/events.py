"""The shapes of events, as the documents give them; pure."""

from tests.standins.zalo_bot.refusals import Json

PICTURE = "https://photo-stal-1.zdn.example/a.jpg"


def event(name: str, message_id: str, date: int, person: str, chat: str, content: Json) -> Json:
    """One event; a chat that is not the person's own is a group."""
    return {
        "event_name": f"message.{name}.received",
        "message": {
            "from": {"id": person, "display_name": f"Người {person[:4]}", "is_bot": False},
            "chat": {"id": chat, "chat_type": "PRIVATE" if chat == person else "GROUP"},
            "message_id": message_id,
            "date": date,
            **content,
        },
    }


def wrapped(one: Json) -> Json:
    """As a webhook brings it."""
    return {"ok": True, "result": one}


CONTENTS: dict[str, Json] = {
    "image": {"photo_url": PICTURE, "caption": ""},
    "sticker": {"sticker": "bfe458b9", "url": "https://zalo-api.zdn.example/s.png"},
    "voice": {"voice_url": "https://voice.zdn.example/v.aac"},
    "unsupported": {},
}
"""What a person sends besides text; of an unsupported message nothing is told."""
