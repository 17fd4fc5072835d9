"""The tools over HTTP: the same answers as the scripts give, and no model anywhere."""

from __future__ import annotations

import httpx
import pytest

from agent.client import Client, Invalid, NotFound
from agent.wire.tools import PersonGiven
from configs.locales import text


def test_a_body_mass_index_comes_with_both_standards(caller: Client) -> None:
    found = caller.tools.bmi(170, 72)
    assert (found.value, found.cn_band, found.who_band) == (24.9, "over", "normal")
    assert "24.9" in found.text and "WS/T 428" in found.text


@pytest.mark.parametrize("height", ["1.7", "NaN", "Infinity", "-1", '"tall"', "null", "1e999"])
def test_a_height_that_is_none_is_refused_with_a_sentence(address: str, height: str) -> None:
    answer = httpx.post(
        f"{address}/v1/tools/bmi",
        content=f'{{"height_cm": {height}, "weight_kg": 65}}',
        headers={"content-type": "application/json", "accept-language": "en"},
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] and answer.json()["error"]["request_id"] == answer.headers["x-request-id"]


def test_a_drug_is_found_by_any_of_its_names_in_the_readers_language(caller: Client, address: str) -> None:
    assert caller.tools.drug("芬必得").name == "布洛芬"
    with Client(address, language="en") as english:
        found = english.tools.drug("芬必得")
        assert (found.name, found.other_name) == ("ibuprofen", "布洛芬") and found.text.isascii()


def test_an_unknown_drug_is_not_found_and_not_called_safe(caller: Client) -> None:
    with pytest.raises(NotFound) as caught:
        caller.tools.drug("仙丹九号")
    assert "未能核查" in str(caught.value.message("zh")) and caught.value.code == "unknown_drug"


def test_drugs_are_checked_against_each_other_and_against_the_person(caller: Client) -> None:
    together = caller.tools.check(drugs=["华法林", "布洛芬"])
    assert [(found.kind, found.severity) for found in together.findings] == [("interaction", "major")] and together.verified
    allergic = caller.tools.check(drugs=["阿莫西林"], profile=PersonGiven(allergies=["青霉素"]))
    assert allergic.findings[0].kind == "allergy" and allergic.label == text("zh", "label.disclaimer")
    told = caller.tools.check("我对青霉素过敏，能吃阿莫西林吗？")
    assert told.findings[0].rule == allergic.findings[0].rule


def test_what_could_not_be_checked_is_not_the_same_as_nothing_found(caller: Client) -> None:
    nothing = caller.tools.check(drugs=["维生素C"])
    assert nothing.findings == [] and nothing.verified
    for name in ("泽布拉诺片", "仙丹九号片", "qwertzol", "祖传秘方"):
        unknown = caller.tools.check(drugs=["布洛芬", name])
        assert not unknown.verified and len([one for one in unknown.findings if one.drug in name]) == 1


def test_a_check_of_nothing_and_a_misspelt_key_are_refused(caller: Client, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        caller.tools.check("  ")
    assert caught.value.code == "nothing_to_check"
    answer = httpx.post(f"{address}/v1/tools/check", json={"text": "布洛芬", "profile": {"alergies": ["青霉素"]}})
    assert answer.status_code == 422 and "alergies" in answer.json()["error"]["message"]
    assert "青霉素" not in answer.text


def test_triage_knows_an_emergency_and_where_to_go(caller: Client) -> None:
    found = caller.tools.triage("突然胸口压着疼，出冷汗")
    assert found.level == "emergency" and found.red_flag and "120" in found.advice and found.verified
    calm = caller.tools.triage("I have had a runny nose since yesterday", language="en")
    assert calm.level in ("selfcare", "routine") and calm.department.isascii()


def test_the_language_asked_for_wins_over_that_of_the_words(caller: Client) -> None:
    assert caller.tools.triage("突然胸口压着疼，出冷汗", language="en").department.isascii()


def test_departments_fit_the_complaint_and_the_child(caller: Client) -> None:
    assert caller.tools.departments("膝盖疼，走路一瘸一拐")[0].name
    child = caller.tools.departments("发烧咳嗽", profile=PersonGiven(age=3))
    assert child[0].name == "儿科"
    assert {one.id for one in child} <= {one.id for one in caller.tools.all_departments()}
