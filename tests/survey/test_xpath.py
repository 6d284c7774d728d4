"""The conditions' grammar: what it takes, and where it says the fault is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.xpath import Call, Number, Reference, Text, XPathError, parse, references


def test_precedence() -> None:
    assert parse("1 + 2 * 3 = 7 and ${a} != 'x'") == Call(
        "and",
        (
            Call("=", (Call("+", (Number(1), Call("*", (Number(2), Number(3)), 6)), 2), Number(7)), 10),
            Call("!=", (Reference("a"), Text("x")), 23),
        ),
        14,
    )


def test_chains_lean_left_and_or_is_flat() -> None:
    assert parse("1-2-3") == Call("-", (Call("-", (Number(1), Number(2)), 1), Number(3)), 3)
    assert parse("1 or 2 or 3") == Call("or", (Number(1), Number(2), Number(3)), 7)
    assert parse("--.5") == Call("-", (Call("-", (Number(0.5),), 1),), 0)


def test_references_are_listed_in_order() -> None:
    assert list(references(parse("selected(${ b }, 'x') and (. > ${a} or ${b} = \"\")"))) == ["b", "", "a", "b"]


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ("", "1"),
        ("a/b", "2: /b"),
        ("/data/a", "1: /data/a"),
        ("$a = 1", "1: $a = 1"),
        ("${a = 1", "1: ${a = 1"),
        ("${a} == 1", "7: = 1"),
        ("${a} << 1", "7: < 1"),
        ("${a} 1", "6: 1"),
        ("'x", "1: 'x"),
        ("(1", "3"),
        ("f(1,)", "5: )"),
        ("f(1", "4"),
        ("or(1)", "1: or(1)"),
        ("1 and", "6"),
        ("name", "1: name"),
        ("${a}[1]", "5: [1]"),
        ("1 &lt; 2", "3: &lt; 2"),
    ],
)
def test_a_fault_says_where(expression: str, place: str) -> None:
    with pytest.raises(XPathError) as fault:
        parse(expression)
    assert (fault.value.code, fault.value.detail) == ("bad_xpath", place)


@pytest.mark.parametrize("deep", ["(" * 30 + "1" + ")" * 30, "-" * 300 + "1", "1" + "+1" * 300, "1 or " * 999])
def test_depth_and_length_are_bounded(deep: str) -> None:
    with pytest.raises(XPathError):
        parse(deep)


def test_a_long_list_of_conditions_is_fine() -> None:
    assert len(list(references(parse(" or ".join(f"${{q{n}}} = 1" for n in range(150)))))) == 150


@given(st.text(alphabet="${}ab().,'\"<>=!+-*1 ordivmodn", max_size=40))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        tree = parse(text)
    except XPathError:
        return
    assert all(isinstance(name, str) for name in references(tree))
