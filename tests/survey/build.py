"""Small surveys for the tests of this folder, built by hand."""

from __future__ import annotations

from survey.model import Choice, Labels, Question, Survey

SCALE = tuple(
    Choice(name, {"vi": vi, "en": en}, score)
    for name, vi, en, score in (
        ("1", "Rất không hài lòng", "Very dissatisfied", 1),
        ("2", "Không hài lòng", "Dissatisfied", 2),
        ("3", "Bình thường", "Neutral", 3),
        ("4", "Hài lòng", "Satisfied", 4),
        ("5", "Rất hài lòng", "Very satisfied", 5),
        ("dk", "Không có ý kiến", "No opinion", None),
    )
)
YES_NO = (Choice("yes", {"vi": "Có", "en": "Yes"}), Choice("no", {"vi": "Không", "en": "No"}))
ON_TIME = tuple(
    Choice(name, {"vi": vi, "en": en})
    for name, vi, en in (
        ("early", "Sớm hơn hẹn", "Early"),
        ("ontime", "Đúng hẹn", "On time"),
        ("late", "Trễ hẹn", "Late"),
        ("none", "Chưa có kết quả", "No result yet"),
        ("refused", "Bị từ chối", "Refused"),
    )
)
CAUSES = tuple(
    Choice(name, {"vi": vi, "en": en})
    for name, vi, en in (
        ("wait", "Chờ lâu", "Long wait"),
        ("staff", "Thái độ, tác phong", "Attitude"),
        ("papers", "Giấy tờ rườm rà", "Too many papers"),
        ("dk", "Không có ý kiến", "No opinion"),
    )
)


def label(text: str) -> Labels:
    return {"vi": text, "en": text + " (en)"}


def scale(name: str, factor: str | None = None, **more: object) -> Question:
    return one(name, SCALE, factor=factor, **more)


def one(name: str, choices: tuple[Choice, ...], **more: object) -> Question:
    return question(name, "select_one", choices=choices, **more)


def question(name: str, kind: str, **more: object) -> Question:
    fields: dict[str, object] = {"name": name, "kind": kind, "label": label(name), "criterion": name.upper(), **more}
    return Question(**fields)  # type: ignore[arg-type]


def survey(*questions: Question, version: str = "1") -> Survey:
    return Survey("test", version, label("Test"), "vi", ("vi", "en"), questions)


def small() -> Survey:
    """Every kind, a branch that a later answer can close, a required question and a constraint."""
    return survey(
        scale("overall", "overall", required=True),
        one("ontime", ON_TIME),
        scale("result", "D", relevant="not(${ontime} = 'none' or ${ontime} = 'refused')"),
        one("sorry", YES_NO, relevant="${ontime} = 'late'"),
        question("why", "select_multiple", choices=CAUSES, relevant="${overall} <= 2 or ${result} <= 2"),
        question("about", "note"),
        question("trips", "integer", constraint=". >= 1 and . <= 20", constraint_message=label("1 đến 20")),
        question("comment", "text"),
    )
