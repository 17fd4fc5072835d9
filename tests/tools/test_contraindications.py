"""Does a drug suit this person?"""

from __future__ import annotations

import pytest

from tools.contraindications import check_contraindications
from tools.findings import Finding
from tools.profile import Known, PatientProfile
from tools.records import SEVERITIES
from tools.tables import Tables

STOP, MAJOR, MODERATE, MINOR, FINE = "contraindicated", "major", "moderate", "minor", ""


def having(*conditions: str, **known: object) -> PatientProfile:
    return PatientProfile(conditions=tuple(Known(c, frozenset({f"condition:{c}"})) for c in conditions), **known)  # type: ignore[arg-type]


def worst(tables: Tables, drug: str, profile: PatientProfile) -> str:
    found = check_contraindications(profile, drug, tables, "zh")
    return min((finding.severity for finding in found), key=SEVERITIES.index, default=FINE)


CONDITIONS = [
    ("propranolol", "asthma", STOP),
    ("sotalol", "asthma", STOP),
    ("carvedilol", "asthma", STOP),
    ("timolol", "asthma", STOP),
    ("metoprolol", "asthma", MAJOR),
    ("montelukast", "asthma", FINE),
    ("ibuprofen", "peptic_ulcer", MAJOR),
    ("ibuprofen", "heart_failure", MAJOR),
    ("paracetamol", "heart_failure", FINE),
    ("pioglitazone", "heart_failure", STOP),
    ("verapamil", "heart_failure", MAJOR),
    ("celecoxib", "myocardial_infarction", STOP),
    ("sumatriptan", "coronary_heart_disease", STOP),
    ("pseudoephedrine", "hypertension", MAJOR),
    ("metoclopramide", "parkinsons_disease", STOP),
    ("domperidone", "parkinsons_disease", FINE),
    ("primaquine", "g6pd_deficiency", STOP),
    ("nitrofurantoin", "g6pd_deficiency", STOP),
    ("bupropion", "epilepsy", STOP),
    ("tramadol", "epilepsy", MAJOR),
    ("estradiol", "breast_cancer", STOP),
    ("atropine", "angle_closure_glaucoma", STOP),
    ("ketoconazole", "liver_failure", STOP),
    ("carbamazepine", "porphyria", STOP),
    ("warfarin", "active_bleeding", STOP),
    ("amoxicillin", "hypertension", FINE),
]


@pytest.mark.parametrize(("drug", "condition", "severity"), CONDITIONS)
def test_an_illness_speaks_against_a_drug(tables: Tables, drug: str, condition: str, severity: str) -> None:
    assert worst(tables, drug, having(condition)) == severity
    assert worst(tables, drug, having()) == FINE


@pytest.mark.parametrize(
    ("drug", "narrow", "wide"),
    [
        ("sumatriptan", "myocardial_infarction", "coronary_heart_disease"),
        ("sumatriptan", "angina", "coronary_heart_disease"),
        ("estradiol", "breast_cancer", "hormone_dependent_cancer"),
        ("bupropion", "epilepsy", "seizure_history"),
        ("ketoconazole", "liver_failure", "liver_disease"),
        ("metformin", "dialysis", "chronic_kidney_disease"),
    ],
)
def test_what_speaks_against_an_illness_speaks_against_its_kinds(tables: Tables, drug: str, narrow: str, wide: str) -> None:
    assert f"condition:{wide}" in tables.condition_lineage[f"condition:{narrow}"]
    rules = {finding.rule for finding in check_contraindications(having(wide), drug, tables, "zh")}
    assert rules and rules <= {finding.rule for finding in check_contraindications(having(narrow), drug, tables, "zh")}


@pytest.mark.parametrize(
    ("drug", "narrow", "wide"),
    [("warfarin", "haemophilia", "bleeding_disorder"), ("propranolol", "asthma", "chronic_lung_disease")],
)
def test_a_wide_illness_is_not_each_of_its_kinds(tables: Tables, drug: str, narrow: str, wide: str) -> None:
    own = {row.against for row in tables.contraindications.get(drug, ())}
    found = {finding.rule for finding in check_contraindications(having(wide), drug, tables, "zh")}
    assert not any(rule.endswith(f"__{narrow}") for rule in found), own


AGES = [
    ("aspirin", 191, STOP),
    ("aspirin", 192, MODERATE),
    ("aspirin", 215, MODERATE),
    ("aspirin", 216, FINE),
    ("codeine", 143, STOP),
    ("codeine", 144, MAJOR),
    ("tramadol", 143, STOP),
    ("doxycycline", 95, STOP),
    ("doxycycline", 96, FINE),
    ("tetracycline", 95, STOP),
    ("tetracycline", 96, FINE),
    ("ciprofloxacin", 215, MAJOR),
    ("ciprofloxacin", 216, FINE),
    ("levofloxacin", 215, MAJOR),
    ("nimesulide", 143, STOP),
    ("nimesulide", 144, FINE),
    ("ibuprofen", 2, STOP),
    ("ibuprofen", 5, MAJOR),
    ("ibuprofen", 6, FINE),
    ("loperamide", 23, STOP),
    ("loperamide", 24, MAJOR),
    ("promethazine", 23, STOP),
    ("promethazine", 24, MAJOR),
    ("paracetamol", 12, FINE),
]


@pytest.mark.parametrize(("drug", "months", "severity"), AGES)
def test_the_limits_of_an_age_are_inside(tables: Tables, drug: str, months: int, severity: str) -> None:
    assert worst(tables, drug, having(age_months=months)) == severity


def test_every_bound_of_an_age_includes_itself_and_no_month_more(tables: Tables) -> None:
    rows = [row for rows in tables.contraindications.values() for row in rows if row.against == "age" and row.severity != "none"]
    assert len(rows) > 50
    for row in rows:
        for bound, beyond in ((row.low, -1), (row.high, 1)):
            if bound is None:
                continue

            def fires(months: float, rule: str = f"contraindication.{row.id}", drug: str = row.drug) -> bool:
                return rule in {f.rule for f in check_contraindications(having(age_months=int(months)), drug, tables, "zh")}

            assert fires(bound), row.id
            assert bound + beyond < 0 or not fires(bound + beyond), row.id


@pytest.mark.parametrize(
    ("drug", "weeks", "severity"),
    [
        ("warfarin", None, STOP),
        ("isotretinoin", None, STOP),
        ("methotrexate", 12, STOP),
        ("enalapril", 30, STOP),
        ("losartan", None, STOP),
        ("valproate", 8, STOP),
        ("ribavirin", None, STOP),
        ("misoprostol", None, STOP),
        ("atorvastatin", None, MAJOR),
        ("ibuprofen", 10, MODERATE),
        ("ibuprofen", 19, MODERATE),
        pytest.param("ibuprofen", 19.5, MODERATE),
        ("ibuprofen", 20, MAJOR),
        ("ibuprofen", 27, MAJOR),
        pytest.param("ibuprofen", 27.5, MAJOR),
        ("ibuprofen", 28, STOP),
        ("ibuprofen", 40, STOP),
        ("ibuprofen", None, STOP),
        ("doxycycline", 14, MAJOR),
        ("doxycycline", 15, STOP),
        ("doxycycline", None, STOP),
        ("paracetamol", None, FINE),
        ("amoxicillin", 30, FINE),
    ],
)
def test_a_pregnancy_of_unknown_weeks_meets_the_rule_of_any_week(tables: Tables, drug: str, weeks: float | None, severity: str) -> None:
    assert worst(tables, drug, having(pregnant=True, pregnancy_weeks=weeks)) == severity
    assert worst(tables, drug, having("pregnancy", pregnancy_weeks=weeks)) == severity
    assert worst(tables, drug, having(pregnant=False)) == FINE
    assert worst(tables, drug, having(pregnant=None)) == FINE


@pytest.mark.parametrize(
    ("drug", "severity"),
    [("methotrexate", STOP), ("codeine", MAJOR), ("amiodarone", MAJOR), ("paracetamol", FINE), ("ibuprofen", FINE)],
)
def test_what_is_not_for_who_breast_feeds(tables: Tables, drug: str, severity: str) -> None:
    assert worst(tables, drug, having(lactating=True)) == severity
    assert worst(tables, drug, having("breastfeeding")) == severity
    assert worst(tables, drug, having(lactating=False)) == FINE


KIDNEYS = [
    ("metformin", 10, STOP),
    ("metformin", 29, STOP),
    pytest.param("metformin", 29.95, STOP),
    ("metformin", 30, MODERATE),
    ("metformin", 44, MODERATE),
    ("metformin", 45, MINOR),
    ("metformin", 60, FINE),
    ("nitrofurantoin", 20, STOP),
    ("nitrofurantoin", 40, MAJOR),
    ("nitrofurantoin", 90, FINE),
    ("dabigatran", 20, STOP),
    ("dabigatran", 40, MODERATE),
    ("methotrexate", 20, STOP),
    ("spironolactone", 20, STOP),
    ("fondaparinux", 20, STOP),
    ("ibuprofen", 20, MAJOR),
    ("ibuprofen", 50, MODERATE),
    ("amoxicillin", 90, FINE),
]


@pytest.mark.parametrize(("drug", "egfr", "severity"), KIDNEYS)
def test_weak_kidneys_speak_against_a_drug(tables: Tables, drug: str, egfr: float, severity: str) -> None:
    assert worst(tables, drug, having(egfr=egfr)) == severity


@pytest.mark.parametrize("drug", ["metformin", "nitrofurantoin", "dabigatran", "methotrexate", "spironolactone", "fondaparinux"])
def test_kidneys_of_an_unknown_stage_stop_a_drug_and_forbid_none(tables: Tables, drug: str) -> None:
    def renal(profile: PatientProfile) -> list[str]:
        return [f.severity for f in check_contraindications(profile, drug, tables, "zh") if "__renal" in f.rule]

    assert renal(having("chronic_kidney_disease")) == [MAJOR]
    assert renal(having("chronic_kidney_disease", egfr=90)) == []
    assert renal(having("dialysis")) == [STOP]
    assert renal(having()) == []


def renal_rows(tables: Tables) -> list[str]:
    return [key for key, rows in tables.contraindications.items() if any(row.against == "renal" for row in rows)]


def test_no_row_by_egfr_forbids_a_drug_while_the_stage_is_unknown(tables: Tables) -> None:
    for drug in renal_rows(tables):
        found = check_contraindications(having("chronic_kidney_disease"), drug, tables, "zh")
        assert all(finding.severity != STOP for finding in found if "__renal" in finding.rule), drug


def test_dialysis_counts_as_the_weakest_kidneys(tables: Tables) -> None:
    assert {f.rule for f in check_contraindications(having("dialysis"), "metformin", tables, "zh")} >= {"contraindication.metformin__renal"}
    for drug in renal_rows(tables):
        by_number = {f.rule: f.severity for f in check_contraindications(having(egfr=10), drug, tables, "zh") if "__renal" in f.rule}
        on_dialysis = {f.rule: f.severity for f in check_contraindications(having("dialysis"), drug, tables, "zh") if "__renal" in f.rule}
        assert by_number == on_dialysis, drug


def test_an_exception_silences_its_own_condition_only(tables: Tables) -> None:
    exceptions = [row for rows in tables.contraindications.values() for row in rows if row.severity == "none"]
    assert len(exceptions) > 100
    for row in exceptions:
        if row.against.startswith("condition:"):
            condition = row.against.removeprefix("condition:")
            rules = {f.rule for f in check_contraindications(having(condition), row.drug, tables, "zh")}
            assert f"contraindication.{row.id}" not in rules
            assert not any(rule.endswith(f"__{condition}") for rule in rules), row.id


@pytest.mark.parametrize(
    ("swallowed", "local", "profile"),
    [
        ("levofloxacin", "levofloxacin_eye", having(age_months=60)),
        ("moxifloxacin", "moxifloxacin_eye", having(age_months=60)),
        ("ibuprofen", "ibuprofen_topical", having(egfr=20)),
        ("diclofenac", "diclofenac_topical", having(egfr=20)),
        ("diclofenac", "diclofenac_topical", having("coronary_heart_disease")),
        ("atropine", "ipratropium", having("bowel_obstruction")),
    ],
)
def test_what_hardly_reaches_the_blood_is_an_exception(tables: Tables, swallowed: str, local: str, profile: PatientProfile) -> None:
    assert worst(tables, swallowed, profile) in (STOP, MAJOR)
    assert worst(tables, local, profile) == FINE


def test_the_row_of_a_drug_replaces_that_of_its_class(tables: Tables) -> None:
    replaced = 0
    for drug, rows in tables.contraindications.items():
        for row in rows if drug in tables.drugs else ():
            above = {r.id for r in classes_rows(tables, drug) if r.against == row.against}
            if above and row.against.startswith("condition:"):
                replaced += 1
                rules = {f.rule for f in check_contraindications(having(row.against.removeprefix("condition:")), drug, tables, "zh")}
                assert not rules & {f"contraindication.{key}" for key in above}, row.id
    assert replaced > 20


def classes_rows(tables: Tables, drug: str) -> list:  # type: ignore[type-arg]
    return [row for wider in tables.lineage[drug] if wider.startswith("class:") for row in tables.contraindications.get(wider, ())]


@pytest.mark.parametrize(
    ("product", "part", "profile"),
    [
        ("amoxicillin_clavulanic_acid", "amoxicillin", having("mononucleosis")),
        ("co_trimoxazole", "sulfamethoxazole", having(age_months=1)),
        ("levodopa_carbidopa", "levodopa", having("angle_closure_glaucoma")),
        ("losartan_hydrochlorothiazide", "losartan", having(pregnant=True)),
        ("sitagliptin_metformin", "metformin", having(egfr=20)),
    ],
)
def test_a_product_is_checked_by_what_is_in_it(tables: Tables, product: str, part: str, profile: PatientProfile) -> None:
    assert part in tables.drugs[product].ingredients
    assert worst(tables, part, profile) not in (FINE, MINOR)
    assert SEVERITIES.index(worst(tables, product, profile)) <= SEVERITIES.index(worst(tables, part, profile))  # type: ignore[arg-type]


def test_each_condition_gives_one_finding_the_worst(tables: Tables) -> None:
    found = check_contraindications(having("asthma", "peptic_ulcer", "heart_failure", pregnant=True), "ibuprofen", tables, "zh")
    against = [finding.with_ for finding in found]
    assert len(against) == len(set(against)) >= 4
    (pregnancy,) = (f for f in found if "pregnancy" in f.rule)
    assert pregnancy.severity == STOP


@pytest.mark.parametrize(
    "profile",
    [having("asthma"), having(age_months=12), having(pregnant=True), having(lactating=True), having(egfr=5), having("dialysis")],
)
@pytest.mark.parametrize("drug", ["propranolol", "metformin", "isotretinoin", "codeine", "aspirin", "class:nsaids"])
def test_both_languages_say_the_same_in_their_own_words(tables: Tables, drug: str, profile: PatientProfile) -> None:
    zh, en = (check_contraindications(profile, drug, tables, language) for language in ("zh", "en"))
    assert [(f.rule, f.severity) for f in zh] == [(f.rule, f.severity) for f in en]
    for one, other in zip(zh, en, strict=True):
        assert chinese(one) and not chinese(other)
        assert one.source and one.source == other.source and one.action and other.action and one.drug != other.drug


def chinese(finding: Finding) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in finding.reason + finding.action + finding.drug + finding.with_)
