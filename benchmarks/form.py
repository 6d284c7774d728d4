"""The benchmark's questionnaire as an XLSForm: 22 questions; with consent and sending, 24 taps."""

from pathlib import Path

QUESTIONS = 22
LEVELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
LEVELS_ENGLISH = ("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied")
FACTORS = "ABCDE"
LABELS = ("label::Tiếng Việt (vi)", "label::English (en)")


def write_form(path: Path) -> None:
    """Write the workbook."""
    from openpyxl import Workbook

    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(("type", "name", *LABELS, "required", "factor"))
    for number in range(1, QUESTIONS + 1):
        labels = (f"Ông/bà hài lòng với nội dung thứ {number} không?", f"Are you satisfied with item {number}?")
        survey.append(
            ("select_one level", f"q{number:02d}", *labels, "yes", FACTORS[number % 5] if number > 1 else "overall")
        )
    choices = book.create_sheet("choices")
    choices.append(("list_name", "name", *LABELS, "score"))
    for value, labels in enumerate(zip(LEVELS, LEVELS_ENGLISH, strict=True), 1):
        choices.append(("level", str(value), *labels, value))
    factors = book.create_sheet("factors")
    factors.append(("name", *LABELS))
    for letter in FACTORS:
        factors.append((letter, f"Nhóm {letter}", f"Factor {letter}"))
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id", "version", "default_language"))
    settings.append(("Benchmark", "benchmark-24", "1", "Tiếng Việt (vi)"))
    book.save(path)
