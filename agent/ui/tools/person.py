"""The chosen person as the checks read them: what is remembered, and nothing guessed."""

from __future__ import annotations

from agent.ui.layout import Page
from agent.wire.record import FactItem
from agent.wire.tools import PersonGiven

_MOST, _LONGEST = 60, 200


def person_given(page: Page, person: str) -> tuple[PersonGiven, list[FactItem]]:
    """Return what is remembered of a person in the shape of a form, and the facts themselves."""
    facts = [fact for fact in page.client.memory.facts(person) if fact.holds]
    single = {fact.kind: fact for fact in facts}
    denied = any(fact.kind == "allergy" and fact.status == "denied" for fact in page.client.memory.facts(person))
    allergies = _words(facts, "allergy")
    return PersonGiven(
        age=single["age"].amount / 12 if "age" in single and single["age"].amount is not None else None,
        sex=single["sex"].value if "sex" in single and single["sex"].value in ("male", "female") else None,
        allergies=allergies or (["none"] if denied else []),
        medications=_words(facts, "medication"),
        conditions=_words(facts, "condition"),
        pregnant=True if "pregnancy" in single else None,
        lactating=True if "lactation" in single else None,
    ), facts


def _words(facts: list[FactItem], kind: str) -> list[str]:
    return [(fact.words or fact.value)[:_LONGEST] for fact in facts if fact.kind == kind][:_MOST]
