"""What the operator may take out: every finished response, and every released figure."""

from bot.drawing.response_file import export_responses
from bot.drawing.score_file import export_scores

__all__ = ["export_responses", "export_scores"]
