"""The table of API methods that need nothing but the world, and the smaller ones themselves."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.standins.telegram import messages
from tests.standins.telegram.refusals import Json, bad_request
from tests.standins.telegram.text import MAX_CALLBACK_ANSWER, utf16_length
from tests.standins.telegram.world import World

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(world: World, params: Json) -> Json:
    """getMe."""
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**world.bot, **abilities, "can_connect_to_business": False, "has_main_web_app": False}


def answer_callback_query(world: World, params: Json) -> bool:
    """answerCallbackQuery; refuses an unknown, an old and an already answered query with the same words.

    The window is not documented (reports say 5 to 15 s); refusing the second answer is this stand-in's choice.
    """
    if utf16_length(str(params.get("text") or "")) > MAX_CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.queries.get(str(params.get("callback_query_id")))
    if query is None or query.answered or world.clock() - query.at > world.query_window:
        raise bad_request(_TOO_OLD)
    query.answered = True
    return True


def _command_key(params: Json) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if any(name not in scope for name in _SCOPES[kind]):
        raise bad_request("can't parse BotCommandScope: chat_id or user_id is missing")
    language = str(params.get("language_code") or "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("LANG_CODE_INVALID")
    return json.dumps({name: scope[name] for name in ("type", *_SCOPES[kind])}), language


def set_my_commands(world: World, params: Json) -> bool:
    """setMyCommands for one scope and language."""
    key, commands = _command_key(params), params.get("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(str(command.get("description", ""))) <= MAX_COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[key] = commands
    return True


def get_my_commands(world: World, params: Json) -> list[Json]:
    """getMyCommands of exactly this scope and language."""
    return world.commands.get(_command_key(params), [])


def delete_my_commands(world: World, params: Json) -> bool:
    """deleteMyCommands of exactly this scope and language."""
    world.commands.pop(_command_key(params), None)
    return True


def _keep_text(name: str, limit: int) -> Callable[[World, Json], bool]:
    def keep(world: World, params: Json) -> bool:
        text = str(params.get(name) or "")
        if utf16_length(text) > limit:
            raise bad_request(f"{name} is too long")
        world.texts[name, str(params.get("language_code") or "")] = text
        return True

    return keep


def _kept_text(name: str) -> Callable[[World, Json], Json]:
    return lambda world, params: {name: world.texts.get((name, str(params.get("language_code") or "")), "")}


def _accepted(world: World, params: Json) -> bool:
    return True


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "getMe": get_me,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "editMessageCaption": messages.edit_message_caption,
    "deleteMessage": messages.delete_message,
    "sendPhoto": messages.send_photo,
    "sendDocument": messages.send_document,
    "sendChatAction": messages.send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _keep_text("name", 64),
    "getMyName": _kept_text("name"),
    "setMyDescription": _keep_text("description", 512),
    "getMyDescription": _kept_text("description"),
    "setMyShortDescription": _keep_text("short_description", 120),
    "getMyShortDescription": _kept_text("short_description"),
    "setChatMenuButton": _accepted,
    "setMyDefaultAdministratorRights": _accepted,
    "logOut": _accepted,
    "close": _accepted,
}
