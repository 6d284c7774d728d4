"""From cells to a survey, and every fault with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.cells import MAX_COLUMNS, MAX_ROWS, language_code, letter
from survey.faults import FAULT_CODES, Fault
from survey.model import Survey
from survey.questions import KINDS
from survey.xlsform import read_survey
from tests.survey.sheets import Grid, changed, faults_of, sound, survey_of

# In SOUND, rows of `survey` are: 2 start, 3 hello, 4 overall, 5 seats, 6 low, 7 begin, 8 why, 9 more, 10 end, 11 trips.
# Its columns are: A type, B name, C label vi, D label en, E required, F relevant, G constraint, H its message,
# I calculation, J factor, K criterion, L confidential.


def test_a_sound_form() -> None:
    survey = read_survey(sound())
    assert isinstance(survey, Survey)
    assert (survey.id, survey.version, survey.default_language, survey.languages) == ("small", "1", "vi", ("vi", "en"))
    assert survey.title == {"vi": "Nhỏ", "en": "Small"}
    assert survey.factors == {"A": {"vi": "Tiếp cận", "en": "Access"}}
    assert [question.name for question in survey.questions] == ["hello", "overall", "seats", "why", "more", "trips"]
    overall, seats, why, more, trips = survey.questions[1:]
    assert (overall.required, overall.factor, overall.criterion) == (True, "overall", "OVERALL")
    assert (seats.factor, seats.criterion, [choice.score for choice in seats.choices]) == ("A", "A1", [1, 5, None])
    assert why.relevant == "string(if(${overall} <= 2, 1, 0)) = 1"
    assert more.relevant == "(string(if(${overall} <= 2, 1, 0)) = 1) and (selected(${why}, 'wait'))"
    assert (more.confidential, seats.confidential) == (True, False)
    assert (trips.constraint, trips.constraint_message) == (". >= 1 and . < 20", {"vi": "Từ 1 đến 19"})


_FAULTS: list[tuple[list[tuple[str, str, str]], Fault]] = [
    ([("notes", "A1", "x")], Fault("notes", 1, "A", "unknown_sheet", "notes")),
    ([("survey", "M1", "wieght"), ("survey", "M3", "1")], Fault("survey", 1, "M", "unknown_column", "wieght")),
    ([("survey", "M4", "lost")], Fault("survey", 4, "M", "unknown_column")),
    ([("survey", "M1", "default"), ("survey", "M4", "5")], Fault("survey", 1, "M", "unsupported_column", "default")),
    ([("survey", "M1", "media::image"), ("survey", "M4", "x.png")],
     Fault("survey", 1, "M", "unsupported_column", "media::image")),
    ([("survey", "M1", "hint::Vietnamese"), ("survey", "M4", "x")],
     Fault("survey", 1, "M", "bad_language", "hint::Vietnamese")),
    ([("survey", "M1", "Name")], Fault("survey", 1, "M", "duplicate_column", "Name")),
    ([("settings", "A2", "")], Fault("settings", 2, "A", "missing_setting", "form_id")),
    ([("settings", "A2", "Bad Id")], Fault("settings", 2, "A", "bad_setting", "form_id Bad Id")),
    ([("settings", "D2", "")], Fault("settings", 2, "D", "missing_setting", "version")),
    ([("settings", "D2", "1 / 2")], Fault("settings", 2, "D", "bad_setting", "version 1 / 2")),
    ([("settings", "E2", "Français (fr)")], Fault("settings", 2, "E", "bad_language", "Français (fr)")),
    ([("settings", "F1", "colour"), ("settings", "F2", "red")], Fault("settings", 1, "F", "unknown_column", "colour")),
    ([("survey", "A11", "geopoint")], Fault("survey", 11, "A", "unknown_type", "geopoint")),
    ([("survey", "A11", "")], Fault("survey", 11, "A", "unknown_type")),
    ([("survey", "A11", "begin_repeat")], Fault("survey", 11, "A", "unknown_type", "begin_repeat")),
    ([("survey", "A4", "select_one scale or_other")],
     Fault("survey", 4, "A", "unknown_type", "select_one scale or_other")),
    ([("survey", "B11", "Trips")], Fault("survey", 11, "B", "bad_name", "Trips")),
    ([("survey", "B11", "a_name_with_17_ch")], Fault("survey", 11, "B", "bad_name", "a_name_with_17_ch")),
    ([("survey", "B11", "")], Fault("survey", 11, "B", "missing_name")),
    ([("survey", "B11", "seats")], Fault("survey", 11, "B", "duplicate_name", "seats")),
    ([("survey", "B11", "low")], Fault("survey", 11, "B", "duplicate_name", "low")),
    ([("survey", "C11", "")], Fault("survey", 11, "C", "missing_label", "trips")),
    ([("survey", "C11", "x" * 501)], Fault("survey", 11, "C", "too_long", "501 > 500")),
    ([("survey", "C11", "{ten} và ${why}")], Fault("survey", 11, "C", "unknown_placeholder", "{ten}")),
    ([("survey", "C11", "{ten} và ${why}")], Fault("survey", 11, "C", "unknown_placeholder", "${why}")),
    ([("survey", "D11", "{you")], Fault("survey", 11, "D", "unknown_placeholder", "{you")),
    ([("survey", "E11", "maybe")], Fault("survey", 11, "E", "bad_yes_no", "maybe")),
    ([("survey", "L11", "x")], Fault("survey", 11, "L", "bad_yes_no", "x")),
    ([("survey", "A8", "select_multiple y")], Fault("survey", 8, "A", "unknown_list", "y")),
    ([("survey", "A10", "note"), ("survey", "B10", "n"), ("survey", "C10", "n")],
     Fault("survey", 7, "A", "group_not_closed", "begin_group")),
    ([("survey", "A11", "end_group")], Fault("survey", 11, "A", "group_not_open")),
    ([("survey", "H11", "")], Fault("survey", 11, "G", "constraint_without_message", "trips")),
    ([("survey", "I6", "")], Fault("survey", 6, "I", "missing_calculation", "low")),
    ([("survey", "J5", "B")], Fault("survey", 5, "J", "unknown_factor", "B")),
    ([("survey", "J11", "A")], Fault("survey", 11, "J", "factor_without_scores", "A")),
    ([("survey", "A5", "select_one why")], Fault("survey", 5, "J", "factor_without_scores", "A")),
    ([("survey", "J4", "")], Fault("survey", 1, "A", "no_overall")),
    ([("survey", "J5", "overall")], Fault("survey", 5, "J", "many_overall", "seats")),
    ([("survey", "K5", "a1")], Fault("survey", 5, "K", "bad_criterion", "a1")),
    ([("survey", "K11", "A1")], Fault("survey", 11, "K", "duplicate_criterion", "A1")),
    ([("survey", "K5", "TRIPS")], Fault("survey", 11, "B", "duplicate_criterion", "TRIPS")),
    ([("survey", "M1", "rotated"), ("survey", "M11", "yes"), ("settings", "F1", "rotate")],
     Fault("survey", 11, "M", "rotated_wrongly", "trips")),
    ([("survey", "M1", "rotated"), ("survey", "M5", "yes"), ("survey", "E5", "yes"), ("settings", "F1", "rotate")],
     Fault("survey", 5, "M", "rotated_wrongly", "seats")),
    ([("survey", "M1", "rotated"), ("survey", "M5", "yes"), ("settings", "F1", "rotate"), ("settings", "F2", "1")],
     Fault("settings", 2, "F", "bad_rotate", "1 / 1")),
    ([("survey", "M1", "rotated"), ("survey", "M5", "yes")], Fault("settings", 2, "A", "bad_rotate", "- / 1")),
    ([("settings", "F1", "rotate"), ("settings", "F2", "some")], Fault("settings", 2, "F", "bad_rotate", "some / 0")),
    ([("factors", "A2", "F")], Fault("factors", 2, "A", "unknown_factor", "F")),
    ([("factors", "A3", "A"), ("factors", "B3", "x")], Fault("factors", 3, "A", "duplicate_name", "A")),
    ([("factors", "B2", "")], Fault("factors", 2, "B", "missing_label", "A")),
    ([("choices", "A2", "")], Fault("choices", 2, "A", "missing_name")),
    ([("choices", "B2", "")], Fault("choices", 2, "B", "missing_name")),
    ([("choices", "B2", "Rất")], Fault("choices", 2, "B", "bad_name", "Rất")),
    ([("choices", "B3", "1")], Fault("choices", 3, "B", "duplicate_choice", "1")),
    ([("choices", "C3", "KHONG")], Fault("choices", 3, "C", "duplicate_label", "KHONG")),
    ([("choices", "C3", "")], Fault("choices", 3, "C", "missing_label", "5")),
    ([("choices", "C3", "x" * 81)], Fault("choices", 3, "C", "too_long", "81 > 80")),
    ([("choices", "E3", "6")], Fault("choices", 3, "E", "bad_score", "6")),
    ([("choices", "E3", "0.5")], Fault("choices", 3, "E", "bad_score", "0.5")),
    ([("choices", "E4", "3")], Fault("choices", 4, "E", "bad_score", "3")),
    ([("choices", "E3", "1")], Fault("choices", 3, "E", "duplicate_score", "1")),
    ([("survey", "F11", "${seats} <")], Fault("survey", 11, "F", "bad_xpath", "11")),
    ([("survey", "F11", ". = 1")], Fault("survey", 11, "F", "bad_xpath", ".")),
    ([("survey", "F11", "random() > 0")], Fault("survey", 11, "F", "forbidden_function", "random()")),
    ([("survey", "G11", "uuid() = .")], Fault("survey", 11, "G", "forbidden_function", "uuid()")),
    ([("survey", "I6", "now()")], Fault("survey", 6, "I", "forbidden_function", "now()")),
    ([("survey", "F7", "not(${seats})")], Fault("survey", 7, "F", "bare_reference", "${seats}")),
    ([("survey", "F11", "${seat} = 1")], Fault("survey", 11, "F", "unknown_reference", "${seat}")),
    ([("survey", "F11", "${hello} = 1")], Fault("survey", 11, "F", "unknown_reference", "${hello}")),
    ([("survey", "F5", "${trips} > 1")], Fault("survey", 5, "F", "later_reference", "${trips}")),
    ([("survey", "F5", "${seats} > 1")], Fault("survey", 5, "F", "later_reference", "${seats}")),
    ([("survey", "F4", "${low} = 1")], Fault("survey", 4, "F", "later_reference", "${low}")),
    ([("survey", "F9", "selected(${why}, 'wiat')")], Fault("survey", 9, "F", "unknown_choice", "why = wiat")),
    ([("survey", "F11", "not('6' = ${seats})")], Fault("survey", 11, "F", "unknown_choice", "seats = 6")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "fault"), _FAULTS)
def test_every_fault_has_its_place(changes: list[tuple[str, str, str]], fault: Fault) -> None:
    assert fault in faults_of(changed(*changes))


def _without(sheet: str) -> Grid:
    return {name: rows for name, rows in sound().items() if name != sheet}


_WHOLE: list[tuple[Grid, Fault]] = [
    (_without("survey"), Fault("survey", 1, "A", "missing_sheet", "survey")),
    (_without("settings"), Fault("settings", 1, "A", "missing_sheet", "settings")),
    (_without("choices"), Fault("survey", 4, "A", "unknown_list", "scale")),
    ({**sound(), "survey": []}, Fault("survey", 1, "A", "empty_survey")),
    ({**sound(), "survey": [["name"], ["a"]]}, Fault("survey", 1, "A", "missing_column", "type")),
    ({**sound(), "survey": [["type"], ["text"]]}, Fault("survey", 1, "A", "missing_column", "name")),
    ({**sound(), "survey": [["x"]] * (MAX_ROWS + 1)},
     Fault("survey", 1, "A", "too_big", f"{MAX_ROWS} × {MAX_COLUMNS}")),
    ({**sound(), "survey": [["type", "name", "label"], *(["text", f"q{n}", "x"] for n in range(201))]},
     Fault("survey", 1, "A", "too_big", "200")),
    ({**sound(), "choices": [["list_name", "name", "label"], *(["scale", f"c{n}", f"x{n}"] for n in range(21))]},
     Fault("choices", 22, "B", "too_many_choices", "20")),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "fault"), _WHOLE)
def test_faults_of_the_whole(cells: Grid, fault: Fault) -> None:
    assert fault in faults_of(cells)


def test_pyxform_is_the_last_gate() -> None:
    cells = changed(("survey", "B8", "Why"))
    assert [fault.code for fault in faults_of(cells, gate=True)] == ["bad_name", "unknown_reference"]
    refused = changed(("survey", "B3", "meta"))
    assert faults_of(refused) == []
    (fault,) = faults_of(refused, gate=True)
    assert (fault.sheet, fault.column, fault.code) == ("survey", "A", "pyxform")
    assert fault.detail


def test_every_code_is_tried() -> None:
    tried = {fault.code for _, fault in (*_FAULTS, *_WHOLE)} | {"pyxform"}
    assert tried | {"bad_file"} == FAULT_CODES


def test_ten_faults_are_told_at_once_in_order() -> None:
    cells = changed(
        ("settings", "A2", "?"), ("factors", "A2", "Z"), ("choices", "B2", "Ô"), ("choices", "E3", "9"),
        ("survey", "E3", "?"), ("survey", "C5", ""), ("survey", "J4", ""),
        ("survey", "A8", "select_one zz"), ("survey", "B9", "Ơ"), ("survey", "F11", "1 +"),
        ("survey", "L11", "?"),
    )  # fmt: skip
    found = faults_of(cells)
    assert [(fault.sheet, fault.row) for fault in found] == sorted(
        ((fault.sheet, fault.row) for fault in found),
        key=lambda place: (("settings", "factors", "choices", "survey").index(place[0]), place[1]),
    )
    assert len({fault.code for fault in found}) >= 10


def test_one_mistake_does_not_echo() -> None:
    assert [fault.code for fault in faults_of(changed(("survey", "I6", "now()")))] == ["forbidden_function"]
    assert [fault.code for fault in faults_of(changed(("survey", "B11", "seats")))] == ["duplicate_name"]


def test_what_excel_adds_is_forgiven() -> None:
    cells = changed(
        ("survey", "A4", " select_one\u00a0scale "),
        ("survey", "F9", "selected(${ why }, ‘wait’)\n"),
        ("survey", "E4", "TRUE"),
        ("survey", "A7", "begin group"),
        ("survey", "A10", "end group"),
        ("survey", "M1", "appearance"),
        ("Sheet1", "A1", ""),
        ("survey", "N1", "weight"),
    )
    survey = survey_of(cells)
    assert survey.questions[4].relevant.endswith("and (selected(${ why }, 'wait'))")
    assert survey.questions[1].required


def test_a_label_without_a_language_is_in_the_default_one() -> None:
    cells = {
        "settings": [["form_id", "version", "default_language"], ["x", "1", "English (en)"]],
        "survey": [["type", "name", "label", "factor"], ["select_one s", "o", "Overall?", "overall"]],
        "choices": [["list_name", "name", "label", "score"], ["s", "1", "Bad", "1"], ["s", "5", "Good", "5"]],
    }
    survey = survey_of(cells)
    assert (survey.default_language, survey.languages, survey.title) == ("en", ("en",), {"en": "x"})
    assert survey.questions[0].label == {"en": "Overall?"}


def test_without_a_default_language_the_first_label_decides() -> None:
    cells = changed(("settings", "E2", ""))
    assert survey_of(cells).default_language == "vi"
    cells["survey"][0][2] = "label::English (en)"
    cells["survey"][0][3] = "label::vi"
    cells["survey"][10][7] = cells["survey"][10][6] = ""
    assert faults_of(cells) == []
    assert survey_of(cells).default_language == "en"


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA")])
def test_columns_are_named_as_in_excel(place: int, name: str) -> None:
    assert letter(place) == name


@pytest.mark.parametrize(
    ("name", "code"), [("Tiếng Việt (vi)", "vi"), ("en", "en"), ("English(EN)", "en"), ("English", ""), ("", "")]
)
def test_language_codes(name: str, code: str) -> None:
    assert language_code(name) == code


def test_the_sheet_knows_every_kind() -> None:
    from survey.kinds import KINDS as RULES

    assert set(KINDS.values()) == set(RULES)


_WORD = st.sampled_from(
    ["", "type", "name", "label", "label::vi", "relevant", "select_one scale", "text", "begin_group", "end_group",
     "overall",
     "calculate", "yes", "${overall} = 1", "${x}", "not(", "A", "1", "{", "note", "start", "vi"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["survey", "choices", "settings", "factors", "x"]),
        st.lists(st.lists(_WORD | st.text(max_size=4), max_size=6), max_size=6),
    )
)
def test_any_cells_are_a_survey_or_faults(cells: Grid) -> None:
    result = read_survey(cells, gate=False)
    assert isinstance(result, Survey) or (result and all(fault.code in FAULT_CODES for fault in result))


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["survey", "choices", "settings", "factors"]),
            st.builds("{}{}".format, st.sampled_from("ABCDEFGHIJKLM"), st.integers(1, 14)),
            _WORD,
        ),
        max_size=4,
    )
)
def test_any_change_gives_a_survey_that_works_or_faults(changes: list[tuple[str, str, str]]) -> None:
    from survey.flow import start, step
    from survey.model import Begin

    result = read_survey(changed(*changes), gate=False)
    if isinstance(result, Survey):
        assert step(result, start(result, "s"), Begin())[1]
    else:
        assert result == sorted(set(result), key=result.index)
