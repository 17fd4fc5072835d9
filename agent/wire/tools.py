"""Body mass index, drugs, checks, triage, departments."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.schema import Wire
from agent.wire.common import MAX_TEXT, Language, Request, Word
from tools.findings import Finding
from tools.persons import Person
from tools.records import Level


class PersonGiven(Person):
    """A person as a form describes them, in bounds that a check can read in time."""

    allergies: list[Word] = Field(default_factory=list, max_length=60)
    medications: list[Word] = Field(default_factory=list, max_length=60)
    conditions: list[Word] = Field(default_factory=list, max_length=60)


class BmiRequest(Request):
    """Height and weight of an adult."""

    height_cm: float = Field(allow_inf_nan=False, description="50 to 250 centimetres", examples=[170])
    weight_kg: float = Field(allow_inf_nan=False, description="2 to 400 kilograms", examples=[65.5])


class BmiBand(Wire):
    """One band of a standard, in kg/m²; ``until`` is ``null`` for the last."""

    standard: Literal["cn", "who"]
    name: str
    since: float
    until: float | None


class BmiResult(Wire):
    """A body mass index in kg/m², the band it falls into by the Chinese and by the WHO standard, and both in a sentence."""

    value: float
    height_cm: float
    weight_kg: float
    cn_band: str
    who_band: str
    bands: list[BmiBand] = Field(default_factory=list)
    """All bands of both standards, to be drawn."""
    text: str
    source: str


class DrugResult(Wire):
    """What the tables know of a drug, in the reader's language."""

    id: str
    name: str
    other_name: str
    classes: list[str]
    ingredients: list[str]
    rx: Literal["otc", "rx", "both"]
    use: str
    caution: str
    source: str
    year: int
    text: str


class CheckRequest(Request):
    """What to check for whom: a text, or names of drugs that are to be taken together; with both, the text only describes the person."""

    text: str = Field("", max_length=MAX_TEXT, examples=["我在吃华法林，能吃布洛芬吗？"])
    drugs: list[Word] = Field(default_factory=list, max_length=30, examples=[["华法林", "布洛芬"]])
    profile: PersonGiven = Field(default_factory=PersonGiven)
    language: Language | None = None


class CheckResult(Wire):
    """What was found, the worst first. ``verified`` is false where a part could not be checked: then an empty list would prove nothing."""

    findings: list[Finding]
    verified: bool
    label: str
    """That this is generated and no diagnosis; to be shown with it."""


class TriageRequest(Request):
    """Complaints in the person's own words."""

    text: str = Field(max_length=MAX_TEXT, examples=["突然胸口压着疼，出冷汗"])
    profile: PersonGiven = Field(default_factory=PersonGiven)
    language: Language | None = None


class TriageResult(Wire):
    """How urgent it is, by which rules, and where to go."""

    level: Level
    cn_level: str
    red_flag: bool
    rules: list[str]
    emergency: str
    advice: str
    department: str
    verified: bool
    """Whether every table that triage needs could be read."""
    label: str


class DepartmentItem(Wire):
    """A department of a hospital."""

    id: str
    name: str
    note: str
    source: str
