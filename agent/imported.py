"""What is taken in from an exported document has to be such that everything which reads it later can."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from agent.wire.record import Feedback
from graphs.state import Answer, Change, TriageNote
from memory.errors import BadRecord
from memory.facts import Fact
from memory.transfer import ExportedRecord
from tools.findings import Finding

_LONGEST = 200


class StoredTurn(BaseModel):
    """What every stored turn has; whatever else it holds is kept as it is."""

    turn: str = Field(min_length=1, max_length=_LONGEST)
    at: str
    question: str
    answer: Answer
    subjects: list[str] = ["self"]
    findings: list[Finding] = []
    changes: list[Change] = []
    rounds: int = 0
    triage: TriageNote = TriageNote()
    feedback: Feedback | None = None


def check_import(record: ExportedRecord) -> None:
    """Look at every part of an exported record.

    Raises:
        BadRecord: something in it could not be read later; where it is, is said, and nothing of it is repeated.
    """
    for number, event in enumerate(record.events):
        _check(_is_time(event.at) and 0 < len(event.id) <= _LONGEST, f"events.{number}", "time")
        if event.fact is not None:
            _check(_is_sound(event.fact), f"events.{number}", "fact")
    for place, (thread, turns) in enumerate(record.threads.items()):
        _check(0 < len(thread) <= _LONGEST, f"threads.{place}", "name")
        for number, (key, turn) in enumerate(turns.items()):
            _check_turn(key, turn, f"threads.{place}.{number}")


def _check_turn(key: str, turn: dict[str, Any], where: str) -> None:
    try:
        json.dumps(turn, ensure_ascii=False, allow_nan=False).encode("utf-8")
        stored = StoredTurn.model_validate(turn)
    except ValidationError as error:
        raise BadRecord("record_invalid", where=where, reason=error.errors(include_input=False)[0]["type"]) from error
    except ValueError as error:  # half a character, or a number that is none
        raise BadRecord("record_invalid", where=where, reason="text") from error
    _check(_is_time(stored.at) and key == f"{stored.at}|{stored.turn}", where, "key")


def _is_sound(fact: Fact) -> bool:
    return (not fact.at or _is_time(fact.at)) and (fact.amount is None or math.isfinite(fact.amount)) and 0 < len(fact.subject) <= _LONGEST


def _is_time(said: str) -> bool:
    try:
        datetime.fromisoformat(said)
    except ValueError:
        return False
    return len(said) >= len("2026-01-01T00:00")


def _check(good: bool, where: str, reason: str) -> None:
    if not good:
        raise BadRecord("record_invalid", where=where, reason=reason)
