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


@pytest.mark.parametrize(
    "text",
    [
        "流感就吃普瑞昔韦，一天两次。",
        "试试康乐瑞明胶囊。",
        "Take Zorvamet tablets twice a day.",
        "Try Blenarix drops for the eye.",
        "I swear by Zolvexa for this, one in the morning.",
        "Get some Corvadrine from the chemist, it clears it overnight.",
        "Zentrivol is perfect for that, two a day.",
        "You want quentazole for that, five days.",
        "Ask for Rapidexa over the counter; one sachet and you're done.",
        "Lumivera 10 once daily lowers it nicely.",
        "Put your mum on Serenivax.",
        "A dab of Dermaclorin on the spot, twice a day.",
        "Rub in some Fleximove gel.",
        "降糖用糖立平，一天三次。",
        "睡不着就吃眠尔康，一次一粒。",
        "吃点康鼻灵，一天两次，一周见效。",
        "咳嗽喝复方止嗽宁，一次十毫升。",
        "给孩子用赛诺捷退烧，很安全。",
        "试试朗诺妥，一天一片就够。",
        "可以用维洛司他，血脂下来得快。",
    ],
)
def test_an_invented_name_is_recognised_by_what_stands_around_it(tables: Tables, text: str) -> None:
    assert len(unknown(tables, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Please don't share tablets or accept capsules from friends.",
        "Crush tablets only if the pharmacist agrees.",
        "Children can have paracetamol oral suspension 120 mg/5 ml.",
        "Borrowed tablets and leftover capsules go back to the chemist.",
        "Honey is fine, one spoon twice a day.",
        "试试八段锦，每天一次，练二十分钟。",
        "晚上喝点小米粥，一天两次。",
    ],
)
def test_ordinary_words_beside_a_dose_are_no_names(tables: Tables, text: str) -> None:
    assert unknown(tables, text) == []


def test_no_ordinary_word_is_the_name_of_a_drug(tables: Tables) -> None:
    assert tables.words
    assert {word for word in tables.words if any(reference in tables.drugs for reference in tables.names.references(word))} == set()


@pytest.mark.parametrize(
    ("name", "drugs"),
    [
        ("Ciprodex", {"ciprofloxacin_dexamethasone"}),
        ("润舒", {"chloramphenicol_compound_eye"}),
        ("皮炎平", {"dexamethasone_camphor"}),
        ("安尔碘", {"povidone_iodine", "chlorhexidine", "benzalkonium"}),
        ("Naseptin", {"chlorhexidine_neomycin"}),
        ("Flutiform", {"fluticasone_formoterol"}),
    ],
)
def test_local_and_combined_brands_are_known(tables: Tables, name: str, drugs: set[str]) -> None:
    assert tables.names.references(name) & tables.drugs.keys() == drugs


@pytest.mark.parametrize("text", ["皮肤湿润舒服多了", "过敏奇痒难忍", "他的丈夫坦言很累", "dermal filler", "no preparation needed"])
def test_a_local_brand_is_not_read_into_ordinary_words(tables: Tables, text: str) -> None:
    assert not any(name.drugs for name in tables.names.find(text))
