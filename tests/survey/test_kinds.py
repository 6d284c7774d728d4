"""What typed text and presses mean for each kind of question."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.kinds import KINDS, accept, numbered, read, read_number
from survey.model import DONE, NEXT, Answer, Choice, Kind
from survey.text import MASK
from tests.survey.build import CAUSES, ON_TIME, SCALE, YES_NO, one, question, scale

OVERALL = scale("overall", "overall")
LATE = one("ontime", ON_TIME)
ASKED = one("asked", YES_NO)
WHY = question("why", "select_multiple", choices=CAUSES)
TRIPS = question("trips", "integer")
COMMENT = question("comment", "text")
ABOUT = question("about", "note")
SEX = one("sex", (Choice("m", {"vi": "Nam"}), Choice("f", {"vi": "Nữ"})))


def test_every_kind_has_rules() -> None:
    assert set(KINDS) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("4", "4"),
        ("４", "4"),
        ("4️⃣", "4"),
        ("4.", "4"),
        ("(4)", "4"),
        ("4/5", "4"),
        ("bốn", "4"),
        ("BỐN ạ", "4"),
        ("bon", "4"),
        ("four", "4"),
        ("mức 4", "4"),
        ("tôi chọn số 4 nhé", "4"),
        ("4 điểm", "4"),
        ("6", "dk"),
        ("câu 4", None),
        ("question 4", None),
        ("4 câu", None),
        ("4 5", None),
        ("45", None),
        ("0", None),
        ("-4", None),
        ("bà", None),
        ("hai long", "4"),
        ("Hài lòng", "4"),
        ("hài lòng!", "4"),
        ("tôi thấy hài lòng ạ", "4"),
        ("rất hài lòng", "5"),
        ("không hài lòng", "2"),
        ("ko hai long", "2"),
        ("rat khong hai long", "1"),
        ("tôi rất không hài lòng", "1"),
        ("bình thường thôi", None),
        ("bt", "3"),
        ("Satisfied", "4"),
        ("very satisfied", "5"),
        ("I am dissatisfied", "2"),
        ("chưa hài lòng", None),
        ("chẳng hài lòng", None),
        ("not satisfied", None),
        ("hài lòng lắm", None),
        ("hài lòng hay không hài lòng", None),
        ("không biết", "dk"),
        ("Không có ý kiến", "dk"),
        ("toi khong co y kien", "dk"),
        ("don't know", "dk"),
        ("I don’t know", "dk"),
        ("xin chào", None),
        ("", None),
        ("...", None),
        ("\u202e\u200b", None),
        ("👍", None),
    ],
)
def test_a_scale_reads_typed_text(typed: str, answer: str | None) -> None:
    assert read(OVERALL, typed, "vi") == answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("2", "ontime"),
        ("trễ hẹn", "late"),
        ("tre hen a", "late"),
        ("bị từ chối", "refused"),
        ("6", None),
        ("không biết", None),
        ("late", "late"),
    ],
)
def test_a_plain_list_reads_its_places(typed: str, answer: str | None) -> None:
    assert read(LATE, typed, "en") == answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("có", "yes"), ("Dạ có", "yes"), ("vâng", "yes"), ("không", "no"), ("ko", "no"), ("k ạ", "no"), ("chưa", "no"),
     ("1", "yes"), ("2", "no"), ("có lúc", None), ("không phải", None), ("No.", "no")],
)  # fmt: skip
def test_yes_and_no_have_more_words_than_their_labels(typed: str, answer: str | None) -> None:
    assert read(ASKED, typed, "vi") == answer


def test_a_label_comes_before_a_number_word() -> None:
    assert read(SEX, "nam", "vi") == "m"
    assert read(scale("x"), "nam", "vi") == "5"


def test_labels_that_differ_by_accents_only_need_their_accents() -> None:
    ma = one("ma", (Choice("a", {"vi": "Má"}), Choice("b", {"vi": "Mã"})))
    assert read(ma, "mã", "vi") == "b"
    assert read(ma, "ma", "vi") is None
    assert read(ma, "tôi chọn mã", "vi") is None


def test_a_question_own_label_outranks_a_synonym() -> None:
    odd = one("odd", (Choice("yes", {"vi": "Không"}), Choice("no", {"vi": "Chưa hề"})))
    assert read(odd, "không", "vi") == "yes"
    assert read(odd, "không", "en") == "yes"


def test_the_own_language_outranks_the_other() -> None:
    odd = one("odd", (Choice("a", {"vi": "Năm", "en": "X"}), Choice("b", {"vi": "Y", "en": "Nam"})))
    assert read(odd, "nam", "vi") == "a"
    assert read(odd, "nam", "en") == "b"


def test_numbers_of_a_scale_are_scores_whatever_the_order() -> None:
    downward = one("x", (*SCALE[4::-1], SCALE[5]))
    assert {n: c.name for n, c in numbered(downward).items()} == {1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "dk"}
    assert {n: c.name for n, c in numbered(ASKED).items()} == {1: "yes", 2: "no"}


def test_a_short_scale_is_numbered_by_its_scores_only() -> None:
    short = one("x", (SCALE[1], SCALE[3]))
    assert {n: c.name for n, c in numbered(short).items()} == {2: "2", 4: "4"}
    assert read(short, "1", "vi") is None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1, 3", ("wait", "papers")),
        ("3 1", ("wait", "papers")),
        ("1 và 3", ("wait", "papers")),
        ("một và ba", ("wait", "papers")),
        ("2", ("staff",)),
        ("1,1", ("wait",)),
        ("chờ lâu", ("wait",)),
        ("thái độ, tác phong", ("staff",)),
        ("Chờ lâu; giấy tờ rườm rà", ("wait", "papers")),
        ("1, xa", None),
        ("1, 4", None),
        ("không biết", ("dk",)),
        (",", None),
        ("1 9", None),
        ("", None),
    ],
)
def test_several_choices_are_read_at_once(typed: str, answer: tuple[str, ...] | None) -> None:
    assert read(WHY, typed, "vi") == answer


@pytest.mark.parametrize(
    ("typed", "number"),
    [("3", 3), ("３ lần", 3), ("ba", 3), ("mười", 10), ("0", 0), ("-2", -2), ("+2", 2), ("không", 0),
     ("hai mươi", None), ("1.5", None), ("1234567890", None), ("3 con", None), ("nhiều", None), ("٣", 3)],
)  # fmt: skip
def test_whole_numbers(typed: str, number: int | None) -> None:
    assert read(TRIPS, typed, "vi") == number


def test_words_are_cleaned_and_masked() -> None:
    assert read(COMMENT, " gọi\u200b 0912345678\n nhé ", "vi") == f"gọi {MASK} nhé"
    assert read(COMMENT, " \u200b ", "vi") is None


def test_a_note_only_goes_on() -> None:
    assert read(ABOUT, "Tiếp tục", "vi") == NEXT
    assert read(ABOUT, "4", "vi") is None
    assert accept(ABOUT, NEXT) == NEXT
    assert accept(ABOUT, "4") is None


@pytest.mark.parametrize(
    ("kind", "choice", "answer"),
    [(OVERALL, "4", "4"), (OVERALL, "dk", "dk"), (OVERALL, "9", None), (WHY, "wait", "wait"), (WHY, DONE, None),
     (TRIPS, "4", None), (COMMENT, "x", None)],
)  # fmt: skip
def test_presses(kind: object, choice: str, answer: Answer | None) -> None:
    assert accept(kind, choice) == answer  # type: ignore[arg-type]


@given(st.text(max_size=60), st.sampled_from([OVERALL, LATE, ASKED, WHY, TRIPS, COMMENT, ABOUT]))
def test_typed_text_never_raises_and_gives_only_own_choices(text: str, asked: object) -> None:
    answer = read(asked, text, "vi")  # type: ignore[arg-type]
    names = {c.name for c in asked.choices}  # type: ignore[attr-defined]
    match answer:
        case tuple():
            assert answer
            assert names.issuperset(answer)
        case str() if names:
            assert answer in names


@given(st.text(max_size=30))
def test_numbers_never_raise(text: str) -> None:
    number = read_number(text)
    assert number is None or abs(number) < 10**9
