"""The peers' form of 24 questions and their tables: every press is one row, durable by WAL and synchronous=FULL."""

QUESTIONS = 24
CHOICES = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng", "Không có ý kiến")
DURABLE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
TABLES = """
CREATE TABLE IF NOT EXISTS visitor (user_id INTEGER PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (
  user_id INTEGER NOT NULL, question INTEGER NOT NULL, choice INTEGER NOT NULL, update_id INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (user_id, question));
"""
VISIT = "INSERT INTO visitor VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET code = excluded.code"
ANSWER = """INSERT INTO answer VALUES (?, ?, ?, ?) ON CONFLICT (user_id, question)
            DO UPDATE SET choice = excluded.choice, update_id = excluded.update_id"""


def words(question: int) -> str:
    """The question's text."""
    return (
        f"Câu {question}/{QUESTIONS}. Ông/bà hài lòng với nội dung thứ {question} của lần giải quyết hồ sơ này không?"
    )


def buttons(question: int) -> list[tuple[str, str]]:
    """(label, callback_data) of the question's choices, one button a row, as on a phone."""
    return [(label, f"{question}:{number}") for number, label in enumerate(CHOICES, 1)]


def pressed(data: str) -> tuple[int, int]:
    """The question and the choice that a button bore."""
    question, _, choice = data.partition(":")
    return int(question), int(choice)


def after(question: int, choice: int) -> tuple[str, int]:
    """The bubble after an answer, and the question it asks; 0 when the form is over."""
    done = f"✓ Câu {question}: {CHOICES[choice - 1]}"
    if question == QUESTIONS:
        return f"{done}\n\nCảm ơn ông/bà.", 0
    return f"{done}\n\n{words(question + 1)}", question + 1
