"""The Telegram stand-in, driven by python-telegram-bot: every method, limit and fault."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from tests.standins.telegram import Fault, TelegramStandin

USER = 501
CLOWN = "\U0001f921"


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def standin(clock: Clock) -> AsyncIterator[TelegramStandin]:
    async with TelegramStandin(clock=clock) as running:
        running.say(USER, "/start K7Q2")
        yield running


@pytest.fixture
async def bot(standin: TelegramStandin) -> AsyncIterator[Bot]:
    async with Bot(standin.token, base_url=f"{standin.url}/bot") as api:
        yield api


def keyboard(*data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Hài lòng", callback_data=one) for one in data]])


async def test_a_wrong_token_is_refused(standin: TelegramStandin) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{standin.url}/bot"):
            pass


async def test_a_bot_knows_itself(bot: Bot, standin: TelegramStandin) -> None:
    assert bot.username == "standin_bot"
    assert standin.journal.calls("getMe")[0]["answer"]["ok"]


async def test_a_message_is_kept_with_its_buttons(bot: Bot, standin: TelegramStandin) -> None:
    sent = await bot.send_message(USER, "Câu 1", reply_markup=keyboard("s:1:2:4"))
    kept = standin.chat(USER).messages[sent.message_id]
    assert kept["text"] == "Câu 1"
    assert kept["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "s:1:2:4"
    assert standin.journal.calls("sendMessage")[0]["answer"]["result"]["message_id"] == sent.message_id


async def test_a_bot_cannot_write_first(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "chào")


@pytest.mark.parametrize(
    ("text", "fits"), [("a" * 4096, True), ("a" * 4097, False), (CLOWN * 2048, True), (CLOWN * 2048 + "a", False)]
)
async def test_text_has_4096_utf16_units(bot: Bot, text: str, fits: bool) -> None:
    if fits:
        assert (await bot.send_message(USER, text)).text == text
    else:
        with pytest.raises(BadRequest, match="too long"):
            await bot.send_message(USER, text)


async def test_lengths_count_after_the_markup_is_read(bot: Bot) -> None:
    sent = await bot.send_message(USER, "<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")
    assert sent.text == "<" * 4096
    assert sent.entities[0].length == 4096


async def test_html_becomes_entities_in_utf16_units(bot: Bot) -> None:
    sent = await bot.send_message(
        USER, f'{CLOWN}<b>Xã <i>A</i></b> <a href="https://x.vn/?a=1&amp;b">x</a>', parse_mode="HTML"
    )
    assert sent.text == f"{CLOWN}Xã A x"
    found = [(entity.type, entity.offset, entity.length) for entity in sent.entities]
    assert found == [("bold", 2, 4), ("italic", 5, 1), ("text_link", 7, 1)]
    assert sent.entities[2].url == "https://x.vn/?a=1&b"


@pytest.mark.parametrize("broken", ["<b>a", "a</b>", "<b><i>a</b></i>", "<table>a", "a < b"])
async def test_broken_html_is_refused(bot: Bot, broken: str) -> None:
    with pytest.raises(BadRequest, match="parse entities"):
        await bot.send_message(USER, broken, parse_mode="HTML")


@pytest.mark.parametrize(
    ("offset", "length", "valid"), [(0, 2, True), (2, 1, True), (2, 2, False), (1, 1, False), (0, 1, False)]
)
async def test_entities_lie_inside_the_text_and_cut_no_symbol(bot: Bot, offset: int, length: int, valid: bool) -> None:
    entities = [MessageEntity("bold", offset, length)]
    if valid:
        assert (await bot.send_message(USER, CLOWN + "a", entities=entities)).entities[0].length == length
    else:
        with pytest.raises(BadRequest, match="ntity"):
            await bot.send_message(USER, CLOWN + "a", entities=entities)


@pytest.mark.parametrize(("data", "fits"), [("a" * 64, True), ("a" * 65, False), ("ệ" * 21, True), ("ệ" * 22, False)])
async def test_callback_data_has_64_bytes(bot: Bot, data: str, fits: bool) -> None:
    if fits:
        await bot.send_message(USER, "x", reply_markup=keyboard(data))
    else:
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(USER, "x", reply_markup=keyboard(data))


@pytest.mark.parametrize(("shape", "fits"), [([8] * 12 + [4], True), ([9], False), ([8] * 12 + [5], False)])
async def test_a_keyboard_has_8_a_row_and_100_in_all(bot: Bot, shape: list[int], fits: bool) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")] * width for width in shape])
    if fits:
        await bot.send_message(USER, "x", reply_markup=markup)
    else:
        with pytest.raises(BadRequest, match="Reply_markup_too_long"):
            await bot.send_message(USER, "x", reply_markup=markup)


async def test_an_edit_replaces_and_the_same_edit_is_not_modified(bot: Bot, standin: TelegramStandin) -> None:
    sent = await bot.send_message(USER, "Câu 1", reply_markup=keyboard("a"))
    before = standin.chat(USER).revision
    await bot.edit_message_text("✓ Câu 1", USER, sent.message_id, reply_markup=keyboard("b"))
    assert standin.chat(USER).revision == before + 1
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("✓ Câu 1", USER, sent.message_id, reply_markup=keyboard("b"))
    assert standin.chat(USER).revision == before + 1
    await bot.edit_message_text("✓ Câu 1", USER, sent.message_id)
    assert "reply_markup" not in standin.chat(USER).messages[sent.message_id]


async def test_a_keyboard_alone_is_edited(bot: Bot, standin: TelegramStandin) -> None:
    sent = await bot.send_message(USER, "Câu 1", reply_markup=keyboard("a"))
    await bot.edit_message_reply_markup(USER, sent.message_id, reply_markup=keyboard("b"))
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(USER, sent.message_id, reply_markup=keyboard("b"))
    assert standin.chat(USER).messages[sent.message_id]["text"] == "Câu 1"


async def test_only_the_bots_own_known_messages_are_edited(bot: Bot, standin: TelegramStandin) -> None:
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", USER, 987_654)
    hers = next(iter(standin.chat(USER).messages))
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", USER, hers)


async def query_of(bot: Bot, standin: TelegramStandin) -> str:
    sent = await bot.send_message(USER, "Câu 1", reply_markup=keyboard("a"))
    update_id = standin.press(USER, sent.message_id, "a")
    return str(standin.journal.created[update_id]["callback_query"]["id"])


async def test_a_query_is_answered_once(bot: Bot, standin: TelegramStandin) -> None:
    query = await query_of(bot, standin)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query, "a" * 201)
    assert await bot.answer_callback_query(query, "a" * 200)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query)


async def test_an_old_or_unknown_query_is_too_old(bot: Bot, standin: TelegramStandin, clock: Clock) -> None:
    query = await query_of(bot, standin)
    clock.now += standin.world.query_window + 1
    for one in (query, "unknown"):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(one)


async def test_pictures_and_files_arrive_with_their_size(bot: Bot, standin: TelegramStandin) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (320).to_bytes(4) + (200).to_bytes(4) + b"\0" * 64
    picture = await bot.send_photo(
        USER, io.BytesIO(png), caption="<b>Xã A</b>", parse_mode="HTML", reply_markup=keyboard("a")
    )
    assert (picture.caption, picture.photo[0].file_size, picture.photo[0].width) == ("Xã A", len(png), 320)
    sheet = await bot.send_document(USER, io.BytesIO(b"x" * 5000), filename="điểm.xlsx")
    assert sheet.document is not None
    assert (sheet.document.file_name, sheet.document.file_size) == ("điểm.xlsx", 5000)
    assert standin.world.files[sheet.document.file_id] == b"x" * 5000
    assert standin.journal.calls("sendDocument")[0]["params"]["document"]["bytes"] == 5000
    again = await bot.send_document(USER, sheet.document.file_id)
    assert again.document is not None
    assert again.document.file_size == 5000


async def test_captions_have_1024_units(bot: Bot) -> None:
    await bot.send_photo(USER, b"x", caption="a" * 1024)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(USER, b"x", caption="a" * 1025)


async def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    private, staff = BotCommandScopeAllPrivateChats(), BotCommandScopeChat(USER)
    await bot.set_my_commands([BotCommand("start", "Bắt đầu")], private, "vi")
    await bot.set_my_commands([BotCommand("score", "Điểm")], staff)
    assert [one.command for one in await bot.get_my_commands(private, "vi")] == ["start"]
    assert [one.command for one in await bot.get_my_commands(staff)] == ["score"]
    assert await bot.get_my_commands(private) == ()
    await bot.delete_my_commands(staff)
    assert await bot.get_my_commands(staff) == ()


@pytest.mark.parametrize("wrong", [BotCommand("Điểm", "x"), BotCommand("diem", ""), BotCommand("diem", "x" * 257)])
async def test_wrong_commands_are_refused(bot: Bot, wrong: BotCommand) -> None:
    with pytest.raises(BadRequest, match=r"(?i)bot_command"):
        await bot.set_my_commands([wrong])


async def test_the_rest_is_accepted(bot: Bot) -> None:
    assert await bot.set_my_description("Khảo sát", "vi")
    assert (await bot.get_my_description("vi")).description == "Khảo sát"
    assert await bot.set_my_short_description("Khảo sát")
    assert await bot.send_chat_action(USER, "typing")
    with pytest.raises(TelegramError, match="not found"):
        await bot.do_api_request("sendNothing")


async def refused(bot: Bot, chat: int = USER) -> TelegramError | Message:
    try:
        return await bot.send_message(chat, "x")
    except TelegramError as error:
        return error


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_throttling_can_be_global_or_for_one_chat(bot: Bot, standin: TelegramStandin) -> None:
    standin.say(502, "/start")
    standin.faults.add(Fault("throttled", chat_id=USER, retry_after=7, times=2))
    for _ in range(2):
        error = await refused(bot)
        assert isinstance(error, RetryAfter)
        assert error.retry_after == 7
        assert isinstance(await refused(bot, 502), Message)
    assert isinstance(await refused(bot), Message)
    standin.faults.add(Fault("throttled"))
    assert isinstance(await refused(bot, 502), RetryAfter)


async def test_a_person_blocks_and_comes_back(bot: Bot, standin: TelegramStandin) -> None:
    change = standin.block(USER)
    assert standin.journal.created[change]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    for _ in range(3):
        assert isinstance(await refused(bot), Forbidden)
    standin.unblock(USER)
    assert isinstance(await refused(bot), Message)


async def test_a_group_moves(bot: Bot, standin: TelegramStandin) -> None:
    standin.say(USER, "/score", chat_id=-44)
    standin.faults.add(Fault("migrated", chat_id=-44, migrate_to=-1001))
    error = await refused(bot, -44)
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == -1001


async def test_servers_fail_and_refuse(bot: Bot, standin: TelegramStandin) -> None:
    standin.faults.add(Fault("server_error", code=500))
    error = await refused(bot)
    assert isinstance(error, NetworkError)
    standin.faults.add(Fault("refused", methods=frozenset({"sendMessage"}), reason="CHAT_WRITE_FORBIDDEN"))
    assert await bot.get_me()
    assert isinstance(await refused(bot), BadRequest)


@pytest.mark.parametrize(("kind", "arrives"), [("drop_before", False), ("drop_after", True)])
async def test_a_cut_connection_leaves_the_outcome_unknown(
    bot: Bot, standin: TelegramStandin, kind: Any, arrives: bool
) -> None:
    standin.faults.add(Fault(kind))
    assert isinstance(await refused(bot), NetworkError)
    assert (standin.chat(USER).newest() is not None) is arrives
    assert standin.journal.calls("sendMessage")[0]["cut"] == kind.removeprefix("drop_")
