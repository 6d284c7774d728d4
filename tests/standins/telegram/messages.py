"""The API methods that show something in a chat."""

import struct
from dataclasses import dataclass

from tests.standins.telegram.chats import Chat
from tests.standins.telegram.keyboards import read_markup
from tests.standins.telegram.refusals import Json, bad_request
from tests.standins.telegram.text import MAX_CAPTION, MAX_TEXT, read_text
from tests.standins.telegram.world import World

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


@dataclass(frozen=True)
class Upload:
    """A file that came in a multipart call."""

    name: str
    content: bytes
    mime: str


def _body(params: Json) -> Json:
    raw = params.get("text")
    if not isinstance(raw, str) or not raw.strip():
        raise bad_request("message text is empty")
    text, entities = read_text(raw, params.get("entities"), params.get("parse_mode"), MAX_TEXT, "message is too long")
    if not text.strip():
        raise bad_request("message text is empty")
    return {"text": text, **({"entities": entities} if entities else {})}


def _caption(params: Json) -> Json:
    too_long = "message caption is too long"
    text, entities = read_text(
        params.get("caption"), params.get("caption_entities"), params.get("parse_mode"), MAX_CAPTION, too_long
    )
    return {**({"caption": text} if text else {}), **({"caption_entities": entities} if entities else {})}


def _post(world: World, chat: Chat, content: Json, params: Json) -> Json:
    markup = read_markup(params.get("reply_markup"), inline_only=False)
    message: Json = {
        "message_id": world.message_id(),
        "date": world.now(),
        "from": world.bot,
        "chat": chat.about,
        **content,
    }
    if markup:
        message["reply_markup"] = markup
    chat.messages[message["message_id"]] = message
    chat.changed()
    return message


def send_message(world: World, params: Json) -> Json:
    """sendMessage."""
    return _post(world, world.known_chat(params.get("chat_id")), _body(params), params)


def _editable(world: World, params: Json, missing: str) -> tuple[Chat, Json]:
    chat = world.known_chat(params.get("chat_id"))
    try:
        message = chat.messages[int(params.get("message_id", ""))]
    except (KeyError, ValueError, TypeError):
        raise bad_request(missing) from None
    if not message["from"]["is_bot"]:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(world: World, chat: Chat, old: Json, new: Json) -> Json:
    if {**old, "edit_date": 0} == {**new, "edit_date": 0}:
        raise bad_request(_NOT_MODIFIED)
    chat.messages[old["message_id"]] = edited = {**new, "edit_date": world.now()}
    chat.changed()
    return edited


def _with_markup(message: Json, params: Json) -> Json:
    bare = {name: value for name, value in message.items() if name != "reply_markup"}
    markup = read_markup(params.get("reply_markup"), inline_only=True)
    return {**bare, "reply_markup": markup} if markup else bare


def edit_message_text(world: World, params: Json) -> Json:
    """editMessageText; a missing reply_markup removes the keyboard, as in the real thing."""
    chat, message = _editable(world, params, "message to edit not found")
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    bare = {name: value for name, value in message.items() if name not in ("text", "entities")}
    return _replace(world, chat, message, _with_markup({**bare, **_body(params)}, params))


def edit_message_reply_markup(world: World, params: Json) -> Json:
    """editMessageReplyMarkup."""
    chat, message = _editable(world, params, "message to edit not found")
    return _replace(world, chat, message, _with_markup(message, params))


def edit_message_caption(world: World, params: Json) -> Json:
    """editMessageCaption."""
    chat, message = _editable(world, params, "message to edit not found")
    bare = {name: value for name, value in message.items() if name not in ("caption", "caption_entities")}
    return _replace(world, chat, message, _with_markup({**bare, **_caption(params)}, params))


def delete_message(world: World, params: Json) -> bool:
    """deleteMessage."""
    chat, message = _editable(world, params, "message to delete not found")
    del chat.messages[message["message_id"]]
    chat.changed()
    return True


def _file(world: World, raw: object, limit: int) -> tuple[str, Upload]:
    """The file_id and the file of an upload, or of a file_id given out before."""
    if isinstance(raw, Upload):
        if not raw.content:
            raise bad_request("file must be non-empty")
        if len(raw.content) > limit:
            raise bad_request("file is too big")
        return world.keep_file(raw.content), raw
    if isinstance(raw, str) and raw in world.files:
        return raw, Upload("", world.files[raw], "application/octet-stream")
    raise bad_request("wrong file identifier/HTTP URL specified")


def _png_size(content: bytes) -> tuple[int, int]:
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    return 640, 480


def send_photo(world: World, params: Json) -> Json:
    """sendPhoto, by upload or file_id."""
    chat = world.known_chat(params.get("chat_id"))
    file_id, upload = _file(world, params.get("photo"), MAX_PHOTO_BYTES)
    width, height = _png_size(upload.content)
    size: Json = {"file_id": file_id, "file_unique_id": file_id[-12:], "width": width, "height": height}
    photo = {"photo": [{**size, "file_size": len(upload.content)}]}
    return _post(world, chat, {**photo, **_caption(params)}, params)


def send_document(world: World, params: Json) -> Json:
    """sendDocument, by upload or file_id."""
    chat = world.known_chat(params.get("chat_id"))
    file_id, upload = _file(world, params.get("document"), MAX_DOCUMENT_BYTES)
    about: Json = {"file_id": file_id, "file_unique_id": file_id[-12:], "file_size": len(upload.content)}
    document = {"document": {**about, "file_name": upload.name, "mime_type": upload.mime}}
    return _post(world, chat, {**document, **_caption(params)}, params)


def send_chat_action(world: World, params: Json) -> bool:
    """sendChatAction."""
    world.known_chat(params.get("chat_id"))
    if not params.get("action"):
        raise bad_request("wrong parameter action in request")
    return True
