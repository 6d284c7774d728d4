"""A conversation in memory that stands in for the shell behind the web channel, with the bubbles the handlers make."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from bot.channels.base import Drawn
from bot.channels.web_desk import Lent
from bot.errors import StorageUnavailable
from bot.texts import load_catalogues
from handlers.context import Attachment, Button, Incoming, Message, Province, Texts, strong
from survey.text import clean

ROOT = Path(__file__).parent.parent.parent
CATALOGUES = cast("dict[str, Texts]", load_catalogues(ROOT / "config" / "locales", "ông/bà"))
CODE, OFFICE = "BPMC-7", "Bộ phận Một cửa xã Đông Xá"
RECEIPT = "K7Q2-4MXD"
CAUSES = ("chờ lâu", "phải đi lại nhiều lần", "thiếu chỗ ngồi", "hướng dẫn không rõ")
LEVELS = (
    ("Rất không hài lòng", "bad"),
    ("Không hài lòng", "bad"),
    ("Bình thường", "plain"),
    ("Hài lòng", "good"),
    ("Rất hài lòng", "good"),
    ("Không có ý kiến", "plain"),
)
LABELS = (
    "Nhìn chung, ông/bà hài lòng đến mức nào với việc phục vụ của nơi này?",
    "Tiếp cận dịch vụ: nơi ngồi chờ, thiết bị, biển chỉ dẫn có thuận tiện không?",
    "Điều gì chưa ổn? Có thể chọn nhiều.",
    "Ông/Bà muốn nói thêm điều gì không?",
)
PICTURE = Attachment("picture", "Đông Hưng", {"unit": "x"})
SHEET = Attachment("sheet", "diem-2026.xlsx", {"unit": "x"})
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def province(*, sample: bool = True) -> Province:
    return Province(
        id="sample" if sample else "hung-yen",
        name="Tỉnh Thái Bình",
        sample=sample,
        address_form="ông/bà",
        index_survey="sipas-quick",
        publishes=False,
        agency="Sở Nội vụ tỉnh Thái Bình",
        hotline="0227 3731 234",
        page="",
        step=1,
        minimum=1,
    )


@dataclass
class Person:
    """One conversation: the question it is at, its answers, and what was typed."""

    language: str
    at: int = -1
    answers: dict[int, str] = field(default_factory=dict)
    picked: set[str] = field(default_factory=set)


@dataclass
class Talk:
    """The shell's side: counts every call, answers every event once, can be told to be broken."""

    events: list[Incoming] = field(default_factory=list)
    replies: dict[tuple[str, str], list[Message]] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    drawn: list[Attachment] = field(default_factory=list)
    broken: bool = False
    reads_only: bool = False
    """Replies are not stored, as with commands that only read."""

    async def receive(self, incoming: Incoming) -> list[Message]:
        if self.broken:
            raise StorageUnavailable
        key = (incoming.channel, incoming.update_id)
        if key not in self.replies:
            self.events.append(incoming)
            person = self.people.setdefault((incoming.channel, incoming.address), Person(incoming.language or "vi"))
            messages = respond(person, incoming)
            if self.reads_only:
                return messages
            self.replies[key] = messages
        return self.replies[key]

    async def read_reply(self, channel: str, update_id: str) -> list[Message] | None:
        return self.replies.get((channel, update_id))

    async def current(self, channel: str, address: str) -> list[Message]:
        if self.broken:
            raise StorageUnavailable
        person = self.people.get((channel, address))
        return [screen(person)] if person and person.at >= 0 else []

    async def language_of(self, channel: str, address: str) -> str | None:
        if self.broken:
            raise StorageUnavailable
        person = self.people.get((channel, address))
        return person.language if person else None

    async def look_up_code(self, code: str) -> str | None:
        return OFFICE if code.upper() == CODE else None

    async def draw(self, attachment: Attachment) -> Drawn:
        self.drawn.append(attachment)
        if attachment.kind == "picture":
            return Drawn(PNG, "bieu-do.png", "image/png")
        return Drawn(b"PK", "điểm.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

    def lent(self, *, sample: bool = True, public_url: str = "") -> Lent:
        return Lent(
            province=province(sample=sample),
            catalogues=CATALOGUES,
            language="vi",
            secret=b"a secret of the tests",
            public_url=public_url,
            draw=self.draw,
            look_up_code=self.look_up_code,
            read_reply=self.read_reply,
            current=self.current,
            language_of=self.language_of,
            scores=NoScores(),
        )


class NoScores:
    """Nobody is an official here."""

    async def open(self, link: str) -> str | None:
        return None

    async def show(self, cookie: str, unit: str, period: str, order: str) -> None:
        return None

    async def figures(self, cookie: str, topic: str, words: str) -> None:
        return None

    async def public(self, language: str, unit: str, period: str, order: str) -> None:
        return None


def respond(person: Person, incoming: Incoming) -> list[Message]:
    match incoming.kind:
        case "press" if incoming.text.startswith("s:1:@"):
            verb, _, detail = incoming.text.removeprefix("s:1:@").partition(":")
            return moved(person, verb, detail)
        case "press" if incoming.text.startswith("s:1:"):
            number, _, choice = incoming.text.removeprefix("s:1:").partition(":")
            return picked(person, int(number), choice)
        case "press":
            return office(incoming.text)
        case "text":
            return typed(person, incoming)
        case _:
            person.at = max(person.at, 0)
            return [screen(person)]


def moved(person: Person, verb: str, detail: str) -> list[Message]:
    match verb:
        case "begin":
            person.at = 1
        case "language":
            person.language = detail
        case "back":
            person.at = max(1, int(detail) - 1)
        case "edit":
            person.at = int(detail)
        case "skip":
            return [answered(person, int(detail), "(bỏ qua)")]
        case "send":
            person.at = 0
            text = f"Cảm ơn ông/bà. Mã của ông/bà: {strong(RECEIPT)}\n\nTrong 7 ngày, ông/bà xem và sửa được."
            return [Message(text, ((Button("Xem hoặc sửa", "s:1:@review"),),))]
    return [screen(person)]


def picked(person: Person, number: int, choice: str) -> list[Message]:
    if number != 3:
        return [answered(person, number, LEVELS[int(choice)][0])]
    if choice == "-":
        return [answered(person, 3, ", ".join(sorted(person.picked)) or "(không chọn)")]
    person.picked ^= {choice}
    return [screen(person)]


def office(data: str) -> list[Message]:
    if data == "c:ai":
        return [Message("Bot này do cơ quan vận hành.\n\nĐường dây nóng: 0227 3731 234")]
    rows = ((Button("Đông Hưng", "o:34-DH"), Button("Hưng Hà", "o:34-HH")),)
    return [Message("Ông/Bà vừa làm thủ tục ở đâu?", rows, awaits="words")]


def typed(person: Person, incoming: Incoming) -> list[Message]:
    text = incoming.text
    if text.startswith("/score"):
        return score() if incoming.trusted else [Message("Lệnh này dành cho cán bộ đã nhập mã.")]
    if text.startswith("/vao"):
        return [Message("Đã nhận mã. Ông/Bà là người xem của huyện Đông Hưng.")]
    if person.at == 4:
        return [answered(person, 4, clean(text))]
    if person.at == -1:
        rows = ((Button("Xã Đông Xá, Đông Hưng", "o:1"),),)
        return [Message(f"Có phải một trong những nơi này? {text}", rows, awaits="press")]
    return [screen(person)]


def answered(person: Person, number: int, words: str) -> Message:
    person.answers[number] = words
    person.at = number + 1
    asked = screen(person)
    return Message(f"✓ Câu {number}: {words}\n\n{asked.text}", asked.buttons, awaits=asked.awaits)


def screen(person: Person) -> Message:
    match person.at:
        case -1 | 0:
            return consent(person)
        case 1 | 2:
            rows = tuple((Button(label, f"s:1:{person.at}:{at}", tone),) for at, (label, tone) in enumerate(LEVELS))  # type: ignore[arg-type]
            return question(person.at, rows)
        case 3:
            boxes = tuple(
                (Button(("☑ " if cause in person.picked else "☐ ") + cause, f"s:1:3:{cause}"),) for cause in CAUSES
            )
            return question(3, (*boxes, (Button("Xong", "s:1:3:-", "main"),)))
        case 4:
            return question(4, (), "Xin đừng ghi tên, số giấy tờ.")
        case _:
            return review(person)


def question(number: int, rows: tuple[tuple[Button, ...], ...], hint: str = "") -> Message:
    back = (Button("‹ Quay lại", f"s:1:@back:{number}"),) if number > 1 else ()
    moves = (*back, Button("Bỏ qua", f"s:1:@skip:{number}"))
    text = f"{strong(f'{number}/4')} · {LABELS[number - 1]}"
    return Message(f"{text}\n{hint}" if hint else text, (*rows, moves), awaits="words" if number == 4 else "press")


def review(person: Person) -> Message:
    lines = [f"{at}. {LABELS[(at - 1) % 4]}\n   → {words}" for at, words in sorted(person.answers.items())]
    edits = tuple(Button(f"Sửa {at}", f"s:1:@edit:{at}") for at in sorted(person.answers))
    text = "\n".join(["Ông/Bà xem lại giúp. Đúng rồi thì bấm “Gửi”.", "", *lines])
    return Message(text, ((Button("Gửi", "s:1:@send", "main"),), edits), awaits="press")


def consent(person: Person) -> Message:
    texts = CATALOGUES[person.language]
    text = (
        f"Chào ông/bà. Ông/Bà vừa làm thủ tục tại {strong(OFFICE)}. Xin mời ông/bà trả lời 4 câu, chừng một phút.\n\n"
        "Ông/Bà trả lời hay không là tuỳ ý. Bấm “Bắt đầu” là ông/bà đồng ý và đã đủ 18 tuổi."
    )
    other = "en" if person.language == "vi" else "vi"
    rows = (
        (Button(texts("button.begin"), "s:1:@begin", "main"),),
        (Button(texts("button.later"), "s:1:@later"), Button(texts("button.elsewhere"), "s:1:@elsewhere")),
        (Button(texts("button.who"), "s:1:@who"), Button(texts("button.no"), "s:1:@quit")),
        (Button(texts(f"language.{other}"), f"s:1:@language:{other}"),),
    )
    return Message(text, rows, awaits="press")


def score() -> list[Message]:
    text = f"{strong('Huyện Đông Hưng · Quý III/2026')}\n72,4 (66–79)\nTiếp cận 80 · Thủ tục 77"
    return [
        Message(text, ((Button("Cách tính", "c:how"), Button("Biểu đồ", "c:chart")),), attachment=PICTURE),
        Message("Tệp điểm Quý III/2026, 46 đơn vị.", attachment=SHEET),
    ]
