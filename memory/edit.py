"""A fact as its person corrects it in a list."""

from __future__ import annotations

import re
from typing import TypeVar

from memory.errors import EditRefused
from memory.facts import ANY, Fact, Status
from tools.measures import age_months, height_cm, weight_kg
from tools.tables import Tables
from tools.text import clean, fold

MAX_CHARS = 80
T = TypeVar("T")
_WIDEST = {"allergy": ("group:", "class:", "", "food:"), "intolerance": ("group:", "class:", "", "food:"), "condition": ("condition:",)}
_SEX = {"男": "male", "女": "female", "男性": "male", "女性": "female", "male": "male", "female": "female", "m": "male", "f": "female"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def restated(fact: Fact, tables: Tables, *, value: str | None = None, status: Status | None = None, detail: str | None = None) -> Fact:
    """Return a fact with another value, status or detail; what the value stands for is looked up anew.

    Raises:
        EditRefused: the value is empty, too long or no value of this kind.
    """
    update: dict[str, object] = {"extractor": "hand"}
    if status is not None:
        update["status"] = status
    if detail is not None:
        update |= {"detail": clean(detail)[:MAX_CHARS], "facets": {}, "severity": ""}
    if value is not None:
        words = clean(value)
        if not words or len(words) > MAX_CHARS or words == ANY:
            raise EditRefused("edit_refused", kind=fact.kind)
        update |= {"words": words, "quote": words, "span": None, **_valued(fact.kind, words, tables)}
    return fact.model_copy(update=update)


def _valued(kind: str, words: str, tables: Tables) -> dict[str, object]:
    folded = fold(words)
    if kind == "sex":
        return {"value": _known(_SEX.get(folded), kind)}
    if kind in ("weight", "height", "age"):
        read, unit = {"weight": (weight_kg, "kg"), "height": (height_cm, "cm"), "age": (age_months, "")}[kind]
        amount = read(folded) or (float(words) if _NUMBER.fullmatch(words) and unit else None)
        number = _known(amount, kind)
        return {"value": f"{number:g} {unit}" if unit else words, "amount": number}
    references = _references(kind, words, tables)
    category = ("food" if references and references[0].startswith("food:") else "drug" if references else "") if kind == "allergy" else ""
    return {"value": words, "references": references, "category": category}


def _known(value: T | None, kind: str) -> T:
    if value is None:
        raise EditRefused("edit_refused", kind=kind)
    return value


def _references(kind: str, words: str, tables: Tables) -> tuple[str, ...]:
    """Return the widest thing that the words name: for an allergy the group before the class before the drug."""
    found = tables.names.references(words)
    for prefix in _WIDEST.get(kind, ("",)):
        if some := sorted(r for r in found if (r.startswith(prefix) if prefix else ":" not in r)):
            return tuple(some)
    return ()
