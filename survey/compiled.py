"""A tree of `xpath` made into plain Python closures, typed once so that nothing is looked up when it runs.

Running an expression costs a few microseconds; walking elementpath's tokens took 280 for one that names 23 questions.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from survey.functions import FUNCTIONS, Type, to_number, to_text
from survey.xpath import Call, Number, Reference, Text, Tree, XPathError, parse

TODAY: Final = "@today"
"""The key under which the values hold today's date (ISO); without it today() fails."""
MAX_PATTERN = 200
"""Longest pattern of regex(), in characters."""

Values = Mapping[str, str]
"""Answers as XForms writes them, by question name; "" holds the value that a constraint judges."""
Run = Callable[[Values], Any]


class Code(NamedTuple):
    """What runs, and the type it gives; `name` is set for a bare ${name}."""

    gives: Type
    run: Run
    name: str | None = None


def condition(expression: str) -> Callable[[Values], bool]:
    """The truth of `expression` over given values; raises XPathError when it is not one we allow."""
    return _boolean(_compile(parse(expression)))


def _compile(tree: Tree) -> Code:
    match tree:
        case Number(value):
            return Code("number", lambda _: value)
        case Text(text):
            return Code("text", lambda _: text)
        case Reference(name):
            return Code("text", lambda values: values.get(name, ""), name)
        case Call():
            return _call(tree)


def _call(call: Call) -> Code:
    match call:
        case Call(name, operands) if name in _CONNECTIVES:
            return _CONNECTIVES[name]([_boolean(_compile(operand)) for operand in operands])
        case Call(name, (left, right)) if name in _COMPARISONS:
            return _comparison(name, _compile(left), _compile(right))
        case Call("-", (operand,)):
            number = _number(_compile(operand))
            return Code("number", lambda values: -number(values))
        case Call(name, (left, right)) if name in _ARITHMETIC:
            return _binary("number", _ARITHMETIC[name], _number(_compile(left)), _number(_compile(right)))
        case Call(name, operands) if name in _SPECIAL:
            return _SPECIAL[name](call, operands)
    return _function(call)


def _function(call: Call) -> Code:
    function = FUNCTIONS.get(call.name)
    if function is None:
        raise XPathError("forbidden_function", f"{call.name}()")
    if not function.fits(len(call.operands)):
        raise _unfit(call)
    takes = function.takes + function.takes[-1:] * len(call.operands)
    runs = [_CONVERT[needed](_compile(operand)) for needed, operand in zip(takes, call.operands, strict=False)]
    run = function.run
    return Code(function.gives, lambda values: run(*[operand(values) for operand in runs]))


def _unfit(call: Call, why: str = "") -> XPathError:
    return XPathError("bad_xpath", f"{call.at + 1}: {call.name}()" + (f": {why}" if why else ""))


# --- conversions, chosen while compiling ---


def _boolean(code: Code) -> Callable[[Values], bool]:
    if code.name is not None:  # XPath says true even for an empty answer: never what the author means
        raise XPathError("bare_reference", f"${{{code.name}}}" if code.name else ".")
    run = code.run
    if code.gives == "boolean":
        return run
    if code.gives == "text":
        return lambda values: run(values) != ""
    return lambda values: bool(number := run(values)) and not math.isnan(number)


def _number(code: Code) -> Callable[[Values], float]:
    run, name = code.run, code.name
    if name is not None:  # the commonest operand, one call shorter
        return lambda values: to_number(values.get(name, ""))
    if code.gives == "text":
        return lambda values: to_number(run(values))
    if code.gives == "boolean":
        return lambda values: float(run(values))
    return run


def _text(code: Code) -> Callable[[Values], str]:
    run = code.run
    match code.gives:
        case "text":
            return run
        case "number":
            return lambda values: to_text(run(values))
        case "boolean":
            return lambda values: "true" if run(values) else "false"
        case "day":
            raise XPathError("bad_xpath", "today(), date()")


_CONVERT: dict[Type, Callable[[Code], Run]] = {"boolean": _boolean, "number": _number, "text": _text, "day": _number}

# --- operators ---


def _any(tests: list[Callable[[Values], bool]]) -> Code:
    def run(values: Values) -> bool:
        for test in tests:  # noqa: SIM110 - a plain loop is twice as fast as any() over a generator
            if test(values):
                return True
        return False

    return Code("boolean", run)


def _all(tests: list[Callable[[Values], bool]]) -> Code:
    def run(values: Values) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if not test(values):
                return False
        return True

    return Code("boolean", run)


def _binary(gives: Type, work: Callable[[Any, Any], Any], left: Run, right: Run) -> Code:
    return Code(gives, lambda values: work(left(values), right(values)))


def _comparison(name: str, left: Code, right: Code) -> Code:
    """XPath 1.0, section 3.4: = and != by booleans, else numbers, else texts; the others always by numbers."""
    kinds = {left.gives, right.gives}
    if name not in {"=", "!="} or (kinds & {"number", "day"} and "boolean" not in kinds):
        convert: Callable[[Code], Run] = _number
    else:
        convert = _boolean if "boolean" in kinds else _text
    return _binary("boolean", _COMPARISONS[name], convert(left), convert(right))


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if not left or math.isnan(left) else math.copysign(math.inf, left)


def _remainder(left: float, right: float) -> float:
    return math.fmod(left, right) if right and math.isfinite(left) else math.nan


_CONNECTIVES = {"or": _any, "and": _all}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "div": _divide, "mod": _remainder,
}  # fmt: skip

# --- functions that need more than values ---


def _if(call: Call, operands: tuple[Tree, ...]) -> Code:
    if len(operands) != 3:
        raise _unfit(call)
    test, yes, no = (_compile(operand) for operand in operands)
    gives: Type = yes.gives if yes.gives == no.gives else "text"
    truth, run_yes, run_no = _boolean(test), _CONVERT[gives](yes), _CONVERT[gives](no)
    return Code(gives, lambda values: run_yes(values) if truth(values) else run_no(values))


def _regex(call: Call, operands: tuple[Tree, ...]) -> Code:
    """The whole text must match, as in ODK; the pattern is written out, so that it is checked with the form.

    RE2 takes time in proportion to the text, whatever the pattern: a citizen's turn stands in the one writer, where
    Python's own `re` tries `(a+)+b` for ever.
    """
    match operands:
        case (subject, Text(pattern)) if len(pattern) <= MAX_PATTERN:
            import re2

            options = re2.Options()
            options.log_errors = False  # they are raised, too
            try:
                matches = re2.compile(pattern, options).fullmatch
            except re2.error as error:
                raise _unfit(call, error.args[0].decode("utf-8", "replace")) from error
            text = _text(_compile(subject))
            return Code("boolean", lambda values: matches(text(values)) is not None)
    raise _unfit(call)


def _today(call: Call, operands: tuple[Tree, ...]) -> Code:
    if operands:
        raise _unfit(call)
    return Code("day", lambda values: _day(values[TODAY]))


def _date(call: Call, operands: tuple[Tree, ...]) -> Code:
    match operands:
        case (Text(text),):
            try:
                day = _day(text)
            except ValueError as error:
                raise _unfit(call) from error
            return Code("day", lambda _: day)
    raise _unfit(call)


def _day(iso: str) -> float:
    return float(date.fromisoformat(iso).toordinal() - _EPOCH)


_EPOCH = date(1970, 1, 1).toordinal()
_SPECIAL: dict[str, Callable[[Call, tuple[Tree, ...]], Code]] = {
    "if": _if, "regex": _regex, "today": _today, "date": _date,
}  # fmt: skip
