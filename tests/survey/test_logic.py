"""What conditions mean: against the XPath specification, elementpath and rxeval."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.compiled import condition
from survey.functions import FUNCTIONS, to_number, to_text
from survey.logic import CompiledLogic, Failure, logic_of
from survey.xpath import XPathError
from tests.survey.build import question, small, survey
from tests.survey.peers import elementpath_truth, rxeval_value


@pytest.mark.parametrize(
    ("expression", "truth"),
    [
        ("${four} <= 2", False),
        ("${two} <= 2", True),
        ("${none} <= 2", False),
        ("${none} > 2", False),
        ("${none} != 2", True),
        ("${none} = ''", True),
        ("${dk} < 9", False),
        ("'02' = '2'", False),
        ("'02' = 2", True),
        ("'2' = 2.0", True),
        ("true() = (1 = 1)", True),
        ("(1 = 1) = 'x'", True),
        ("selected(${both}, 'b')", True),
        ("selected(${both}, 'ab')", False),
        ("selected('', '')", False),
        ("count-selected(${both}) = 2", True),
        ("count-selected('') = 0", True),
        ("selected-at(${both}, 1) = 'b'", True),
        ("selected-at(${both}, 9) = ''", True),
        ("selected-at(${both}, 'x') = ''", True),
        ("coalesce(${none}, ${two}) = 2", True),
        ("if(${two} = 2, 'x', 'y') = 'x'", True),
        ("if(${two} = 3, 1, 2) + 1 = 3", True),
        ("if(${two} = 3, 1, 'y') = 'y'", True),
        ("not(false())", True),
        ("boolean('false')", True),
        ("boolean('')", False),
        ("boolean(0)", False),
        ("boolean(number('x'))", False),
        ("boolean(2 = 2)", True),
        ("string-length('Kiến Xương') = 10", True),
        ("string-length(12) = 2", True),
        ("regex('abc', 'b')", False),
        ("regex('abc', '[a-c]+')", True),
        ("contains('abc', 'b') and starts-with('abc', 'a') and ends-with('abc', 'c')", True),
        ("substr('abcd', 1, 2) = 'b' and substr('abcd', -2) = 'cd' and substr('abcd', 'x') = ''", True),
        ("normalize-space('  a  b ') = 'a b'", True),
        ("concat(1, 'a', true()) = '1atrue'", True),
        ("string(1 = 2) = 'false'", True),
        ("string(0.1 + 0.2) = '0.3'", True),
        ("string(1 div 0) = 'Infinity' and string(-1 div 0) = '-Infinity' and string(0 div 0) = 'NaN'", True),
        ("7 mod 3 = 1 and -7 mod 3 = -1 and string(1 mod 0) = 'NaN'", True),
        ("int(3.7) = 3 and int(-3.7) = -3", True),
        ("round(2.5) = 3 and round(-2.5) = -2", True),
        ("floor(2.5) = 2 and ceiling(2.5) = 3 and abs(-2) = 2", True),
        ("string(floor(number('x'))) = 'NaN'", True),
        ("min(3, 1, 2) = 1 and max('2', '10') = 10", True),
        ("string(min('', 1)) = 'NaN' and string(max(1, '')) = 'NaN'", True),
        ("-${two} = -2 and - '3' + 4 = 1", True),
        ("number(true()) + (1 = 1) = 2", True),
        ("${two} * 2 div 4 - 1 = 0", True),
        ("today() > date('2026-11-22') and today() = date('2026-11-23')", True),
        ("today() - 1 = date('2026-11-22')", True),
        ("today() = (1 = 1)", True),
    ],
)
def test_what_expressions_mean(expression: str, truth: bool) -> None:
    values = {"two": "2", "four": "4", "dk": "dk", "both": "a b", "@today": "2026-11-23"}
    assert condition(expression)(values) is truth


@pytest.mark.parametrize(
    ("expression", "code", "detail"),
    [
        ("random() > 0.5", "forbidden_function", "random()"),
        ("uuid() = ''", "forbidden_function", "uuid()"),
        ("now() > 1", "forbidden_function", "now()"),
        ("pulldata('a', 'b', 'c', 'd') = 1", "forbidden_function", "pulldata()"),
        ("jr:itext('a') = 1", "forbidden_function", "jr:itext()"),
        ("${a}", "bare_reference", "${a}"),
        ("not(${a})", "bare_reference", "${a}"),
        ("${a} = true()", "bare_reference", "${a}"),
        ("1 = 1 or .", "bare_reference", "."),
        ("selected(${a})", "bad_xpath", "1: selected()"),
        ("true(1)", "bad_xpath", "1: true()"),
        ("min()", "bad_xpath", "1: min()"),
        ("if(1 = 1, 2)", "bad_xpath", "1: if()"),
        ("today(1) = 1", "bad_xpath", "1: today()"),
        ("date('x') = 1", "bad_xpath", "1: date()"),
        ("date(${a}) = 1", "bad_xpath", "1: date()"),
        ("string(today()) = ''", "bad_xpath", "today(), date()"),
        ("regex(${a}, '[')", "bad_xpath", "1: regex(): missing ]: ["),
        ("regex(${a}, ${b})", "bad_xpath", "1: regex()"),
        (
            "regex(${a}, '(x)\\1')",
            "bad_xpath",
            "1: regex(): invalid escape sequence: \\1",
        ),  # looking back: not in bounded time
        ("regex(${a}, '(?=x)x')", "bad_xpath", "1: regex(): invalid perl operator: (?="),
        ("regex(${a}, '((x{999}){999}){999}')", "bad_xpath", "1: regex(): invalid repetition size: {999}"),
        ("1 +", "bad_xpath", "4"),
    ],
)
def test_what_is_refused(expression: str, code: str, detail: str) -> None:
    with pytest.raises(XPathError) as fault:
        condition(expression)
    assert (fault.value.code, fault.value.detail) == (code, detail)


@pytest.mark.parametrize("pattern", ["(x+x+)+y", "(x|x|xx)*y", "x*x*x*x*x*x*y", "(x?){500}x{500}", "(.*)*[^x]"])
def test_no_pattern_holds_up_the_writer(pattern: str) -> None:
    """Python's own engine would not come back from these; a test that hangs fails."""
    assert not condition(f"regex(${{a}}, '{pattern}')")({"a": "x" * 5_000})


def test_patterns_know_vietnamese_letters() -> None:
    name = condition("regex(${a}, '\\p{Lu}\\p{Ll}+( \\p{Lu}\\p{Ll}*)+')")
    assert [name({"a": text}) for text in ("Nguyễn Ý", "nguyễn ý", "Nguyễn")] == [True, False, False]


def test_no_allowed_function_is_left_untried() -> None:
    tried = {mark.args[1][n][0] for mark in test_what_expressions_mean.pytestmark for n in range(len(mark.args[1]))}  # type: ignore[attr-defined]
    assert [name for name in FUNCTIONS if not any(f"{name}(" in expression for expression in tried)] == []


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2.0), (" -2.50 ", -2.5), (".5", 0.5), ("5.", 5.0), ("0", 0.0), ("007", 7.0)]
)
def test_numbers_are_plain_decimals(text: str, number: float) -> None:
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["", " ", "dk", "1e3", "inf", "nan", "1_000", "+1", "1,5", "٣", "--1", "."])
def test_everything_else_is_not_a_number(text: str) -> None:
    assert to_number(text) != to_number(text)


@pytest.mark.parametrize(("number", "text"), [(2.0, "2"), (-0.0, "0"), (1e20, "1" + "0" * 20), (0.25, "0.25")])
def test_numbers_as_text(number: float, text: str) -> None:
    assert to_text(number) == text


# --- second opinions ---

_ATOM = st.sampled_from(
    ["${a} <= 2", "${b} = 'x'", "${b} != 'x'", "${a} != 3", "${a} > ${c}", "${a} = ${b}", "${c} + 1 >= ${a}",
     "string-length(${b}) > 1", "contains(${b}, 'x')", "${c} mod 2 = 1", "-${c} < 0", "${a} * 2 = 4", "true()",
     "starts-with(${b}, 'x')", "concat(${a}, ${b}) = '2x'", "number(${a}) = 2", "${a} div ${c} < 2",
     "floor(${c} div 2) = 1", "${b} = ''"]
)  # fmt: skip
_EXPRESSION = st.recursive(
    _ATOM,
    lambda inner: st.one_of(
        st.builds("({} or {})".format, inner, inner),
        st.builds("{} and {}".format, inner, inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=6,
)
_ANSWERS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["", "1", "2", "3", "5", "dk"]),
        "b": st.sampled_from(["", "x", "xy", "2"]),
        "c": st.sampled_from(["", "1", "2", "4"]),
    }
)


@settings(max_examples=150)
@given(_EXPRESSION, _ANSWERS)
def test_elementpath_and_rxeval_agree(expression: str, answers: dict[str, str]) -> None:
    ours = condition(expression)(answers)
    assert elementpath_truth(expression, answers) in {ours, None}
    assert rxeval_value(expression, answers) == str(ours).lower()


@settings(max_examples=100)
@given(
    st.sampled_from(
        ["selected(${b}, 'x')", "count-selected(${b}) > 1", "coalesce(${a}, ${c}) = 2",
         "if(${a} = 2, ${b}, ${c}) = 'x'",
         "regex(${b}, '[xy]+')", "selected-at(${b}, 1) = 'y'", "min(${a}, ${c}) = 1", "max(${a}, ${c}) > 2",
         "int(${c}) = 4",
         "ends-with(${b}, 'y')", "substr(${b}, 1) = 'y'", "round(${c} div 4) = 1", "boolean(string(${b}))",
         "normalize-space(${b}) = 'x'", "abs(-${c}) = 2", "string(${c} div 4) = '0.5'", "ceiling(${c} div 4) = 1"]
    ),
    st.fixed_dictionaries(
        {
            "a": st.sampled_from(["", "1", "2", "dk"]),
            "b": st.sampled_from(["", "x", "x y", "xy"]),
            "c": st.sampled_from(["1", "2", "4"]),
        }
    ),
)  # fmt: skip
def test_rxeval_agrees_on_the_functions_of_xforms(expression: str, answers: dict[str, str]) -> None:
    assert rxeval_value(expression, answers) == str(condition(expression)(answers)).lower()


# --- a whole survey ---


def test_a_survey_without_conditions_costs_nothing() -> None:
    logic = CompiledLogic(survey(question("a", "text"), question("b", "text")))
    assert logic.relevant({}) is logic.relevant({"a": "x"})
    assert logic.relevant({}).shown == ("a", "b")


def test_an_answer_to_a_question_that_does_not_apply_counts_as_blank() -> None:
    form = survey(
        question("a", "text"),
        question("b", "text", relevant="${a} = 'x'"),
        question("c", "text", relevant="${b} = 'y'"),
    )
    assert logic_of(form).relevant({"a": "x", "b": "y"}).shown == ("a", "b", "c")
    assert logic_of(form).relevant({"a": "z", "b": "y"}).shown == ("a",)


def test_a_condition_that_fails_is_not_relevant_and_is_reported() -> None:
    form = survey(question("a", "text"), question("b", "text", relevant="today() > date('2026-01-01')"))
    failed = logic_of(form).relevant({})
    assert failed.shown == ("a",)
    assert failed.failed == (Failure("b", "KeyError: '@today'"),)
    assert logic_of(form).relevant({}, date(2026, 11, 23)).shown == ("a", "b")
    assert logic_of(form).relevant({}, date(2025, 11, 23)).shown == ("a",)


def test_constraints_judge_the_dot() -> None:
    logic = logic_of(small())
    assert logic.allows("trips", 3, {}) is True
    assert logic.allows("trips", 21, {}) is False
    assert logic.allows("comment", "x", {}) is True


def test_constraints_see_other_answers_of_every_kind() -> None:
    form = survey(
        question("n", "integer"),
        question("m", "text", constraint="string-length(.) <= ${n} and count-selected(${s}) = 2"),
        question("d", "text", constraint="today() > date('2026-01-01')"),
    )
    assert logic_of(form).allows("m", "abc", {"n": 3, "s": ("x", "y")}) is True
    assert logic_of(form).allows("m", "abcd", {"n": 3, "s": ("x", "y")}) is False
    assert logic_of(form).allows("d", "x", {}) is None
    assert logic_of(form).allows("d", "x", {}, date(2026, 11, 23)) is True


def test_logic_is_compiled_once_for_a_survey() -> None:
    assert logic_of(small()) is logic_of(small())
