"""Whom facts are about where the message leaves it open: asked where it matters, never guessed."""

from __future__ import annotations

from collections.abc import Sequence

from memory.extract import Reading, subject_after
from memory.facts import Fact

_MATTERS = frozenset({"allergy", "intolerance", "medication", "condition", "pregnancy", "lactation", "age", "weight"})
"""Kinds that the checks of drugs go by."""
_NOBODY = "nobody"


def attributed(reading: Reading, open_facts: Sequence[Fact], message: str) -> tuple[list[Fact], list[Fact]]:
    """Return the facts of a turn, and those of them whose subject the patient must be asked for.

    What an earlier message left open gets the person whom this one names. Where it names nobody the question has been passed over:
    these facts are kept under ``other``, where they can be seen and corrected, rather than lost.

    Args:
        reading: of this message.
        open_facts: what earlier turns left open.
        message: the patient's cleaned words.
    """
    named = subject_after(message, _NOBODY)
    answered = [fact.model_copy(update={"subject": "other" if named == _NOBODY else named}) for fact in open_facts]
    unsettled = [fact for fact in reading.facts if fact.subject == reading.subject and fact.kind in _MATTERS] if reading.unclear else []
    return [*answered, *reading.facts], unsettled
