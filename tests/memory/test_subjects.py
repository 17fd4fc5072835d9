"""Who a clause is about."""

from __future__ import annotations

import pytest

from tools.subjects import subject_of

CASES = [
    ("我妈胸口疼", "mother"),
    ("妈妈发烧", "mother"),
    ("我爸高血压", "father"),
    ("奶奶摔了一跤", "grandmother"),
    ("姥爷咳嗽", "grandfather"),
    ("我女儿过敏", "daughter"),
    ("儿子发烧", "son"),
    ("我家宝宝吐奶", "child"),
    ("老公头疼", "husband"),
    ("我老婆怀孕了", "wife"),
    ("我姐对海鲜过敏", "sister"),
    ("同事感冒了", "friend"),
    ("我头疼", "self"),
    ("本人男", "self"),
    ("我给孩子吃了布洛芬", "child"),
    ("我怀孕了", "self"),
    ("my mother is dizzy", "mother"),
    ("our baby has a fever", "child"),
    ("my wife is pregnant", "wife"),
    ("i have a headache", "self"),
    ("i gave my son ibuprofen", "son"),
    ("my friend fainted", "friend"),
]


@pytest.mark.parametrize(("clause", "who"), CASES)
def test_a_clause_names_its_person(clause: str, who: str) -> None:
    assert subject_of(clause, "nobody") == who


@pytest.mark.parametrize("clause", ["发烧三天", "has a fever", "", "对青霉素过敏"])
@pytest.mark.parametrize("before", ["self", "mother", "child"])
def test_without_a_person_it_is_the_one_before(clause: str, before: str) -> None:
    assert subject_of(clause, before) == before
