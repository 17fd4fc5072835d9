"""One drug under two names."""

from __future__ import annotations

import pytest

from tools.checks import check
from tools.persons import Person
from tools.tables import Tables
from tools.text import language_of

TWICE = [
    ("代文", "", "再加一片缬沙坦，压得更快。"),
    ("Advil", "", "Nurofen will take the edge off that headache."),
    ("泰诺", "", "散利痛来一片，头疼马上好。"),
    ("Tylenol", "", "A couple of Panadol should shift that headache."),
    ("芬必得", "", "布洛芬缓释胶囊也来一粒，止疼更强。"),
    ("Lipitor", "", "Add atorvastatin 20 mg at night."),
    ("Panadol", "", "Lemsip Max three times a day will get you through this cold."),
    ("Panadol", "", "Beechams All-in-One is your best bet tonight."),
    ("paracetamol", "", "Night Nurse at bedtime and you'll sleep through it."),
    ("Advil", "", "For the period pain, Feminax Ultra or Nurofen Express every six hours."),
    ("Advil", "", "Grab some Nurofen from the petrol station."),
    ("Nurofen", "", "Brufen 400 mg with breakfast, lunch and dinner."),
    ("Tylenol", "", "NyQuil before bed, DayQuil in the morning."),
    ("Tylenol", "", "Excedrin is great for that sort of head."),
    ("co-codamol", "", "Panadol Extra every four hours should help with the back."),
    ("Zyrtec", "", "Reactine or Piriteze once a day keeps the sneezing down."),
    ("Claritin", "", "Clarityn is what I take, one in the morning."),
    ("Benadryl", "", "Unisom SleepGels or Nytol tonight."),
    ("Zantac", "", "Pepcid and famotidine together will calm the acid."),
    ("Losec", "", "Prilosec OTC for two weeks sorts the reflux."),
    ("Ventolin, Lipitor", "", "Sortis 20 mg at night brings the cholesterol down further."),
    ("", "", "Take Tylenol and Panadol together for a stronger effect."),
    ("", "", "Two Nurofen now and an Advil in between should hold it."),
    ("", "", "Alternate Calpol with Tylenol every two hours."),
    ("", "", "Give Calpol, then top up with Medised at bedtime."),
    ("", "", "Lemsip by day, Night Nurse by night, and two paracetamol whenever your head hurts."),
    ("", "", "Use Voltarol tablets along with diclofenac suppositories."),
    ("Seroxat", "", "Paxil CR would lift your mood."),
    ("Zoloft", "", "Lustral 50 mg is worth trying."),
    ("泰诺", "", "必理通一次两片，睡前吃。"),
    ("泰诺林", "", "发烧就吃百服宁，六小时一次。"),
    ("散利痛", "", "感冒灵颗粒一天三包，冲着喝。"),
    ("芬必得", "", "美林来一勺，退烧快。"),
    ("芬必得", "", "晚上吃一粒布洛芬缓释胶囊，明早就不疼。"),
    ("", "", "快克和白加黑一起吃，好得快。"),
    ("", "", "感康一片，泰诺一片，早晚各一次。"),
    ("", "", "999感冒灵配维C银翘片，双管齐下。"),
    ("开瑞坦", "", "氯雷他定睡前一片。"),
    ("络活喜", "", "安内真每天一片，降压稳。"),
    ("拜新同", "", "硝苯地平控释片每天再来一片。"),
    ("拜阿司匹灵", "", "脑心通不够，加上阿司匹林肠溶片。"),
]
"""What is taken, what is not tolerated, and what adds the same under another name."""
KEPT = [
    ("代文", "", "缬沙坦请继续按原剂量吃，早上一片。"),
    ("立普妥", "", "阿托伐他汀照常吃，每晚一片。"),
    ("Lipitor", "", "Keep taking your atorvastatin every night as usual."),
    ("Norvasc", "", "Your amlodipine can stay as it is; take it each morning."),
    ("格华止", "", "二甲双胍随餐吃，不用换药。"),
    ("Tylenol", "", "Your Tylenol is paracetamol, the same thing as Panadol, so keep to eight tablets a day in total."),
    ("Lipitor", "", "Atorvastatin is best taken at the same time each evening, as you already do."),
    ("立普妥", "", "阿托伐他汀每晚一片，按原来的量吃，别自己停。"),
    ("络活喜", "", "氨氯地平按时吃，血压记下来带给医生看。"),
    ("Ventolin", "", "Use your salbutamol inhaler as your action plan says."),
    ("Synthroid", "", "Levothyroxine works best on an empty stomach, half an hour before breakfast."),
    ("Nurofen", "", "Nurofen and Advil are the same ingredient, so never take both."),
    ("优甲乐", "", "左甲状腺素钠片早上空腹吃，和早餐隔半小时。"),
    ("拜阿司匹灵", "", "阿司匹林肠溶片饭前吃，不要嚼碎。"),
    ("二甲双胍", "", "做增强CT之前要把二甲双胍的事告诉放射科，由他们决定停不停。"),
]
"""The same, and what only says how to go on with it."""


def stopped(medicine: str, allergy: str, text: str, tables: Tables) -> bool:
    person = Person(medications=[m for m in medicine.split(", ") if m], allergies=[allergy] if allergy else [])
    return any(finding.stops for finding in check(person.profile(tables), text, tables, language_of(text)))


@pytest.mark.parametrize(("medicine", "allergy", "text"), TWICE)
def test_the_same_drug_under_another_name_is_stopped(medicine: str, allergy: str, text: str, tables: Tables) -> None:
    assert stopped(medicine, allergy, text, tables)


@pytest.mark.parametrize(("medicine", "allergy", "text"), KEPT)
def test_what_is_taken_already_may_be_called_by_another_name(medicine: str, allergy: str, text: str, tables: Tables) -> None:
    assert not stopped(medicine, allergy, text, tables)
