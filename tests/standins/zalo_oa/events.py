"""Events as the documents show them."""

from tests.standins.zalo_oa.refusals import Json

ATTACHED: dict[str, Json] = {
    "image": {"thumbnail": "https://a.vn/t", "url": "https://a.vn/i"},
    "file": {"url": "https://a.vn/f", "name": "don.pdf", "size": "1024", "type": "pdf"},
    "sticker": {"id": "s1", "url": "https://a.vn/s"},
    "location": {"coordinates": {"latitude": "20.45", "longitude": "106.34"}},
    "audio": {"url": "https://a.vn/a"},
    "video": {"url": "https://a.vn/v", "thumbnail": "https://a.vn/t"},
    "gif": {"url": "https://a.vn/g", "thumbnail": "https://a.vn/t"},
}


def text(user: str, oa: str, words: str, msg_id: str) -> Json:
    return _message("user_send_text", user, oa, {"text": words, "msg_id": msg_id})


def content(user: str, oa: str, kind: str, msg_id: str) -> Json:
    message = {"msg_id": msg_id, "attachments": [{"type": kind, "payload": ATTACHED[kind]}]}
    return _message(f"user_send_{kind}", user, oa, message)


def following(user: str, oa: str, name: str) -> Json:
    """`follow` or `unfollow`."""
    return {"oa_id": oa, "user_id_by_app": user[::-1], "event_name": name, "follower": {"id": user}, "source": "oa"}


def click(user: str, oa: str) -> Json:
    return {"oa_id": oa, "event_name": "user_click_chatnow", "user_id": user}


def _message(name: str, user: str, oa: str, message: Json) -> Json:
    return {
        "user_id_by_app": user[::-1],
        "event_name": name,
        "sender": {"id": user},
        "recipient": {"id": oa},
        "message": message,
    }
