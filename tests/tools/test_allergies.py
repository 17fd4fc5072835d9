"""Does a drug meet an allergy?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.allergies import check_allergies, narrowest_groups
from tools.findings import Finding
from tools.profile import Known, PatientProfile
from tools.tables import Tables


def allergic(tables: Tables, *words: str) -> PatientProfile:
    """A patient allergic to the words, understood as the memory understands them: the group before the class before the drug."""
    known = []
    for said in words:
        found = tables.names.references(said)
        picked = next((some for p in ("group:", "class:", "food:") if (some := {r for r in found if r.startswith(p)})), set())
        known.append(Known(said, frozenset(picked or {r for r in found if ":" not in r})))
    return PatientProfile(allergies=tuple(known))


def severities(tables: Tables, allergen: str, reference: str) -> list[str]:
    return [finding.severity for finding in check_allergies(allergic(tables, allergen), reference, tables, "en")]


CONFLICTS = [
    ("青霉素", "amoxicillin"),
    ("penicillin", "amoxicillin"),
    ("盘尼西林", "ampicillin"),
    ("青霉素", "benzylpenicillin"),
    ("青霉素", "amoxicillin_clavulanic_acid"),
    ("青霉素", "piperacillin_tazobactam"),
    ("penicillin", "ampicillin_sulbactam"),
    ("阿莫西林", "amoxicillin"),
    ("阿莫西林", "amoxicillin_clavulanic_acid"),
    ("阿莫西林", "ampicillin"),
    ("阿莫西林", "benzylpenicillin"),
    ("头孢", "cefixime"),
    ("cephalosporin", "ceftriaxone"),
    ("头孢", "cefoperazone_sulbactam"),
    ("磺胺", "sulfamethoxazole"),
    ("sulfa", "co_trimoxazole"),
    ("红霉素", "azithromycin"),
    ("环丙沙星", "levofloxacin"),
    ("链霉素", "gentamicin"),
    ("阿司匹林", "aspirin"),
    ("拜阿司匹灵", "aspirin"),
    ("芬必得", "ibuprofen"),
    ("Advil", "ibuprofen"),
    ("布洛芬", "naproxen"),
    ("NSAIDs", "diclofenac"),
    ("对乙酰氨基酚", "paracetamol"),
    ("泰诺", "paracetamol"),
    ("扑热息痛", "paracetamol_caffeine"),
    ("Tylenol", "co_codamol"),
    ("利多卡因", "bupivacaine"),
    ("卡马西平", "carbamazepine"),
]


@pytest.mark.parametrize(("allergen", "drug"), CONFLICTS)
def test_the_substance_its_group_its_brands_and_its_combinations_are_contraindicated(tables: Tables, allergen: str, drug: str) -> None:
    assert severities(tables, allergen, drug) == ["contraindicated"]


CROSSED = [
    ("青霉素", "cefixime", {"moderate"}),
    ("青霉素", "cefalexin", {"major"}),
    ("阿莫西林", "cefadroxil", {"major"}),
    ("头孢", "amoxicillin", {"moderate"}),
    ("青霉素", "meropenem", {"minor", "moderate"}),
    ("阿司匹林", "ibuprofen", {"major"}),
    ("卡马西平", "oxcarbazepine", {"major", "contraindicated"}),
    ("卡马西平", "phenytoin", {"major", "contraindicated"}),
]


@pytest.mark.parametrize(("allergen", "drug", "grades"), CROSSED)
def test_a_cross_reaction_has_its_own_grade(tables: Tables, allergen: str, drug: str, grades: set[str]) -> None:
    (finding,) = check_allergies(allergic(tables, allergen), drug, tables, "zh")
    assert finding.severity in grades
    assert finding.rule.startswith("allergy.") and finding.source


MYTHS = [
    ("海鲜", "iohexol"),
    ("shellfish", "iohexol"),
    ("海鲜", "povidone_iodine"),
    ("鸡蛋", "propofol"),
    ("利多卡因", "procaine"),
]


@pytest.mark.parametrize(("allergen", "drug"), MYTHS)
def test_a_myth_does_not_fire(tables: Tables, allergen: str, drug: str) -> None:
    assert severities(tables, allergen, drug) == []


@pytest.mark.parametrize(
    ("allergen", "drug"),
    [("青霉素", "azithromycin"), ("青霉素", "paracetamol"), ("芒果", "amoxicillin"), ("花粉", "ibuprofen"), ("乳胶", "aspirin")],
)
def test_what_has_nothing_to_do_with_the_allergy_gives_no_finding(tables: Tables, allergen: str, drug: str) -> None:
    assert severities(tables, allergen, drug) == []


@pytest.mark.parametrize("drug", ["ibuprofen", "amoxicillin", "class:penicillins"])
@pytest.mark.parametrize("allergen", ["qwertycillin", "艾绒酮"])
def test_an_allergen_that_nobody_knows_is_unverified_and_never_silent(tables: Tables, allergen: str, drug: str) -> None:
    profile = PatientProfile(allergies=(Known(allergen),))
    for language in ("zh", "en"):
        (finding,) = check_allergies(profile, drug, tables, language)
        assert (finding.severity, finding.with_, finding.stops) == ("unverified", allergen, True)
        assert allergen in finding.reason and finding.action


@pytest.mark.parametrize(
    ("allergen", "wide"),
    [
        ("阿莫西林", "class:penicillins"),
        ("青霉素", "class:beta_lactams"),
        ("阿莫西林", "class:beta_lactams"),
        ("布洛芬", "class:nsaids"),
        ("头孢曲松", "class:cephalosporins"),
    ],
)
def test_a_class_wider_than_the_allergen_is_contraindicated_too(tables: Tables, allergen: str, wide: str) -> None:
    assert severities(tables, allergen, wide) == ["contraindicated"]


def test_each_allergy_gives_one_finding_at_most(tables: Tables) -> None:
    profile = allergic(tables, "青霉素", "头孢", "芒果", "qwerty")
    findings = check_allergies(profile, "amoxicillin", tables, "zh")
    assert [(f.with_, f.severity) for f in findings] == [("青霉素", "contraindicated"), ("头孢", "moderate"), ("qwerty", "unverified")]


def test_without_allergies_there_is_nothing_to_find(tables: Tables) -> None:
    assert check_allergies(PatientProfile(), "amoxicillin", tables, "zh") == []
    assert check_allergies(PatientProfile(no_known_allergies=True), "amoxicillin", tables, "zh") == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_the_patient_and_the_drug_stand_in_the_finding(tables: Tables, language: str) -> None:
    (finding,) = check_allergies(allergic(tables, "盘尼西林"), "amoxicillin", tables, language)
    drug = "阿莫西林" if language == "zh" else "amoxicillin"
    assert "盘尼西林" in finding.reason and drug in finding.reason and drug in finding.action
    assert isinstance(finding, Finding) and finding.stops


def test_every_group_is_contraindicated_with_its_own_members(tables: Tables) -> None:
    for group in tables.groups.values():
        profile = PatientProfile(allergies=(Known(group.name.zh, frozenset({f"group:{group.id}"})),))
        for member in group.members:
            if member in tables.lineage:
                found = check_allergies(profile, member, tables, "zh")
                assert [finding.severity for finding in found] == ["contraindicated"], (group.id, member)


def test_every_drug_is_contraindicated_for_who_is_allergic_to_it(tables: Tables) -> None:
    for drug in tables.drugs:
        profile = PatientProfile(allergies=(Known(drug, frozenset({drug})),))
        assert [f.severity for f in check_allergies(profile, drug, tables, "en")] == ["contraindicated"], drug


def test_every_combination_is_contraindicated_for_who_is_allergic_to_a_part(tables: Tables) -> None:
    for drug in tables.drugs.values():
        for part in drug.ingredients:
            profile = PatientProfile(allergies=(Known(part, frozenset({part})),))
            assert [f.severity for f in check_allergies(profile, drug.id, tables, "en")] == ["contraindicated"], (drug.id, part)


def test_every_cross_reaction_row_fires_or_is_overtaken_by_a_worse_one(tables: Tables) -> None:
    order = ["contraindicated", "major", "moderate", "unverified", "minor"]
    for row in tables.cross_reactions:
        if row.severity == "none" or row.to not in tables.lineage:
            continue
        profile = PatientProfile(allergies=(Known(row.group, frozenset({f"group:{row.group}"})),))
        found = check_allergies(profile, row.to, tables, "zh")
        assert found and order.index(found[0].severity) <= order.index(row.severity), (row.group, row.to)


def test_the_smallest_group_that_holds_the_drug_is_taken(tables: Tables) -> None:
    named = narrowest_groups(Known("青霉素", frozenset({"group:penicillins"})), tables)
    assert [group.id for group in named] == ["penicillins"]
    own = narrowest_groups(Known("阿莫西林", frozenset({"amoxicillin"})), tables)
    assert [group.id for group in own] == ["aminopenicillins"]
    assert narrowest_groups(Known("qwerty"), tables) == []


def test_a_food_is_covered_by_the_group_it_is_a_member_of(tables: Tables) -> None:
    own = replace(next(iter(tables.groups.values())), id="ward_list", members=("food:grapefruit",))
    hospital = replace(tables, groups=tables.groups | {"ward_list": own}, group_sizes=tables.group_sizes | {"ward_list": 1})
    profile = PatientProfile(allergies=(Known("柚子", frozenset({"group:ward_list"})),))
    assert [f.rule for f in check_allergies(profile, "food:grapefruit", hospital, "zh")] == ["allergy.ward_list"]


def test_a_group_is_not_said_to_be_a_member_of_itself(tables):
    found = list(check_allergies(allergic(tables, "头孢"), "class:cephalosporins", tables, "zh"))
    assert found and all("属头孢菌素类" not in finding.reason for finding in found if finding.drug == "头孢菌素类")
