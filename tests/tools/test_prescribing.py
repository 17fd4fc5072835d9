"""What only a prescriber may advise, in both languages, and what looks like it and is harmless."""

from __future__ import annotations

import pytest

from tools.checks import check_advice
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clean, language_of

ADULT = PatientProfile(age_months=40 * 12)


def rules(tables: Tables, text: str) -> list[str]:
    return [f.rule for f in check_advice(ADULT, clean(text), tables, language_of(text)) if f.kind == "prescription" and f.stops]


@pytest.mark.parametrize(
    "text",
    [
        "血压稳了，缬沙坦可以停了。",
        "你自己把美托洛尔减半试试。",
        "二甲双胍从今天起多吃一片。",
        "情绪好了，帕罗西汀不用再吃了。",
        "直接把华法林换成利伐沙班。",
        "你可以隔天吃一次瑞舒伐他汀。",
        "胰岛素自己加四个单位。",
        "波立维别吃了，伤胃。",
        "自己去药店买点左氧氟沙星吃。",
        "拉莫三嗪你把晚上那次省掉吧。",
        "不用问医生，氨氯地平自己加一片。",
        "You can stop your lisinopril now that the readings are normal.",
        "Double your metformin tonight.",
        "Skip your warfarin for a couple of days.",
        "Why not swap your ramipril for losartan?",
        "You don't need to keep taking clopidogrel.",
        "Throw away the quetiapine and sleep naturally.",
        "Go back on your old paroxetine.",
        "Your lamotrigine makes you foggy. Stop it.",
        "Feeling dizzy on perindopril? Leave it out for a month and see.",
        "Take half of your sister's alprazolam.",
        "Without bothering your GP, reduce the amlodipine.",
    ],
)
def test_nobody_but_a_doctor_changes_a_prescription(tables: Tables, text: str) -> None:
    assert "prescription.change" in rules(tables, text)


@pytest.mark.parametrize(
    "text",
    [
        "喉咙痛，你去买罗红霉素，一次 150 毫克，一天两次。",
        "睡不着就来半片氯硝西泮。",
        "从明天起氯氮平加到每天 200 毫克。",
        "Take ciprofloxacin 500 mg twice a day for three days.",
        "Start amitriptyline 25 mg at night.",
        "There's gabapentin in the drawer, 300 mg three times a day helps.",
    ],
)
def test_a_personal_dose_of_a_prescription_drug_reads_like_a_prescription(tables: Tables, text: str) -> None:
    assert "prescription.dose" in rules(tables, text)


@pytest.mark.parametrize(
    "text",
    [
        "不要突然停用美托洛尔。",
        "调整华法林剂量前请先问医生。",
        "医生给您开的缬沙坦，照常服用。",
        "华法林漏服一次，当天想起就补，不要加倍。",
        "您的心内科医生已经把比索洛尔减半了。",
        "左甲状腺素成人常用剂量为每天50到100微克，遵医嘱。",
        "突然停帕罗西汀会头晕。",
        "要不要停阿司匹林？",
        "上周医生停了氯吡格雷。",
        "哮喘发作时马上吸沙丁胺醇，按行动计划做。",
        "胸痛时舌下含一片硝酸甘油，并拨打120。",
        "服用辛伐他汀时不要喝西柚汁。",
        "吃药后出现皮疹，立即停用阿莫西林并就医。",
        "他汀能降低风险，病人不要因为指标正常就自行停药。",
        "Do not stop bisoprolol suddenly.",
        "Ask your doctor before changing metoprolol.",
        "Your cardiologist has halved your bisoprolol.",
        "Keep taking ramipril as prescribed.",
        "If you miss a dose of warfarin, take it the same day and do not double up.",
        "Stopping sertraline suddenly can cause dizziness.",
        "Should I stop my lisinopril?",
        "She stopped metformin last year.",
        "The usual adult dose of amlodipine is 5 to 10 mg once daily.",
        "Use your blue salbutamol inhaler, up to 10 puffs, and call 911.",
        "Spray GTN under your tongue once and call 999.",
        "Skip the grapefruit if you take atorvastatin.",
        "Grapefruit can raise simvastatin levels.",
        "Reduce salt while you take losartan.",
        "Before you stop citalopram, talk to the prescriber.",
    ],
)
def test_a_warning_a_report_or_an_emergency_measure_is_no_prescription(tables: Tables, text: str) -> None:
    assert rules(tables, text) == []
