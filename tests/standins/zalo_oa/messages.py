"""What `message/cs` takes, to the letter; anything else is refused with -201."""

from tests.standins.zalo_oa.refusals import Json, bad

MOST_TEXT, MOST_BUTTONS, MOST_TITLE, MOST_PAYLOAD = 2_000, 5, 100, 1_000
QUERIES = frozenset({"oa.query.show", "oa.query.hide"})
OTHERS = {"oa.open.url": {"url"}, "oa.open.sms": {"content", "phone_code"}, "oa.open.phone": {"phone_code"}}


def checked(body: object) -> tuple[str, Json]:
    """(user id, message) of a body that fits. Raises RefusedError."""
    whole = _only(body, {"recipient", "message"}, "the body")
    user = _only(whole["recipient"], {"user_id"}, "recipient")["user_id"]
    if not isinstance(user, str) or not user.isdecimal():
        raise bad("user_id is invalid")
    message = _some(whole["message"], {"text", "attachment", "quote_message_id"}, "message")
    if not message:
        raise bad("message is empty")
    if "text" in message:
        _words(message["text"], MOST_TEXT, "text")
    if "attachment" in message:
        _attachment(message["attachment"])
    return user, message


def _attachment(attachment: object) -> None:
    whole = _only(attachment, {"type", "payload"}, "attachment")
    if whole["type"] != "template":
        raise bad("attachment.type is invalid")
    payload = _some(whole["payload"], {"template_type", "buttons"}, "payload")
    if payload.get("template_type", "button") != "button":
        raise bad("template_type is invalid")
    buttons = payload.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_BUTTONS:
        raise bad("buttons must be 1 to 5")
    for button in buttons:
        _button(_only(button, {"title", "type", "payload"}, "button"))


def _button(button: Json) -> None:
    _words(button["title"], MOST_TITLE, "title")
    if button["type"] in QUERIES:
        _words(button["payload"], MOST_PAYLOAD, "payload")
    elif button["type"] in OTHERS:
        _some(button["payload"], OTHERS[button["type"]], "payload")
    else:
        raise bad("button.type is invalid")


def _words(found: object, most: int, name: str) -> None:
    """Counted in UTF-16 units: the documents do not say what a character is."""
    if not isinstance(found, str) or not found.strip():
        raise bad(f"{name} is empty")
    if len(found.encode("utf-16-le")) // 2 > most:
        raise bad(f"{name} is too long")


def _some(found: object, known: set[str], name: str) -> Json:
    if not isinstance(found, dict) or set(found) - known:
        raise bad(f"{name} has fields that are not known")
    return found


def _only(found: object, wanted: set[str], name: str) -> Json:
    whole = _some(found, wanted, name)
    if set(whole) != wanted:
        raise bad(f"{name} lacks fields")
    return whole
