"""What may be asked, and in which language it is answered."""

from __future__ import annotations

from configs.settings import ConsultSettings
from graphs.errors import QuestionRejected
from tools.text import clean, language_of


def accepted(question: str, settings: ConsultSettings) -> str:
    """Return the words of a question, cleaned.

    Raises:
        QuestionRejected: nothing to read, no text, or too much of it.
    """
    words = clean(question)
    strange = sum(char < " " and char not in "\t\r\n" for char in question)
    if max(question.count("\ufffd"), strange) > len(question) / 5:
        raise QuestionRejected("question_binary")
    if not words:
        raise QuestionRejected("question_empty")
    if len(words) > settings.max_question_chars:
        raise QuestionRejected("question_long", length=len(words), limit=settings.max_question_chars)
    return words


def language_for(words: str, language: str | None, settings: ConsultSettings) -> str:
    """Return the language of the answer: the one asked for, the profile's, or that of the words."""
    if language in ("zh", "en"):
        return language
    return language_of(words) if settings.language == "auto" else settings.language
