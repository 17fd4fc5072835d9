"""What is wrong with a text for this patient?"""

from __future__ import annotations

import pytest

from tools.checks import check_advice, check_question
from tools.profile import Known, PatientProfile
from tools.tables import Tables

PENICILLIN = PatientProfile(allergies=(Known("青霉素", frozenset({"group:penicillins"})),))
WARFARIN = PatientProfile(medications=(Known("华法林", frozenset({"warfarin"})),))


@pytest.mark.parametrize(
    ("profile", "question", "kinds"),
    [
        (PENICILLIN, "能吃阿莫西林吗？", {"allergy"}),
        (PENICILLIN, "我对青霉素过敏，能吃阿莫西林吗？", {"allergy"}),
        (PENICILLIN, "Can I take amoxicillin?", {"allergy"}),
        (PENICILLIN, "我对青霉素过敏怎么办？", set()),
        (PENICILLIN, "能吃阿奇霉素吗？", set()),
        (WARFARIN, "头疼能吃布洛芬吗？", {"interaction"}),
        (WARFARIN, "Is Advil fine?", {"interaction"}),
        (WARFARIN, "能喝牛奶吗？", set()),
        (PatientProfile(), "华法林和布洛芬能一起吃吗", {"interaction"}),
        (PatientProfile(), "甲硝唑能喝酒吗", {"interaction"}),
        (PatientProfile(), "感康和泰诺一起吃行吗", {"duplicate"}),
        (PatientProfile(), "你好", set()),
    ],
)
def test_what_the_patient_asks_about_is_checked(tables: Tables, profile: PatientProfile, question: str, kinds: set[str]) -> None:
    assert {finding.kind for finding in check_question(profile, question, tables, "zh")} == kinds


@pytest.mark.parametrize(
    ("profile", "sentence", "kinds"),
    [
        (PENICILLIN, "建议您服用阿莫西林。", {"allergy"}),
        (PENICILLIN, "不要服用阿莫西林。", set()),
        (PENICILLIN, "青霉素类包括阿莫西林。", set()),
        (PENICILLIN, "不要停用阿莫西林。", {"allergy"}),
        (PENICILLIN, "Take amoxicillin after meals.", {"allergy"}),
        (PENICILLIN, "Avoid amoxicillin.", set()),
        (WARFARIN, "可以吃芬必得。", {"interaction"}),
        (WARFARIN, "不要吃芬必得。", set()),
        (PatientProfile(), "可以吃泰诺和感康。", {"duplicate"}),
        (PatientProfile(), "You can take warfarin with ibuprofen.", {"interaction"}),
    ],
)
def test_only_what_a_sentence_advises_is_checked(tables: Tables, profile: PatientProfile, sentence: str, kinds: set[str]) -> None:
    assert {finding.kind for finding in check_advice(profile, sentence, tables, "zh")} == kinds


def test_a_page_that_explains_an_interaction_is_no_advice(tables: Tables) -> None:
    assert check_advice(PatientProfile(), "华法林与布洛芬合用会增加出血。", tables, "zh") == []


def test_what_the_patient_takes_is_not_checked_against_itself_alone(tables: Tables) -> None:
    both = PatientProfile(medications=(Known("华法林", frozenset({"warfarin"})), Known("布洛芬", frozenset({"ibuprofen"}))))
    assert check_question(both, "能吃维生素C吗？", tables, "zh") == []


def test_the_worst_comes_first(tables: Tables) -> None:
    profile = PatientProfile(
        allergies=(Known("磺胺", frozenset({"group:sulfonamide_antibiotics"})),), medications=(Known("华法林", frozenset({"warfarin"})),)
    )
    found = check_question(profile, "复方磺胺甲噁唑和布洛芬能吃吗", tables, "zh")
    assert found[0].severity == "contraindicated" and len(found) >= 2
