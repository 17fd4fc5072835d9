"""Which department to go to."""

from __future__ import annotations

import pytest

from tools.departments import departments_for
from tools.profile import PatientProfile
from tools.tables import Tables

CASES = [
    ("胸闷心慌", "cardiology"),
    ("皮肤痒起疹子", "dermatology"),
    ("月经不调", "gynaecology"),
    ("牙疼", "dentistry"),
    ("耳鸣", "ent"),
    ("鼻塞", "ent"),
    ("尿频尿急", "urology"),
    ("胃痛反酸", "gastroenterology"),
    ("膝盖疼", "orthopaedics"),
    ("甲状腺结节", "endocrinology"),
    ("一直咳嗽有痰", "respiratory"),
    ("怀孕产检", "obstetrics"),
    ("失眠抑郁", "psychiatry"),
    ("骨折", "orthopaedics"),
    ("my tooth hurts", "dentistry"),
    ("I have a rash on my skin", "dermatology"),
    ("blurry vision", "ophthalmology"),
    ("I feel depressed", "psychiatry"),
    ("painful urination", "urology"),
    ("A COUGH for weeks", "respiratory"),
]


@pytest.mark.parametrize(("message", "department"), CASES)
def test_the_complaint_leads_to_its_department(tables: Tables, message: str, department: str) -> None:
    assert departments_for(message, tables)[0].id == department


@pytest.mark.parametrize("message", ["", "你好", "hello", "我不太舒服"])
def test_without_a_keyword_it_is_general_practice(tables: Tables, message: str) -> None:
    assert [department.id for department in departments_for(message, tables)] == ["general_practice"]


@pytest.mark.parametrize("message", ["牙疼", "胸闷心慌", "你好", "a cough"])
@pytest.mark.parametrize("months", [0, 24, 120])
def test_a_child_goes_to_paediatrics_first(tables: Tables, message: str, months: int) -> None:
    found = departments_for(message, tables, PatientProfile(age_months=months))
    assert found[0].id == "paediatrics"
    assert [d.id for d in found].count("paediatrics") == 1


def test_an_adult_is_not_sent_to_paediatrics(tables: Tables) -> None:
    found = departments_for("孩子都上班了，我最近咳嗽", tables, PatientProfile(age_months=600), limit=9)
    assert "paediatrics" not in [department.id for department in found]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_departments_than_asked_for(tables: Tables, limit: int) -> None:
    message = "牙疼 耳鸣 胃痛 膝盖疼 皮疹 咳嗽"
    assert len(departments_for(message, tables, limit=limit)) == limit


def test_more_keywords_come_first(tables: Tables) -> None:
    assert departments_for("牙疼，咳嗽，痰多，肺不舒服", tables)[0].id == "respiratory"
