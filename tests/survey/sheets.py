"""A small sound questionnaire in cells, and changes to it."""

from __future__ import annotations

from survey.faults import Fault
from survey.markdown import read_markdown
from survey.model import Survey
from survey.xlsform import read_survey

# ruff: noqa: E501 - a table row is one line

SOUND = """
## settings
| form_id | form_title | title_en | version | default_language |
|---|---|---|---|---|
| small | Nhỏ | Small | 1 | vi |

## factors
| name | label::Tiếng Việt (vi) | label::en |
|---|---|---|
| A | Tiếp cận | Access |

## survey
| type | name | label::Tiếng Việt (vi) | label::en | required | relevant | constraint | constraint_message::vi | calculation | factor | criterion | confidential |
|---|---|---|---|---|---|---|---|---|---|---|---|
| start | start | | | | | | | | | | |
| note | hello | Chào {you} | Hello | | | | | | | | |
| select_one scale | overall | Chung? | Overall? | yes | | | | | overall | | |
| select_one scale | seats | Chỗ ngồi? | Seats? | | | | | | A | A1 | |
| calculate | low | | | | | | | if(${overall} <= 2, 1, 0) | | | |
| begin_group | g | Nhóm | Group | | ${low} = 1 | | | | | | |
| select_multiple why | why | Vì sao? | Why? | | | | | | | | |
| text | more | Gì nữa? | What else? | | selected(${why}, 'wait') | | | | | | yes |
| end_group | | | | | | | | | | | |
| integer | trips | Mấy lần? | How often? | | | . >= 1 and . < 20 | Từ 1 đến 19 | | | | |

## choices
| list_name | name | label::Tiếng Việt (vi) | label::en | score |
|---|---|---|---|---|
| scale | 1 | Không | Bad | 1 |
| scale | 5 | Có | Good | 5 |
| scale | dk | Không biết | Unknown | |
| why | wait | Chờ | Wait | |
| why | cost | Tiền | Cost | |
"""

Grid = dict[str, list[list[str]]]


def sound() -> Grid:
    return read_markdown(SOUND)


def changed(*changes: tuple[str, str, str]) -> Grid:
    """SOUND with cells overwritten: ("survey!C4", "text") given as (sheet, place, text); the grid grows as needed."""
    grid = sound()
    for sheet, place, text in changes:
        column, row = ord(place[0]) - 65, int(place[1:]) - 1
        rows = grid.setdefault(sheet, [])
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = text
    return grid


def faults_of(cells: Grid, *, gate: bool = False) -> list[Fault]:
    result = read_survey(cells, gate=gate)
    return result if isinstance(result, list) else []


def survey_of(cells: Grid) -> Survey:
    result = read_survey(cells, gate=False)
    assert isinstance(result, Survey), result
    return result
