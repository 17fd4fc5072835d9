"""Words that look like a drug and are in no table."""

from __future__ import annotations

import pytest

from tools.checks import check_question
from tools.profile import Known, PatientProfile
from tools.tables import Tables
from tools.text import clean
from tools.unknown import unknown_drugs


def unknown(tables: Tables, text: str) -> list[tuple[str, str]]:
    said = clean(text)
    return [(word.words, word.drug_class) for word in unknown_drugs(said, tables.names.find(said), tables)]


@pytest.mark.parametrize(
    ("text", "words", "drug_class"),
    [
        ("能吃拉鲁沙星吗？", "拉鲁沙星", "class:fluoroquinolones"),
        ("Can I take zabofloxacin?", "zabofloxacin", "class:fluoroquinolones"),
        ("He takes glenvastatin", "glenvastatin", "class:statins"),
    ],
)
def test_a_stem_tells_the_class_of_an_unknown_drug(tables: Tables, text: str, words: str, drug_class: str) -> None:
    assert not tables.names.references(words)
    found = unknown(tables, text)
    assert [found_class for _, found_class in found] == [drug_class]
    assert words.endswith(found[0][0])


@pytest.mark.parametrize("text", ["我吃了痹祺康宁胶囊", "Take Blortex 20 mg", "I took xylobrevin 50 mg", "口服康脉瑞宁片"])
def test_a_dosage_form_or_an_amount_tells_that_a_drug_is_meant(tables: Tables, text: str) -> None:
    assert len(unknown(tables, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "能吃布洛芬吗？",
        "Take ibuprofen 200 mg",
        "左氧氟沙星片",
        "阿托伐他汀钙片",
        "吃了一片药",
        "喝了一些水",
        "我吃了两片面包",
        "止痛片可以吃吗",
        "你好",
        "I have a headache",
        "Drink water 200 ml",
        "",
    ],
)
def test_known_drugs_and_ordinary_words_are_not_unknown(tables: Tables, text: str) -> None:
    assert unknown(tables, text) == []


@pytest.mark.parametrize("text", ["能吃拉鲁沙星吗？", "Can I take zabofloxacin?"])
def test_an_unknown_drug_is_said_to_be_unverified(tables: Tables, text: str) -> None:
    assert "unverified" in {
        finding.severity for finding in check_question(PatientProfile(), text, tables, "zh") if finding.kind == "unknown_drug"
    }


def test_an_unknown_drug_of_a_class_meets_the_allergy_to_the_class(tables: Tables) -> None:
    allergic = PatientProfile(allergies=(Known("喹诺酮", tables.names.references("喹诺酮")),))
    found = check_question(allergic, "能吃拉鲁沙星吗？", tables, "zh")
    assert ("allergy", "contraindicated") in {(finding.kind, finding.severity) for finding in found}


def test_a_medicine_that_nobody_knows_makes_what_is_asked_unverified(tables: Tables) -> None:
    profile = PatientProfile(medications=(Known("祖传秘方", frozenset()),))
    found = check_question(profile, "能吃布洛芬吗？", tables, "zh")
    assert [(f.kind, f.severity, f.with_) for f in found] == [("unknown_drug", "unverified", "祖传秘方")]


def test_no_two_unknown_words_overlap(tables: Tables) -> None:
    said = "我在吃拉鲁沙星片和痹祺康宁胶囊"
    spans = [(word.start, word.end) for word in unknown_drugs(said, tables.names.find(said), tables)]
    assert len(spans) == 2 and all(a[1] <= b[0] or b[1] <= a[0] for a, b in [(spans[0], spans[1])])
