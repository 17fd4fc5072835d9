"""Facts for the tests of the record."""

from __future__ import annotations

from typing import Any

from memory.facts import Fact


def at(number: int) -> str:
    return f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000000+00:00"


def said(value: str, number: int = 0, kind: str = "allergy", **more: Any) -> Fact:
    return Fact.model_validate({"kind": kind, "value": value, "quote": f"我对{value}", "turn": f"u{number}", "at": at(number), **more})
