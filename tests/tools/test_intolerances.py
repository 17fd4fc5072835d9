"""Does a drug meet something that was not borne?"""

from __future__ import annotations

import pytest

from tools.checks import check, known
from tools.profile import PatientProfile
from tools.tables import Tables


def intolerant(tables: Tables, *words: str) -> PatientProfile:
    return PatientProfile(intolerances=known(words, tables))


@pytest.mark.parametrize(
    ("words", "asked", "language"),
    [("布洛芬", "头痛能吃芬必得吗？", "zh"), ("codeine", "Can I take co-codamol?", "en"), ("他汀", "可以吃阿托伐他汀吗？", "zh")],
)
def test_what_was_not_borne_is_a_caution_and_no_allergy(tables: Tables, words: str, asked: str, language: str) -> None:
    found = check(intolerant(tables, words), asked, tables, language, asked=True)
    ours = [finding for finding in found if finding.kind == "intolerance"]
    assert ours and ours[0].severity == "moderate" and words in ours[0].reason
    assert not any(finding.kind == "allergy" for finding in found)


def test_other_drugs_are_left_alone(tables: Tables) -> None:
    found = check(intolerant(tables, "ramipril"), "Can I take losartan?", tables, "en", asked=True)
    assert not any(finding.kind == "intolerance" for finding in found)
