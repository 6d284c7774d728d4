"""What can be wrong with a questionnaire file: a place and a code; the sentences stand in the text catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: `row` counts from 1 as Excel does, `column` is Excel's letter, `detail` quotes what is meant."""

    sheet: str
    row: int
    column: str
    code: str
    detail: str = ""


FAULT_CODES = frozenset(
    {
        # the file and its sheets
        "bad_file", "too_big", "missing_sheet", "unknown_sheet", "unknown_column", "unsupported_column",
        "duplicate_column", "missing_column", "empty_survey", "pyxform",
        # settings
        "missing_setting", "bad_setting", "bad_language",
        # questions
        "unknown_type", "bad_name", "missing_name", "duplicate_name", "missing_label", "too_long",
        "unknown_placeholder", "bad_yes_no", "unknown_list", "group_not_closed", "group_not_open",
        "constraint_without_message", "missing_calculation",
        # what is counted
        "unknown_factor", "factor_without_scores", "no_overall", "many_overall", "bad_criterion",
        "duplicate_criterion", "rotated_wrongly", "bad_rotate",
        # choices
        "duplicate_choice", "duplicate_label", "bad_score", "duplicate_score",
        "too_many_choices",
        # conditions
        "bad_xpath", "forbidden_function", "bare_reference", "unknown_reference", "later_reference", "unknown_choice",
    }
)  # fmt: skip
