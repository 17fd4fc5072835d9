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


def test_advice_to_stop_a_prescribed_medicine_has_a_source(tables: Tables) -> None:
    findings = [f for f in check_advice(PatientProfile(), "降压药明天起停掉吧。", tables, "zh") if f.rule == "prescription.change"]
    assert findings
    assert findings[0].source in {str(policy.origin) for policy in tables.policies if policy.kind == "prescription"}


@pytest.mark.parametrize(
    ("sentence", "stopped"),
    [
        ("A cousin takes codeine for that and you could too.", True),
        ("我表哥就吃可待因，您也可以。", True),
        ("My cousin takes codeine; you can take paracetamol.", False),
        ("My cousin takes codeine and you should see a doctor.", False),
    ],
)
def test_what_another_person_takes_is_advice_where_the_reader_is_told_to_do_the_same(tables: Tables, sentence: str, stopped: bool) -> None:
    allergic = PatientProfile(allergies=(Known("可待因", frozenset({"codeine"})),))
    assert any(f.kind == "allergy" for f in check_advice(allergic, sentence, tables, "zh")) is stopped


def test_a_compound_liquorice_tablet_is_warned_of_once(tables: Tables) -> None:
    pressure = PatientProfile(conditions=(Known("高血压", frozenset({"condition:hypertension"})),))
    found = [f.rule for f in check_advice(pressure, "咳嗽可以吃复方甘草片。", tables, "zh") if f.kind == "contraindication"]
    assert found == ["contraindication.compound_licorice__hypertension"]


@pytest.mark.parametrize(("age", "severities"), [(24, {"contraindicated"}), (96, {"major"}), (480, set())])
def test_naphazoline_is_kept_from_small_children(tables: Tables, age: int, severities: set[str]) -> None:
    found = check_advice(PatientProfile(age_months=age), "可以用萘甲唑啉滴鼻液。", tables, "zh")
    assert {f.severity for f in found if f.kind == "contraindication"} == severities


@pytest.mark.parametrize(
    ("taken", "advised"),
    [("别嘌醇", "阿莫西林"), ("氢氯噻嗪", "赖诺普利"), ("格列齐特", "培哚普利"), ("普萘洛尔", "西酞普兰"), ("甘精胰岛素", "依那普利")],
)
def test_pairs_that_want_watching_are_warned_of_and_not_stopped(tables: Tables, taken: str, advised: str) -> None:
    person = PatientProfile(medications=(Known(taken, tables.names.references(taken)),))
    found = check_advice(person, f"可以吃{advised}。", tables, "zh")
    assert {f.severity for f in found if f.kind == "interaction"} == {"moderate"}
