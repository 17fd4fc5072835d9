"""How a sentence speaks of a drug."""

from __future__ import annotations

import pytest

from tools.mentions import mentions, permits
from tools.tables import Tables

ADVISED = """
阿莫西林|建议您服用阿莫西林。
阿莫西林|可以吃阿莫西林。
阿莫西林|放心吃阿莫西林。
阿莫西林|您照常吃阿莫西林。
阿莫西林|继续服用阿莫西林。
阿莫西林|不要停用阿莫西林。
阿莫西林|阿莫西林无需停用。
阿莫西林|别忘了吃阿莫西林。
阿莫西林|不能不吃阿莫西林。
阿莫西林|阿莫西林不在禁用之列。
阿莫西林|没有理由避免阿莫西林。
阿莫西林|没有阿莫西林的禁忌。
阿莫西林|您对青霉素过敏，但阿莫西林没问题。
阿莫西林|青霉素过敏不影响阿莫西林的使用。
阿莫西林|阿莫西林属于青霉素类，您可以服用。
阿莫西林|为避免感染加重，吃阿莫西林。
阿莫西林|不要担心，吃阿莫西林。
阿莫西林|不能耽误，用阿莫西林。
阿莫西林|不妨试试阿莫西林。
阿莫西林|不吃阿莫西林好不了。
阿莫西林|阿莫西林每日三次，不要超量。
阿莫西林|每天三次阿莫西林，不能漏。
阿莫西林|吃阿莫西林，不要喝酒。
布洛芬|布洛芬可以退烧。
布洛芬|不要漏服布洛芬。
布洛芬|布洛芬不必避免。
布洛芬|推荐布洛芬。
布洛芬|首选布洛芬。
布洛芬|饭后吃一片布洛芬就好。
布洛芬|虽然说明书写着不能用布洛芬，但您可以服用。
头孢|头孢也行，您试试。
氯雷他定|过敏可以吃氯雷他定。
氯雷他定|对付过敏，氯雷他定有效。
amoxicillin|Do not stop amoxicillin.
amoxicillin|You need not avoid amoxicillin.
amoxicillin|You are allergic to penicillin, but amoxicillin is fine for you.
amoxicillin|Amoxicillin is a penicillin that you can take.
amoxicillin|Your allergy to penicillin does not matter, take amoxicillin.
amoxicillin|Amoxicillin 500 mg three times a day, do not exceed it.
ibuprofen|Take ibuprofen after a meal.
ibuprofen|You can take ibuprofen.
ibuprofen|There is no need to avoid ibuprofen.
ibuprofen|Ibuprofen is not contraindicated.
ibuprofen|Don't skip ibuprofen.
ibuprofen|Never stop ibuprofen suddenly.
ibuprofen|Ibuprofen works well for this pain.
ibuprofen|I recommend ibuprofen.
loratadine|For your allergy, take loratadine.
loratadine|For allergic rhinitis, switch to loratadine.
"""

AVOIDED = """
阿莫西林|对青霉素过敏的人不能用阿莫西林。
阿莫西林|不能吃阿莫西林，请医生换用其他药物。
阿莫西林|切勿自行服用阿莫西林。
布洛芬|不要吃布洛芬。
布洛芬|别吃布洛芬。
布洛芬|请勿服用布洛芬。
布洛芬|避免使用布洛芬。
布洛芬|布洛芬禁用。
布洛芬|孕晚期禁用布洛芬。
布洛芬|布洛芬不适合您。
布洛芬|布洛芬应避免使用。
布洛芬|不推荐布洛芬。
布洛芬|胃溃疡患者慎用布洛芬。
喝酒|服药期间不要喝酒。
饮酒|吃头孢期间避免饮酒。
阿司匹林|正在吃华法林的人不要吃阿司匹林。
ibuprofen|Do not take ibuprofen.
ibuprofen|Avoid ibuprofen.
ibuprofen|You should not take ibuprofen.
ibuprofen|Ibuprofen is contraindicated.
ibuprofen|Ibuprofen should be avoided.
ibuprofen|Ibuprofen is not suitable for you.
ibuprofen|Never use ibuprofen with a stomach ulcer.
ibuprofen|You can't take ibuprofen.
ibuprofen|Stay away from ibuprofen.
ibuprofen|Stop taking ibuprofen.
alcohol|Avoid alcohol.
"""

ALLERGEN = """
青霉素|对青霉素过敏的人不能用阿莫西林。
青霉素|您对青霉素过敏，但阿莫西林没问题。
青霉素|对花粉、青霉素，头孢都过敏。
青霉素|记录显示您对青霉素过敏。
头孢|我对头孢过敏。
头孢|头孢过敏怎么办？
头孢|患者头孢皮试阳性。
头孢|对花粉、青霉素，头孢都过敏。
阿司匹林|阿司匹林引起过荨麻疹。
penicillin|You are allergic to penicillin.
penicillin|a penicillin allergy was recorded.
penicillin|People allergic to penicillin must not have amoxicillin.
penicillin|You are allergic to penicillin, but amoxicillin is fine for you.
sulfa|She had an anaphylactic reaction to sulfa.
"""

DESCRIBED = """
阿莫西林|青霉素类包括阿莫西林。
青霉素类|青霉素类包括阿莫西林。
阿莫西林|阿莫西林属于青霉素类。
华法林|正在服用华法林的人要定期抽血。
华法林|服用华法林的患者应当定期复查。
华法林|正在吃华法林的人不要吃阿司匹林。
amoxicillin|Amoxicillin is a penicillin.
amoxicillin|The penicillins include amoxicillin.
warfarin|People taking warfarin should have regular blood tests.
warfarin|Patients who take warfarin should avoid aspirin.
"""

CASES = [
    (*line.split("|"), stance)
    for stance, lines in (("advised", ADVISED), ("avoided", AVOIDED), ("allergen", ALLERGEN), ("described", DESCRIBED))
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize(("name", "sentence", "stance"), CASES)
def test_a_sentence_means_the_drug_in_one_way(tables: Tables, name: str, sentence: str, stance: str) -> None:
    meant = [mention.stance for mention in mentions(sentence, tables.names) if mention.name.words.lower() == name]
    assert meant == [stance]


def test_the_table_is_large_and_has_every_stance() -> None:
    assert len(CASES) >= 60
    assert {stance for _, _, stance in CASES} == {"advised", "avoided", "allergen", "described"}


def test_conditions_and_unknown_words_are_no_mentions(tables: Tables) -> None:
    assert list(mentions("高血压患者不要熬夜，qwertycillin 也一样。", tables.names)) == []


def test_a_mention_keeps_its_clause_and_its_words(tables: Tables) -> None:
    found = list(mentions("Take Advil, avoid aspirin.", tables.names))
    assert [(m.name.words, m.stance) for m in found] == [("Advil", "advised"), ("aspirin", "avoided")]
    assert all(m.name.words in m.clause for m in found)


@pytest.mark.parametrize(
    ("text", "lets"),
    [
        ("您可以服用。", True),
        ("放心吃。", True),
        ("You can take it.", True),
        ("It is safe to take.", True),
        ("不可以服用。", False),
        ("可以服用吗？", False),
        ("可以换用其他药物。", False),
        ("可以咨询医生。", False),
        ("You cannot take it.", False),
        ("You can take another medicine instead.", False),
        ("不要停药。", False),
        ("多喝水。", False),
    ],
)
def test_letting_somebody_take_something_is_noticed(text: str, lets: bool) -> None:
    assert permits(text) is lets
